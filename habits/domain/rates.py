"""Counts and rates over a range of days.

Source: the product's domain rules, "Rates, totals, strength".
"""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from habits.domain.judging import JudgedUnit, UnitStatus
from habits.domain.logs import Logs, LogStatus
from habits.domain.schedule import Frequency

FOUR_PLACES = Decimal("0.0001")


class Rate(NamedTuple):
    """What was expected and what achieved; rates of several habits add up."""

    expected: int = 0
    achieved: int = 0

    @property
    def success_rate(self) -> Decimal | None:
        """Achieved of expected with four decimals, rounded half up; None where nothing was expected."""
        if self.expected == 0:
            return None
        return (Decimal(self.achieved) / self.expected).quantize(FOUR_PLACES, ROUND_HALF_UP)

    def plus(self, other: "Rate") -> "Rate":
        """Return both together."""
        return Rate(self.expected + other.expected, self.achieved + other.achieved)


def rate_of(units: Iterable[JudgedUnit], first: date, last: date, today: date) -> Rate:
    """Return the rate of the units that belong to `first`..`last`.

    A pending unit adds to what is expected only what it achieved, and so does a broken one that was not met.
    """
    expected = achieved = 0
    for judged in units:
        if belongs(judged, first, last, today):
            achieved += judged.achieved
            expected += judged.required if judged.status in _JUDGED else judged.achieved
    return Rate(expected, achieved)


_JUDGED = (UnitStatus.MET, UnitStatus.MISSED)


def belongs(judged: JudgedUnit, first: date, last: date, today: date) -> bool:
    """Return whether a unit belongs to a range: its last active day lies in it, or it is open and today lies in the range."""
    end = judged.unit.end
    if first <= end <= last:
        return True
    return judged.unit.start <= today <= end and first <= today <= last


def completed_days(logs: Logs, first: date, last: date, today: date) -> set[date]:
    """Return the dates in `first`..`last`, up to today, whose log is completed."""
    last = min(last, today)
    return {day for day, log in logs.items() if first <= day <= last and log.status is LogStatus.COMPLETED}


def count_perfect_days(units: Iterable[JudgedUnit], first: date, last: date, today: date) -> int:
    """Return on how many days at least one daily unit (of all the habits given) ended, and all that ended were met."""
    is_perfect: dict[date, bool] = {}
    last = min(last, today)
    for judged in units:
        end = judged.unit.end
        if first <= end <= last and judged.unit.schedule.frequency is Frequency.DAILY:
            is_perfect[end] = is_perfect.get(end, True) and judged.status is UnitStatus.MET
    return sum(is_perfect.values())
