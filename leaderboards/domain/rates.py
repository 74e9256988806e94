"""Success rates over the days of boards: what a habit adds to each, carried on as its statistics are.

Units that ended before the checkpoint of the statistics are counted once, in a `past` rate, and those since then each time.
Source: the product's domain rules, "Rates, totals, strength" and "Goals, challenges, boards".
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from challenges.domain.scoring import RATE_STEPS
from habits.domain.calendar import HabitCalendar
from habits.domain.judging import JudgedUnit
from habits.domain.rates import Rate, rate_of
from leaderboards.domain.boards import Board

LEAST_EXPECTED: Final = 7
"""Who was expected to do less has no place: one of one is no achievement."""

NOTHING: Final = Rate()


class Counted(NamedTuple):
    """What a habit adds to a board: in all as of its today, and of that by units that ended before `until`."""

    rate: Rate
    past: Rate
    until: date


def count_rates(
    boards: Sequence[Board], calendar: HabitCalendar, past: Mapping[Board, Rate], until: date
) -> dict[Board, Counted]:
    """Return what a habit adds to boards, by its units from where its `past` ends on, which becomes what is before `until`.

    `until` begins a unit.
    """
    ended = [judged for judged in calendar.units if judged.unit.end < until]
    found = {}
    for board in boards:
        before = past.get(board, NOTHING)
        rate = before.plus(_rate(board, calendar.units, calendar.today))
        found[board] = Counted(rate, before.plus(_rate(board, ended, calendar.today)), until)
    return found


def _rate(board: Board, units: Sequence[JudgedUnit], today: date) -> Rate:
    return rate_of(units, board.starts_on, board.ends_on or date.max, today)


def rate_score(rate: Rate) -> int:
    """Return the score of a rate, in the steps of challenges; 0, which has no place, where too little was expected."""
    found = rate.success_rate
    return 0 if found is None or rate.expected < LEAST_EXPECTED else int(found * RATE_STEPS)
