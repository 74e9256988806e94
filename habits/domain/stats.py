"""Statistics that do not slow down with history.

Streaks, totals and strength are folds over time. What is safely past is folded into a `Checkpoint`; the logs since then are kept
beside it. So reading and writing go through a few weeks of days, however long the history is:

- `Stats` is what is shown, as of one day;
- `History` is what is needed to go on from: a checkpoint, and the logs that the days after it can still look at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from habits.domain.judging import JudgedUnit, UnitStatus, is_due, judge
from habits.domain.logs import LOG_STATUSES, DayLog, Logs, LogStatus
from habits.domain.schedule import ONE_DAY, STREAK_UNIT, Plan
from habits.domain.streaks import Runs, Streak
from habits.domain.strength import strength_through, window_days

OPEN_DAYS = 7
"""At least so many days before today stay open to cheap edits. More than a day, since today can go back."""


PENDING = "pending"
TODAY_STATUSES = (PENDING, *LOG_STATUSES)
"""What a day may be called: by its log, or as yet without one."""


class Checkpoint(NamedTuple):
    """The fold over everything before `day`, which begins a unit (or is no part of one)."""

    day: date
    runs: Runs
    completions: int
    last_completed_on: date | None
    strength: float | None


@dataclass(frozen=True, slots=True)
class History:
    """A checkpoint and the logs from its window on: `recent` reaches back as far as strength looks."""

    checkpoint: Checkpoint
    recent: dict[date, DayLog]


class Today(NamedTuple):
    """A habit on one day: `status` is that of the log, or `pending`, or `skipped` on a pause."""

    day: date
    is_due: bool
    status: str
    value_milli: int | None
    unit: JudgedUnit | None


class Stats(NamedTuple):
    """What is shown of a habit, as of `today.day`."""

    current: Streak | None
    longest: Streak | None
    streak_unit: str
    completions: int
    last_completed_on: date | None
    strength: float | None
    today: Today

    @property
    def current_streak(self) -> int:
        """The length of the streak that runs, 0 if none does."""
        return self.current.length if self.current else 0

    @property
    def longest_streak(self) -> int:
        """The length of the longest streak, 0 if there was none."""
        return self.longest.length if self.longest else 0


def begin(plan: Plan, logs: Iterable[tuple[date, DayLog]], today: date) -> History:
    """Return the history of a habit from all its logs: the whole fold, for rebuilding.

    It begins with the unit of the first log, or with today's: without a log no unit is met.
    """
    known = dict(logs)
    first = max(plan.start, min((*known, today)))
    unit = plan.unit_of(first)
    nothing = Checkpoint(unit.start if unit else first, Runs(), 0, None, None)
    return advance(plan, History(nothing, known), today)


def look(plan: Plan, history: History, today: date) -> Stats:
    """Return the statistics as of `today`, which must not lie before the checkpoint."""
    end = _fold(plan, history, today, stop=None)
    schedule = plan.schedule_on(max(today, plan.start))
    return Stats(
        # A streak of weeks does not run on in a schedule of days, be it before the first of them.
        end.runs.current if end.runs.kind == schedule.kind else None,
        end.runs.longest,
        STREAK_UNIT[schedule.frequency],
        end.completions,
        end.last_completed_on,
        end.strength,
        on_day(plan, history, today, today),
    )


def on_day(plan: Plan, history: History, day: date, today: date) -> Today:
    """Return the habit on `day` (from the checkpoint on), as known `today`."""
    unit = plan.unit_of(day)
    judged = judge(plan, unit, history.recent, today) if unit and unit.start <= today else None
    log = history.recent.get(day) if day <= today else None
    value = log.value_milli if log else None
    return Today(day, is_due(plan, judged, history.recent, day, today), status_on(plan, log, day), value, judged)


def status_on(plan: Plan, log: DayLog | None, day: date) -> str:
    """Return what a day is called: by its log, or `skipped` on a pause, or `pending`."""
    if log is not None:
        return log.status.value
    return LogStatus.SKIPPED.value if plan.is_paused(day) else PENDING


def record(history: History, changes: Mapping[date, DayLog | None]) -> History:
    """Return the history after the logs of some days, from the checkpoint on, became what `changes` say."""
    return replace(history, recent=changed(history.recent, changes))


def changed(logs: Logs, changes: Mapping[date, DayLog | None]) -> dict[date, DayLog]:
    """Return the logs after those of some days became what `changes` say; None: the log was deleted."""
    known = dict(logs)
    for day, log in changes.items():
        if log is None:
            known.pop(day, None)
        else:
            known[day] = log
    return known


def advance(plan: Plan, history: History, today: date) -> History:
    """Return the history with its checkpoint moved on, once the open days are twice as many as they need be.

    Moved in strides, so that its cost is spread over as many writes.
    """
    stop = today - timedelta(days=OPEN_DAYS)
    if history.checkpoint.day > stop - timedelta(days=OPEN_DAYS):
        return history
    unit = plan.unit_of(stop)
    if unit is not None:
        stop = unit.start
    if plan.end is not None:
        stop = min(stop, plan.end + ONE_DAY)
    if stop <= history.checkpoint.day:
        return history
    checkpoint = _fold(plan, history, today, stop=stop)
    reach = max(window_days(version.schedule) for version in plan.versions[plan.index_on(stop) :])
    oldest = stop - timedelta(days=reach)
    return History(checkpoint, {day: log for day, log in history.recent.items() if day >= oldest})


def moves_on(plan: Plan, history: History, stats: Stats) -> bool:
    """Return whether the statistics can differ tomorrow if nothing is written."""
    today, unit = stats.today.day, stats.today.unit
    if max(history.recent, default=today) > today:
        return True  # logged before today went back
    if stats.strength is None or (plan.end is not None and today > plan.end):
        return False
    if unit is not None and unit.status is UnitStatus.PENDING:
        return True
    if not asks_on(plan, today):
        return False
    return stats.current is not None or not _is_still(plan, history, stats)


def asks_on(plan: Plan, today: date) -> bool:
    """Return whether days after `today` can ask for anything: the habit has not ended, and does not rest for good."""
    if plan.end is not None and today > plan.end:
        return False
    last_pause = plan.pauses[-1] if plan.pauses else None
    return last_pause is None or last_pause.end is not None or last_pause.start > today


def _is_still(plan: Plan, history: History, stats: Stats) -> bool:
    """Return whether a strength that nothing feeds any more has come to rest, as far as four decimals show."""
    today = stats.today.day
    schedule = plan.schedule_on(today)
    window = timedelta(days=window_days(schedule))
    is_fed = any(day > today - window for day in history.recent)
    rest = 1.0 if schedule.is_at_most else 0.0
    return not is_fed and stats.strength is not None and abs(stats.strength - rest) < 0.00005


def _fold(plan: Plan, history: History, today: date, *, stop: date | None) -> Checkpoint:
    """Fold the days from the checkpoint to `stop` (not included), or to today (included)."""
    point = history.checkpoint
    last = today if stop is None else stop - ONE_DAY
    runs, completions, last_completed_on = point.runs, point.completions, point.last_completed_on
    for unit in plan.units(point.day, last):
        runs = runs.fold(judge(plan, unit, history.recent, today), today)
    for day, log in history.recent.items():
        if point.day <= day <= last and log.status is LogStatus.COMPLETED:
            completions += 1
            if last_completed_on is None or day > last_completed_on:
                last_completed_on = day
    strength = strength_through(plan, history.recent, point.strength, point.day, last)
    return Checkpoint(last + ONE_DAY, runs, completions, last_completed_on, strength)
