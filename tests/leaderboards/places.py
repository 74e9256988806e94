"""Boards for tests: scores as writers leave them, and the answers that a plain sorted list gives."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from config.identifiers import new_id
from leaderboards.domain.boards import Board, Kind
from leaderboards.models import PUBLIC, RankingCopy, Score, Shift
from leaderboards.selectors.ranking import Page, Place, Ranking, Standing
from leaderboards.selectors.sorted_sets import SortedSetRanking
from leaderboards.services.ranking import list_miscounted, note_shifts
from tests.factories.users import UserFactory
from tests.world import NOW
from users.models import User

WEEK = Board(Kind.COMPLETIONS_OF_WEEK, date(2026, 6, 15))


class SortedPlaces:
    """The order of a board as a list says it."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = sorted(places, key=self._order)

    def page(self, offset: int, limit: int) -> Page:
        found = self.places[offset : offset + limit]
        return Page(found, len(self.places) if found else 0)

    def ranks_of(self, best: int, worst: int) -> tuple[int, int]:
        return self._rank(best), self._rank(worst)

    def standing_of(self, user_id: uuid.UUID) -> Standing:
        own = next((place for place in self.places if place.user_id == user_id), None)
        return Standing(own, None if own is None else self._rank(own.score), len(self.places))

    def around(self, place: Place, limit: int) -> tuple[list[Place], list[Place]]:
        above = [other for other in self.places if self._order(other) < self._order(place)]
        below = [other for other in self.places if self._order(other) > self._order(place)]
        return above[max(0, len(above) - limit) :], below[:limit]

    def _rank(self, score: int) -> int:
        return 1 + sum(place.score > score for place in self.places)

    def _order(self, place: Place) -> tuple[int, datetime, uuid.UUID]:
        return -place.score, place.reached_at, place.user_id


class Nobody:
    """Refuses to answer: in the place of the database, where the ranking server has to."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the database was asked for {name}")


def people(count: int) -> list[User]:
    """Store users who are seen by everybody."""
    return User.objects.bulk_create(UserFactory.build_batch(count, password="!", leaderboard_visibility="public"))


def put(user: User, score: int, reached_at: datetime = NOW, board: Board = WEEK, *, is_shown: bool = True) -> None:
    """Give a user a score on a board, as writers do."""
    place = {"user": user, "scope": PUBLIC, "kind": board.kind, "starts_on": board.starts_on}
    new = Score(**place, negative=-score, reached_at=reached_at, is_shown=is_shown)
    with transaction.atomic():
        note_shifts(gone=Score.objects.filter(**place), come=[new])
        Score.objects.bulk_create(
            [new],
            update_conflicts=True,
            unique_fields=["user", "scope", "kind", "starts_on"],
            update_fields=["negative", "reached_at", "is_shown"],
        )


def take_away(user: User) -> None:
    """Delete all scores of a user, as writers do."""
    with transaction.atomic():
        note_shifts(gone=Score.objects.filter(user=user, scope=PUBLIC), come=[])
        Score.objects.filter(user=user).delete()


def expected(board: Board = WEEK) -> SortedPlaces:
    """Return a board as the scores alone say it."""
    rows = Score.objects.filter(scope=PUBLIC, kind=board.kind, starts_on=board.starts_on, is_shown=True, negative__lt=0)
    return SortedPlaces(Place(row.user_id, row.score, row.reached_at) for row in rows)


def by_server(board: Board = WEEK) -> Ranking:
    """Return a board as the ranking server alone says it."""
    return SortedSetRanking(board, Nobody())


def assert_right(ranking: Ranking, board: Board = WEEK) -> None:
    """Compare everything that can be asked with what the scores say."""
    right = expected(board)
    size = len(right.places)
    for offset in range(0, size + 3, max(1, size // 25)):
        for limit in (0, 1, 3, size + 1):
            assert ranking.page(offset, limit) == right.page(offset, limit)
    scores = sorted({place.score for place in right.places} | {0, 1, 10**9})
    for score in scores:
        assert ranking.ranks_of(score, 1) == right.ranks_of(score, 1)
    assert ranking.standing_of(new_id()) == Standing(None, None, size)
    for place in right.places:
        assert ranking.standing_of(place.user_id) == right.standing_of(place.user_id)
        for limit in (0, 1, 5, size):
            assert ranking.around(place, limit) == right.around(place, limit)


def assert_server_is_right(*boards: Board) -> None:
    """Compare what the ranking server says, and how the buckets count, with the scores; nothing waits."""
    for board in boards or (WEEK,):
        assert_right(by_server(board), board)
    assert not Shift.objects.exists()
    assert list_miscounted() == []


def copy_state() -> RankingCopy:
    return RankingCopy.objects.get()
