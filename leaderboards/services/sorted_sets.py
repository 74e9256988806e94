"""Writing the copy of boards in the ranking server.

Whatever is written is what the database says at that moment, never a difference, so that it may be written twice. Whoever writes
has locked the row of the copy, and has told the server so: somebody who lost that lock without knowing, with a connection that
died, or whose words were long on their way, is not listened to any more.
"""

import logging
import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import redis
from django.utils.timezone import now

from config.identifiers import new_id
from leaderboards.domain.boards import DATED, Board, Kind, earliest_start
from leaderboards.models import PUBLIC, RankingCopy, Score, Shift
from leaderboards.selectors.sorted_sets import WHOLE, as_bytes, ask, asking, board_keys, key_of, name_of

# So many shifts may wait for the server: more of them would slow down the database, which reads them with each answer.
MOST_WAITING: Final = 10_000
# So many places are written in one script, for which everybody else waits: some hundredths of a second.
SPOTS_AT_ONCE: Final = 1_000
# The names of all generations that there may be.
GENERATIONS: Final = "ranking:generations"

BEGIN: Final = f"""{WHOLE}
for _, generation in ipairs(KEYS) do
    if run ~= ARGV[1] or redis.call('HEXISTS', generation, 'writer') == 0 then
        return 'lost'
    end
end
for _, generation in ipairs(KEYS) do
    redis.call('HSET', generation, 'writer', ARGV[2])
end
return 'done'
"""
# Four values for each place: the board, the user, and either the score below zero and when it was reached, or twice nothing.
PUSH: Final = f"""{WHOLE}
local boards = {{}}
for place = 3, #ARGV, 4 do
    boards[ARGV[place]] = true
end
for _, generation in ipairs(KEYS) do
    if run ~= ARGV[1] then
        return 'lost'
    end
    for board in pairs(boards) do
        if not is_whole(generation, board) then
            return 'lost'
        end
    end
    if redis.call('HGET', generation, 'writer') ~= ARGV[2] then
        return 'outrun'
    end
end
for _, generation in ipairs(KEYS) do
    for place = 3, #ARGV, 4 do
        local key, user, negative, reached = generation .. ':' .. ARGV[place], ARGV[place + 1], ARGV[place + 2], ARGV[place + 3]
        local old = redis.call('HGET', key .. ':reached', user)
        if old and old ~= reached then
            redis.call('ZREM', key .. ':places', old .. user)
        end
        if negative ~= '' then
            redis.call('ZADD', key .. ':places', negative, reached .. user)
            redis.call('HSET', key .. ':reached', user, reached)
        elseif old then
            redis.call('HDEL', key .. ':reached', user)
        end
    end
    for board in pairs(boards) do
        redis.call('HSET', generation, board, redis.call('ZCARD', generation .. ':' .. board .. ':places'))
    end
end
return 'done'
"""
CHECK: Final = f"""{WHOLE}
for _, generation in ipairs(KEYS) do
    if run ~= ARGV[1] or redis.call('HEXISTS', generation, 'writer') == 0 then
        return 'lost'
    end
    for _, board in ipairs(redis.call('HKEYS', generation)) do
        if board ~= 'writer' and not is_whole(generation, board) then
            return 'lost'
        end
    end
end
return 'done'
"""

logger = logging.getLogger(__name__)


class Outrun(redis.RedisError):
    """Somebody else has begun to write since."""


class Spot(NamedTuple):
    """A user on a board with the score below zero and when it was reached, twice None for who has no place."""

    user_id: uuid.UUID
    board: Board
    negative: int | None
    reached_at: datetime | None

    @property
    def values(self) -> tuple[Any, ...]:
        """What the script takes."""
        if self.negative is None or self.reached_at is None:
            return name_of(self.board), self.user_id.bytes, b"", b""
        return name_of(self.board), self.user_id.bytes, self.negative, as_bytes(self.reached_at)


def lock_copy() -> RankingCopy:
    """Lock the row of the copy."""
    copies = RankingCopy.objects.select_for_update()
    copy = copies.first()
    if copy is None:
        RankingCopy.objects.bulk_create([RankingCopy()], ignore_conflicts=True)
        copy = copies.get()
    return copy


def try_to_lock_copy() -> RankingCopy | None:
    """Lock the row of the copy, or return None where somebody else has."""
    free = RankingCopy.objects.select_for_update(skip_locked=True)
    return free.first() or (None if RankingCopy.objects.exists() else lock_copy())


