"""Boards as those who ask may see them: places with ranks and names."""

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, date, datetime
from threading import Condition
from typing import Final, NamedTuple

from cachetools import TTLCache, cached
from cachetools.keys import hashkey
from django.utils.timezone import now

from challenges.selectors.challenges import CHALLENGES
from groups.permissions import VIEW
from groups.selectors.groups import GROUPS, PERSON_COLUMNS
from leaderboards.domain.boards import Board, Metric, Period, StreakUnit, board_of
from leaderboards.domain.ranking import ranks_around, ranks_down
from leaderboards.domain.scopes import EVERYBODY, Scope, ScopeKind
from leaderboards.models import PUBLIC, challenge_scope, group_scope
from leaderboards.selectors.engines import ranking_of
from leaderboards.selectors.ranking import Place
from leaderboards.selectors.showing import is_shown, shown
from users.models import User
from users.selectors import today_for

# For so long a page of everybody's is told to all who ask without a token, and it may be kept for as long again.
MOMENT_SECONDS: Final = 5
MOMENTS_KEPT: Final = 1_000


class Row(NamedTuple):
    """A place with its rank, and whose it is."""

    rank: int
    user: User
    score: int


class OwnPlace(NamedTuple):
    """How somebody stands: who has no place has no rank, and a reason; with so many others next above and next below."""

    rank: int | None
    score: int | None
    is_hidden: bool
    total: int
    above: list[Row]
    below: list[Row]


class Places:
    """A board in a scope, as of an instant, as a pagination takes it: slices are read, and the whole is known by its count."""

    def __init__(self, scope: Scope, board: Board, as_of: datetime) -> None:
        self.board = board
        self.as_of = as_of
        self._is_public = scope.kind is ScopeKind.PUBLIC
        self._ranking = ranking_of(_stored(scope), board)
        self._total = 0

    @property
    def is_final(self) -> bool:
        """Whether no score changes any more."""
        return not self.board.is_open_at(self.as_of)

    def __len__(self) -> int:
        return self._total

    def __getitem__(self, part: slice) -> list[Row]:
        places, self._total = self._ranking.page(part.start, part.stop - part.start)
        if not places:
            return []
        first = places[0].score
        first_rank = self._ranking.ranks_of(first, first)[0] if part.start else 1
        return self._rows(places, ranks_down([place.score for place in places], first_rank, part.start + 1))

    def own(self, actor: User, neighbors: int) -> OwnPlace:
        """Return how the actor stands, with so many neighbours on either side."""
        place, rank, total = self._ranking.standing_of(actor.pk)
        if place is None or rank is None:
            return OwnPlace(None, None, not is_shown(actor, is_public=self._is_public), total, [], [])
        above, below = self._ranking.around(place, neighbors) if neighbors else ([], [])
        ranks = self._ranks_around(above, place.score, below, rank)
        rows = self._rows([*above, *below], [*ranks[0], *ranks[1]])
        better = {found.user_id for found in above}
        return OwnPlace(
            rank,
            place.score,
            False,
            total,
            [row for row in rows if row.user.pk in better],
            [row for row in rows if row.user.pk not in better],
        )

    def _ranks_around(self, above: list[Place], score: int, below: list[Place], rank: int) -> tuple[list[int], list[int]]:
        """Return the ranks of neighbours, with one question for those that do not follow from the own rank."""
        scores_above, scores_below = [place.score for place in above], [place.score for place in below]
        top = max(scores_above, default=score)
        lower = max((other for other in scores_below if other < score), default=score)
        best, worst = (rank, rank) if top == lower else self._ranking.ranks_of(top, lower)
        return ranks_around(scores_above, score, scores_below, rank=rank, best=best, worst=worst)

    def _rows(self, places: list[Place], ranks: Iterable[int]) -> list[Row]:
        """Return places with names; without who has been hidden or has gone since, whatever the ranking knows of it."""
        people = shown(User.objects.all(), is_public=self._is_public).only(*PERSON_COLUMNS)
        users = people.in_bulk([place.user_id for place in places])
        return [
            Row(rank, users[place.user_id], place.score)
            for place, rank in zip(places, ranks, strict=True)
            if place.user_id in users
        ]


class Moment(NamedTuple):
    """A page of a board of everybody, worked out once for all who ask meanwhile."""

    rows: list[Row]
    total: int
    as_of: datetime


class PublicPlaces(Places):
    """A board of everybody for nobody in particular: some seconds old at most. `before_work` may refuse what is not at hand."""

    def __init__(self, board: Board, before_work: Callable[[], None]) -> None:
        super().__init__(EVERYBODY, board, now())
        self._before_work = before_work

    def __getitem__(self, part: slice) -> list[Row]:
        rows, self._total, self.as_of = _moment(self.board, part.start, part.stop, self._before_work)
        return rows


def _key(board: Board, start: int, stop: int, _: Callable[[], None]) -> tuple[Hashable, ...]:
    return hashkey(board, start, stop)


@cached(TTLCache(maxsize=MOMENTS_KEPT, ttl=MOMENT_SECONDS), key=_key, condition=Condition())
def _moment(board: Board, start: int, stop: int, before_work: Callable[[], None]) -> Moment:
    """Return a page, worked out by one of those who ask for it at the same time, and waited for by the others."""
    before_work()
    places = Places(EVERYBODY, board, now())
    return Moment(places[start:stop], len(places), places.as_of)


def forget_moments() -> None:
    """Work everything out anew from now on, in this process."""
    _moment.cache_clear()


def get_public_places(metric: Metric, period: Period, unit: StreakUnit, before_work: Callable[[], None]) -> Places:
    """Return a board of everybody as of UTC's today, for who sends no token."""
    return PublicPlaces(board_of(metric, period, unit, today_of(None, now())), before_work)


def get_places(actor: User, scope: Scope, metric: Metric, period: Period, unit: StreakUnit) -> Places:
    """Return a board as of the actor's today.

    Raises NotFound and Forbidden for a group of which the actor is no member, and NotFound for a challenge that does not exist
    for the actor.
    """
    _admit(actor, scope)
    present = now()
    return Places(scope, board_of(metric, period, unit, today_of(actor, present)), present)


def today_of(actor: User | None, present: datetime) -> date:
    """Return the date by which periods are named: the actor's, or that of UTC for nobody in particular."""
    return present.astimezone(UTC).date() if actor is None else today_for(actor)


def _stored(scope: Scope) -> str:
    """Return how scores name a scope."""
    if scope.key is None:
        return PUBLIC
    return group_scope(scope.key) if scope.kind is ScopeKind.GROUP else challenge_scope(scope.key)


def _admit(actor: User, scope: Scope) -> None:
    if scope.kind is ScopeKind.GROUP:
        GROUPS.fetch(actor, scope.key, needed=VIEW)
    elif scope.kind is ScopeKind.CHALLENGE:
        CHALLENGES.see(actor, scope.key)
