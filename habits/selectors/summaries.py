"""What habits add up to over a range of days."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from habits.domain.calendar import Bucket, HabitCalendar, Trend, trends_of
from habits.domain.rates import Rate, count_perfect_days
from habits.models import Habit, HabitStats
from habits.querysets import HabitQuerySet
from habits.selectors.habits import list_habits
from habits.selectors.insights import judge_range
from habits.selectors.stats import get_stats
from users.models import User


class HabitSummary(NamedTuple):
    """One habit in a range, with its statistics as of today."""

    habit: Habit
    stats: HabitStats
    completions: int
    rate: Rate


class Summary(NamedTuple):
    """All of the habits together; the best streaks are those of today, None where there is none."""

    habits: list[HabitSummary]
    completions: int
    days_completed: int
    rate: Rate
    perfect_days: int
    best_current: HabitSummary | None
    longest: HabitSummary | None


def choose_habits(
    actor: User,
    *,
    habit: uuid.UUID | None = None,
    name: str | None = None,
    frequency: str | None = None,
    tag: str | None = None,
    archived: bool = False,
) -> HabitQuerySet[Habit]:
    """Return the actor's habits that fit, in their order."""
    habits: HabitQuerySet[Habit] = list_habits(actor).archived(is_archived=archived)
    if habit is not None:
        habits = habits.filter(pk=habit)
    if name:
        habits = habits.named_like(name)
    if frequency:
        habits = habits.filter(frequency=frequency)
    if tag:
        habits = habits.tagged(tag)
    return habits.order_by("position", "id")


def get_summary(habits: Sequence[Habit], first: date, last: date, today: date) -> Summary:
    """Return what `habits` add up to in a range: one query for the logs of all."""
    calendars = judge_range(habits, first, last, today)
    rows = [
        HabitSummary(habit, get_stats(habit, today), len(calendar.completed), calendar.rate)
        for habit, calendar in zip(habits, calendars, strict=True)
    ]
    rate = Rate()
    for row in rows:
        rate = rate.plus(row.rate)
    return Summary(
        rows,
        sum(row.completions for row in rows),
        len(set[date]().union(*(calendar.completed for calendar in calendars))),
        rate,
        count_perfect_days((unit for calendar in calendars for unit in calendar.units), first, last, today),
        _best(rows, "current_streak"),
        _best(rows, "longest_streak"),
    )


def _best(rows: Sequence[HabitSummary], name: str) -> HabitSummary | None:
    """Return the row with the greatest streak, the first of equal ones."""
    best = max(rows, key=lambda row: getattr(row.stats, name), default=None)
    return best if best and getattr(best.stats, name) else None


def get_trends(habits: Sequence[Habit], first: date, last: date, today: date, bucket: Bucket) -> list[Trend]:
    """Return the trend of `habits` over a range."""
    return trends_of(judge_range(habits, first, last, today), first, last, today, bucket)


def get_calendar(habit: Habit, first: date, last: date, today: date) -> HabitCalendar:
    """Return one habit judged over a range."""
    return judge_range([habit], first, last, today)[0]
