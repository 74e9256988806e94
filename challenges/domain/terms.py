"""What a challenge asks for, for whom, and what it must keep to.

Source: the product's domain rules, "Goals, challenges, boards".
"""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from habits.domain.schedule import Plan, Schedule, Version
from habits.domain.validation import Fault, date_faults, order_faults, schedule_faults

MAX_DAYS: Final = 366
MAX_LATE_DAYS: Final = 31


class Visibility(StrEnum):
    """Who sees that there is the challenge, and may join it."""

    PUBLIC = "public"
    GROUP = "group"
    PRIVATE = "private"


class Scoring(StrEnum):
    """What counts: completed days, the longest streak, the success rate, or the sum of the values."""

    COMPLETIONS = "completions"
    STREAK = "streak"
    SUCCESS_RATE = "success_rate"
    TOTAL = "total"


VISIBILITIES: Final = tuple(Visibility)
SCORINGS: Final = tuple(Scoring)


class Terms(NamedTuple):
    """What every participant is judged by, whatever the schedule of the linked habit is."""

    schedule: Schedule
    start: date
    end: date
    scoring: Scoring
    late_days: int
    allow_skips: bool

    @property
    def plan(self) -> Plan:
        """The days and the schedule as a plan, without pauses: they do not count."""
        return Plan(self.start, self.end, (Version(self.start, self.schedule),))

    @property
    def is_measured(self) -> bool:
        """Whether logs count by their values."""
        return self.schedule.target is not None


def terms_faults(terms: Terms, *, unit: str, today: date, earliest: date) -> list[Fault]:
    """Return the faults of a challenge as it is to be stored; `earliest` is the first day on which it may still begin."""
    faults = schedule_faults(terms.schedule)
    faults += date_faults("start_date", terms.start, today) + date_faults("end_date", terms.end, today)
    faults += order_faults(terms.start, terms.end, "end_date")
    if terms.start < earliest:
        faults.append(Fault("start_date", "date_out_of_range", f"A challenge begins on {earliest} at the earliest."))
    if terms.end - terms.start >= timedelta(days=MAX_DAYS):
        faults.append(Fault("end_date", "too_long", f"A challenge has at most {MAX_DAYS} days."))
    if terms.scoring is Scoring.TOTAL and not terms.is_measured:
        faults.append(Fault("scoring", "not_measured", "A total takes a target value."))
    if unit and not terms.is_measured:
        faults.append(Fault("unit", "unit_without_target", "A unit goes with a target value."))
    return faults
