"""How habits look in JSON to everybody who may see them: for the API of this app, and for those above."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

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
from habits.domain.calendar import DayState, HabitCalendar
from habits.domain.milestones import MILESTONE_KINDS
from habits.domain.rates import Rate
from habits.domain.schedule import STREAK_UNITS, Direction, Frequency, Schedule, Scope, Target
from habits.domain.stats import TODAY_STATUSES
from habits.domain.validation import target_faults
from habits.models import Habit, HabitStats, Milestone
from habits.models.habits import NAME_MAX_LENGTH, UNIT_MAX_LENGTH
from habits.services.checks import raise_faults

ICON_MAX_LENGTH = 64


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


class HabitReferenceSerializer(StrictSerializer):
    """A habit by its name."""

    id = IdField(read_only=True)
    name = TextField(max_length=NAME_MAX_LENGTH, single_line=True, read_only=True)


class ProgressDaySerializer(StrictSerializer):
    """One day; without a log it is `missed` or `pending` where it was due itself, `skipped` on a pause, else `free`."""

    date = CalendarDateField(read_only=True)
    status = ChoiceField(choices=list(DayState), read_only=True)
    value = MilliField(read_only=True, allow_null=True)


class RateSerializer(StrictSerializer):
    """What was expected and what achieved; the rate is null where nothing was expected."""

    completions = CountField()
    expected = CountField()
    achieved = CountField()
    success_rate = RateField()


class MilestoneSerializer(StrictSerializer):
    """A figure that a habit has reached: a streak of so many units, or so many completions."""

    id = IdField(read_only=True)
    kind = ChoiceField(choices=list(MILESTONE_KINDS), read_only=True)
    count = CountField()
    streak_unit = ChoiceField(
        choices=list(STREAK_UNITS),
        read_only=True,
        allow_null=True,
        help_text="What the length of a streak counts; null for completions.",
    )
    reached_on = CalendarDateField(read_only=True, help_text="The owner's today when it was noticed.")


def outline_document(habit: Habit, stats: HabitStats) -> dict[str, Any]:
    """Return a habit as everybody sees it who may: with no text but the name."""
    return {
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


def schedule_of(data: Mapping[str, Any]) -> Schedule:
    """Return the schedule that validated fields make; InvalidInput for a direction or a scope without a target."""
    target = None
    if data["target_value_milli"] is not None:
        direction, scope = data["target_direction"] or Direction.AT_LEAST, data["target_scope"] or Scope.DAY
        target = Target(data["target_value_milli"], Direction(direction), Scope(scope))
    schedule = Schedule.of(Frequency(data["frequency"]), data["interval"], data["target_days"], data["target_count"], target)
    raise_faults(target_faults(schedule, is_described=bool(data["target_direction"] or data["target_scope"])))
    return schedule


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


def habit_reference(habit: Habit) -> dict[str, Any]:
    """Return a habit by its name."""
    return {"id": habit.pk, "name": habit.name}


def milestone_document(milestone: Milestone) -> dict[str, Any]:
    """Return a milestone."""
    return {
        "id": milestone.pk,
        "kind": milestone.kind,
        "count": milestone.count,
        "streak_unit": milestone.streak_unit or None,
        "reached_on": milestone.reached_on,
    }


def days_document(calendar: HabitCalendar) -> list[dict[str, Any]]:
    """Return each day of a range."""
    return [{"date": day, "status": state, "value": value_text(value)} for day, state, value in calendar.days()]


def rate_document(completions: int, rate: Rate) -> dict[str, Any]:
    """Return what was expected and what achieved."""
    return {
        "completions": completions,
        "expected": rate.expected,
        "achieved": rate.achieved,
        "success_rate": rate_text(rate.success_rate),
    }


def rate_text(rate: Decimal | None) -> str | None:
    """Return a rate with four decimals."""
    return None if rate is None else str(rate)


def strength_text(strength: float | None) -> str | None:
    """Return a strength with four decimals."""
    return None if strength is None else f"{strength:.4f}"


def value_text(milli: int | None) -> str | None:
    """Return a value as a decimal."""
    return None if milli is None else milli_text(milli)
