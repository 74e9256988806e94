"""Who has which place: the one interface to boards, and the engine that answers from the database.

Everything comes from the index of a board or from counts of it: nothing looks at everybody.
"""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Protocol

from django.db import connections, router

from config.prepared import Statement, run
from leaderboards.domain.boards import Board
from leaderboards.domain.ranking import BITS, LEVELS
from leaderboards.models import PUBLIC, Score

# So many places are passed over without finding out where those after them begin.
COUNTED_OFF: Final = 1_000
# Above all numbers of buckets, and below what the databases can hold.
MAX_NUMBER: Final = 2**62

# Statements are put together from these alone; values are parameters.
ON_BOARD: Final = "FROM leaderboards_score WHERE scope = %s AND kind = %s AND starts_on = %s AND is_shown AND negative < 0"
DOWN: Final = "ORDER BY negative, reached_at, user_id"
UP: Final = "ORDER BY negative DESC, reached_at DESC, user_id DESC"
AROUND: Final = (
    "SELECT * FROM (SELECT 1, user_id, negative, reached_at {on_board} AND (negative, reached_at, user_id) < (%s, %s, %s) "
    "{up} LIMIT %s) AS above UNION ALL "
    "SELECT * FROM (SELECT 0, user_id, negative, reached_at {on_board} AND (negative, reached_at, user_id) > (%s, %s, %s) "
    "{down} LIMIT %s) AS below"
)
OF_BOARD: Final = "kind = %s AND starts_on = %s"
# How many have more than the score of a row named `wanted`, and how many have any: by counting, and by the buckets.
COUNTED_BETTER: Final = "(SELECT COUNT(*) {on_board} AND negative < wanted.negative)"
COUNTED_ALL: Final = "(SELECT COUNT(*) {on_board})"
SPAN: Final = (
    "SELECT SUM(count) AS count FROM leaderboards_bucket WHERE {of_board} AND level = {level} "
    "AND number > ((-wanted.negative) >> {shift}) {below}"
)
BELOW: Final = "AND number < ((((-wanted.negative) >> {above}) + 1) << {bits})"
BETTER: Final = (
    "(SELECT COALESCE(SUM(count), 0) FROM ({spans} UNION ALL "
    "SELECT SUM(change) FROM leaderboards_shift WHERE {of_board} AND score > -wanted.negative) AS better)"
)
ALL: Final = (
    "(SELECT COALESCE(SUM(count), 0) FROM ("
    "SELECT SUM(count) AS count FROM leaderboards_bucket WHERE {of_board} AND level = {top} "
    "UNION ALL SELECT SUM(change) FROM leaderboards_shift WHERE {of_board}) AS everybody)"
)
RANK: Final = "SELECT {better} + 1 FROM (SELECT CAST(%s AS bigint) AS negative) AS wanted"
STANDING: Final = (
    "SELECT everybody.total, {better} + 1, wanted.user_id, wanted.negative, wanted.reached_at "
    "FROM (SELECT {total} AS total) AS everybody "
    "LEFT JOIN (SELECT user_id, negative, reached_at {on_board} AND user_id = %s) AS wanted ON true"
)
# The buckets of a level within a span, best scores first, with the shifts that wait.
NUMBERS: Final = (
    "SELECT number, SUM(count) FROM (SELECT number, count FROM leaderboards_bucket "
    "WHERE {of_board} AND level = %s AND number >= %s AND number < %s UNION ALL "
    "SELECT score >> {shift}, change FROM leaderboards_shift WHERE {of_board} AND score >= %s AND score < %s) AS counted "
    "GROUP BY number ORDER BY number DESC"
)


class Place(NamedTuple):
    """Somebody's place: better scores come first, then those that were reached earlier, then users by their keys."""

    user_id: uuid.UUID
    score: int
    reached_at: datetime


class Page(NamedTuple):
    """Places in their order, and how many there are on the whole board."""

    places: list[Place]
    total: int


class Standing(NamedTuple):
    """A user's place with its rank, and how many places there are; for who has none neither place nor rank."""

    place: Place | None
    rank: int | None
    total: int


class Ranking(Protocol):
    """The order of a board in a scope: of who is shown there and has a score above 0. Equal scores share a rank."""

    def page(self, offset: int, limit: int) -> Page:
        """Return so many places from the one after `offset` others on."""
        ...

    def ranks_of(self, best: int, worst: int) -> tuple[int, int]:
        """Return the ranks of those with two scores."""
        ...

    def standing_of(self, user_id: uuid.UUID) -> Standing:
        """Return how a user stands."""
        ...

    def around(self, place: Place, limit: int) -> tuple[list[Place], list[Place]]:
        """Return so many places next above one, and next below it, in the order of the board."""
        ...


