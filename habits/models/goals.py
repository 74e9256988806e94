"""Goals of habits."""

import uuid
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from habits.domain.codec import decode_tally, encode_tally
from habits.domain.goals import GOAL_KINDS, GoalKind, GoalState, Progress, Tally, Terms, state_of
from habits.models.changes import OwnedRow
from habits.models.habits import Habit
from habits.querysets import GoalQuerySet

TITLE_MAX_LENGTH = 120
DERIVED_COLUMNS = ("value_milli", "reached_on", "tally_text")


class Goal(OwnedRow):
    """What is to be reached with a habit; the `DERIVED_COLUMNS` are as of the day of the habit's statistics.

    They are rebuilt by `manage.py recount`. `is_told` stays once the apps above were told that it is reached.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="goals")
    kind = models.CharField(max_length=11, choices=[(kind.value, kind.value) for kind in GOAL_KINDS])
    title = models.CharField(max_length=TITLE_MAX_LENGTH)
    # In whole thousandths, also what is counted in whole numbers.
    target_milli = models.BigIntegerField()
    start_date = models.DateField()
    deadline = models.DateField(null=True)
    is_cancelled = models.BooleanField(default=False)
    value_milli = models.BigIntegerField(default=0, editable=False)
    reached_on = models.DateField(null=True, editable=False)
    tally_text = models.TextField(db_column="tally", editable=False)
    is_told = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = GoalQuerySet.as_manager()

    habit_id: uuid.UUID

    # Not stored: whether it has just been counted as reached for the first time.
    is_news = False

    class Meta(OwnedRow.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(GOAL_KINDS)), name="goal_kind_known"),
            models.CheckConstraint(condition=models.Q(target_milli__gt=0), name="goal_target_above_0"),
            models.CheckConstraint(
                condition=models.Q(deadline=None) | models.Q(deadline__gte=models.F("start_date")), name="goal_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def terms(self) -> Terms:
        """What is to be reached, as the rules see it."""
        return Terms(GoalKind(self.kind), self.target_milli, self.start_date, self.deadline)

    @property
    def derived(self) -> tuple[Any, ...]:
        """What of it follows from the logs."""
        return tuple(getattr(self, name) for name in DERIVED_COLUMNS)

    @property
    def tally(self) -> Tally:
        """What counting goes on from."""
        return decode_tally(self.tally_text)

    @tally.setter
    def tally(self, tally: Tally) -> None:
        self.tally_text = encode_tally(tally)

    @property
    def progress(self) -> Progress:
        """How far it had come on the day of the habit's statistics."""
        return Progress(self.value_milli, self.reached_on)

    @progress.setter
    def progress(self, progress: Progress) -> None:
        self.value_milli, self.reached_on = progress

    def state_on(self, today: date, reached_on: date | None) -> GoalState:
        """Return how it stands."""
        return state_of(self.terms, reached_on, today, is_cancelled=self.is_cancelled)
