"""Judging units: what was required, what was achieved, and what follows.

Source: the product's domain rules, "Judging a unit".
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from habits.domain.logs import Logs, LogStatus
from habits.domain.schedule import ONE_DAY, Plan, Unit


class UnitStatus(StrEnum):
    """What became of a unit."""

    NEUTRAL = "neutral"
    MET = "met"
    PENDING = "pending"
    MISSED = "missed"


class JudgedUnit(NamedTuple):
    """A unit with its judgement; `value_milli` is the sum of the values that count, None for yes/no habits."""

    unit: Unit
    required: int
    achieved: int
    status: UnitStatus
    value_milli: int | None


class _Days(NamedTuple):
    """The days of a unit, counted."""

    skipped: int
    completed: int
    due: int
    due_completed: int
    values: int
    sum_milli: int


def judge(plan: Plan, unit: Unit, logs: Logs, today: date) -> JudgedUnit:
    """Return the judgement of `unit` as of `today`; logs dated after today are as if absent."""
    days = _count(plan, unit, logs, today)
    schedule = unit.schedule
    if schedule.target_days is not None:
        required, achieved = days.due, days.due_completed
    elif schedule.is_total:
        required, achieved = _judge_total(unit, days, today)
    else:
        required = min(_count_for(unit), _length(unit) - days.skipped)
        achieved = min(days.completed, required)
    status = _status(unit, required, achieved, today)
    return JudgedUnit(unit, required, achieved, status, None if schedule.target is None else days.sum_milli)


def is_due(plan: Plan, judged: JudgedUnit | None, logs: Logs, day: date, today: date) -> bool:
    """Return whether a log on `day` could still help its unit: the "due" of a today screen when `day` is today.

    `judged` is the unit that holds `day`, or None. A limit (`at_most`) is due only until something is logged.
    """
    if judged is None or judged.status is not UnitStatus.PENDING or day > today:
        return False
    if plan.is_archived or plan.is_paused(day):
        return False
    log = logs.get(day)
    schedule = judged.unit.schedule
    if log is not None and (schedule.is_at_most or log.status is not LogStatus.MISSED):
        return False
    return schedule.target_days is None or schedule.is_target_day(day)


def _length(unit: Unit) -> int:
    return (unit.end - unit.start).days + 1


def _count(plan: Plan, unit: Unit, logs: Logs, today: date) -> _Days:
    skipped = completed = due = due_completed = values = sum_milli = 0
    has_target_days = unit.schedule.target_days is not None
    day, last = unit.start, unit.end
    while day <= last:
        log = logs.get(day) if day <= today else None
        is_target = has_target_days and unit.schedule.is_target_day(day)
        if log is None:
            if plan.pauses and plan.is_paused(day):
                skipped += 1
            else:
                due += is_target
        elif log.status is LogStatus.SKIPPED:
            skipped += 1
        else:
            is_completed = log.status is LogStatus.COMPLETED
            completed += is_completed
            due += is_target
            due_completed += is_target and is_completed
            if log.value_milli is not None:
                values += 1
                sum_milli += log.value_milli
        day += ONE_DAY
    return _Days(skipped, completed, due, due_completed, values, sum_milli)


def _count_for(unit: Unit) -> int:
    """Return the completions that a unit asks for; a clipped one asks for its share, rounded down, at least one."""
    count = unit.schedule.target_count or 1
    if not unit.is_clipped:
        return count
    return max(1, count * _length(unit) // unit.block_days)


def _judge_total(unit: Unit, days: _Days, today: date) -> tuple[int, int]:
    """Return required and achieved (0 or 1) of a total; the target shrinks with the days that are clipped or skipped."""
    target = unit.schedule.target
    rest = _length(unit) - days.skipped
    if rest == 0 or target is None:
        return 0, 0
    # Compared crosswise in whole numbers: sum against target * rest / block_days.
    reached, wanted = days.sum_milli * unit.block_days, target.value_milli * rest
    if unit.schedule.is_at_most:
        return 1, int(reached <= wanted and days.values > 0 and unit.end < today)
    return 1, int(reached >= wanted)


def _status(unit: Unit, required: int, achieved: int, today: date) -> UnitStatus:
    if required == 0:
        return UnitStatus.NEUTRAL
    if achieved >= required:
        return UnitStatus.MET
    if unit.end >= today:
        return UnitStatus.PENDING
    if unit.is_clipped and unit.schedule.target_days is None:
        return UnitStatus.NEUTRAL
    return UnitStatus.MISSED


def shortfall_milli(judged: JudgedUnit, plan: Plan, logs: Logs, today: date) -> int:
    """Return what a total still lacks, in thousandths, rounded up; 0 for limits, other schedules and met totals."""
    target = judged.unit.schedule.target
    if target is None or not judged.unit.schedule.is_total or judged.unit.schedule.is_at_most:
        return 0
    days = _count(plan, judged.unit, logs, today)
    wanted = -(-target.value_milli * (_length(judged.unit) - days.skipped) // judged.unit.block_days)
    return max(0, wanted - days.sum_milli)
