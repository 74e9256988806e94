"""Keeping what ranks are counted from: shifts that writers add are taken into the buckets some at a time.

Where there is a ranking server, shifts also say whose places it has to be told anew.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache, reduce
from operator import or_
from secrets import randbelow
from typing import Final

from django.conf import settings
from django.db import connections, router, transaction
from django.db.models import Q
from django.utils.timezone import now
from redis import RedisError

from config.jobs import enqueue
from config.prepared import Statement, run
from leaderboards.domain.boards import DATED, Board, Kind, earliest_start
from leaderboards.domain.ranking import BITS, LEVELS, bucket_of
from leaderboards.models import PUBLIC, Bucket, HabitRate, Score, Shift
from leaderboards.services.sorted_sets import (
    Writer,
    fall_behind,
    forget_boards,
    give_up,
    give_up_unlocked,
    lock_copy,
    spots_of,
    try_to_lock_copy,
)
from leaderboards.services.statements import as_text, select_rows

SHIFTS_AT_ONCE: Final = 1_000
# So often one request goes on for others.
FOLDS_AT_ONCE: Final = 10
ROWS_AT_ONCE: Final = 5_000
COLUMNS: Final = {"kind": "smallint", "starts_on": "date", "level": "smallint", "number": "bigint", "count": "bigint"}
# SQLite takes what follows ON for a join where the rows have no condition.
ADD: Final = (
    "INSERT INTO leaderboards_bucket AS bucket (kind, starts_on, level, number, count) {rows} WHERE true "
    "ON CONFLICT (kind, starts_on, level, number) DO UPDATE SET count = bucket.count + EXCLUDED.count"
)
COUNT: Final = (
    "INSERT INTO leaderboards_bucket (kind, starts_on, level, number, count) "
    "SELECT kind, starts_on, {level}, (-negative) >> {bits}, COUNT(*) FROM leaderboards_score "
    "WHERE scope = %s AND is_shown AND negative < 0 GROUP BY kind, starts_on, (-negative) >> {bits}"
)
# What the scores give, taken from what the buckets and the shifts say.
DUE: Final = (
    "SELECT kind, starts_on, {level} AS level, score >> {bits} AS number, change AS difference FROM leaderboards_shift UNION ALL "
    "SELECT kind, starts_on, {level}, (-negative) >> {bits}, -COUNT(*) FROM leaderboards_score "
    "WHERE scope = {public} AND is_shown AND negative < 0 GROUP BY kind, starts_on, (-negative) >> {bits}"
)
MISCOUNTED: Final = (
    "SELECT DISTINCT kind, starts_on FROM ("
    "SELECT kind, starts_on, level, number, count AS difference FROM leaderboards_bucket UNION ALL {parts}"
    ") AS found GROUP BY kind, starts_on, level, number HAVING SUM(difference) <> 0 ORDER BY kind, starts_on"
)


def fold_when_due(count: int) -> None:
    """Have so many new shifts taken in after the transaction: at once for a ranking server, else once in `SHIFTS_AT_ONCE` or so.

    A hint, whose loss does not matter: a job does it too.
    """
    if not count:
        return
    if settings.RANKING_URL:
        transaction.on_commit(fold_all, robust=True)
    elif randbelow(SHIFTS_AT_ONCE) < count:
        transaction.on_commit(fold_shifts, robust=True)


def note_shifts(*, gone: Iterable[Score], come: Iterable[Score]) -> None:
    """Note that users have these scores no more, and have those now, as far as they are ranked on the boards of everybody."""
    changes = ((-1, gone), (1, come))
    rows = [
        Shift(user_id=row.user_id, kind=row.kind, starts_on=row.starts_on, score=row.score, change=change)
        for change, scores in changes
        for row in scores
        if row.scope == PUBLIC and row.is_ranked
    ]
    Shift.objects.bulk_create(rows)
    fold_when_due(len(rows))


def fold_all() -> None:
    """Take in all shifts that wait.

    Whoever finds somebody else at it leaves everything to them, who look again when they have let others in; so nothing is left.
    """
    for _ in range(FOLDS_AT_ONCE):
        if not Shift.objects.exists() or not fold_shifts():
            return
    enqueue("leaderboards.jobs.fold_shifts")


def fold_shifts() -> int:
    """Take shifts in, those that came first and nobody else is at; return how many there were."""
    if settings.RANKING_URL:
        return _fold_with_server()
    with transaction.atomic():
        shifts = _next_shifts()
        _take_in(shifts)
        if shifts:
            give_up_unlocked()  # after they were read: whoever has begun a copy before is noticed
    return len(shifts)


def _fold_with_server() -> int:
    """Take shifts in once the ranking server has been told whom they concern: they stay until then."""
    try:
        with transaction.atomic():
            copy = try_to_lock_copy()
            if copy is None:
                return 0
            writer = Writer(copy, copy.generations)
            shifts = _next_shifts()
            if copy.generations:
                writer.push(spots_of({(shift.user_id, shift.board) for shift in shifts}))
            _take_in(shifts)
            if copy.is_behind and len(shifts) < SHIFTS_AT_ONCE:
                copy.is_behind = False
                copy.save()
    except RedisError:
        fall_behind()
        return 0
    return len(shifts)


def _next_shifts() -> list[Shift]:
    return list(Shift.objects.select_for_update(skip_locked=True).order_by("pk")[:SHIFTS_AT_ONCE])


def _take_in(shifts: Sequence[Shift]) -> None:
    if shifts:
        Shift.objects.filter(pk__in=[shift.pk for shift in shifts]).delete()
        _add((shift.kind, shift.starts_on, shift.score, shift.change) for shift in shifts)


def _add(shifts: Iterable[tuple[int, date, int, int]]) -> None:
    """Add shifts to the buckets of every level, in the order of their keys: two who do so never wait for each other crosswise."""
    changes: Counter[tuple[int, date, int, int]] = Counter()
    for kind, starts_on, score, change in shifts:
        for level in range(LEVELS):
            changes[kind, starts_on, level, bucket_of(score, level)] += change
    rows = [(*key, change) for key, change in sorted(changes.items()) if change]
    if rows:
        using = router.db_for_write(Bucket)
        run(Statement(using, _add_sql(connections[using].vendor), [as_text(rows)]))


@lru_cache
def _add_sql(vendor: str) -> str:
    return ADD.format(rows=select_rows(vendor, COLUMNS))


def count_buckets() -> None:
    """Make the buckets of all boards anew from the scores; whoever writes meanwhile is waited for, and waits."""
    connection = connections[router.db_for_write(Bucket)]
    scope = Score._meta.get_field("scope").get_db_prep_value(PUBLIC, connection)
    with transaction.atomic(), connection.cursor() as cursor:
        give_up(lock_copy())  # the server will not hear of these shifts; locked before them, as by whoever takes them in
        if connection.vendor == "postgresql":
            cursor.execute("LOCK TABLE leaderboards_shift IN EXCLUSIVE MODE")
        Shift.objects.all().delete()
        Bucket.objects.all().delete()
        for level in range(LEVELS):
            cursor.execute(COUNT.format(level=level, bits=BITS * level), [scope])


def list_miscounted() -> list[Board]:
    """Return the boards whose buckets, with the shifts that wait, do not say how many have which score."""
    parts = " UNION ALL ".join(DUE.format(level=level, bits=BITS * level, public="%s") for level in range(LEVELS))
    connection = connections[router.db_for_read(Bucket)]
    scope = Score._meta.get_field("scope").get_db_prep_value(PUBLIC, connection)
    with connection.cursor() as cursor:
        cursor.execute(MISCOUNTED.format(parts=parts), [scope] * LEVELS)
        rows = cursor.fetchall()
    read = Score._meta.get_field("starts_on").to_python
    return [Board(Kind(kind), read(starts_on)) for kind, starts_on in rows]


def forget_old_boards() -> None:
    """Delete the boards that nobody can ask for any more, of some users at a time."""
    present = now()
    old = reduce(or_, (Q(kind=kind, starts_on__lt=earliest_start(kind, present)) for kind in DATED))
    for rows in (Bucket.objects.filter(old), Shift.objects.filter(old)):
        rows.delete()
    for every, owner in ((Score.objects.all(), "user"), (HabitRate.objects.all(), "habit")):
        last = uuid.UUID(int=0)
        while keys := list(every.filter(**{f"{owner}__gt": last}).order_by(owner).values_list(owner, flat=True)[:ROWS_AT_ONCE]):
            every.filter(old, **{f"{owner}__gt": last, f"{owner}__lte": keys[-1]}).delete()
            last = keys[-1]
    if settings.RANKING_URL:
        with suppress(RedisError):  # the next time, then
            forget_boards()
