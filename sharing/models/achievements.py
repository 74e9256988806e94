"""Achievements that are told to single users."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from habits.domain.milestones import MILESTONE_KINDS
from habits.domain.schedule import STREAK_UNITS
from habits.models import Habit
from habits.models.habits import NAME_MAX_LENGTH


class Achievement(models.Model):
    """What a user has told another one of a habit: as it was then, whatever becomes of the logs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Its place in lists: clients choose ids, and instants may be the same.
    list_key = models.UUIDField(default=new_id, editable=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="achievements")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    habit_name = models.CharField(max_length=NAME_MAX_LENGTH)
    kind = models.CharField(max_length=11, choices=[(kind.value, kind.value) for kind in MILESTONE_KINDS])
    count = models.PositiveIntegerField()
    # What the length of a streak counts.
    unit = models.CharField(max_length=5, blank=True, default="", choices=[(unit, unit) for unit in STREAK_UNITS])
    # The first day of a streak that was told while it ran.
    started_on = models.DateField(null=True)
    reached_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    sender_id: uuid.UUID
    recipient_id: uuid.UUID

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sender", "list_key"], name="achievement_sent"),
            models.Index(fields=["recipient", "list_key"], name="achievement_received"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["list_key"], name="achievement_list_key"),
            models.CheckConstraint(condition=models.Q(kind__in=list(MILESTONE_KINDS)), name="achievement_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.count}"
