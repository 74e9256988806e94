"""Places by sorted sets: the engine that answers for the boards of everybody from their copy in a ranking server.

A board is a sorted set of scores below zero, whose members begin with the instant at which the score was reached, so that
ascending order is that of the board; beside it a hash has these instants by user. Each question is one script: it makes sure that
the copy is the one that the database names, in the same life of the server, and that the board is whole. Where it is not, or the
server does not answer, the database does.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

import redis
from django.conf import settings
from django.db import router
from redis.commands.core import Script

from config.cache_server import Outage, client_of
from config.prepared import Statement, run
from leaderboards.domain.boards import Board
from leaderboards.models import RankingCopy
from leaderboards.selectors.ranking import Page, Place, Ranking, Standing

OUTAGE: Final = Outage("The ranking server is away: the database answers for it.")
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
CURRENT: Final = "SELECT generation, run FROM leaderboards_rankingcopy WHERE generation <> '' AND NOT is_behind"

# The hash of a generation has how many places each board has, so that a board that was evicted is not taken for an empty one.
WHOLE: Final = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local function is_whole(generation, board)
    local writer, count = unpack(redis.call('HMGET', generation, 'writer', board))
    local key = generation .. ':' .. board
    count = tonumber(count or 0)
    return writer and redis.call('ZCARD', key .. ':places') == count and redis.call('HLEN', key .. ':reached') == count
end
"""
LOOK: Final = f"""{WHOLE}
if run ~= ARGV[1] or not is_whole(KEYS[1], ARGV[2]) then
    return false
end
"""
PAGE: Final = f"""{LOOK}
return {{redis.call('ZCARD', KEYS[2]), redis.call('ZRANGE', KEYS[2], ARGV[3], ARGV[4], 'WITHSCORES')}}
"""
RANKS: Final = f"""{LOOK}
return {{1 + redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. ARGV[3]), 1 + redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. ARGV[4])}}
"""
STANDING: Final = f"""{LOOK}
local total, reached = redis.call('ZCARD', KEYS[2]), redis.call('HGET', KEYS[3], ARGV[3])
if not reached then
    return {{total}}
end
local member = reached .. ARGV[3]
local negative = redis.call('ZSCORE', KEYS[2], member)
return {{total, 1 + redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. negative), member, negative}}
"""
# None where the place is another one meanwhile.
AROUND: Final = f"""{LOOK}
local negative, above = redis.call('ZSCORE', KEYS[2], ARGV[3]), redis.call('ZRANK', KEYS[2], ARGV[3])
if not negative or tonumber(negative) ~= tonumber(ARGV[4]) then
    return false
end
local first = math.max(0, above - tonumber(ARGV[5]))
return {{above - first, redis.call('ZRANGE', KEYS[2], first, above + tonumber(ARGV[5]), 'WITHSCORES')}}
"""


class Copy(NamedTuple):
    """A generation that is whole, and in which life of the server it was made."""

    generation: str
    run: str


class SortedSetRanking:
    """Places on a board of everybody by its copy, or else by the database, with the same answers."""

    def __init__(self, board: Board, database: Ranking) -> None:
        self._board = name_of(board)
        self._database = database

    def page(self, offset: int, limit: int) -> Page:
        """Return so many places from the one after `offset` others on."""
        if not limit:
            return Page([], 0)
        found = self._ask(PAGE, offset, offset + limit - 1)
        if found is None:
            return self._database.page(offset, limit)
        total, pairs = found
        places = _places(pairs)
        return Page(places, total if places else 0)

    def ranks_of(self, best: int, worst: int) -> tuple[int, int]:
        """Return the ranks of those with two scores."""
        found = self._ask(RANKS, -best, -worst)
        if found is None:
            return self._database.ranks_of(best, worst)
        best_rank, worst_rank = found
        return best_rank, worst_rank

    def standing_of(self, user_id: uuid.UUID) -> Standing:
        """Return how a user stands."""
        found = self._ask(STANDING, user_id.bytes)
        if found is None:
            return self._database.standing_of(user_id)
        if len(found) == 1:
            return Standing(None, None, found[0])
        total, rank, member, negative = found
        return Standing(_place(member, negative), rank, total)

    def around(self, place: Place, limit: int) -> tuple[list[Place], list[Place]]:
        """Return so many places next above one, and next below it, in the order of the board."""
        found = self._ask(AROUND, as_bytes(place.reached_at) + place.user_id.bytes, -place.score, limit)
        if found is None:
            return self._database.around(place, limit)
        above, pairs = found
        places = _places(pairs)
        return places[:above], places[above + 1 :]

    def _ask(self, script: str, *values: Any) -> Any:
        """Return what a script answers, None where the database has to."""
        if self._copy is None:
            return None
        keys = [key_of(self._copy.generation), *board_keys(self._copy.generation, self._board)]
        try:
            return ask(script, keys, [self._copy.run, self._board, *values])
        except redis.RedisError:
            return None

    @cached_property
    def _copy(self) -> Copy | None:
        if not OUTAGE.is_over:
            return None
        rows = run(Statement(router.db_for_read(RankingCopy), CURRENT, []))
        return Copy(*rows[0]) if rows else None


@contextmanager
def asking() -> Iterator[redis.Redis]:
    """Give the client of the ranking server; raises RedisError, and remembers, where it does not answer."""
    if not OUTAGE.is_over:
        raise redis.ConnectionError("The ranking server did not answer a moment ago.")
    try:
        yield client_of(settings.RANKING_URL)
    except redis.RedisError as error:
        OUTAGE.report(error)
        raise


def ask(script: str, keys: Sequence[str], values: Sequence[Any]) -> Any:
    """Return what a script answers; raises RedisError where the ranking server does not."""
    with asking():
        return _registered(settings.RANKING_URL, script)(keys, values)


@lru_cache(maxsize=32)
def _registered(url: str, script: str) -> Script:
    return client_of(url).register_script(script)


def key_of(generation: str) -> str:
    """Return the key of the hash of a generation, with which all its keys begin."""
    return f"ranking:{generation}"


def name_of(board: Board) -> str:
    """Return the name of a board in keys."""
    return f"{board.kind:d}:{board.starts_on}"


def board_keys(generation: str, board: str) -> list[str]:
    """Return the keys of the sorted set of a board, by its name, and of the hash beside it."""
    return [f"{key_of(generation)}:{board}:places", f"{key_of(generation)}:{board}:reached"]


def as_bytes(reached_at: datetime) -> bytes:
    """Return an instant as bytes in the same order."""
    return ((reached_at - EARLIEST) // MICROSECOND).to_bytes(8, "big")


def _places(pairs: Sequence[bytes]) -> list[Place]:
    return [_place(member, negative) for member, negative in zip(pairs[::2], pairs[1::2], strict=True)]


def _place(member: bytes, negative: bytes) -> Place:
    reached_at = EARLIEST + int.from_bytes(member[:8], "big") * MICROSECOND
    return Place(uuid.UUID(bytes=member[8:]), -int(negative), reached_at)
