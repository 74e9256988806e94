"""Habits as they come in and go out."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from config.rest.fields import (
    CalendarDateField,
    ChoiceField,
    CountField,
    FlagField,
    IdField,
    InstantField,
    MilliField,
    ShapeField,
    TextField,
    UniqueListField,
    WholeNumberField,
    milli_text,
)
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from habits.domain.judging import UnitStatus
from habits.domain.schedule import STREAK_UNITS, Direction, Frequency, Schedule, Scope, Target
from habits.domain.stats import TODAY_STATUSES
from habits.domain.validation import MAX_POSITION, MAX_TAGS, target_faults
from habits.models import Habit, HabitPause, HabitStats, ScheduleVersion
from habits.models.habits import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, UNIT_MAX_LENGTH
from habits.services.checks import raise_faults
from habits.services.habits import HabitDraft
from users.models import User

TAG_MAX_LENGTH = 50
ICON_MAX_LENGTH = 64
MAX_REORDERED = 2_000


class ScheduleSerializer(StrictSerializer):
    """A schedule: target days, a count, or a total for each unit."""

    frequency = ChoiceField(choices=list(Frequency), help_text="What the interval counts: days, ISO weeks or calendar months.")
    interval = WholeNumberField(
        min_value=1, max_value=365, default=1, help_text="The length of a unit: at most 365 days, 52 weeks or 12 months."
    )
    target_days = UniqueListField(
        child=WholeNumberField(min_value=-1, max_value=31),
        allow_empty=False,
        max_length=32,
        allow_null=True,
        default=None,
        help_text="The days on which it is due, with an interval of 1: ISO weekdays 1 to 7 (1 is Monday); for a monthly habit "
        "days 1 to 31, or -1 for the last.",
    )
    target_count = WholeNumberField(
        min_value=1,
        max_value=366,
        allow_null=True,
        default=None,
        help_text="How many completions a unit takes, on any of its days; 1 if neither this, nor days, nor a total is said.",
    )
    target_value = MilliField(
        source="target_value_milli",
        allow_null=True,
        default=None,
        help_text="The target of a measured habit; null: a yes/no habit.",
    )
    target_direction = ChoiceField(
        choices=list(Direction),
        allow_null=True,
        default=None,
        help_text="Whether the target is to be reached (the default) or not to be exceeded.",
    )
    target_scope = ChoiceField(
        choices=list(Scope),
        allow_null=True,
        default=None,
        help_text="Whether the target holds for each day (the default) or for the sum of a unit.",
    )


class RateField(ShapeField):
    """A share of 1 with four decimals, in an answer; null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[01]\.\d{4}$", longest=len("0.0000"), read_only=True, allow_null=True, **kwargs)


class StatsSerializer(StrictSerializer):
    """A habit's figures as of its owner's today."""

    current_streak = CountField()
    longest_streak = CountField()
    streak_unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True, help_text="What the lengths of streaks count.")
    completions = CountField(help_text="Completed logs in all.")
    last_completed_on = CalendarDateField(read_only=True, allow_null=True)
    strength = RateField(help_text="0 to 1, as Loop Habit Tracker scores it; null without logs.")


class TodaySerializer(StrictSerializer):
    """The habit on its owner's today."""

    date = CalendarDateField(read_only=True)
    is_due = FlagField(read_only=True, help_text="Whether a completion is called for today, or would help the present unit.")
    status = ChoiceField(choices=list(TODAY_STATUSES), read_only=True, help_text="What the log says; pending without one.")
    value = MilliField(read_only=True, allow_null=True)


class UnitSerializer(StrictSerializer):
    """A unit (day, block of days, weeks or months) and its judgement; `value` is the sum of a measured habit."""

    start = CalendarDateField(read_only=True)
    end = CalendarDateField(read_only=True)
    required = CountField()  # type: ignore[assignment] # fields are taken out of the class
    achieved = CountField()
    status = ChoiceField(choices=list(UnitStatus), read_only=True)
    value = MilliField(read_only=True, allow_null=True)


