"""Many refreshes of one token at once: one successor, whoever wins."""

import os
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import now

from config.errors import DomainError
from tests.concurrency.conftest import run_together, shows
from tests.factories.users import PASSWORD, UserFactory
from users.models import Session
from users.services import sessions
from users.services.passwords import change_password
from users.services.sessions import TokenPair, log_in, open_session, refresh_session

pytestmark = pytest.mark.slow

THREADS = 16
ROUNDS = int(os.environ.get("REFRESH_ROUNDS", "25"))


@pytest.fixture
def rounds(transactional_db):
    """Return a function that plays a round: 16 refreshes of one token; the distinct pairs, and the refusals."""
    user = UserFactory(password="!")

    def play() -> tuple[set[TokenPair], list[Exception]]:
        token = open_session(user).refresh
        answers = run_together([lambda: refresh_session(token)] * THREADS)
        pairs = {answer for answer in answers if isinstance(answer, TokenPair)}
        return pairs, [answer for answer in answers if isinstance(answer, Exception)]

    return play


def test_parallel_refreshes_never_get_two_different_successors(rounds):
    for _ in range(ROUNDS):
        pairs, refusals = rounds()
        assert len(pairs) == 1
        assert refusals == []  # all of them came within half a minute


@pytest.mark.postgres
def test_without_the_lock_they_do(rounds, monkeypatch):
    """The window is held open, each looks at the clock in another second, and the lock is taken out: the test above can fail."""
    rotate, present, seconds = sessions._rotate, now() - timedelta(minutes=5), count()

    def slowly(session: Session, instant: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        rotate(session, instant)

    monkeypatch.setattr(sessions, "now", lambda: present + timedelta(seconds=next(seconds)))
    monkeypatch.setattr(sessions, "_rotate", slowly)
    assert len(rounds()[0]) == 1
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    assert shows(lambda: len(rounds()[0]) > 1)


def test_a_login_with_the_old_password_does_not_outrun_its_change(transactional_db, monkeypatch):
    user = UserFactory()
    checked = sessions.authenticate

    def authenticate(**credentials: str) -> object:
        found = checked(**credentials)
        change_password(user_id=user.pk, current_password=PASSWORD, new_password="staple the next horse")
        return found

    monkeypatch.setattr(sessions, "authenticate", authenticate)
    with pytest.raises(DomainError, match="wrong"):
        log_in(login=user.username, password=PASSWORD)
    assert not Session.objects.exists()


def test_a_reuse_among_parallel_refreshes_ends_the_session(transactional_db):
    user = UserFactory(password="!")
    first = open_session(user).refresh
    second = refresh_session(refresh_session(first).refresh).refresh
    answers = run_together([lambda: refresh_session(first), *[lambda: refresh_session(second)] * 7])
    assert any(isinstance(answer, DomainError) for answer in answers)
    assert not Session.objects.exists()
