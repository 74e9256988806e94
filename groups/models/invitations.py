"""Invitations to a group."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from groups.models.groups import SEATS_MAX, Group
from groups.querysets import InvitationQuerySet
from users.models import EMAIL_MAX_LENGTH


class Invitation(models.Model):
    """A way into a group for whoever holds its token, of which a digest is stored; it is used up, ended, or expires.

    One that is mailed knows the address until somebody has accepted it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="invitations", db_index=False)
    digest = models.CharField(max_length=64)
    email = models.EmailField(max_length=EMAIL_MAX_LENGTH, blank=True, default="")
    email_key = models.TextField(blank=True, default="")
    max_uses = models.PositiveIntegerField(null=True)
    uses = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    group_id: uuid.UUID
    created_by_id: uuid.UUID | None

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "created_at", "id"], name="invitation_list")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest"], name="invitation_digest_unique"),
            models.CheckConstraint(
                condition=models.Q(max_uses=None) | models.Q(max_uses__range=(1, SEATS_MAX), uses__lte=models.F("max_uses")),
                name="invitation_uses_bounded",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def forget_address(self) -> None:
        """Forget to whom it was mailed, which has served its purpose."""
        self.email = self.email_key = ""
