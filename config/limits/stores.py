"""The two places where counts are kept: the database, and a cache server (Redis, Valkey) that all processes share.

Both count all charges of a request or, where one of them has no room, none: a request that is refused counts nowhere. A window
begins with the first charge and is replaced by the first one after its end.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from redis.commands.core import Script

from config.cache_server import client_of
from config.limits.models import Window
from config.prepared import Statement, run
from config.rates import Rate


class Charge(NamedTuple):
    """One more of what `key` counts; `policy` is the limit's name for clients."""

    policy: str
    key: str
    rate: Rate
    # Whether it has to be counted even where that takes the database.
    is_vital: bool
    # Whether it is given back unless what was tried turns out a failure.
    counts_failures: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How often a charge has been made in its window, this time included, and when that ends in milliseconds since 1970."""

    charge: Charge
    count: int
    ends_ms: int

    @property
    def is_refused(self) -> bool:
        """Whether there was no room."""
        return self.count > self.charge.rate.amount

    @property
    def remaining(self) -> int:
        """How often more there is room for."""
        return max(0, self.charge.rate.amount - self.count)

    @property
    def seconds_left(self) -> int:
        """How long the window lasts, in whole seconds, at least 1."""
        return max(1, -((now_ms() - self.ends_ms) // 1000))


class Store(Protocol):
    """Keeps counts."""

    def take(self, charges: Sequence[Charge]) -> list[Standing]:
        """Count all charges, or none if any has no room; return how each stands, in their order."""

    def give_back(self, standings: Sequence[Standing]) -> None:
        """Count these charges no longer, where their windows have not been replaced."""


def now_ms() -> int:
    """Return the milliseconds since 1970."""
    return int(time.time() * 1000)


class DatabaseStore:
    """Counts in the database: one upsert for all charges of a request, taken back where one of them has no room."""

    def take(self, charges: Sequence[Charge]) -> list[Standing]:
        """Count all charges, or none if any has no room; return how each stands, in their order."""
        with transaction.atomic():
            found = {key: (count, ends_ms) for key, count, ends_ms in run(_upsert(charges, now_ms()))}
            standings = [Standing(charge, *found[charge.key]) for charge in charges]
            if any(standing.is_refused for standing in standings):
                transaction.set_rollback(True)
        return standings

    def give_back(self, standings: Sequence[Standing]) -> None:
        """Count these charges no longer, where their windows have not been replaced."""
        for standing in standings:  # one by one: nobody waits for a row while holding another
            window = Window.objects.filter(pk=standing.charge.key, ends_ms=standing.ends_ms)
            window.update(count=F("count") - 1)


def _upsert(charges: Sequence[Charge], now: int) -> Statement:
    """Return the statement that counts each charge once, locking in the order of the keys: nobody waits crosswise."""
    rows = sorted((charge.key, now + charge.rate.seconds * 1000) for charge in charges)
    values = ", ".join(["(%s, 1, %s)"] * len(rows))
    # Nothing but placeholders is put in.
    sql = (
        f"INSERT INTO limits_window (key, count, ends_ms) VALUES {values} "  # noqa: S608 # nosec B608
        "ON CONFLICT (key) DO UPDATE SET "
        "count = CASE WHEN limits_window.ends_ms <= %s THEN 1 ELSE limits_window.count + 1 END, "
        "ends_ms = CASE WHEN limits_window.ends_ms <= %s THEN EXCLUDED.ends_ms ELSE limits_window.ends_ms END "
        "RETURNING key, count, ends_ms"
    )
    return Statement(connection.alias, sql, [*(value for row in rows for value in row), now, now])


# A script runs alone, so all counts are read and then raised at one moment. A window is a hash of its count and its end, which is
# told by the clock of whoever asks, as in the database; the key's expiry only clears it away.
TAKE: Final = """
local now, has_room, found = tonumber(ARGV[1]), true, {}
for place, key in ipairs(KEYS) do
    local amount, period = tonumber(ARGV[2 * place]), tonumber(ARGV[2 * place + 1])
    local count, ends = unpack(redis.call('HMGET', key, 'count', 'ends'))
    count, ends = tonumber(count or 0), tonumber(ends or 0)
    if ends <= now then
        count, ends = 0, now + period
    end
    found[2 * place - 1], found[2 * place] = count + 1, ends
    has_room = has_room and count < amount
end
if has_room then
    for place, key in ipairs(KEYS) do
        redis.call('HSET', key, 'count', found[2 * place - 1], 'ends', found[2 * place])
        redis.call('PEXPIRE', key, found[2 * place] - now)
    end
end
return found
"""
GIVE_BACK: Final = """
for place, key in ipairs(KEYS) do
    if redis.call('HGET', key, 'ends') == ARGV[place] then
        redis.call('HINCRBY', key, 'count', -1)
    end
end
"""


class _Scripts(NamedTuple):
    take: Script
    give_back: Script


class SharedStore:
    """Counts in the cache server, in one round trip."""

    def take(self, charges: Sequence[Charge]) -> list[Standing]:
        """Count all charges, or none if any has no room; return how each stands, in their order."""
        limits = (number for charge in charges for number in (charge.rate.amount, charge.rate.seconds * 1000))
        numbers = iter(_scripts(settings.REDIS_URL).take([_name(charge) for charge in charges], [now_ms(), *limits]))
        return [Standing(charge, next(numbers), next(numbers)) for charge in charges]

    def give_back(self, standings: Sequence[Standing]) -> None:
        """Count these charges no longer, where their windows have not been replaced."""
        names = [_name(standing.charge) for standing in standings]
        _scripts(settings.REDIS_URL).give_back(names, [standing.ends_ms for standing in standings])


def _name(charge: Charge) -> str:
    return f"limits:{charge.key}"


@lru_cache(maxsize=8)
def _scripts(url: str) -> _Scripts:
    """Return the scripts for a server."""
    client = client_of(url)
    return _Scripts(client.register_script(TAKE), client.register_script(GIVE_BACK))
