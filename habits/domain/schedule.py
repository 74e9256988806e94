"""Schedules, their versions, and the units (days, blocks of days, weeks or months) that they cut time into.

Source: the product's domain rules, "Schedule"; ISO 8601 for weeks (Monday is 1 and comes first).
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


class Frequency(StrEnum):
    """What a schedule's interval counts."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Direction(StrEnum):
    """Whether a measured value is to reach its target or to stay within it."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Scope(StrEnum):
    """Whether a measured target holds for each day or for the sum of a unit."""

    DAY = "day"
    UNIT = "unit"


MAX_INTERVAL = {Frequency.DAILY: 365, Frequency.WEEKLY: 52, Frequency.MONTHLY: 12}
SHORTEST_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 28}
NOMINAL_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 30}
EVERY_DAY = (Frequency.DAILY, 1)
STREAK_UNIT = {Frequency.DAILY: "day", Frequency.WEEKLY: "week", Frequency.MONTHLY: "month"}
STREAK_UNITS = tuple(STREAK_UNIT.values())


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a measured habit, in whole thousandths of its unit."""

    value_milli: int
    direction: Direction = Direction.AT_LEAST
    scope: Scope = Scope.DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a habit is to be done: target days, a count, or (scope `unit`) a total for each unit; exactly one of the three."""

    frequency: Frequency
    interval: int = 1
    target_days: tuple[int, ...] | None = None
    target_count: int | None = None
    target: Target | None = None

    @classmethod
    def of(
        cls,
        frequency: Frequency,
        interval: int = 1,
        target_days: Iterable[int] | None = None,
        target_count: int | None = None,
        target: Target | None = None,
    ) -> "Schedule":
        """Return the schedule with its defaults filled in and its days in order: one completion where nothing else is said."""
        days = None if target_days is None else tuple(sorted(target_days))
        is_total = target is not None and target.scope is Scope.UNIT
        if days is None and target_count is None and not is_total:
            target_count = 1
        return cls(frequency, interval, days, target_count, target)

    @property
    def is_total(self) -> bool:
        """Whether a unit is judged by the sum of its values."""
        return self.target is not None and self.target.scope is Scope.UNIT

    @property
    def is_at_most(self) -> bool:
        """Whether the target is a limit to stay within."""
        return self.target is not None and self.target.direction is Direction.AT_MOST

    @property
    def kind(self) -> tuple[Frequency, int]:
        """What streaks of this schedule count in; streaks of different kinds do not add up."""
        return self.frequency, self.interval

    def block_of(self, day: date, anchor: date) -> tuple[date, date]:
        """Return the first and last day of the block that holds `day`, counted from the block that holds `anchor`."""
        if self.frequency is Frequency.MONTHLY:
            return self._months_of(day, anchor)
        length = self.interval
        if self.frequency is Frequency.WEEKLY:
            anchor -= timedelta(days=anchor.weekday())
            length *= 7
        first = day - timedelta(days=(day - anchor).days % length)
        return first, first + timedelta(days=length - 1)

    def _months_of(self, day: date, anchor: date) -> tuple[date, date]:
        month = day.year * 12 + day.month - 1
        first = month - (month - (anchor.year * 12 + anchor.month - 1)) % self.interval
        last_year, last_month = divmod(first + self.interval - 1, 12)
        first_year, first_month = divmod(first, 12)
        return (
            date(first_year, first_month + 1, 1),
            date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1]),
        )

    def is_target_day(self, day: date) -> bool:
        """Return whether `day` is one of the target days; a day that a month lacks means its last day."""
        wanted = self.target_days
        if wanted is None:
            return False
        if self.frequency is not Frequency.MONTHLY:
            return day.isoweekday() in wanted
        if day.day in wanted:
            return True
        is_last = monthrange(day.year, day.month)[1] == day.day
        return is_last and any(number == -1 or number > day.day for number in wanted)


class Version(NamedTuple):
    """A schedule and the day from which it is in force."""

    effective_from: date
    schedule: Schedule


class Pause(NamedTuple):
    """Days on which a habit rests, both ends included; without an end it goes on."""

    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Return whether the habit rests on `day`."""
        return self.start <= day and (self.end is None or day <= self.end)


