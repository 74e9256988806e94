"""What a schedule and a habit's dates must keep to; faults are values, so that callers decide how to say them."""

from datetime import date
from typing import NamedTuple

from habits.domain.schedule import MAX_INTERVAL, SHORTEST_DAYS, Direction, Frequency, Schedule

EARLIEST_DATE = date(1970, 1, 1)
YEARS_AHEAD = 5
MAX_TAGS = 20
MAX_POSITION = 1_000_000


class Fault(NamedTuple):
    """One fault: the field, a code and a sentence."""

    attr: str
    code: str
    detail: str


def latest_date(today: date) -> date:
    """Return the last date that a habit may name: five years after today."""
    year = today.year + YEARS_AHEAD
    return today.replace(year=year, day=28) if (today.month, today.day) == (2, 29) else today.replace(year=year)


def date_faults(attr: str, day: date | None, today: date) -> list[Fault]:
    """Return the fault of a start or end that lies out of bounds."""
    if day is None or EARLIEST_DATE <= day <= latest_date(today):
        return []
    return [Fault(attr, "date_out_of_range", f"Use a date from {EARLIEST_DATE} to {latest_date(today)}.")]


def order_faults(start: date, end: date | None, attr: str) -> list[Fault]:
    """Return the fault of an end before its start."""
    if end is None or end >= start:
        return []
    return [Fault(attr, "end_before_start", "The end lies before the start.")]


def schedule_faults(schedule: Schedule) -> list[Fault]:
    """Return the faults of a schedule, none if it can be judged."""
    faults = []
    most = MAX_INTERVAL[schedule.frequency]
    if not 1 <= schedule.interval <= most:
        faults.append(Fault("interval", "out_of_range", f"Use 1 to {most} for a {schedule.frequency} schedule."))
    elif schedule.is_total:
        faults += _total_faults(schedule)
    else:
        faults += _count_faults(schedule)
    if schedule.target_days is not None:
        faults += _day_faults(schedule, schedule.target_days)
    target = schedule.target
    if target is not None and target.direction is Direction.AT_LEAST and target.value_milli == 0:
        faults.append(Fault("target_value", "out_of_range", "A target to reach is above 0."))
    return faults


def target_faults(schedule: Schedule, *, is_described: bool) -> list[Fault]:
    """Return the fault of a direction or scope for a habit without a target; `is_described` where one was named."""
    if not is_described or schedule.target is not None:
        return []
    return [Fault("target_value", "required", "A direction or a scope goes with a target value.")]


def _total_faults(schedule: Schedule) -> list[Fault]:
    faults = []
    if schedule.frequency is Frequency.DAILY and schedule.interval == 1:
        faults.append(Fault("target_scope", "unit_of_one_day", "The scope `unit` takes a unit that is longer than a day."))
    if schedule.target_days is not None:
        faults.append(Fault("target_days", "not_with_total", "The scope `unit` takes no target days."))
    if schedule.target_count is not None:
        faults.append(Fault("target_count", "not_with_total", "The scope `unit` takes no count."))
    return faults


def _count_faults(schedule: Schedule) -> list[Fault]:
    count, most = schedule.target_count, SHORTEST_DAYS[schedule.frequency] * schedule.interval
    if count is None or 1 <= count <= most:
        return []
    return [Fault("target_count", "out_of_range", f"Use 1 to {most}: the days of the shortest such unit.")]


def _day_faults(schedule: Schedule, days: tuple[int, ...]) -> list[Fault]:
    is_monthly = schedule.frequency is Frequency.MONTHLY
    most = 31 if is_monthly else 7
    faults = []
    if not days:
        faults.append(Fault("target_days", "empty", "Name at least one day, or leave the field out."))
    if len(set(days)) != len(days):
        faults.append(Fault("target_days", "duplicate", "Name each day once."))
    if not all(1 <= day <= most or (is_monthly and day == -1) for day in days):
        last = " or -1 for the last" if is_monthly else ""
        faults.append(Fault("target_days", "out_of_range", f"Use days from 1 to {most}{last}."))
    if schedule.interval != 1:
        faults.append(Fault("target_days", "interval_not_one", "Target days take an interval of 1."))
    if schedule.target_count is not None and not schedule.is_total:
        faults.append(Fault("target_count", "not_with_target_days", "Target days and a count exclude each other."))
    return faults
