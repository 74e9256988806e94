"""Building the ranking server's copy of the boards anew, and looking after it.

A new generation follows all changes from its beginning on, and is given the places of some users at a time, under the same lock:
so nothing that is older overwrites what is newer, and whoever is killed leaves the rest to the next. Once it is whole it takes
the place of the one before.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from redis import RedisError

from leaderboards.domain.boards import Board, Kind
from leaderboards.models import PUBLIC, RankingCopy, Score
from leaderboards.services.ranking import fold_all
from leaderboards.services.sorted_sets import Spot, Writer, add_generation, check_copy, drop_others, lock_copy

# So many places are copied while the lock is held.
ROWS_AT_ONCE: Final = 5_000
# Of the 90 that a job has.
JOB_SECONDS: Final = 50


def rebuild() -> int:
    """Build the copy anew, while the one before is read; return how many places were written.

    Raises RedisError where the ranking server does not answer, or forgets.
    """
    with _locked_copy() as copy:
        _begin(copy)
    count = 0
    while some := _build_some():
        count += some
    with _locked_copy() as copy:
        if not copy.generation:
            raise RedisError("The ranking server has lost what it was given.")
        drop_others(copy)
    return count


def repair() -> None:
    """Build the copy where there is none or the server has lost a part of it, as far as the time of a job goes."""
    if not settings.RANKING_URL:
        return
    deadline = time.monotonic() + JOB_SECONDS
    with suppress(RedisError):  # the next time, then
        with _locked_copy() as copy:
            check_copy(copy)
            if not copy.generations:
                _begin(copy)
        while _build_some() and time.monotonic() < deadline:
            pass
        with _locked_copy() as copy:
            drop_others(copy)


@contextmanager
def _locked_copy() -> Iterator[RankingCopy]:
    """Give the copy, whose row is locked; those who found it so have left their shifts to us."""
    with transaction.atomic():
        yield lock_copy()
    fold_all()


def _begin(copy: RankingCopy) -> None:
    """Have an empty generation follow all changes from now on."""
    building, run = add_generation()
    if copy.run != run:
        copy.generation = ""
    copy.run, copy.building, copy.built_to = run, building, UUID(int=0)
    copy.save()


def _build_some() -> int:
    """Write the places of the next users; return how many. After the last one the generation takes its place."""
    with _locked_copy() as copy:
        if not copy.building:
            return 0
        writer = Writer(copy, [copy.building])
        spots = _spots_after(copy.built_to)
        writer.push(spots)
        if not copy.building:
            return 0
        if spots:
            copy.built_to = spots[-1].user_id
        else:
            copy.generation, copy.building = copy.building, ""
        copy.save()
    return len(spots)


def _spots_after(user_id: UUID) -> list[Spot]:
    """Return all places of the next users on boards of everybody."""
    shown = Score.objects.filter(scope=PUBLIC, is_shown=True, negative__lt=0)
    rows = shown.order_by("user_id").values_list("user_id", "kind", "starts_on", "negative", "reached_at")
    found = list(rows.filter(user__gt=user_id)[:ROWS_AT_ONCE])
    if len(found) == ROWS_AT_ONCE:  # the last one may have more
        last = found[-1][0]
        found = [row for row in found if row[0] != last] + list(rows.filter(user=last))
    return [
        Spot(user, Board(Kind(kind), starts_on), negative, reached_at) for user, kind, starts_on, negative, reached_at in found
    ]