class Unit(NamedTuple):
    """A unit cut to the days on which its version is active: `start` and `end` are the first and last of them."""

    start: date
    end: date
    block_days: int
    is_clipped: bool
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Plan:
    """All that decides which units a habit has: its dates, the versions of its schedule (ascending, one at least), its pauses.

    The pauses are `merged`: in the order of time, with days between them.
    """

    start: date
    end: date | None
    versions: tuple[Version, ...]
    pauses: tuple[Pause, ...] = ()
    is_archived: bool = False

    def is_same_but_for_pauses(self, other: "Plan") -> bool:
        """Return whether both cut time into the same units."""
        return (self.start, self.end, self.versions) == (other.start, other.end, other.versions)

    def index_on(self, day: date) -> int:
        """Return the index of the version in force on `day`; days before the first one belong to it."""
        if day >= self.versions[-1].effective_from:  # as mostly
            return len(self.versions) - 1
        return max(0, bisect_right(self.versions, day, key=_effective_from) - 1)

    def schedule_on(self, day: date) -> Schedule:
        """Return the schedule in force on `day`."""
        return self.versions[self.index_on(day)].schedule

    def is_paused(self, day: date) -> bool:
        """Return whether any pause covers `day`."""
        index = bisect_right(self.pauses, day, key=_start) - 1
        return index >= 0 and self.pauses[index].covers(day)

    def unit_of(self, day: date) -> Unit | None:
        """Return the unit that holds `day`; None outside the dates, and where a daily schedule does not name the weekday."""
        if day < self.start or (self.end is not None and day > self.end):
            return None
        return self._cut(self.index_on(day), day)

    def _cut(self, index: int, day: date) -> Unit | None:
        """Return the unit of the version `index` that holds `day`, cut to the days on which that version is active."""
        effective_from, schedule = self.versions[index]
        if schedule.frequency is Frequency.DAILY and schedule.target_days is not None and not schedule.is_target_day(day):
            return None
        if schedule.kind == EVERY_DAY:
            return Unit(day, day, 1, False, schedule)
        first, last = schedule.block_of(day, effective_from)
        start, end = max(first, effective_from, self.start), last
        if index + 1 < len(self.versions):
            end = min(end, self.versions[index + 1].effective_from - ONE_DAY)
        if self.end is not None:
            end = min(end, self.end)
        block_days = (last - first).days + 1
        return Unit(start, end, block_days, start != first or end != last, schedule)

    def units(self, first: date, last: date) -> Iterator[Unit]:
        """Yield the units that have an active day within `first`..`last`, in the order of time."""
        day = max(first, self.start)
        last = last if self.end is None else min(last, self.end)
        while day <= last:
            unit = self._cut(self.index_on(day), day)
            if unit is None:
                day += ONE_DAY
            else:
                yield unit
                day = unit.end + ONE_DAY


def _effective_from(version: Version) -> date:
    return version.effective_from


def _start(pause: Pause) -> date:
    return pause.start


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return pauses that cover the same days, in the order of time, as few as there can be."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=_start):
        last = found[-1] if found else None
        if last is None or (last.end is not None and pause.start > last.end + ONE_DAY):
            found.append(pause)
        elif last.end is not None:
            found[-1] = Pause(last.start, None if pause.end is None else max(last.end, pause.end))
    return tuple(found)


def first_day_in_force(schedule: Schedule, requested: date, start: date) -> date:
    """Return from which day a change as of `requested` holds: the first of that (single) day, week or month, at least `start`."""
    if schedule.frequency is Frequency.WEEKLY:
        requested -= timedelta(days=requested.weekday())
    elif schedule.frequency is Frequency.MONTHLY:
        requested = requested.replace(day=1)
    return max(requested, start)


def change_schedule(versions: tuple[Version, ...], schedule: Schedule, effective_from: date) -> tuple[Version, ...]:
    """Return the versions after `schedule` came into force on `effective_from`; the same ones if it says nothing new there.

    All versions from that day on are removed; none is made where the version then in force says the same.
    """
    kept = tuple(version for version in versions if version.effective_from < effective_from)
    if kept and kept[-1].schedule == schedule:
        return kept
    return (*kept, Version(effective_from, schedule))


def restart(versions: tuple[Version, ...], start: date) -> tuple[Version, ...]:
    """Return the versions of a habit whose start date became `start`: the one in force then begins with it."""
    index = max(0, bisect_right(versions, start, key=_effective_from) - 1)
    return (Version(start, versions[index].schedule), *versions[index + 1 :])
