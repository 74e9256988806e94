"""Milestones: the figures of a habit that are worth telling others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from habits.domain.streaks import Streak


class MilestoneKind(StrEnum):
    """What has grown."""

    STREAK = "streak"
    COMPLETIONS = "completions"


MILESTONE_KINDS: Final = tuple(MilestoneKind)
MILESTONES: Final[Mapping[MilestoneKind, tuple[int, ...]]] = {
    MilestoneKind.STREAK: (7, 30, 100, 365),
    MilestoneKind.COMPLETIONS: (10, 100, 1000),
}
"""The length of a streak in its own units, and the number of completed logs."""


class Figures(NamedTuple):
    """What was known of a habit on a day: the length of the streak that ran, and the completed logs."""

    day: date
    streak: int
    completions: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A milestone that was not reached before; `since` is the first day of the streak, if it is one."""

    kind: MilestoneKind
    count: int
    since: date | None


def list_passed(before: Figures | None, current: Streak | None, completions: int) -> Iterator[Passed]:
    """Yield the milestones between what was known of a habit, None of a new one, and what it has come to."""
    if current is not None:
        # What was known before the streak began was said of another one.
        is_same_streak = before is not None and before.day >= current.start
        known = before.streak if before is not None and is_same_streak else 0
        for count in _between(MilestoneKind.STREAK, known, current.length):
            yield Passed(MilestoneKind.STREAK, count, current.start)
    for count in _between(MilestoneKind.COMPLETIONS, before.completions if before else 0, completions):
        yield Passed(MilestoneKind.COMPLETIONS, count, None)


def _between(kind: MilestoneKind, before: int, now: int) -> Iterator[int]:
    return (count for count in MILESTONES[kind] if before < count <= now)
