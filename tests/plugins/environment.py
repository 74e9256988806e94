"""Pytest plugin, loaded before the settings: the tests see the same environment on every machine, with SQLite."""

import os

from config.environment import LIMITS

# The workers of xdist inherit what the controller has set, the address of its PostgreSQL server included.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ.update(
        ENVIRONMENT="development",
        DATABASE_URL="sqlite:///tests.sqlite3",
        SECRET_KEY="secret-key-of-the-tests-".ljust(64, "s"),
        JWT_SIGNING_KEY="signing-key-of-the-tests-".ljust(64, "j"),
        DEBUG="false",
        ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
        CORS_ALLOWED_ORIGINS="https://app.example",
        TRUSTED_PROXY_HOPS="0",
        STATEMENT_TIMEOUT="30",
        LOG_LEVEL="WARNING",
        REDIS_URL="",
        RANKING_URL="",
        **dict.fromkeys(LIMITS, "999999/1d"),  # out of reach, but for tests that set their own
    )
