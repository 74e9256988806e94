"""How a participant stands: a score, and what is shown beside it.

Source: the product's domain rules, "Goals, challenges, boards"; units, streaks and rates are those of habits, over the days
and by the schedule of the challenge.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from challenges.domain.holdings import Holdings, judged_logs
from challenges.domain.terms import Scoring, Terms
from habits.domain.calendar import HabitCalendar
from habits.domain.judging import JudgedUnit, UnitStatus, judge
from habits.domain.logs import DayLog, LogStatus
from habits.domain.rates import Rate, rate_of
from habits.domain.schedule import Plan
from habits.domain.streaks import Runs

NO_SCORE: Final = -1
"""Where nothing was expected there is no success rate: it comes after every other."""
RATE_STEPS: Final = 10_000


class Standing(NamedTuple):
    """How somebody stands on a day. A score is a count, whole thousandths of a total, or ten thousandths of a rate."""

    score: int
    reached_at: datetime | None
    rate: Rate
    current_streak: int
    last_completed_on: date | None
    moves_on: bool


def standing_of(terms: Terms, holdings: Holdings, today: date) -> Standing:
    """Return how somebody with these logs stands on their today.

    `reached_at` is when the last log was received that has raised the score: the logs are taken away again in the opposite order,
    until one makes a difference. Each concerns one unit alone.
    """
    calendar = judged_calendar(terms, holdings, today)
    units, logs = list(calendar.units), dict(calendar.logs)
    completed = [day for day, log in logs.items() if log.status is LogStatus.COMPLETED]
    runs = _runs_of(units, today)
    score = _score(terms, units, logs, today)
    return Standing(
        score,
        _last_raise(terms, calendar.plan, holdings, units, logs, score, today) if logs else None,
        calendar.rate,
        runs.current.length if runs.current else 0,
        max(completed, default=None),
        # Until the challenge is over each day may change something, and so do logs that are dated after a today that went back.
        today <= terms.end,
    )


def judged_calendar(terms: Terms, holdings: Holdings, today: date) -> HabitCalendar:
    """Return the days and units of a challenge so far, as somebody's logs of them are judged."""
    plan = terms.plan
    days = sorted(day for day in holdings if terms.start <= day <= min(terms.end, today))
    logs = judged_logs(terms, holdings, days)
    units = tuple(judge(plan, unit, logs, today) for unit in plan.units(terms.start, min(terms.end, today)))
    return HabitCalendar(plan, logs, units, terms.start, terms.end, today)


def _last_raise(
    terms: Terms,
    plan: Plan,
    holdings: Holdings,
    units: list[JudgedUnit],
    logs: dict[date, DayLog],
    score: int,
    today: date,
) -> datetime | None:
    """Return when the last log came that has raised the score; `units` and `logs` are used up."""
    starts = [judged.unit.start for judged in units]
    for day in sorted(logs, key=lambda day: (holdings[day].received_at, day), reverse=True):
        taken, without = logs.pop(day), score
        index = bisect_right(starts, day) - 1
        if terms.scoring is Scoring.COMPLETIONS:
            without -= taken.status is LogStatus.COMPLETED
        elif terms.scoring is Scoring.TOTAL:
            without -= taken.counted_milli or 0
        elif index >= 0 and day <= units[index].unit.end:
            before, units[index] = units[index], judge(plan, units[index].unit, logs, today)
            if _matters(terms, units, index, before, score):
                without = _score(terms, units, logs, today)
        if without < score:
            return holdings[day].received_at
        score = without
    return None


def _matters(terms: Terms, units: Sequence[JudgedUnit], index: int, before: JudgedUnit, score: int) -> bool:
    """Tell whether a unit that was judged anew may change the score: else it is not counted anew, log by log.

    The longest streak becomes another only by a unit that lies among as many met ones, itself among them.
    """
    after = units[index]
    if (after.status, after.required, after.achieved) == (before.status, before.required, before.achieved):
        return False
    if terms.scoring is not Scoring.STREAK:
        return True
    return (before.status is UnitStatus.MET) + _met_beside(units, index) >= score


def _met_beside(units: Sequence[JudgedUnit], index: int) -> int:
    """Return how many units are met before and after one, with no missed one between."""
    count = 0
    for beside in (reversed(units[:index]), units[index + 1 :]):
        for judged in beside:
            if judged.status is UnitStatus.MISSED:
                break
            count += judged.status is UnitStatus.MET
    return count


def _score(terms: Terms, units: Sequence[JudgedUnit], logs: dict[date, DayLog], today: date) -> int:
    if terms.scoring is Scoring.COMPLETIONS:
        return sum(log.status is LogStatus.COMPLETED for log in logs.values())
    if terms.scoring is Scoring.TOTAL:
        return sum(log.counted_milli or 0 for log in logs.values())
    if terms.scoring is Scoring.STREAK:
        longest = _runs_of(units, today).longest
        return longest.length if longest else 0
    return _rate_score(rate_of(units, terms.start, terms.end, today).success_rate)


def _rate_score(rate: Decimal | None) -> int:
    return NO_SCORE if rate is None else int(rate * RATE_STEPS)


def _runs_of(units: Sequence[JudgedUnit], today: date) -> Runs:
    runs = Runs()
    for judged in units:
        runs = runs.fold(judged, today)
    return runs