class DatabaseRanking:
    """Places by the index of scores. Ranks of everybody come from the buckets and the shifts that wait, others by counting."""

    def __init__(self, scope: str, board: Board) -> None:
        self._using = router.db_for_read(Score)
        connection = connections[self._using]
        starts_on = Score._meta.get_field("starts_on").get_db_prep_value(board.starts_on, connection)
        self._is_public = scope == PUBLIC
        self._here = (scope, int(board.kind), starts_on)
        self._board = (int(board.kind), starts_on)

    def page(self, offset: int, limit: int) -> Page:
        """Return so many places from the one after `offset` others on; only a few are counted off."""
        best, skipped = self._locate(offset) if self._is_public and offset > COUNTED_OFF else (MAX_NUMBER, offset)
        total, values = self._total()
        sql = f"SELECT user_id, negative, reached_at, {total} {ON_BOARD} AND negative >= %s {DOWN} LIMIT %s OFFSET %s"
        rows = self._run(sql, [*values, *self._here, -best, limit, skipped])
        return Page([_place(row) for row in rows], int(rows[0][3]) if rows else 0)

    def ranks_of(self, best: int, worst: int) -> tuple[int, int]:
        """Return the ranks of those with two scores."""
        better, values = self._better()
        found = RANK.format(better=better)
        (best_rank,), (worst_rank,) = self._run(f"{found} UNION ALL {found}", [*values, -best, *values, -worst])
        return int(best_rank), int(worst_rank)

    def standing_of(self, user_id: uuid.UUID) -> Standing:
        """Return how a user stands."""
        key = Score._meta.get_field("user").get_db_prep_value(user_id, connections[self._using])
        better, values = self._better()
        total, more = self._total()
        sql = STANDING.format(better=better, total=total, on_board=ON_BOARD)
        ((count, rank, *row),) = self._run(sql, [*values, *more, *self._here, key])
        if row[0] is None:
            return Standing(None, None, int(count))
        return Standing(_place(row), int(rank), int(count))

    def around(self, place: Place, limit: int) -> tuple[list[Place], list[Place]]:
        """Return so many places next above one, and next below it, in the order of the board."""
        connection = connections[self._using]
        key = Score._meta.get_field("user").get_db_prep_value(place.user_id, connection)
        reached_at = Score._meta.get_field("reached_at").get_db_prep_value(place.reached_at, connection)
        row = [*self._here, -place.score, reached_at, key, limit]
        rows = self._run(AROUND.format(on_board=ON_BOARD, up=UP, down=DOWN), row + row)
        places = [(is_above, _place(found)) for is_above, *found in rows]
        return [found for is_above, found in places if is_above][::-1], [found for is_above, found in places if not is_above]

    def _locate(self, offset: int) -> tuple[int, int]:
        """Return the score that the place after `offset` others has, and how many with the same score come before it.

        From bucket to bucket: the one on each level in which the place lies, best scores first. Past the end it is score 0, which
        nobody has.
        """
        first, last = 0, None
        for level in reversed(range(LEVELS)):
            for number, count in self._numbers(level, first, last):
                if offset < count:
                    first, last = int(number) << BITS, (int(number) + 1) << BITS
                    break
                offset -= int(count)
            else:
                return 0, 0
        return first >> BITS, offset

    def _numbers(self, level: int, first: int, last: int | None) -> list[Any]:
        """Return the buckets of a level from a number up to another (none: all), best scores first, and how many each holds."""
        shift = BITS * level
        end, best = (MAX_NUMBER, MAX_NUMBER) if last is None else (last, last << shift)
        values = [*self._board, level, first, end, *self._board, first << shift, best]
        return self._run(NUMBERS.format(of_board=OF_BOARD, shift=shift), values)

    def _total(self) -> tuple[str, list[Any]]:
        if not self._is_public:
            return COUNTED_ALL.format(on_board=ON_BOARD), [*self._here]
        return ALL.format(of_board=OF_BOARD, top=LEVELS - 1), [*self._board, *self._board]

    def _better(self) -> tuple[str, list[Any]]:
        if not self._is_public:
            return COUNTED_BETTER.format(on_board=ON_BOARD), [*self._here]
        spans = " UNION ALL ".join(_span(level) for level in range(LEVELS))
        return BETTER.format(spans=spans, of_board=OF_BOARD), [*self._board] * (LEVELS + 1)

    def _run(self, sql: str, values: Sequence[Any]) -> list[Any]:
        return run(Statement(self._using, sql, values))


def _span(level: int) -> str:
    """Return the statement that counts in the buckets of a level that hold better scores, those alone that no higher one does."""
    is_top = level == LEVELS - 1
    below = "" if is_top else BELOW.format(above=BITS * (level + 1), bits=BITS)
    return SPAN.format(of_board=OF_BOARD, level=level, shift=BITS * level, below=below)


def _place(row: Sequence[Any]) -> Place:
    """Return the place that a row says; SQLite knows neither keys nor zones."""
    user_id, negative, reached_at = row[:3]
    if isinstance(user_id, str):
        user_id, reached_at = uuid.UUID(user_id), reached_at.replace(tzinfo=UTC)
    return Place(user_id, -negative, reached_at)
