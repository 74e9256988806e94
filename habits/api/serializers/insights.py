"""Progress, summaries, trends, streaks and insights as they go out."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from rest_framework import serializers

from config.rest.fields import (
    CalendarDateField,
    ChoiceField,
    CountField,
    FlagField,
    IdField,
    MilliField,
    TextField,
    WholeNumberField,
)
from config.rest.filters import SEARCH_MAX_LENGTH
from config.rest.params import MAX_RANGE_DAYS, FlagParameter, QueryParams, RangeParams, TextParameter, WholeNumberParameter
from config.rest.serializers import StrictSerializer, rows
from habits.api.serializers.habits import HabitSerializer, UnitSerializer, habit_document
from habits.api.serializers.logs import unit_document
from habits.domain.calendar import Bucket, HabitCalendar, Trend
from habits.domain.insights import WEEKDAYS, Insights
from habits.domain.schedule import MAX_INTERVAL, STREAK_UNIT, STREAK_UNITS, Frequency
from habits.domain.stats import TODAY_STATUSES
from habits.domain.streaks import Streak
from habits.models import Habit
from habits.models.habits import NAME_MAX_LENGTH, TEXT_MAX_LENGTH, UNIT_MAX_LENGTH
from habits.selectors.agenda import AgendaItem
from habits.selectors.summaries import HabitSummary, Summary, choose_habits
from habits.services.archiving import MAX_ACTIVE_HABITS, MAX_HABITS
from habits.shapes import (
    HabitReferenceSerializer,
    ProgressDaySerializer,
    RateField,
    RateSerializer,
    days_document,
    habit_reference,
    rate_document,
    strength_text,
    value_text,
)
from users.models import User
from users.selectors import today_for

FIRST_YEAR, LAST_YEAR = 1970, 9998


class AgendaParams(QueryParams):
    """Which day an agenda is of."""

    date = CalendarDateField(required=False, help_text="A day up to today, which it is if left out.")


class Selection(NamedTuple):
    """What a question about a range is about: its days, the actor's today, and the habits."""

    first: date
    last: date
    today: date
    habits: Sequence[Habit]


class HabitRangeParams(RangeParams):
    """A range of days, and which habits."""

    habit = IdField(required=False, help_text="One habit.")
    name = TextParameter(max_length=SEARCH_MAX_LENGTH, required=False, help_text="By a part of the name, in any case.")
    frequency = ChoiceField(choices=list(Frequency), required=False, help_text="By frequency.")
    tag = TextParameter(max_length=SEARCH_MAX_LENGTH, required=False, help_text="By a tag, in any case.")
    archived = FlagParameter(default=False, help_text="Archived habits alone.")

    def select(self, actor: User) -> Selection:
        """Return the range, and the actor's habits that fit."""
        today = today_for(actor)
        return Selection(*self.resolve(today), today, list(choose_habits(actor, **self.choice)))

    @property
    def choice(self) -> dict[str, Any]:
        """Which habits, as `choose_habits` takes it."""
        return {name: value for name, value in self.values.items() if name not in ("from", "to", "period", "bucket")}


class TrendParams(HabitRangeParams):
    """A range, which habits, and what to cut it into."""

    bucket = ChoiceField(choices=list(Bucket), default=Bucket.DAY.value, help_text="What the range is cut into.")


class HeatmapParams(QueryParams):
    """Which year."""

    year = WholeNumberParameter(
        min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, help_text="The calendar year; this one if left out."
    )


class AgendaDaySerializer(StrictSerializer):
    """A habit on the day of the agenda."""

    is_due = FlagField(read_only=True)
    status = ChoiceField(choices=list(TODAY_STATUSES), read_only=True)
    value = MilliField(read_only=True, allow_null=True)
    note = TextField(max_length=TEXT_MAX_LENGTH, allow_blank=True, read_only=True)


class AgendaHabitSerializer(HabitSerializer):
    """A habit on the day of the agenda; `unit` is the unit that holds the day, the unit of its values is `value_unit`."""

    unit = UnitSerializer(read_only=True, allow_null=True)  # type: ignore[assignment] # fields are taken out of the class
    value_unit = TextField(max_length=UNIT_MAX_LENGTH, single_line=True, allow_blank=True, read_only=True, allow_null=True)
    day = AgendaDaySerializer(read_only=True)


class AgendaSerializer(StrictSerializer):
    """The today screen: every habit whose dates hold the day, how many are due, and how many are done."""

    date = CalendarDateField(read_only=True)
    habits = rows(AgendaHabitSerializer, most=MAX_ACTIVE_HABITS)
    due = CountField()
    done = CountField()


class ProgressSerializer(StrictSerializer):
    """A habit's days and units in a range."""

    habit = HabitReferenceSerializer(read_only=True)
    frequency = ChoiceField(choices=list(Frequency), read_only=True)
    start = CalendarDateField(read_only=True)
    end = CalendarDateField(read_only=True)
    days = rows(ProgressDaySerializer, most=MAX_RANGE_DAYS)
    units = rows(UnitSerializer, most=MAX_RANGE_DAYS)


class BestStreakSerializer(StrictSerializer):
    """The greatest streak among habits."""

    habit = HabitReferenceSerializer(read_only=True)
    length = CountField()
    unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True)


