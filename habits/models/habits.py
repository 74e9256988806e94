"""Habits with the versions of their schedule and their pauses."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from config.text import key_of
from habits.domain.codec import decode_plan
from habits.domain.schedule import Direction, Frequency, Plan, Schedule, Scope, Target
from habits.models.changes import OwnedRow
from habits.querysets import HabitQuerySet

NAME_MAX_LENGTH = 120
TEXT_MAX_LENGTH = 2_000
UNIT_MAX_LENGTH = 40


class ScheduleFields(models.Model):
    """A schedule in columns; `target_days`, `target_count` and the total of a unit exclude each other."""

    frequency = models.CharField(max_length=7, choices=[(frequency.value, frequency.value) for frequency in Frequency])
    interval = models.PositiveSmallIntegerField(default=1)
    target_days = models.JSONField(null=True)
    target_count = models.PositiveSmallIntegerField(null=True)
    target_value_milli = models.BigIntegerField(null=True)
    target_direction = models.CharField(
        max_length=8, blank=True, default="", choices=[(direction.value, direction.value) for direction in Direction]
    )
    target_scope = models.CharField(max_length=4, blank=True, default="", choices=[(scope.value, scope.value) for scope in Scope])

    class Meta:
        abstract = True

    @property
    def schedule(self) -> Schedule:
        """The schedule as a value."""
        target = None
        if self.target_value_milli is not None:
            target = Target(self.target_value_milli, Direction(self.target_direction), Scope(self.target_scope))
        days = None if self.target_days is None else tuple(self.target_days)
        return Schedule(Frequency(self.frequency), self.interval, days, self.target_count, target)

    @schedule.setter
    def schedule(self, schedule: Schedule) -> None:
        self.frequency = schedule.frequency.value
        self.interval = schedule.interval
        self.target_days = None if schedule.target_days is None else list(schedule.target_days)
        self.target_count = schedule.target_count
        self.target_value_milli = schedule.target.value_milli if schedule.target else None
        self.target_direction = schedule.target.direction.value if schedule.target else ""
        self.target_scope = schedule.target.scope.value if schedule.target else ""


def schedule_constraints(prefix: str) -> list[models.BaseConstraint]:
    """Return what the database itself holds of a schedule, with names that begin with `prefix`."""
    measured = models.Q(target_value_milli__isnull=False, target_value_milli__gte=0, target_scope__in=list(Scope)) & (
        models.Q(target_direction=Direction.AT_MOST) | models.Q(target_direction=Direction.AT_LEAST, target_value_milli__gt=0)
    )
    yes_no = models.Q(target_value_milli__isnull=True, target_direction="", target_scope="")
    total = models.Q(target_scope=Scope.UNIT, target_days__isnull=True, target_count__isnull=True)
    counted = ~models.Q(target_scope=Scope.UNIT) & (
        models.Q(target_days__isnull=True, target_count__gte=1) | models.Q(target_days__isnull=False, target_count__isnull=True)
    )
    return [
        models.CheckConstraint(condition=models.Q(frequency__in=list(Frequency)), name=f"{prefix}_frequency_known"),
        models.CheckConstraint(condition=models.Q(interval__range=(1, 365)), name=f"{prefix}_interval_range"),
        models.CheckConstraint(condition=measured | yes_no, name=f"{prefix}_target_whole"),
        models.CheckConstraint(condition=total | counted, name=f"{prefix}_one_way_to_judge"),
    ]


class Habit(ScheduleFields, OwnedRow):
    """A habit; its schedule columns are those in force, and `plan` holds all that its units follow from.

    `plan` repeats the versions and pauses in one column, for reads that judge many habits; services write it with them.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    name_key = models.TextField()
    search_key = models.TextField()
    description = models.TextField(blank=True, default="")
    unit = models.CharField(max_length=UNIT_MAX_LENGTH, blank=True, default="")
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    tags = models.JSONField(default=list)
    tag_keys = models.TextField(blank=True, default="")
    color = models.CharField(max_length=7, blank=True, default="")
    icon = models.CharField(max_length=64, blank=True, default="")
    position = models.IntegerField()
    archived_on = models.DateField(null=True)
    source = models.CharField(max_length=20, blank=True, default="")
    source_key = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)
    plan_text = models.TextField(db_column="plan")
    # Whether anything beyond the statistics counts the logs, such as a goal; set by `services.following`.
    is_followed = models.BooleanField(default=False, db_default=False, editable=False)

    objects = HabitQuerySet.as_manager()

    class Meta(OwnedRow.Meta):
        default_permissions = ("view", "change", "delete")
        permissions = (("log_habit", "Can log habit"),)
        indexes: ClassVar[list[models.Index]] = [
            *OwnedRow.Meta.indexes,
            models.Index(fields=["owner", "position", "id"], name="habit_own_list"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(name=""), name="habit_name_not_empty"),
            models.CheckConstraint(
                condition=models.Q(end_date=None) | models.Q(end_date__gte=models.F("start_date")), name="habit_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["owner", "source", "source_key"], condition=~models.Q(source_key=""), name="habit_one_per_source"
            ),
            *schedule_constraints("habit"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_texts(self, name: str, description: str, tags: Sequence[str]) -> None:
        """Take the texts, and the keys by which they are found."""
        self.name, self.description, self.tags = name, description, list(tags)
        self.name_key = key_of(name)
        self.search_key = key_of(" ".join((name, description, *tags)))
        self.tag_keys = "".join(f"\n{key_of(tag)}\n" for tag in tags)

    @property
    def plan(self) -> Plan:
        """All that decides which units the habit has."""
        return decode_plan(self.plan_text)

    @property
    def is_measured(self) -> bool:
        """Whether logs carry values."""
        return self.target_value_milli is not None

    def holds(self, day: date) -> bool:
        """Return whether `day` lies between the habit's dates."""
        return self.start_date <= day and (self.end_date is None or day <= self.end_date)


class ScheduleVersion(ScheduleFields, OwnedRow):
    """A schedule of a habit from a day on, until the next version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="versions", db_index=False)
    effective_from = models.DateField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    habit_id: uuid.UUID

    class Meta(OwnedRow.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["habit", "effective_from"], name="version_one_per_day"),
            *schedule_constraints("version"),
        ]

    def __str__(self) -> str:
        return f"{self.frequency} from {self.effective_from}"


class HabitPause(OwnedRow):
    """Days on which a habit rests; `is_archive` marks the one that archiving opened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="pauses")
    start = models.DateField()
    end = models.DateField(null=True)
    is_archive = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    habit_id: uuid.UUID

    class Meta(OwnedRow.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(end=None) | models.Q(end__gte=models.F("start")), name="pause_ends_after_start"
            ),
            models.UniqueConstraint(fields=["habit"], condition=models.Q(is_archive=True), name="pause_one_archive"),
        ]

    def __str__(self) -> str:
        return f"{self.start} to {self.end or 'further notice'}"
