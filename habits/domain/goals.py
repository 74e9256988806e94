"""Goals: so many units in a row, so many completions or so much in all, between two days.

How far a goal has come is a fold over the days in their order, as the statistics are: a `Tally` holds what is safely past, and
the days since are counted anew each time. All amounts are whole thousandths; a unit and a completion count one.
"""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from habits.domain.calendar import HabitCalendar
from habits.domain.judging import JudgedUnit, UnitStatus, judge
from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import ONE_DAY, Frequency, Unit
from habits.domain.validation import Fault, date_faults, order_faults

ONE_MILLI: Final = 1_000
MAX_COUNT: Final = 100_000
"""More units or completions than there are days in a long life."""


class GoalKind(StrEnum):
    """What is counted: met units in a row, completed logs, or the sum of the values that count."""

    STREAK = "streak"
    COMPLETIONS = "completions"
    TOTAL = "total"


class GoalState(StrEnum):
    """How a goal stands."""

    ACTIVE = "active"
    REACHED = "reached"
    MISSED = "missed"
    CANCELLED = "cancelled"


GOAL_KINDS: Final = tuple(GoalKind)
GOAL_STATES: Final = tuple(GoalState)


class Terms(NamedTuple):
    """What is to be reached, from the first day on and until the last, both included; without a deadline it takes its time."""

    kind: GoalKind
    target_milli: int
    start: date
    deadline: date | None


class Tally(NamedTuple):
    """The count of all that lies before `day`, which begins a unit, or the goal, or lies past the deadline.

    `amount_milli` is the sum, or the longest run of units; `run_milli` the run that goes on in units of `run_kind`.
    """

    day: date
    amount_milli: int = 0
    run_milli: int = 0
    run_kind: tuple[Frequency, int] | None = None
    reached_on: date | None = None


class Progress(NamedTuple):
    """How far a goal has come: of a streak the run that goes on or, once reached, the longest one."""

    value_milli: int
    reached_on: date | None


def begin_tally(terms: Terms) -> Tally:
    """Return the count before the first day of a goal."""
    return Tally(terms.start)


def count_until(terms: Terms, calendar: HabitCalendar, tally: Tally, stop: date) -> Tally:
    """Return the count of all before `stop`, which ends no unit halfway; `calendar` holds the days from the tally's on."""
    if terms.deadline is not None:
        stop = min(stop, terms.deadline + ONE_DAY)
    if stop <= tally.day:
        return tally
    counted = _add_units if terms.kind is GoalKind.STREAK else _add_logs
    return counted(terms, calendar, tally, stop)


def progress_of(terms: Terms, calendar: HabitCalendar, tally: Tally) -> Progress:
    """Return how far a goal has come by the calendar's today."""
    today = calendar.today
    tally = count_until(terms, calendar, tally, today + ONE_DAY)
    if terms.kind is not GoalKind.STREAK or tally.reached_on is not None:
        return Progress(tally.amount_milli, tally.reached_on)
    # A run of weeks does not go on in a schedule of days, be it before the first of them.
    last = today if terms.deadline is None else min(today, terms.deadline)
    goes_on = tally.run_kind == calendar.plan.schedule_on(last).kind
    return Progress(tally.run_milli if goes_on else 0, None)


def state_of(terms: Terms, reached_on: date | None, today: date, *, is_cancelled: bool) -> GoalState:
    """Return how a goal stands today."""
    if is_cancelled:
        return GoalState.CANCELLED
    if reached_on is not None:
        return GoalState.REACHED
    if terms.deadline is not None and terms.deadline < today:
        return GoalState.MISSED
    return GoalState.ACTIVE


def goal_faults(terms: Terms, today: date, *, is_measured: bool) -> list[Fault]:
    """Return the faults of a goal as it is to be stored."""
    faults = date_faults("start_date", terms.start, today) + date_faults("deadline", terms.deadline, today)
    faults += order_faults(terms.start, terms.deadline, "deadline")
    if terms.target_milli == 0:
        faults.append(Fault("target", "out_of_range", "A goal is above 0."))
    if terms.kind is GoalKind.TOTAL:
        if not is_measured:
            faults.append(Fault("kind", "habit_not_measured", "A yes/no habit has no values to add up."))
    elif terms.target_milli % ONE_MILLI:
        faults.append(Fault("target", "not_whole", "Units and completions are counted in whole numbers."))
    elif terms.target_milli > MAX_COUNT * ONE_MILLI:
        faults.append(Fault("target", "out_of_range", f"Use at most {MAX_COUNT} units or completions."))
    return faults


def _add_logs(terms: Terms, calendar: HabitCalendar, tally: Tally, stop: date) -> Tally:
    amount, reached_on = tally.amount_milli, tally.reached_on
    for day in sorted(day for day in calendar.logs if tally.day <= day < stop):
        amount += _worth(terms.kind, calendar.logs[day])
        if reached_on is None and amount >= terms.target_milli:
            reached_on = day
    return Tally(stop, amount, reached_on=reached_on)


def _worth(kind: GoalKind, log: DayLog) -> int:
    if kind is GoalKind.TOTAL:
        return log.counted_milli or 0
    return ONE_MILLI if log.status is LogStatus.COMPLETED else 0


def _add_units(terms: Terms, calendar: HabitCalendar, tally: Tally, stop: date) -> Tally:
    for judged in calendar.units:
        if tally.day <= judged.unit.start < stop and (terms.deadline is None or judged.unit.end <= terms.deadline):
            tally = _add_unit(terms, calendar, tally, judged)
    return tally._replace(day=stop)


def _add_unit(terms: Terms, calendar: HabitCalendar, tally: Tally, judged: JudgedUnit) -> Tally:
    """Return the count with one more unit: a missed one and one of another kind end the run, others leave it as it is."""
    kind = judged.unit.schedule.kind
    run = tally.run_milli if kind == tally.run_kind and judged.status is not UnitStatus.MISSED else 0
    reached_on = tally.reached_on
    if judged.status is UnitStatus.MET:
        run += ONE_MILLI
        if reached_on is None and run >= terms.target_milli:
            reached_on = _met_on(calendar, judged.unit)
    return Tally(tally.day, max(tally.amount_milli, run), run, kind, reached_on)


def _met_on(calendar: HabitCalendar, unit: Unit) -> date:
    """Return the day whose log has made a unit met, for good: the last day of one that is met by its end alone."""
    found, day = unit.end, min(unit.end, calendar.today)
    # Each day is judged by the logs up to it.
    while day >= unit.start and judge(calendar.plan, unit, calendar.logs, day).status is UnitStatus.MET:
        found, day = day, day - ONE_DAY
    return found