class Writer:
    """Writes to generations of the copy, whose row is locked; where the server has lost one of them, the copy is given up.

    It has to begin before it is read what will be written. Raises RedisError where the server does not answer.
    """

    def __init__(self, copy: RankingCopy, generations: Sequence[str]) -> None:
        self._copy = copy
        self._keys = [key_of(generation) for generation in generations]
        self._token = new_id().hex
        self._tell(BEGIN)

    def push(self, spots: Sequence[Spot]) -> None:
        """Write how users stand on boards now."""
        for first in range(0, len(spots), SPOTS_AT_ONCE):
            self._tell(PUSH, *(value for spot in spots[first : first + SPOTS_AT_ONCE] for value in spot.values))

    def _tell(self, script: str, *values: Any) -> None:
        if not self._keys or not self._copy.generations:
            return
        match ask(script, self._keys, [self._copy.run, self._token, *values]):
            case b"done":
                pass
            case b"lost":
                give_up(self._copy)
            case _:
                raise Outrun


def check_copy(copy: RankingCopy) -> None:
    """Give the copy, whose row is locked, up where the server has lost a part of it; RedisError where it does not answer."""
    if copy.generations and ask(CHECK, [key_of(generation) for generation in copy.generations], [copy.run]) == b"lost":
        give_up(copy)


def give_up(copy: RankingCopy) -> None:
    """Have the database answer until there is another copy; its row is locked."""
    if copy.generations:
        logger.warning("The ranking server's copy of the boards is given up: the database answers until there is another one.")
    copy.generation = copy.building = ""
    copy.save()


def give_up_unlocked() -> None:
    """Give the copy up, if there is one, where changes are not told to the server."""
    RankingCopy.objects.exclude(generation="", building="").update(generation="", building="")


def fall_behind() -> None:
    """Have readers ask the database until the server has been told what it could not be; where that is too much, for good."""
    RankingCopy.objects.filter(is_behind=False).update(is_behind=True)
    if Shift.objects.all()[MOST_WAITING : MOST_WAITING + 1].exists():
        give_up_unlocked()


def spots_of(changed: Collection[tuple[uuid.UUID, Board]]) -> list[Spot]:
    """Return how users stand on boards of everybody now."""
    rows = Score.objects.filter(
        scope=PUBLIC,
        user__in={user_id for user_id, _ in changed},
        kind__in={board.kind for _, board in changed},
        starts_on__in={board.starts_on for _, board in changed},
        is_shown=True,
        negative__lt=0,
    )
    found = {
        (user_id, Board(Kind(kind), starts_on)): (negative, reached_at)
        for user_id, kind, starts_on, negative, reached_at in rows.values_list(
            "user", "kind", "starts_on", "negative", "reached_at"
        )
    }
    return [Spot(*key, *found.get(key, (None, None))) for key in changed]


def add_generation() -> tuple[str, str]:
    """Begin an empty generation; return its name, and that of the server's life."""
    generation = new_id().hex
    with asking() as client, client.pipeline() as pipe:
        pipe.sadd(GENERATIONS, generation)
        pipe.hset(key_of(generation), "writer", "")
        pipe.info("server")
        *_, server = pipe.execute()
    return generation, server["run_id"]


def drop_others(copy: RankingCopy) -> None:
    """Delete all generations but those of the copy, whose row is locked."""
    with asking() as client:
        for generation in _generations(client):
            if generation not in copy.generations:
                boards = _boards(client, generation)
                client.unlink(key_of(generation), *(key for board in boards for key in board_keys(generation, name_of(board))))
                client.srem(GENERATIONS, generation)


def forget_boards() -> None:
    """Delete the boards that nobody can ask for any more; raises RedisError where the server does not answer."""
    present = now()
    with asking() as client:
        for generation in _generations(client):
            for board in _boards(client, generation):
                if board.kind in DATED and board.starts_on < earliest_start(board.kind, present):
                    with client.pipeline() as pipe:
                        pipe.unlink(*board_keys(generation, name_of(board)))
                        pipe.hdel(key_of(generation), name_of(board))
                        pipe.execute()


def _generations(client: redis.Redis) -> list[str]:
    return _texts(client.smembers(GENERATIONS))


def _boards(client: redis.Redis, generation: str) -> list[Board]:
    pairs = [name.split(":") for name in _texts(client.hkeys(key_of(generation))) if name != "writer"]
    return [Board(Kind(int(kind)), date.fromisoformat(starts_on)) for kind, starts_on in pairs]


def _texts(values: Iterable[bytes | str]) -> list[str]:
    return [value if isinstance(value, str) else value.decode() for value in values]
