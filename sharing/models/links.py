"""Public links to a habit, and what is left of deleted ones."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from habits.models import Habit, Milestone
from sharing.domain.shown import LINK_KINDS, TITLE_MAX_LENGTH, LinkKind
from sharing.querysets import ShareLinkQuerySet

TOKEN_BYTES = 32
TOKEN_LENGTH = 43


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class ShareLink(models.Model):
    """A picture of a habit that whoever knows the token may see.

    The token is kept as it is, for its owner to be told again: it opens nothing but what the table's rows hold.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="share_links")
    kind = models.CharField(max_length=9, choices=[(kind.value, kind.value) for kind in LINK_KINDS])
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=TITLE_MAX_LENGTH, blank=True, default="")
    show_name = models.BooleanField(default=False)
    token = models.CharField(max_length=TOKEN_LENGTH, default=new_token, editable=False)
    expires_at = models.DateTimeField(null=True)
    # Of what can be changed: one more with each change.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ShareLinkQuerySet.as_manager()

    owner_id: uuid.UUID
    habit_id: uuid.UUID
    milestone_id: uuid.UUID | None

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["owner", "created_at", "id"], name="share_link_list")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token"], name="share_link_token_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=list(LINK_KINDS)), name="share_link_kind_known"),
            models.CheckConstraint(
                condition=models.Q(kind=LinkKind.MILESTONE, milestone__isnull=False)
                | (~models.Q(kind=LinkKind.MILESTONE) & models.Q(milestone=None)),
                name="share_link_names_its_milestone",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_expired(self, present: datetime) -> bool:
        """Tell whether nobody is shown anything any more."""
        return self.expires_at is not None and self.expires_at <= present


class DeletedShareLink(models.Model):
    """What is left of a link: its id, for its owner, who may not use it again."""

    link_id = models.UUIDField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "link_id"], name="deleted_share_link_once"),
        ]

    def __str__(self) -> str:
        return str(self.link_id)
