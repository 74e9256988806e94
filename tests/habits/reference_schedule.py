"""Days, schedules, their versions, pauses and logs: the first half of the reference (see reference.py).

Schedule  {"frequency", "interval", "target_days", "target_count", "target"}
Target    None | {"value_milli", "direction", "scope"}
Habit     {"start", "end", "versions": [(effective_from, schedule)], "pauses": [(start, end | None)], "archived_on"}
Logs      {date: (status, value_milli)}
"""

import calendar
from datetime import date, timedelta
from typing import Any

Schedule = dict[str, Any]
Habit = dict[str, Any]
Logs = dict[date, tuple[str, int | None]]

DAY = timedelta(days=1)


# 1. Days


def days_between(first: date, last: date) -> list[date]:
    """Every day from first to last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def first_of_period(frequency: str, day: date) -> date:
    """The first day of the single day, ISO week or calendar month that holds the day."""
    # "Weeks are ISO weeks (Monday first), months are calendar months, everywhere."
    if frequency == "daily":
        return day
    if frequency == "weekly":
        return day - timedelta(days=day.isoweekday() - 1)
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def until_today(logs: Logs, today: date) -> Logs:
    """The logs that count; one dated after today is as if absent until its day comes."""
    return {day: log for day, log in logs.items() if day <= today}


# 2. Schedule


def check_schedule(schedule: Schedule) -> None:
    """Raises ValueError for a schedule that no habit can have."""
    frequency, interval = schedule["frequency"], schedule["interval"]
    days, count, target = schedule["target_days"], schedule["target_count"], schedule["target"]
    # "`interval` (default 1; at most 365 days, 52 weeks, 12 months)"
    if not 1 <= interval <= {"daily": 365, "weekly": 52, "monthly": 12}[frequency]:
        raise ValueError("interval")
    if days is not None:
        # "`target_days` (only with interval 1)"; "[target_count] excludes `target_days`"; "Duplicates in
        # `target_days` are an error"
        allowed = [*range(1, 32), -1] if frequency == "monthly" else range(1, 8)
        if interval != 1 or count is not None:
            raise ValueError("target_days")
        if not days or len(set(days)) != len(days) or not set(days) <= set(allowed):
            raise ValueError("target_days")
    # "`target_count` is ... at most the days in the shortest such unit (1, 7, 28 x interval)."
    if count is not None and not 1 <= count <= {"daily": 1, "weekly": 7, "monthly": 28}[frequency] * interval:
        raise ValueError("target_count")
    if target is not None:
        check_target(schedule)


def check_target(schedule: Schedule) -> None:
    """Raises ValueError for the target of a measured habit that no habit can have."""
    target = schedule["target"]
    # "Values are not negative"; "`target_value` is above 0 for `at_least`."
    if target["value_milli"] < (1 if target["direction"] == "at_least" else 0):
        raise ValueError("target_value")
    # "Scope `unit` (... only where the unit is longer than a day)"; "takes no `target_days` or `target_count`"
    of_a_day = schedule["frequency"] == "daily" and schedule["interval"] == 1
    counts = schedule["target_days"] is not None or schedule["target_count"] is not None
    if target["scope"] == "unit" and (of_a_day or counts):
        raise ValueError("target_scope")


def is_total(schedule: Schedule) -> bool:
    return schedule["target"] is not None and schedule["target"]["scope"] == "unit"


def count_of(schedule: Schedule) -> int:
    # "`target_count` is 1 if left out"
    return 1 if schedule["target_count"] is None else schedule["target_count"]


def says_the_same(one: Schedule, other: Schedule) -> bool:
    return all(one[key] == other[key] for key in ("frequency", "interval", "target")) and (
        count_of(one) == count_of(other) and set(one["target_days"] or []) == set(other["target_days"] or [])
    )


def apply_schedule_change(habit: Habit, schedule: Schedule, requested: date | None, today: date) -> Habit:
    """The habit with a new version of its schedule; ValueError where the change is refused."""
    check_schedule(schedule)
    # "Whether a habit is measured never changes."
    if (schedule["target"] is None) != (habit["versions"][0][1]["target"] is None):
        raise ValueError("measured")
    # "as of a requested date: by default max(today, start date), never later, never before the start date."
    latest = max(today, habit["start"])
    if requested is None:
        requested = latest
    if not habit["start"] <= requested <= latest:
        raise ValueError("effective_from")
    # "Its `effective_from` is the first day of the (single) day, week or month of its own frequency that
    # holds that date, not before the start date"
    effective_from = max(first_of_period(schedule["frequency"], requested), habit["start"])
    # "It removes all versions from that date on; the past before it stays judged as it was."
    versions = [version for version in habit["versions"] if version[0] < effective_from]
    # "If the version then in force says the same, none is made."
    if not versions or not says_the_same(versions[-1][1], schedule):
        versions.append((effective_from, schedule))
    return {**habit, "versions": versions}


def schedule_on(habit: Habit, day: date) -> Schedule:
    """The schedule in force on a day from the start date on."""
    return [schedule for effective_from, schedule in habit["versions"] if effective_from <= day][-1]


def is_paused(habit: Habit, day: date) -> bool:
    # "Pauses are date ranges [start, end] of a habit, future ones too; archiving opens one without an end
    # from today on"
    pauses = list(habit["pauses"])
    if habit["archived_on"] is not None:
        pauses.append((habit["archived_on"], None))
    return any(start <= day and (end is None or day <= end) for start, end in pauses)


def is_skipped(habit: Habit, logs: Logs, day: date) -> bool:
    # "A paused day without a log counts as skipped." A log that is there, of whatever status, speaks for
    # itself.
    if day in logs:
        return logs[day][0] == "skipped"
    return is_paused(habit, day)


# 3. A log


def log_status(habit: Habit, day: date, value_milli: int) -> str:
    """The status that follows from a measured value."""
    # "The target is that of the version in force on the log's date, also when the version is made later."
    target = schedule_on(habit, day)["target"]
    at_least = target["direction"] == "at_least"
    if target["scope"] == "day":
        # "completed if `value >= target_value` (`<=` for `at_most`), else missed"
        completed = value_milli >= target["value_milli"] if at_least else value_milli <= target["value_milli"]
    else:
        # "completed if `value > 0` for `at_least`, always for `at_most`" (and else, as above, missed)
        completed = value_milli > 0 if at_least else True
    return "completed" if completed else "missed"
