"""How to keep a streak: what it is at risk from, and on which weekdays it goes well or breaks."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from habits.domain.judging import JudgedUnit, UnitStatus, shortfall_milli
from habits.domain.logs import Logs, LogStatus
from habits.domain.schedule import Plan
from habits.domain.streaks import Runs, list_streaks

WEEKDAYS = 7


class Insights(NamedTuple):
    """What a habit's whole history says; counts by weekday start with Monday.

    `needed` completions (or `needed_milli` of a total) by the end of `deadline_on` meet the open unit.
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
    is_total = unit is not None and unit.unit.schedule.is_total
    return Insights(
        at_risk=unit is not None and runs.current is not None and _can_be_missed(unit),
        needed=unit.required - unit.achieved if unit else 0,
        needed_milli=shortfall_milli(unit, plan, logs, today) if unit and is_total else None,
        deadline_on=unit.unit.end if unit else None,
        best_weekday=completions.index(max(completions)) + 1 if any(completions) else None,
        breaks_by_weekday=breaks,
        average_length=average,
        completions_by_weekday=completions,
    )


def _can_be_missed(judged: JudgedUnit) -> bool:
    """Return whether a pending unit would end a streak; a broken one judged by count or total turns neutral instead."""
    return not judged.unit.is_clipped or judged.unit.schedule.target_days is not None


def _breaks(units: Sequence[JudgedUnit], today: date) -> tuple[Runs, list[int]]:
    """Return the runs over all units, and how many streaks a missed unit ended, by the weekday of its last day."""
    runs, breaks = Runs(), [0] * WEEKDAYS
    for judged in units:
        ran, runs = runs.current, runs.fold(judged, today)
        if ran is not None and judged.status is UnitStatus.MISSED:
            breaks[judged.unit.end.weekday()] += 1
    return runs, breaks