class OutlineSerializer(ScheduleSerializer):
    """A habit as it looks to everybody who may see it."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request makes no second habit.")
    owner = UserReferenceSerializer(read_only=True)
    name = TextField(max_length=NAME_MAX_LENGTH, single_line=True)
    unit = TextField(
        max_length=UNIT_MAX_LENGTH,
        single_line=True,
        allow_blank=True,
        allow_null=True,
        default=None,
        help_text="What a measured habit's values count, such as `minutes`; null for a yes/no habit.",
    )
    start_date = CalendarDateField(required=False, help_text="The first day; today if left out.")
    end_date = CalendarDateField(allow_null=True, default=None, help_text="The last day; null: it goes on.")
    color = ShapeField(
        r"^#[0-9A-Fa-f]{6}\Z", longest=len("#1976D2"), allow_null=True, default=None, help_text="Such as `#1976D2`."
    )
    icon = TextField(
        max_length=ICON_MAX_LENGTH,
        single_line=True,
        allow_null=True,
        default=None,
        help_text="A name or an emoji, up to the app.",
    )
    archived_on = CalendarDateField(allow_null=True, read_only=True, help_text="Null for a habit that is not archived.")
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)
    stats = StatsSerializer(read_only=True)
    today = TodaySerializer(read_only=True)


class HabitSerializer(OutlineSerializer):
    """A habit as its owner sees it."""

    description = TextField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
    tags = UniqueListField(child=TextField(max_length=TAG_MAX_LENGTH, single_line=True), max_length=MAX_TAGS, default=list)
    position = WholeNumberField(
        min_value=0, max_value=MAX_POSITION, required=False, help_text="Where it stands among own habits; at the end if left out."
    )


class VisibleHabitSerializer(HabitSerializer):
    """A habit; description, tags and position are shown to its owner alone."""

    owner_only = frozenset({"description", "tags", "position"})


class HabitChangeSerializer(HabitSerializer):
    """A change of a habit; start date, position and archiving stay as they are where they are left out, in a PUT too."""

    id = IdField(read_only=True)
    archived_on = CalendarDateField(
        allow_null=True, required=False, help_text="Today's date archives the habit, null takes it back."
    )
    effective_from = CalendarDateField(
        write_only=True, allow_null=True, required=False, help_text="From when on a changed schedule holds; today if left out."
    )


class ReorderSerializer(StrictSerializer):
    """Habits in the order in which they are to stand."""

    ids = UniqueListField(child=IdField(), max_length=MAX_REORDERED)


class SharedHabitSerializer(OutlineSerializer):
    """A habit of somebody else, and what it lets one do."""

    permissions = serializers.ListField(child=ChoiceField(choices=["view", "log"]), max_length=2, read_only=True)


class ScheduleVersionSerializer(ScheduleSerializer):
    """A schedule and the day from which it is in force."""

    id = IdField(read_only=True)
    effective_from = CalendarDateField(read_only=True)
    created_at = InstantField(read_only=True)


class PauseSerializer(StrictSerializer):
    """Days of rest, both ends included; `end` null goes on until further notice."""

    id = IdField(read_only=True)
    habit = IdField(read_only=True)
    start = CalendarDateField()
    end = CalendarDateField(allow_null=True, default=None)
    is_archive = FlagField(read_only=True)
    created_at = InstantField(read_only=True)


class PausesSerializer(PauseSerializer):
    """Days of rest for all habits that are not archived, or for those named."""

    habits = serializers.ListField(child=IdField(), max_length=MAX_REORDERED, allow_null=True, default=None)


def draft_of(data: Mapping[str, Any]) -> HabitDraft:
    """Return validated fields as what makes a habit."""
    target = None
    if data["target_value_milli"] is not None:
        direction, scope = data["target_direction"] or Direction.AT_LEAST, data["target_scope"] or Scope.DAY
        target = Target(data["target_value_milli"], Direction(direction), Scope(scope))
    schedule = Schedule.of(Frequency(data["frequency"]), data["interval"], data["target_days"], data["target_count"], target)
    raise_faults(target_faults(schedule, is_described=bool(data["target_direction"] or data["target_scope"])))
    return HabitDraft(
        name=data["name"],
        schedule=schedule,
        description=data["description"],
        unit=data["unit"] or "",
        start_date=data.get("start_date"),
        end_date=data["end_date"],
        tags=tuple(data["tags"]),
        color=data["color"] or "",
        icon=data["icon"] or "",
        position=data.get("position"),
    )


def service_changes(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return validated fields as services take them: texts are empty where the API says null."""
    changes = {name: value for name, value in data.items() if name not in ("id", "effective_from")}
    for name in ("unit", "color", "icon"):
        if name in changes:
            changes[name] = changes[name] or ""
    return changes


