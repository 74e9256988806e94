"""What the runners of a challenge have to say."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from challenges.models.challenges import Challenge
from config.identifiers import new_id

ANNOUNCEMENT_MAX_LENGTH = 2_000


class Announcement(models.Model):
    """A text for the participants, gone with the account of its author."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="announcements", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    challenge_id: uuid.UUID
    author_id: uuid.UUID

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["challenge", "-created_at", "id"], name="announcement_list")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(text=""), name="announcement_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text[:40]
