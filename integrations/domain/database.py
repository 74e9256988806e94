"""SQLite databases from strangers: read-only, tables only, with bounds on work and sizes."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from integrations.domain.imported import UnreadableFile
from integrations.domain.text import decoded

MAGIC = b"SQLite format 3\x00"

_CELL_LIMIT: Final = 10 * 2**20
_INSTRUCTIONS_PER_TICK: Final = 100_000
_TICKS_LIMIT: Final = 2_000
# Names and messages of a damaged schema may not even be text.
_DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)
# Views, virtual tables and generated columns run the stranger's code when they are read, some past the authoriser.
_RUNS_CODE: Final = re.compile(r"^\s*CREATE\s+VIRTUAL\b|\bAS\b", re.IGNORECASE)
_ALLOWED: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})


class Database:
    """An opened database and the names of its tables; every method raises UnreadableFile where SQLite finds it damaged."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.version = self._prepare()
        self.tables = frozenset(self._table_names())

    def select(self, query: str) -> Iterator[dict[str, object]]:
        """Yield rows as mappings from lower-case column names."""
        try:
            cursor = self._connection.execute(query)
            columns = [column[0].lower() for column in cursor.description]
            for row in cursor:
                yield dict(zip(columns, row, strict=True))
        except _DAMAGE as error:
            raise UnreadableFile("The SQLite database is damaged, or too large to read.") from error

    def _prepare(self) -> int:
        ticks = iter(range(_TICKS_LIMIT))
        try:
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA cell_size_check = ON")
            self._connection.execute("PRAGMA query_only = ON")
            version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        except _DAMAGE as error:
            raise UnreadableFile("The SQLite database is damaged.") from error
        self._connection.text_factory = decoded
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _CELL_LIMIT)
        self._connection.set_authorizer(_authorise)
        self._connection.set_progress_handler(lambda: next(ticks, None) is None, _INSTRUCTIONS_PER_TICK)
        return version

    def _table_names(self) -> Iterator[str]:
        for row in self.select("SELECT type, name, sql FROM sqlite_master"):
            if _RUNS_CODE.search(str(row["sql"])):
                raise UnreadableFile("The SQLite database holds views or computed columns, which no backup has.")
            if row["type"] == "table":
                yield str(row["name"]).lower()


@contextmanager
def opened(data: bytes) -> Iterator[Database]:
    """Open the bytes of a database for reading."""
    with TemporaryDirectory(prefix="import-") as folder:
        file = Path(folder) / "import.db"
        file.write_bytes(data)
        # `immutable`: no locks are taken, and no journal beside the file is looked for.
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            yield Database(connection)
        finally:
            connection.close()


def _authorise(action: int, *_names: str | None) -> int:
    """Allow reading columns and nothing else: no attached files, no pragmas, no functions in our own queries."""
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