def habit_document(habit: Habit, stats: HabitStats, viewer: User) -> dict[str, Any]:
    """Return a habit as its owner sees it; others are shown no text but the name, and not where it stands in a list."""
    document = {
        "id": habit.pk,
        "owner": user_reference(habit.owner),
        "name": habit.name,
        "unit": habit.unit if habit.is_measured else None,
        "start_date": habit.start_date,
        "end_date": habit.end_date,
        "color": habit.color or None,
        "icon": habit.icon or None,
        "archived_on": habit.archived_on,
        "created_at": habit.created_at,
        "updated_at": habit.updated_at,
        **schedule_document(habit),
        "stats": stats_document(stats),
        "today": today_document(stats),
    }
    if habit.owner_id == viewer.pk:
        document |= {"description": habit.description, "tags": habit.tags, "position": habit.position}
    return document


def shared_document(habit: Any, stats: HabitStats, viewer: User) -> dict[str, Any]:
    """Return a habit of somebody else's, with what it lets the viewer do."""
    permissions = ["view", "log"] if habit.may_log else ["view"]
    return habit_document(habit, stats, viewer) | {"permissions": permissions}


def schedule_document(row: Any) -> dict[str, Any]:
    """Return the schedule of a row that has one."""
    return {
        "frequency": row.frequency,
        "interval": row.interval,
        "target_days": row.target_days,
        "target_count": row.target_count,
        "target_value": value_text(row.target_value_milli),
        "target_direction": row.target_direction or None,
        "target_scope": row.target_scope or None,
    }


def stats_document(stats: HabitStats) -> dict[str, Any]:
    """Return the figures of a habit."""
    return {
        "current_streak": stats.current_streak,
        "longest_streak": stats.longest_streak,
        "streak_unit": stats.streak_unit,
        "completions": stats.completions,
        "last_completed_on": stats.last_completed_on,
        "strength": strength_text(stats.strength),
    }


def today_document(stats: HabitStats) -> dict[str, Any]:
    """Return the habit on its owner's today."""
    return {
        "date": stats.as_of,
        "is_due": stats.is_due,
        "status": stats.today_status,
        "value": value_text(stats.today_value_milli),
    }


def strength_text(strength: float | None) -> str | None:
    """Return a strength with four decimals."""
    return None if strength is None else f"{strength:.4f}"


def value_text(milli: int | None) -> str | None:
    """Return a value as a decimal."""
    return None if milli is None else milli_text(milli)


def version_document(version: ScheduleVersion) -> dict[str, Any]:
    """Return a version of a schedule."""
    return {
        "id": version.pk,
        "effective_from": version.effective_from,
        "created_at": version.created_at,
        **schedule_document(version),
    }


def pause_document(pause: HabitPause) -> dict[str, Any]:
    """Return a pause."""
    return {
        "id": pause.pk,
        "habit": pause.habit_id,
        "start": pause.start,
        "end": pause.end,
        "is_archive": pause.is_archive,
        "created_at": pause.created_at,
    }
