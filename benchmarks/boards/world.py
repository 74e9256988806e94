"""Boards of several sizes, each in a database of its own, with the same user in the middle of each.

The user has habits and scores by the service itself. The others are copies of that user, and their scores lie around the user's
with a long tail: half of them have less.
"""

import time
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.core.management import call_command
from django.db import connection, transaction
from django.utils.timezone import now

from benchmarks.boards.databases import create_database, inside
from benchmarks.limits.tables import make_board_tables
from benchmarks.world import Person, add_logs, analyse, build_person
from leaderboards.domain.boards import Board, Kind, boards_counting, endless
from leaderboards.jobs import fold_shifts
from leaderboards.models import PUBLIC, RankingCopy, Score, Shift
from leaderboards.services.counting import count_anew
from leaderboards.services.ranking import count_buckets, list_miscounted
from leaderboards.services.rebuilding import rebuild
from users.models import LeaderboardVisibility, User

# One habit of each schedule; so many days give scores that thousands share.
HABITS: Final = 6
DAYS: Final = 100
# Everybody is on the board of all completions. One in so many has been there of late, and is on the others.
LATELY: Final = 10
# What differs between the user and the copies.
OWN_COLUMNS: Final = {
    "id": "uuidv7()",
    **dict.fromkeys(("username", "username_key"), "'user-' || number"),
    **dict.fromkeys(("email", "email_key"), "'user-' || number || '@example.org'"),
    "display_name": "'User ' || number",
}
COPY_USERS: Final = """
INSERT INTO users_user ({columns}) SELECT {values}
FROM users_user AS actor, generate_series(1, %s) AS number WHERE actor.id = %s
"""
SPREAD_SCORES: Final = """
INSERT INTO leaderboards_score (user_id, scope, kind, starts_on, negative, reached_at, is_shown)
SELECT person.id, own.scope, own.kind, own.starts_on, -(1 + floor(-own.negative * -ln(1 - random()) / ln(2)))::bigint,
    now() - random() * interval '100 days', true
FROM leaderboards_score AS own JOIN users_user AS person ON person.id <> own.user_id
WHERE own.user_id = %s AND own.scope = %s AND own.kind = %s AND own.starts_on = %s AND random() < %s
"""
# As automatic vacuum does, which is off: what writes leave behind does not pile up.
CLEAN: Final = "VACUUM leaderboards_shift, leaderboards_bucket, leaderboards_score"


class Town(NamedTuple):
    """A database with so many users on its boards, and how long it took to fill."""

    size: int
    scores: int
    seconds: float

    @property
    def database(self) -> str:
        """The name of the database."""
        return f"boards_{self.size}"


@dataclass(frozen=True, slots=True)
class BoardWorld:
    """The towns, small ones first, and who acts in each of them."""

    actor: Person
    towns: tuple[Town, ...]


def build_board_world(sizes: tuple[int, ...]) -> BoardWorld:
    """Store everybody."""
    names = [Town(size, 0, 0).database for size in sizes]
    create_database(names[0])
    with inside(names[0]):
        call_command("migrate", verbosity=0)
        actor = _build_actor()
    for name in names[1:]:
        create_database(name, template=names[0])
    towns = tuple(_fill(name, size, actor) for name, size in zip(names, sizes, strict=True))
    with inside(names[-1]), connection.cursor() as cursor:
        make_board_tables()
        cursor.execute("VACUUM ANALYZE limit_place, limit_bucket")
        cursor.execute("CHECKPOINT")
    return BoardWorld(actor, towns)


def _build_actor() -> Person:
    actor = build_person("actor", habits=HABITS, days=DAYS)
    add_logs()
    with transaction.atomic():
        User.objects.filter(pk=actor.id).update(leaderboard_visibility=LeaderboardVisibility.PUBLIC)
        count_anew(User.objects.get(pk=actor.id), [PUBLIC])
    return actor


def _fill(name: str, size: int, actor: Person) -> Town:
    begun = time.monotonic()
    (index,) = Score._meta.indexes
    with inside(name):
        with transaction.atomic(), connection.cursor() as cursor:
            # No trigger looks up the user of each row, and the index is made at once.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SELECT setseed(0.5)")
            cursor.execute(_copy_users(), [size - 1, actor.id])
            with connection.schema_editor() as editor:
                editor.remove_index(Score, index)
                for board in _boards(actor):
                    share = 1 if board.kind is Kind.COMPLETIONS else 1 / LATELY
                    cursor.execute(SPREAD_SCORES, [actor.id, PUBLIC, board.kind, board.starts_on, share])
                editor.add_index(Score, index)
        count_buckets()
        prove()
        analyse()
        return Town(size, Score.objects.count(), time.monotonic() - begun)


def _copy_users() -> str:
    columns = [str(field.column) for field in User._meta.concrete_fields]
    values = [OWN_COLUMNS.get(column, f"actor.{column}") for column in columns]
    return COPY_USERS.format(columns=", ".join(columns), values=", ".join(values))


def _boards(actor: Person) -> list[Board]:
    """Return those that a log of today moves."""
    streaks = (endless(Kind.CURRENT_DAYS), endless(Kind.LONGEST_DAYS))
    return [endless(Kind.COMPLETIONS), *boards_counting(actor.today, now()), *streaks]


def copy_to(ranking_urls: dict[Town, str]) -> dict[Town, float]:
    """Have the ranking server hold the boards of each town; return how many seconds that took."""
    seconds = {}
    for town, url in ranking_urls.items():
        begun = time.monotonic()
        with inside(town.database, url):
            rebuild()
        seconds[town] = time.monotonic() - begun
    return seconds


def tidy(town: Town, ranking_url: str) -> None:
    """Do what the worker and automatic vacuum would have done meanwhile."""
    with inside(town.database, ranking_url), connection.cursor() as cursor:
        fold_shifts()
        cursor.execute(CLEAN)


def prove_all(town: Town, ranking_url: str) -> None:
    """Make sure that what was measured was whole: the buckets, and the copy if there is one."""
    with inside(town.database, ranking_url):
        prove()
        if ranking_url and not RankingCopy.objects.exclude(generation="").filter(is_behind=False).exists():
            raise RuntimeError("The copy was given up: it is the database that was measured.")


def prove() -> None:
    """Make sure that no shift waits, and that buckets say what scores do."""
    if Shift.objects.exists() or list_miscounted():
        raise RuntimeError("Buckets and scores differ.")
