"""Strength: how firmly a habit sits, 0 to 1, exponentially smoothed day by day.

Source: the score of Loop Habit Tracker (https://github.com/iSoron/uhabits, `Score.kt` and `ScoreList.kt`), as stated in the
product's domain rules, "Rates, totals, strength".
"""

from datetime import date, timedelta
from functools import lru_cache
from math import sqrt

from habits.domain.logs import Logs, LogStatus
from habits.domain.schedule import NOMINAL_DAYS, ONE_DAY, Frequency, Plan, Schedule, Target

HALF_LIFE_DAYS = 13
"""The score of an everyday habit halves in so many days without a completion."""

MAX_WINDOW_DAYS = 2 * 365
"""No schedule looks further back than this: twice 365 days, against 2 × 364 for weeks and 2 × 360 for months."""


@lru_cache(maxsize=1024)
def rhythm(schedule: Schedule) -> tuple[int, int]:
    """Return the schedule as (`num`, `den`): so many times in so many days."""
    den = schedule.interval * NOMINAL_DAYS[schedule.frequency]
    if schedule.target_days is not None:
        num, den = len(schedule.target_days), 7 if schedule.frequency is not Frequency.MONTHLY else 30
    elif schedule.is_total:
        num = 1
    else:
        num = schedule.target_count or 1
    num = min(num, den)
    return (1, 1) if num == den else (num, den)


@lru_cache(maxsize=1024)
def window_days(schedule: Schedule) -> int:
    """Return how many days, the present one included, decide on one day's share."""
    num, den = rhythm(schedule)
    return 2 * den if schedule.target is None and num < den else den


def strength_through(plan: Plan, logs: Logs, strength: float | None, first: date, last: date) -> float | None:
    """Carry `strength`, as of the day before `first`, on to `last`; None until there is a first log.

    `logs` must hold those from `MAX_WINDOW_DAYS` before `first` on. The end of the habit cuts `last`.
    """
    if plan.end is not None:
        last = min(last, plan.end)
    if strength is None:
        begun = min((day for day in logs if first <= day <= last), default=None)
        if begun is None:
            return None
        first, strength = begun, 1.0 if plan.schedule_on(begun).is_at_most else 0.0
    window: _Window | None = None
    day = first
    while day <= last:
        schedule = plan.schedule_on(day)
        if window is None or window.schedule is not schedule:
            window = _Window(schedule, logs, day)
        else:
            window.slide(day)
        log = logs.get(day)
        is_rest = plan.is_paused(day) if log is None else log.status is LogStatus.SKIPPED
        if not is_rest:
            strength = strength * window.decay + window.share() * (1 - window.decay)
        day += ONE_DAY
    return strength


class _Window:
    """The sum over the last days that decides on a day's share, slid forward day by day."""

    def __init__(self, schedule: Schedule, logs: Logs, day: date) -> None:
        self.schedule = schedule
        self._logs = logs
        self._days = timedelta(days=window_days(schedule))
        num, den = rhythm(schedule)
        self.decay: float = 0.5 ** (sqrt(num / den) / HALF_LIFE_DAYS)
        self._goal = _goal(schedule.target, num) if schedule.target else 2 * num if num < den else num
        self._sum = 0
        first = day - self._days + ONE_DAY
        while first <= day:
            self._sum += self._part(first)
            first += ONE_DAY

    def slide(self, day: date) -> None:
        """Move the last day of the window to `day`, the one after the present."""
        self._sum += self._part(day) - self._part(day - self._days)

    def share(self) -> float:
        """Return what the window makes of its last day, 0 to 1."""
        if not self.schedule.is_at_most:
            return min(1.0, self._sum / self._goal)
        if self._goal == 0:
            return 1.0 if self._sum == 0 else 0.0
        return min(1.0, max(0.0, 1 - (self._sum - self._goal) / self._goal))

    def _part(self, day: date) -> int:
        log = self._logs.get(day)
        if log is None:
            return 0
        if self.schedule.target is None:
            return int(log.status is LogStatus.COMPLETED)
        return log.counted_milli or 0


def _goal(target: Target, num: int) -> int:
    """Return the sum that a window of a measured habit is to reach; a total (num 1) is its own goal."""
    return target.value_milli * num
