"""The two databases, set up so that they behave the same."""

from typing import Any

CONNECTION_MAX_AGE = 600
SQLITE_BUSY_SECONDS = 20
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY")


def complete_database(parsed: dict[str, Any], *, statement_timeout: int, is_pooled: bool = False) -> dict[str, Any]:
    """Return the Django configuration of a parsed DATABASE_URL; `statement_timeout` in seconds, 0 for none (PostgreSQL alone).

    Where a pooler hands out connections by transaction, no statement and no cursor is left with the server.
    """
    options: dict[str, Any]
    engine = parsed["ENGINE"]
    if engine.endswith("sqlite3"):
        # Without the write lock from the start, two transactions that read and then write end in "database is locked".
        pragmas = "".join(f"PRAGMA {pragma};" for pragma in SQLITE_PRAGMAS)
        options = {"transaction_mode": "IMMEDIATE", "timeout": SQLITE_BUSY_SECONDS, "init_command": pragmas}
    else:
        engine = "config.postgresql"
        options = {"connect_timeout": 5, "options": f"-c statement_timeout={statement_timeout}s"}
    return {
        **parsed,
        "ENGINE": engine,
        "CONN_MAX_AGE": CONNECTION_MAX_AGE,
        "CONN_HEALTH_CHECKS": True,
        "PREPARED_STATEMENTS": not is_pooled,
        "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
        "OPTIONS": options | parsed.get("OPTIONS", {}),
    }
