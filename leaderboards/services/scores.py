"""Keeping scores: in one trip with each log, and when only time has passed.

All of it runs under the lock of the owners concerned. Whoever counts on the boards of everybody changes what ranks are counted
from, so each change of scores is noted as shifts: one less with the score before, one more with the score after.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.utils.timezone import now

from config.prepared import Statement, run
from habits.domain.logs import DayLog, LogStatus
from habits.models import Habit, HabitStats
from habits.signals import LogChanges
from leaderboards.domain.boards import CURRENT, LONGEST, Board, Kind, boards_counting, endless
from leaderboards.services.ranking import fold_when_due
from leaderboards.services.rates import follow_rates
from leaderboards.services.statements import Move, statements_for

MOVES_AT_ONCE: Final = 1_000


def follow_logs(changes: Sequence[LogChanges]) -> list[Statement]:
    """Have the scores follow what becomes of logs: return what stores them, to be run once the statistics are stored."""
    present = now()
    moves = [move for change in changes for move in _moves_of(change, present)]
    return [*_follow(moves, present), *follow_rates([change.habit for change in changes], present, changes)]


def follow_stats(habits: Sequence[Habit]) -> None:
    """Have the scores follow statistics that are other ones without a log."""
    present = now()
    run(*_follow([move for habit in habits for move in _moves_of_stats(habit)], present), *follow_rates(habits, present))


def _follow(moves: Sequence[Move], present: datetime) -> list[Statement]:
    """Return what stores moves, of some at a time, and have the shifts that it makes taken in."""
    fold_when_due(2 * sum(move.is_ranked for move in moves))
    parts = (moves[first : first + MOVES_AT_ONCE] for first in range(0, len(moves), MOVES_AT_ONCE))
    return [statement for part in parts for statement in statements_for(part, present)]


def _moves_of(change: LogChanges, present: datetime) -> Iterator[Move]:
    habit = change.habit
    yield from _moves_of_stats(habit)
    counted: dict[Board, int] = {}
    for day, log in change.after.items():
        more = _is_completed(log) - _is_completed(change.before[day])
        for board in boards_counting(day, present) if more else ():
            counted[board] = counted.get(board, 0) + more
    for board, amount in counted.items():
        if amount:
            yield Move(habit, board, amount)


def _is_completed(log: DayLog | None) -> bool:
    return log is not None and log.status is LogStatus.COMPLETED


def _moves_of_stats(habit: Habit) -> Iterator[Move]:
    """Yield the moves on boards of all time; none where the statistics were not brought up to date."""
    new, old = habit.stats, habit.stats.before
    if old is None:
        return
    if new.completions != old.completions:
        yield Move(habit, endless(Kind.COMPLETIONS), new.completions - old.completions)
    for kinds, before, after in (
        (CURRENT, {old.streak_unit: old.current_streak}, {new.streak_unit: new.current_streak}),
        (LONGEST, _longest(old), _longest(new)),
    ):
        for unit in before.keys() | after.keys():
            was, length = before.get(unit, 0), after.get(unit, 0)
            if length > was:
                yield Move(habit, endless(kinds[unit]), length)
            elif length < was:
                yield Move(habit, endless(kinds[unit]), None, fell_from=was)


def _longest(stats: HabitStats) -> dict[str, int]:
    """Return the longest streak by its unit, and the one of the present unit where that is another."""
    return {stats.streak_unit: stats.current_streak} | ({stats.longest_unit: stats.longest_streak} if stats.longest_unit else {})