class HabitSummarySerializer(RateSerializer):
    """One habit in the range; its streaks and strength are those of today."""

    habit = IdField(read_only=True)
    name = TextField(max_length=NAME_MAX_LENGTH, single_line=True, read_only=True)
    current_streak = CountField()
    longest_streak = CountField()
    strength = RateField()


class SummarySerializer(RateSerializer):
    """All habits together."""

    to = CalendarDateField(read_only=True)
    habits = CountField()
    days_completed = CountField()
    perfect_days = CountField()
    best_current_streak = BestStreakSerializer(read_only=True, allow_null=True)
    longest_streak = BestStreakSerializer(read_only=True, allow_null=True)
    by_habit = rows(HabitSummarySerializer, most=MAX_HABITS)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields; `from` is no Python name."""
        return {"from": CalendarDateField(read_only=True), **super().get_fields()}


class TrendBucketSerializer(RateSerializer):
    """One bucket of a trend."""

    start = CalendarDateField(read_only=True)
    end = CalendarDateField(read_only=True)


class TrendsSerializer(StrictSerializer):
    """A range cut into buckets."""

    buckets = rows(TrendBucketSerializer, most=MAX_RANGE_DAYS)


class StreakSerializer(StrictSerializer):
    """A run of `length` met units of `interval` days, weeks or months."""

    length = CountField()
    start = CalendarDateField(read_only=True)
    end = CalendarDateField(read_only=True)
    unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True)
    interval = WholeNumberField(min_value=1, max_value=MAX_INTERVAL[Frequency.DAILY], read_only=True)


def _weekday_counts() -> serializers.ListField:
    return serializers.ListField(child=CountField(), min_length=WEEKDAYS, max_length=WEEKDAYS, read_only=True)


class InsightsSerializer(StrictSerializer):
    """How to keep the streak; counts by weekday begin with Monday."""

    at_risk = FlagField(read_only=True)
    needed = CountField()
    needed_value = MilliField(read_only=True, allow_null=True)
    deadline_on = CalendarDateField(read_only=True, allow_null=True)
    best_weekday = WholeNumberField(min_value=1, max_value=WEEKDAYS, read_only=True, allow_null=True)
    breaks_by_weekday = _weekday_counts()
    average_length = serializers.DecimalField(max_digits=8, decimal_places=2, read_only=True, allow_null=True)
    completions_by_weekday = _weekday_counts()


def agenda_document(day: date, items: Sequence[AgendaItem], viewer: User) -> dict[str, Any]:
    """Return the today screen."""
    return {
        "date": day,
        "habits": [_agenda_item(item, viewer) for item in items],
        "due": sum(item.is_due for item in items),
        "done": sum(item.is_done for item in items),
    }


def _agenda_item(item: AgendaItem, viewer: User) -> dict[str, Any]:
    habit = habit_document(item.habit, item.stats, viewer)
    value = value_text(item.value_milli)
    day = {"is_due": item.is_due, "status": item.status, "value": value, "note": item.note}
    return habit | {"value_unit": habit["unit"], "unit": unit_document(item.unit), "day": day}


def progress_document(habit: Habit, calendar: HabitCalendar) -> dict[str, Any]:
    """Return a habit's days and units in a range."""
    return {
        "habit": habit_reference(habit),
        "frequency": habit.frequency,
        "start": calendar.first,
        "end": calendar.last,
        "days": days_document(calendar),
        "units": [unit_document(unit) for unit in calendar.belonging],
    }


def summary_document(summary: Summary, first: date, last: date) -> dict[str, Any]:
    """Return what habits add up to."""
    return {
        "from": first,
        "to": last,
        "habits": len(summary.habits),
        **rate_document(summary.completions, summary.rate),
        "days_completed": summary.days_completed,
        "perfect_days": summary.perfect_days,
        "best_current_streak": _best_streak(summary.best_current, "current_streak", "streak_unit"),
        "longest_streak": _best_streak(summary.longest, "longest_streak", "longest_unit"),
        "by_habit": [_habit_summary(row) for row in summary.habits],
    }


def trends_document(trends: Sequence[Trend]) -> dict[str, Any]:
    """Return a range cut into buckets."""
    return {"buckets": [{"start": item.start, "end": item.end, **rate_document(item.completions, item.rate)} for item in trends]}


def streak_document(streak: Streak) -> dict[str, Any]:
    """Return a streak."""
    return {
        "length": streak.length,
        "start": streak.start,
        "end": streak.end,
        "unit": STREAK_UNIT[streak.frequency],
        "interval": streak.interval,
    }


def insights_document(insights: Insights) -> dict[str, Any]:
    """Return how to keep a streak."""
    return {
        "at_risk": insights.at_risk,
        "needed": insights.needed,
        "needed_value": value_text(insights.needed_milli),
        "deadline_on": insights.deadline_on,
        "best_weekday": insights.best_weekday,
        "breaks_by_weekday": insights.breaks_by_weekday,
        "average_length": insights.average_length,
        "completions_by_weekday": insights.completions_by_weekday,
    }


def _best_streak(row: HabitSummary | None, name: str, unit: str) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"habit": habit_reference(row.habit), "length": getattr(row.stats, name), "unit": getattr(row.stats, unit)}


def _habit_summary(row: HabitSummary) -> dict[str, Any]:
    return {
        "habit": row.habit.pk,
        "name": row.habit.name,
        **rate_document(row.completions, row.rate),
        "current_streak": row.stats.current_streak,
        "longest_streak": row.stats.longest_streak,
        "strength": strength_text(row.stats.strength),
    }
