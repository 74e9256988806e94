"""Habits that are shared with single users."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from habits.models import Habit
from sharing.domain.shares import SHARE_PERMISSIONS, SHARE_STATES, ShareState


class Share(models.Model):
    """A habit that its owner lets one user see, or log too, once that user has accepted; the user's grants follow from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="shares", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    permission = models.CharField(max_length=4, choices=[(word.value, word.value) for word in SHARE_PERMISSIONS])
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in SHARE_STATES], default=ShareState.PENDING.value
    )
    # One more with each change.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True)

    habit_id: uuid.UUID
    user_id: uuid.UUID
    # Whether the one who asks may share the habit: where `get_share` has fetched it.
    is_given: bool

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["habit", "user"], name="share_once"),
            models.CheckConstraint(condition=models.Q(permission__in=list(SHARE_PERMISSIONS)), name="share_permission_known"),
            models.CheckConstraint(
                condition=models.Q(state=ShareState.PENDING, accepted_at__isnull=True)
                | models.Q(state=ShareState.ACCEPTED, accepted_at__isnull=False),
                name="share_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permission}: {self.state}"
