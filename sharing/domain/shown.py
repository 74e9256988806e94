"""What a public link shows, and nothing else."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from habits.domain.calendar import DayState, HabitCalendar
from habits.domain.pictures.text import xml_text
from habits.domain.schedule import ONE_DAY

TITLE_MAX_LENGTH: Final = 120
DAYS_SHOWN: Final = 365
# From nothing to the most.
LEVELS: Final = 5
_UNTITLED: Final = "A habit"


class LinkKind(StrEnum):
    """What of a habit a link shows."""

    STREAK = "streak"
    MILESTONE = "milestone"
    HEATMAP = "heatmap"


LINK_KINDS: Final = tuple(LinkKind)


@dataclass(frozen=True, slots=True)
class StreakShown:
    """The streak that runs, with its first day, and the longest one."""

    current: int
    longest: int
    unit: str
    longest_unit: str
    since: date | None


@dataclass(frozen=True, slots=True)
class MilestoneShown:
    """A milestone; without a unit it counts completions."""

    count: int
    unit: str
    reached_on: date


@dataclass(frozen=True, slots=True)
class YearShown:
    """The last days, each by how much was done: 0 for nothing that is told, 4 for the most."""

    first: date
    levels: tuple[int, ...]

    @property
    def last(self) -> date:
        """The last of the days."""
        return self.first + timedelta(days=len(self.levels) - 1)

    @property
    def completions(self) -> int:
        """On how many of the days it was done."""
        return sum(level > 0 for level in self.levels)


@dataclass(frozen=True, slots=True)
class Shown:
    """A link as strangers see it; `name` is empty where its owner is not named."""

    title: str
    name: str
    color: str
    as_of: date
    figures: StreakShown | MilestoneShown | YearShown

    @property
    def kind(self) -> LinkKind:
        """What it shows."""
        return _KINDS[type(self.figures)]


_KINDS: Final = {StreakShown: LinkKind.STREAK, MilestoneShown: LinkKind.MILESTONE, YearShown: LinkKind.HEATMAP}


def title_of(*candidates: str) -> str:
    """Return the first of the texts in which there is anything to see, in one line."""
    lines = map(xml_text, candidates)
    return next((line for line in lines if any(map(_is_visible, line))), _UNTITLED)


def _is_visible(code_point: str) -> bool:
    return unicodedata.category(code_point)[0] in "LNPS" and "FILLER" not in unicodedata.name(code_point, "")


def year_of(calendar: HabitCalendar) -> YearShown:
    """Return how much was done on each day of a calendar, without telling what: skipped and missed days look like free ones."""
    done = {day.day: day.value_milli for day in calendar.days() if day.state is DayState.COMPLETED}
    shades = not calendar.plan.versions[-1].schedule.is_at_most
    best = max((value or 0 for value in done.values()), default=0) if shades else 0
    length = (calendar.last - calendar.first).days + 1
    days = (calendar.first + ONE_DAY * number for number in range(length))
    return YearShown(calendar.first, tuple(_level(done[day], best) if day in done else 0 for day in days))


def _level(value: int | None, best: int) -> int:
    """Return 1 to 4: a value's share of the best one, or the most where there is nothing to compare."""
    most = LEVELS - 1
    return most if value is None or not best else min(most, 1 + value * most // best)
