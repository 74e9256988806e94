"""Milestones that habits have reached."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from habits.domain.milestones import MILESTONE_KINDS
from habits.domain.schedule import STREAK_UNITS
from habits.models.habits import Habit


class Milestone(models.Model):
    """A figure that a habit has reached: it stays, whatever becomes of the logs, and goes with the habit."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="milestones", db_index=False)
    kind = models.CharField(max_length=11, choices=[(kind.value, kind.value) for kind in MILESTONE_KINDS])
    count = models.PositiveIntegerField()
    # What the length of a streak counts.
    streak_unit = models.CharField(max_length=5, blank=True, default="", choices=[(unit, unit) for unit in STREAK_UNITS])
    # The owner's today when it was noticed.
    reached_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    habit_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["habit", "kind", "count", "reached_on"], name="milestone_once_a_day"),
            models.CheckConstraint(condition=models.Q(kind__in=list(MILESTONE_KINDS)), name="milestone_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.count}"
