"""A habit's days and units over a range of dates, and what they add up to."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from habits.domain.judging import JudgedUnit, judge
from habits.domain.logs import Logs
from habits.domain.rates import Rate, belongs, completed_days, rate_of
from habits.domain.schedule import ONE_DAY, Frequency, Plan


class DayState(StrEnum):
    """What is to be said of a day: its log, or what its absence means."""

    COMPLETED = "completed"
    SKIPPED = "skipped"
    MISSED = "missed"
    PENDING = "pending"
    FREE = "free"


class CalendarDay(NamedTuple):
    """One day of a habit."""

    day: date
    state: DayState
    value_milli: int | None


class HabitCalendar(NamedTuple):
    """A habit in a range: its judged units, which may reach beyond the range, and the logs that they were judged by."""

    plan: Plan
    logs: Logs
    units: tuple[JudgedUnit, ...]
    first: date
    last: date
    today: date

    @property
    def belonging(self) -> list[JudgedUnit]:
        """The units that belong to the range."""
        return [unit for unit in self.units if belongs(unit, self.first, self.last, self.today)]

    @property
    def rate(self) -> Rate:
        """What was expected in the range, and achieved."""
        return rate_of(self.units, self.first, self.last, self.today)

    @property
    def completed(self) -> set[date]:
        """The completed days of the range."""
        return completed_days(self.logs, self.first, self.last, self.today)

    def days(self) -> list[CalendarDay]:
        """Return the days of the range, from the habit's start to its end or today."""
        last = min(self.last, self.today) if self.plan.end is None else min(self.last, self.today, self.plan.end)
        days = []
        day = max(self.first, self.plan.start)
        while day <= last:
            log = self.logs.get(day)
            state = self._without_log(day) if log is None else DayState(log.status.value)
            days.append(CalendarDay(day, state, log.value_milli if log else None))
            day += ONE_DAY
        return days

    def status_of(self, day: date) -> str:
        """Return what a day up to today is called: by its log, else `skipped` on a pause, `missed` or `pending`."""
        log = self.logs.get(day)
        state = self._without_log(day) if log is None else DayState(log.status.value)
        return DayState.PENDING if state is DayState.FREE else state

    def _without_log(self, day: date) -> DayState:
        """Return what the absence of a log means: only a day that was due itself can be missed."""
        if self.plan.is_paused(day):
            return DayState.SKIPPED
        schedule = self.plan.schedule_on(day)
        is_due_itself = schedule.is_target_day(day) or (schedule.target_days is None and schedule.kind == (Frequency.DAILY, 1))
        if not is_due_itself:
            return DayState.FREE
        return DayState.PENDING if day == self.today else DayState.MISSED


def span_of(plan: Plan, first: date, last: date, today: date) -> tuple[date, date]:
    """Return the days whose logs judge the units of a range: a unit at its edge reaches beyond it."""
    at_first, at_last = plan.unit_of(first), plan.unit_of(last)
    return min(first, at_first.start if at_first else first), min(today, at_last.end if at_last else last)


def calendar_of(plan: Plan, logs: Logs, first: date, last: date, today: date) -> HabitCalendar:
    """Judge the units of a range; `logs` are those of `span_of`."""
    units = plan.units(first, min(last, today))
    return HabitCalendar(plan, logs, tuple(judge(plan, unit, logs, today) for unit in units), first, last, today)


class Bucket(StrEnum):
    """What trends are cut into."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Trend(NamedTuple):
    """One bucket of a trend, cut to the range."""

    start: date
    end: date
    completions: int
    rate: Rate


def trends_of(calendars: Iterable[HabitCalendar], first: date, last: date, today: date, bucket: Bucket) -> list[Trend]:
    """Cut a range into buckets of calendar days, ISO weeks or months; each is judged as a range of its own."""
    spans = list(_buckets(first, last, bucket))
    starts = [start for start, _ in spans]
    units: list[list[JudgedUnit]] = [[] for _ in spans]
    completions = [0] * len(spans)
    for calendar in calendars:
        for day in calendar.completed:
            completions[bisect_right(starts, day) - 1] += 1
        for judged in calendar.belonging:
            # A unit that is open belongs where it ends and where today is.
            for index in {bisect_right(starts, day) - 1 for day in (judged.unit.end, today) if first <= day <= last}:
                units[index].append(judged)
    rates = [rate_of(some, start, end, today) for some, (start, end) in zip(units, spans, strict=True)]
    return [Trend(start, end, count, rate) for (start, end), count, rate in zip(spans, completions, rates, strict=True)]


def _buckets(first: date, last: date, bucket: Bucket) -> Iterable[tuple[date, date]]:
    while first <= last:
        end = min(last, _end_of_bucket(first, bucket))
        yield first, end
        first = end + ONE_DAY


def _end_of_bucket(day: date, bucket: Bucket) -> date:
    if bucket is Bucket.DAY:
        return day
    if bucket is Bucket.WEEK:
        return day + timedelta(days=6 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - ONE_DAY
