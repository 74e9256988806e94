"""How many SQL statements a request takes, read from PostgreSQL's own log."""

import re
import time
from pathlib import Path
from typing import Final, NamedTuple, Self

from django.db import connection

MARK: Final = "LOG:  statement: "
TRANSACTION_WORDS: Final = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
PING: Final = "SELECT 1"
TOGETHER: Final = re.compile(r"; (?=INSERT |SELECT |EXECUTE |PREPARE )")
SETTLE_SECONDS: Final = 0.3


class StatementCount(NamedTuple):
    """What a request sends to the database: `statements` are those that read or write, `trips` all that it waits for."""

    statements: float
    trips: float


class StatementLog:
    """The server's log, in which every statement is written while this is open."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        _configure("ALTER SYSTEM SET log_statement = 'all'")
        self._position = self._path.stat().st_size
        return self

    def __exit__(self, *_: object) -> None:
        _configure("ALTER SYSTEM RESET log_statement")

    def count(self, requests: int) -> StatementCount:
        """Return the statements since the last count, for each of so many requests."""
        with self._path.open("rb") as log:
            log.seek(self._position)
            lines = log.read().decode().splitlines()
            self._position = log.tell()
        found = [line.partition(MARK)[2].strip() for line in lines if MARK in line]
        return StatementCount(sum(map(_count_own, found)) / requests, len(found) / requests)


def _count_own(trip: str) -> int:
    """Return how many statements of one trip read or write; several that travel together are set apart by `; `.

    To have the server keep one is neither.
    """
    if trip == PING or trip.startswith(TRANSACTION_WORDS):
        return 0
    return sum(not statement.startswith("PREPARE ") for statement in TOGETHER.split(trip))


def _configure(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SELECT pg_reload_conf()")
    time.sleep(SETTLE_SECONDS)  # each process of the server takes the change when it is told by signal
