"""How to keep a streak: what it is at risk from, and on which weekdays it goes well or breaks."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from habits.domain.judging import JudgedUnit, UnitStatus, judge, shortfall_milli
from habits.domain.logs import Logs, LogStatus
from habits.domain.schedule import ONE_DAY, Plan
from habits.domain.streaks import Runs, list_streaks

WEEKDAYS = 7


class Insights(NamedTuple):
    """What a habit's whole history says; counts by weekday start with Monday.

    `needed` completions (or `needed_milli` of a total to reach) meet the open unit; `deadline_on` is the unit's end or,
    for target days, the next one open. A limit needs a value, then nothing more: kept to, it is not at risk; once
    exceeded it cannot be met any more, and a streak that runs stays at risk although nothing is needed.
    """

    at_risk: bool
    needed: int
    needed_milli: int | None
    deadline_on: date | None
    best_weekday: int | None
    breaks_by_weekday: list[int]
    average_length: Decimal | None
    completions_by_weekday: list[int]


def insights_of(plan: Plan, units: Sequence[JudgedUnit], logs: Logs, today: date) -> Insights:
    """Return the insights of a habit from all its units and logs."""
    completions = [0] * WEEKDAYS
    for day, log in logs.items():
        if day <= today and log.status is LogStatus.COMPLETED:
            completions[day.weekday()] += 1
    runs, breaks = _breaks(units, today)
    lengths = [streak.length for streak in list_streaks(units, today)]
    average = (Decimal(sum(lengths)) / len(lengths)).quantize(Decimal("0.01"), ROUND_HALF_UP) if lengths else None
    unit = units[-1] if units and units[-1].status is UnitStatus.PENDING else None
    is_total = unit is not None and unit.unit.schedule.is_total and not unit.unit.schedule.is_at_most
    return Insights(
        at_risk=unit is not None and runs.current is not None and _can_be_missed(plan, unit, logs, today),
        needed=_needed(unit, logs, today) if unit else 0,
        needed_milli=shortfall_milli(unit, plan, logs, today) if unit and is_total else None,
        deadline_on=_deadline(plan, unit, logs, today) if unit else None,
        best_weekday=completions.index(max(completions)) + 1 if any(completions) else None,
        breaks_by_weekday=breaks,
        average_length=average,
        completions_by_weekday=completions,
    )


def _can_be_missed(plan: Plan, judged: JudgedUnit, logs: Logs, today: date) -> bool:
    """Return whether a pending unit would end a streak; a broken one judged by count or total turns neutral instead."""
    unit = judged.unit
    if unit.is_clipped and unit.schedule.target_days is None:
        return False
    return not (unit.schedule.is_total and unit.schedule.is_at_most and _is_met_as_it_is(plan, judged, logs, today))


def _is_met_as_it_is(plan: Plan, judged: JudgedUnit, logs: Logs, today: date) -> bool:
    """Return whether a unit will be met if nothing more is logged."""
    known = {day: log for day, log in logs.items() if judged.unit.start <= day <= today}
    return judge(plan, judged.unit, known, judged.unit.end + ONE_DAY).status is UnitStatus.MET


def _needed(judged: JudgedUnit, logs: Logs, today: date) -> int:
    """Return how many more completions a pending unit takes; 0 where a limit has its value, kept to or exceeded."""
    unit = judged.unit
    if unit.schedule.is_at_most:
        known = [log for day, log in logs.items() if unit.start <= day <= min(unit.end, today)]
        if unit.schedule.is_total:
            return 0 if any(log.counted_milli is not None for log in known) else 1
        # A log on the only day of a unit that is still pending says missed.
        if unit.start == unit.end and known:
            return 0
    return judged.required - judged.achieved


def _deadline(plan: Plan, judged: JudgedUnit, logs: Logs, today: date) -> date:
    """Return until when a pending unit can be met; of target days the next open one, or the last if all are past."""
    unit = judged.unit
    if unit.schedule.target_days is None:
        return unit.end
    days = (unit.start + timedelta(days=number) for number in range((unit.end - unit.start).days + 1))
    open_days = [day for day in days if unit.schedule.is_target_day(day) and _is_open(plan, logs, day, today)]
    return next((day for day in open_days if day >= today), open_days[-1])


def _is_open(plan: Plan, logs: Logs, day: date, today: date) -> bool:
    """Return whether a target day still lacks its completion, as judging counts it: a missed log outweighs a pause."""
    log = logs.get(day) if day <= today else None
    return not plan.is_paused(day) if log is None else log.status is LogStatus.MISSED


def _breaks(units: Sequence[JudgedUnit], today: date) -> tuple[Runs, list[int]]:
    """Return the runs over all units, and how many streaks a missed unit ended, by the weekday of its last day."""
    runs, breaks = Runs(), [0] * WEEKDAYS
    for judged in units:
        ran, runs = runs.current, runs.fold(judged, today)
        if ran is not None and judged.status is UnitStatus.MISSED:
            breaks[judged.unit.end.weekday()] += 1
    return runs, breaks
