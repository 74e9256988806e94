"""The second proof: writers on one board neither lose an update nor wait for each other.

Sixteen people log as fast as the service answers. In one case all share their habits with one group, so that they write to the
same boards, in the other each with a group of their own: the same statements, the same work, but nobody else on the boards. What
the first takes longer is waiting. Neither is shown to everybody. In a third case all are, which is more work (shifts, and taking
them in), and is told beside it.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from statistics import median
from typing import Final, NamedTuple

import orjson
from django.db import connection
from django.utils.timezone import now

from benchmarks.client import Call, send_each
from benchmarks.operations import API
from benchmarks.servers import Application, WebServer, cpu_seconds, web_servers
from benchmarks.soak.crew import DAILY
from benchmarks.soak.inspection import Inspector
from benchmarks.soak.reckoning import EVERYBODY, GROUPS, PUBLIC, Act, Entry, Ledger, count_boards, kept_boards
from benchmarks.world import analyse
from config.identifiers import new_id
from groups.services.groups import GroupDraft, create_group
from groups.services.habits import share_habit
from habits.services.habits import HabitDraft, create_habit
from leaderboards.jobs import fold_shifts
from tests.factories.groups import enter
from tests.habits.adapters import schedule_of
from users.models import User
from users.services.sessions import open_session

WRITERS: Final = 16
HABITS: Final = 5
DAYS: Final = 4
SLOT_SECONDS: Final = 5
WARM_UP_SECONDS: Final = 3
FOLD_SECONDS: Final = 1
LEAST: Final = 0.9
ONE_BOARD, OWN_BOARDS, EVERYBODYS = "one board", "a board each", "everybody's boards"
COMPARED: Final = (ONE_BOARD, OWN_BOARDS)
CASES: Final = (*COMPARED, EVERYBODYS)


class Slot(NamedTuple):
    """Writes per second in some seconds, and CPU in milliseconds per write, of gunicorn and of PostgreSQL."""

    speed: float
    app_ms: float
    database_ms: float


class Outcome(NamedTuple):
    """The slots of each case by turns, how many writes there were, and what was wrong."""

    slots: dict[str, list[Slot]]
    writes: int
    boards: int
    faults: list[str]

    @property
    def ratios(self) -> list[float]:
        """What is left of the speed on one board, by rounds."""
        pairs = zip(self.slots[ONE_BOARD], self.slots[OWN_BOARDS], strict=True)
        return [one.speed / own.speed for one, own in pairs]

    @property
    def is_right(self) -> bool:
        """Whether all that was asked for is so."""
        return not self.faults and median(self.ratios) >= LEAST


class Writer:
    """A user who logs the same days again and again, and the journal of it."""

    def __init__(self, name: str, visibility: str) -> None:
        self.user = User.objects.create_user(name, f"{name}@example.org", leaderboard_visibility=visibility)
        self.ledger = Ledger(self.user.pk, "UTC", 0, visibility)
        self.today = self.ledger.today(now())
        start = self.today - timedelta(days=30)
        for _ in range(HABITS):
            habit = new_id()
            create_habit(
                actor=self.user, draft=HabitDraft(name="Habit", schedule=schedule_of(DAILY), start_date=start), habit_id=habit
            )
            self.ledger.habits[habit] = {
                "start": start,
                "end": None,
                "versions": [(start, DAILY)],
                "pauses": [],
                "archived_on": None,
            }
            self.ledger.note(Entry(now(), Act.HABIT_ADDED, habit))
        self.calls = self._calls(open_session(self.user).access)

    def share(self, group_id: object) -> None:
        """Share everything with a group."""
        for habit in self.ledger.habits:
            share_habit(actor=self.user, group_id=group_id, habit_id=habit)  # type: ignore[arg-type]
            self.ledger.note(Entry(now(), Act.SHARED, habit, f"g{group_id}"))

    def _calls(self, token: str) -> Iterator[bytes]:
        """Yield logs without end, and note them: all that are taken are answered."""
        while True:
            for status in ("completed", "missed"):
                body = orjson.dumps({"status": status})
                for ago in range(DAYS):
                    day = self.today - timedelta(days=ago)
                    for habit in self.ledger.habits:
                        self.ledger.note(Entry(now(), Act.LOGGED, habit, day=day, log=(status, None)))
                        yield Call("PUT", f"{API}habits/{habit}/logs/{day}/", token, body).encode()


def run(database_pid: int, seconds: int) -> Outcome:
    """Have all cases write by turns, and look at the boards then."""
    inspector = Inspector(Random(1))
    scopes = [EVERYBODY]
    cases = {ONE_BOARD: _with_groups(1, scopes), OWN_BOARDS: _with_groups(WRITERS, scopes), EVERYBODYS: _people(PUBLIC, PUBLIC)}
    slots: dict[str, list[Slot]] = {name: [] for name in CASES}
    analyse()
    with web_servers({"service": Application("config.wsgi:application")}) as servers, _folding():
        for name in CASES:
            _write(servers["service"], database_pid, cases[name], WARM_UP_SECONDS)
        for number in range(max(2, seconds // SLOT_SECONDS)):
            analyse()
            # What comes first after the cleaning pays for it: the case that is not compared.
            for name in (EVERYBODYS, *(COMPARED if number % 2 else COMPARED[::-1])):
                slots[name].append(_write(servers["service"], database_pid, cases[name], SLOT_SECONDS))
    fold_shifts()
    ledgers = [writer.ledger for writers in cases.values() for writer in writers]
    counted = count_boards(ledgers, now(), {})
    inspector.inspect(counted, [(scope, board) for scope in scopes for board in kept_boards(now())])
    inspector.recount()
    if count := _count_deadlocks():
        inspector.told(f"{count} deadlocks")
    writes = sum(entry.act is Act.LOGGED for ledger in ledgers for entry in ledger.entries)
    return Outcome(slots, writes, len(counted), inspector.faults)


def _people(name: str, visibility: str) -> list[Writer]:
    return [Writer(f"{name}-{number}", visibility) for number in range(WRITERS)]


def _with_groups(count: int, scopes: list[str]) -> list[Writer]:
    """Make writers who are hidden from everybody, in so many groups."""
    writers = _people(f"of-{count}", GROUPS)
    for first in writers[:count]:
        group, _ = create_group(actor=first.user, draft=GroupDraft(name="Group"))
        scopes.append(f"g{group.pk}")
        for writer in writers if count == 1 else [first]:
            if writer is not first:
                enter(group, writer.user)
            writer.share(group.pk)
    return writers


def _write(server: WebServer, database_pid: int, writers: list[Writer], seconds: int) -> Slot:
    """Have all write for some seconds; RuntimeError for an answer that is no success."""
    before = [cpu_seconds(root) for root in (server.process.pid, database_pid)]
    load = send_each(server.port, [writer.calls for writer in writers], seconds=seconds)
    after = [cpu_seconds(root) for root in (server.process.pid, database_pid)]
    count = len(load.latencies)
    app, database = (1_000 * (end - start) / count for start, end in zip(before, after, strict=True))
    return Slot(count / load.seconds, app, database)


class _folding:  # noqa: N801 - used as a function
    """Runs the job of each minute each second, in a thread."""

    def __enter__(self) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._fold)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _fold(self) -> None:
        while not self._is_over.wait(FOLD_SECONDS):
            fold_shifts()
        connection.close()


def _count_deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
