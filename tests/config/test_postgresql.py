"""The health check of kept connections listens, and asks only where there is something to hear."""

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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
