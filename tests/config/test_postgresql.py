"""Statements that the server keeps; the health check of kept connections, which asks only where there is something to hear."""

import psycopg2
import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.prepared import Statement, run

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class Asked(Exception):
    """A statement was sent."""


@pytest.fixture
def mute(monkeypatch):
    """Have every question to the server fail."""

    def refuse(*_):
        raise Asked

    return lambda: monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.is_usable", refuse)


def other_session() -> "psycopg2.extensions.connection":
    session = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    session.autocommit = True
    return session


def test_silence_is_taken_for_health_without_a_question(mute):
    connection.ensure_connection()
    mute()
    assert connection.is_usable()


def test_a_session_that_the_server_ended_is_not_usable_and_the_next_request_gets_another(api):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with other_session() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    connection.health_check_enabled, connection.health_check_done = True, False
    assert api.get("/readyz/").status_code == 200


def test_a_mere_notice_makes_it_ask_and_go_on(mute):
    with connection.cursor() as cursor:
        cursor.execute("LISTEN habits_test")
    other = other_session()
    with other.cursor() as cursor:
        cursor.execute("NOTIFY habits_test")
    other.close()
    with CaptureQueriesContext(connection):
        assert connection.is_usable()
    mute()
    assert connection.is_usable()  # what was to be heard has been heard


def test_a_closed_connection_is_not_usable():
    connection.ensure_connection()
    connection.connection.close()
    assert not connection.is_usable()
    connection.close()
    assert not connection.is_usable()


SUM = "SELECT 1 + %s::int"


def kept() -> dict[str, str]:
    """Return what the server keeps for this connection: statements by their names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements")
        return dict(cursor.fetchall())


@pytest.fixture
def fresh():
    connection.close()
    yield
    connection.close()


def test_a_statement_is_kept_once_for_a_connection(fresh):
    with CaptureQueriesContext(connection) as queries:
        assert [run(Statement("default", SUM, [number])) for number in (1, 2, 3)] == [[(2,)], [(3,)], [(4,)]]
    assert [query["sql"].startswith("PREPARE") for query in queries] == [True, False, False]
    assert [name for name, statement in kept().items() if "SELECT 1 + $1::int" in statement] == ["kept_1"]
    connection.close()
    assert kept() == {}
    assert run(Statement("default", SUM, [4])) == [(5,)]


def test_statements_that_travel_together_are_kept_each(fresh):
    twice = [Statement("default", SUM, [1]), Statement("default", SUM, [2]), Statement("default", "SELECT 'none: 100%%'", [])]
    assert run(*twice, Statement("default", "SELECT %s || '%%'", ["9"])) == [("9%",)]
    assert sorted(kept()) == ["kept_1", "kept_2", "kept_3"]


def test_a_statement_that_fails_first_works_the_next_time_and_outlives_a_rollback(fresh):
    division = "SELECT 6 / %s::int"
    for _ in range(2):
        with pytest.raises(DataError), transaction.atomic():
            run(Statement("default", division, [0]))
    with transaction.atomic():
        assert run(Statement("default", division, [2])) == [(3,)]
        transaction.set_rollback(True)
    with CaptureQueriesContext(connection) as queries:
        assert run(Statement("default", division, [3])) == [(2,)]
    assert queries[0]["sql"].startswith("EXECUTE")


def test_with_a_pooler_in_between_nothing_is_left_with_the_server(fresh, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "PREPARED_STATEMENTS", False)
    assert [run(Statement("default", SUM, [number])) for number in (1, 2)] == [[(2,)], [(3,)]]
    assert kept() == {}
