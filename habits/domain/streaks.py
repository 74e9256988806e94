"""Streaks: maximal runs of met units, folded unit by unit in the order of time.

Source: the product's domain rules, "Streaks".
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from habits.domain.judging import JudgedUnit, UnitStatus
from habits.domain.schedule import Frequency


class Streak(NamedTuple):
    """A run of `length` met units; `start` and `end` are its first and last day, the latter cut to today."""

    length: int
    start: date
    end: date
    frequency: Frequency
    interval: int


class Runs(NamedTuple):
    """What a fold over units carries on: the kind of unit it is in, the streak that still runs, and the longest so far."""

    kind: tuple[Frequency, int] | None = None
    current: Streak | None = None
    longest: Streak | None = None

    def fold(self, judged: JudgedUnit, today: date) -> "Runs":
        """Return the runs after one more unit; a missed unit and one of another kind end the streak that runs."""
        schedule = judged.unit.schedule
        current = self.current if schedule.kind == self.kind else None
        longest = self.longest
        if judged.status is UnitStatus.MET:
            start, length = (current.start, current.length) if current else (judged.unit.start, 0)
            current = Streak(length + 1, start, min(judged.unit.end, today), *schedule.kind)
            if longest is None or current.length >= longest.length:
                longest = current
        elif judged.status is UnitStatus.MISSED:
            current = None
        return Runs(schedule.kind, current, longest)


def list_streaks(units: Iterable[JudgedUnit], today: date) -> list[Streak]:
    """Return every streak in the order of time."""
    streaks: list[Streak] = []
    runs = Runs()
    for judged in units:
        before, runs = runs.current, runs.fold(judged, today)
        if before is not None and (runs.current is None or runs.current.start != before.start):
            streaks.append(before)
    if runs.current is not None:
        streaks.append(runs.current)
    return streaks
