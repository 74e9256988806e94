"""Counting scores anew from habits and their logs: where what counts in a scope has become another, and to prove them.

Boards that are closed stay as they are. All of it runs under the lock of the user as an owner.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.timezone import now

from challenges.models import Participation
from groups.models import Membership, SharedHabit
from habits.domain.logs import LogStatus
from habits.models import Habit, HabitLog, HabitStats
from leaderboards.domain.boards import CURRENT, LONGEST, Board, Kind, StreakUnit, endless, open_boards
from leaderboards.domain.rates import rate_score
from leaderboards.models import PUBLIC, Score, challenge_scope, group_scope
from leaderboards.selectors.showing import is_shown
from leaderboards.services.ranking import note_shifts
from leaderboards.services.rates import begin_rates, sum_rates
from users.models import User


class Difference(NamedTuple):
    """A board on which a score is not what habits and logs give."""

    scope: str
    board: Board
    stored: int
    counted: int


def live_scopes(user_id: uuid.UUID) -> list[str]:
    """Return the scopes in which a user's habits count: everybody, the own groups, and challenges that are not over.

    What a habit has scored in a challenge before it was deleted stays.
    """
    groups = Membership.objects.filter(user=user_id).values_list("group", flat=True)
    linked = Participation.objects.open().filter(user=user_id, habit__isnull=False).values_list("challenge", flat=True)
    return [PUBLIC, *map(group_scope, groups), *map(challenge_scope, linked)]


def count_anew(user: User, scopes: Iterable[str], *, without: uuid.UUID | None = None, repair: bool = True) -> list[Difference]:
    """Give a user the scores that habits, `without` one, give on the open boards of some scopes; return what differed."""
    found = []
    for scope in scopes:
        rows = {row.board: row for row in Score.objects.filter(user=user, scope=scope)}
        stored = {board: row.score for board, row in rows.items()}
        habits = _counting(user.pk, scope)
        habits = habits if without is None else habits.exclude(pk=without)
        counted = _count(habits)
        if scope != PUBLIC:
            counted |= {board: rate_score(rate) for board, rate in sum_rates(habits).items()}
        differences = [
            Difference(scope, board, stored.get(board, 0), score)
            for board, score in counted.items()
            if stored.get(board, 0) != score
        ]
        if differences and repair:
            _store(user, rows, differences)
        found += differences
    return found


def _count(habits: QuerySet[Habit]) -> dict[Board, int]:
    """Return what habits of a user give on all boards of a scope that are open, but for rates."""
    streaks = {
        f"{name}_{unit}": Max(f"{name}_streak", filter=Q(**{field: unit}))
        for name, field in (("current", "streak_unit"), ("longest", "longest_unit"))
        for unit in StreakUnit
    }
    found = HabitStats.objects.filter(habit__in=habits).aggregate(completions=Sum("completions"), **streaks)
    scores = {endless(Kind.COMPLETIONS): found["completions"] or 0}
    for unit in StreakUnit:
        current, longest = found[f"current_{unit}"] or 0, found[f"longest_{unit}"] or 0
        # A habit whose longest streak is of another unit has one of its present unit all the same.
        scores |= {endless(CURRENT[unit]): current, endless(LONGEST[unit]): max(longest, current)}
    boards = open_boards(now())
    completed = HabitLog.objects.filter(
        habit__in=habits, status=LogStatus.COMPLETED, date__gte=min(board.starts_on for board in boards)
    )
    days = dict(completed.values_list("date").annotate(count=Count("pk")))
    for board in boards:
        scores[board] = sum(count for day, count in days.items() if board.holds(day))
    return scores


def _counting(user_id: uuid.UUID, scope: str) -> QuerySet[Habit]:
    """Return a user's habits that count in a scope."""
    own = Habit.objects.owned_by(user_id)
    if scope == PUBLIC:
        return own
    key = uuid.UUID(scope[1:])
    if scope == group_scope(key):
        return own.filter(pk__in=SharedHabit.objects.filter(group=key).values("habit"))
    return own.filter(pk__in=Participation.objects.of(key).values("habit"))


def _store(user: User, rows: Mapping[Board, Score], differences: Sequence[Difference]) -> None:
    """Store what was counted where it differs; a score that rises is reached now."""
    old = [rows[difference.board] for difference in differences if difference.board in rows]
    new = [_row_for(user, rows.get(difference.board), difference) for difference in differences]
    note_shifts(gone=old, come=new)
    Score.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["user", "scope", "kind", "starts_on"],
        update_fields=["negative", "reached_at", "is_shown"],
    )


def _row_for(user: User, row: Score | None, difference: Difference) -> Score:
    rises = row is None or difference.counted > difference.stored
    return Score(
        user=user,
        scope=difference.scope,
        kind=difference.board.kind,
        starts_on=difference.board.starts_on,
        negative=-difference.counted,
        reached_at=now() if row is None or rises else row.reached_at,
        is_shown=is_shown(user, is_public=difference.scope == PUBLIC),
    )


def count_without(habit: Habit) -> None:
    """Count what habits give to everybody and to the groups that see one which is about to be deleted.

    What it has scored in challenges stays.
    """
    groups = SharedHabit.objects.filter(habit=habit).values_list("group", flat=True)
    for user in User.objects.filter(pk=habit.owner_id):
        count_anew(user, [PUBLIC, *map(group_scope, groups)], without=habit.pk)


def count_anew_in(scope: str, user_id: uuid.UUID) -> None:
    """Count what a user's habits give in a scope, in which others count than before.

    Of who has ended the account meanwhile, nothing: what refers to nobody is refused at the end of the transaction.
    """
    for user in User.objects.filter(pk=user_id):
        begin_rates(user_id)
        count_anew(user, [scope])
