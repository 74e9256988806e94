"""The statistics of habits, as of a day, and what it takes to go on from them."""

import uuid
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Self

from django.db import models

from habits.domain.codec import decode_history, encode_history
from habits.domain.milestones import Figures, Passed
from habits.domain.schedule import STREAK_UNIT
from habits.domain.stats import History, Stats
from habits.domain.streaks import Streak
from habits.models.habits import Habit

UNIT_COLUMNS = ("unit_start", "unit_end", "unit_required", "unit_achieved", "unit_status", "unit_value_milli")


class HabitStats(models.Model):
    """A habit's statistics on its owner's date `as_of`; derived, rebuilt by `manage.py recount`.

    `next_change_at` is the instant from which they may differ without a write; null where they cannot.
    """

    habit = models.OneToOneField(Habit, on_delete=models.CASCADE, primary_key=True, related_name="stats")
    as_of = models.DateField()
    next_change_at = models.DateTimeField(null=True)
    current_streak = models.PositiveIntegerField()
    longest_streak = models.PositiveIntegerField()
    longest_unit = models.CharField(max_length=5, blank=True, default="")
    streak_unit = models.CharField(max_length=5)
    completions = models.PositiveIntegerField()
    last_completed_on = models.DateField(null=True)
    strength = models.FloatField(null=True)
    is_due = models.BooleanField()
    today_status = models.CharField(max_length=9)
    today_value_milli = models.BigIntegerField(null=True)
    unit_start = models.DateField(null=True)
    unit_end = models.DateField(null=True)
    unit_required = models.PositiveSmallIntegerField(null=True)
    unit_achieved = models.PositiveSmallIntegerField(null=True)
    unit_status = models.CharField(max_length=7, blank=True, default="")
    unit_value_milli = models.BigIntegerField(null=True)
    history = models.TextField()

    habit_id: uuid.UUID

    # Not stored: the streak that runs, the history that they have gone on from (None: all logs were folded anew), what was stored
    # before, and the milestones that this had not reached.
    current: Streak | None = None
    base: History | None = None
    before: "HabitStats | None" = None
    passed: tuple[Passed, ...] = ()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_change_at"], name="stats_next_change", condition=models.Q(next_change_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.habit_id} as of {self.as_of}"

    @cached_property
    def past(self) -> History:
        """What the statistics go on from."""
        return decode_history(self.history)

    @property
    def figures(self) -> Figures:
        """What milestones are counted from."""
        return Figures(self.as_of, self.current_streak, self.completions)

    @classmethod
    def of(cls, habit_id: uuid.UUID, history: History, stats: Stats, next_change_at: datetime | None = None) -> Self:
        """Return the row, not stored, that says `stats`."""
        today, judged = stats.today, stats.today.unit
        row = cls(
            habit_id=habit_id,
            as_of=today.day,
            next_change_at=next_change_at,
            current_streak=stats.current_streak,
            longest_streak=stats.longest_streak,
            longest_unit=STREAK_UNIT[stats.longest.frequency] if stats.longest else "",
            streak_unit=stats.streak_unit,
            completions=stats.completions,
            last_completed_on=stats.last_completed_on,
            strength=stats.strength,
            is_due=today.is_due,
            today_status=today.status,
            today_value_milli=today.value_milli,
            unit_start=judged.unit.start if judged else None,
            unit_end=judged.unit.end if judged else None,
            unit_required=judged.required if judged else None,
            unit_achieved=judged.achieved if judged else None,
            unit_status=judged.status.value if judged else "",
            unit_value_milli=judged.value_milli if judged else None,
            history=encode_history(history),
        )
        row.past, row.current = history, stats.current
        return row
