"""Sessions: rotation, the repeat of a lost answer, reuse, and their ends."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests.factories.users import PASSWORD, UserFactory
from users.domain.rotation import REPEAT_FOR, Verdict, judge
from users.jobs import forget_expired
from users.models import PersonalToken, Session, User
from users.services import sessions
from users.services.accounts import set_active
from users.services.sessions import TokenPair, open_session
from users.services.tokens import create_personal_token

pytestmark = pytest.mark.django_db

V1 = "/api/v1"
NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)
Bearer = Callable[[str], APIClient]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def renew(token: str) -> TokenPair | str:
    """Return the next pair, or the code of the refusal."""
    answer = APIClient().post(f"{V1}/auth/token/refresh/", {"refresh": token})
    return TokenPair(**answer.json()) if answer.status_code == 200 else answer.json()["code"]


def works(bearer: Bearer, token: str) -> bool:
    return bearer(token).get(f"{V1}/users/me/").status_code == 200


class TestRotation:
    def test_the_used_token_is_dead_and_reuse_ends_the_session(self, ada: User, bearer: Bearer, clock) -> None:
        first = open_session(ada)
        second = renew(first.refresh)
        third = renew(second.refresh)
        assert works(bearer, third.access)
        assert renew(first.refresh) == "invalid_token"
        assert renew(third.refresh) == "invalid_token"
        assert not any(works(bearer, pair.access) for pair in (first, second, third))
        assert not Session.objects.exists()

    def test_a_lost_answer_is_repeated_to_the_letter_for_half_a_minute(self, ada: User, clock) -> None:
        first = open_session(ada)
        clock.shift(60)
        second = renew(first.refresh)
        clock.shift(29.9)
        assert renew(first.refresh) == second
        clock.shift(0.2)
        assert renew(first.refresh) == "invalid_token"
        assert renew(second.refresh) == "invalid_token"

    def test_once_the_successor_is_used_there_is_no_repeat(self, ada: User, clock) -> None:
        first = open_session(ada)
        second = renew(first.refresh)
        third = renew(second.refresh)
        assert renew(second.refresh) == third
        assert renew(first.refresh) == "invalid_token"
        assert renew(third.refresh) == "invalid_token"

    def test_other_sessions_of_the_user_go_on(self, ada: User, clock) -> None:
        first, other = open_session(ada), open_session(ada)
        renew(renew(first.refresh).refresh)
        assert renew(first.refresh) == "invalid_token"
        assert isinstance(renew(other.refresh), TokenPair)

    def test_a_reuse_is_told_in_the_log(self, ada: User, clock, caplog: pytest.LogCaptureFixture) -> None:
        first = open_session(ada)
        renew(renew(first.refresh).refresh)
        renew(first.refresh)
        assert "reused" in caplog.text
        assert first.refresh not in caplog.text


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 40)), max_size=25))
def test_rotation_is_that_of_a_slow_reference(history: list[tuple[int, int]]) -> None:
    """Play a history of presentations against the tokens themselves: which one was answered with which, and when."""
    generation, rotated_at, now = 1, NOW, NOW
    answered: dict[int, tuple[int, datetime]] = {}  # token -> its successor, and when it was given
    used = {0}
    for age, seconds in history:
        now += timedelta(seconds=seconds)
        presented = max(1, generation - age)
        verdict = judge(presented, generation, rotated_at, now)
        if presented not in answered:
            expected = Verdict.ROTATE
        else:
            successor, given_at = answered[presented]
            is_fresh = successor not in used and now - given_at <= REPEAT_FOR
            expected = Verdict.REPEAT if is_fresh else Verdict.END
        assert verdict is expected
        if verdict is Verdict.END:
            return
        if verdict is Verdict.ROTATE:
            used.add(presented)
            generation, rotated_at = generation + 1, now
            answered[presented] = (generation, now)


class TestEnds:
    def test_logging_out_ends_the_session_at_once(self, ada: User, bearer: Bearer) -> None:
        pair = open_session(ada)
        for _ in range(2):
            assert APIClient().post(f"{V1}/auth/logout/", {"refresh": pair.refresh}).status_code == 204
        assert not works(bearer, pair.access)
        assert renew(pair.refresh) == "invalid_token"

    def test_an_old_token_logs_out_too_and_a_forged_one_does_not(self, ada: User, bearer: Bearer) -> None:
        pair = open_session(ada)
        renewed = renew(pair.refresh)
        answer = APIClient().post(f"{V1}/auth/logout/", {"refresh": renewed.access})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
        assert works(bearer, renewed.access)
        assert APIClient().post(f"{V1}/auth/logout/", {"refresh": pair.refresh}).status_code == 204
        assert not works(bearer, renewed.access)

    def test_sessions_are_listed_and_ended(self, ada: User, bearer: Bearer, clock) -> None:
        login = APIClient().post(
            f"{V1}/auth/token/",
            {"username": "ada", "password": PASSWORD},
            HTTP_USER_AGENT="HabitApp/3.1\x85 " + "x" * 300,
            REMOTE_ADDR="203.0.113.7",
        )
        clock.shift(60)
        mine = open_session(ada)
        open_session(UserFactory())
        client = bearer(mine.access)
        current, other = client.get(f"{V1}/auth/sessions/").json()["results"]
        assert (current["is_current"], other["is_current"]) == (True, False)
        assert (other["user_agent"], other["address"]) == (("HabitApp/3.1\ufffd " + "x" * 300)[:200], "203.0.113.7")
        assert other["expires_at"] == "2026-07-01T12:00:00Z"
        assert client.delete(f"{V1}/auth/sessions/{other['id']}/").status_code == 204
        assert not works(bearer, login.json()["access"])
        assert client.delete(f"{V1}/auth/sessions/{other['id']}/").status_code == 404
        assert client.delete(f"{V1}/auth/sessions/{current['id']}/").status_code == 204
        assert not works(bearer, mine.access)

    def test_a_login_too_many_ends_the_session_that_rested_longest(
        self, ada: User, clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
        pairs = []
        for _ in range(3):
            pairs.append(sessions.log_in(login="ada", password=PASSWORD))
            clock.shift(60)
        pairs[0] = renew(pairs[0].refresh)
        other = open_session(UserFactory())
        clock.shift(60)
        pairs.append(sessions.log_in(login="ada", password=PASSWORD))
        assert [isinstance(renew(pair.refresh), TokenPair) for pair in (*pairs, other)] == [True, False, True, True, True]

    def test_a_new_password_ends_all_access(self, ada: User, bearer: Bearer) -> None:
        pair, other = open_session(ada), open_session(ada)
        _, secret = create_personal_token(actor=ada, name="Display", scopes=["account:read"], expires_at=None)
        assert works(bearer, secret)
        body = {"current_password": PASSWORD, "new_password": "staple the next horse"}
        assert bearer(pair.access).post(f"{V1}/users/me/password/", body).status_code == 204
        assert not any(works(bearer, token) for token in (pair.access, other.access, secret))
        assert {renew(one.refresh) for one in (pair, other)} == {"invalid_token"}
        login = APIClient().post(f"{V1}/auth/token/", {"username": "ada", "password": "staple the next horse"})
        assert works(bearer, login.json()["access"])

    @pytest.mark.parametrize(
        ("body", "fault"),
        [
            ({"current_password": "wrong", "new_password": "staple the next horse"}, ("current_password", "wrong_password")),
            ({"current_password": PASSWORD, "new_password": "12345678"}, ("new_password", "password_too_common")),
            ({"current_password": PASSWORD}, ("new_password", "required")),
            ({"new_password": "staple the next horse"}, ("current_password", "required")),
        ],
    )
    def test_a_refused_new_password_changes_nothing(self, ada: User, bearer: Bearer, body, fault) -> None:
        pair = open_session(ada)
        answer = bearer(pair.access).post(f"{V1}/users/me/password/", body)
        assert answer.status_code == 400
        assert fault in {(error["attr"], error["code"]) for error in answer.json()["errors"]}
        assert works(bearer, pair.access)
        assert User.objects.get().check_password(PASSWORD)

    def test_deactivation_ends_all_access_for_good(self, ada: User, bearer: Bearer) -> None:
        pair = open_session(ada)
        _, secret = create_personal_token(actor=ada, name="Display", scopes=["account:read"], expires_at=None)
        set_active(ada, is_active=False)
        set_active(ada, is_active=True)
        assert not any(works(bearer, token) for token in (pair.access, secret))
        assert renew(pair.refresh) == "invalid_token"

    def test_what_has_expired_is_deleted(self, ada: User, clock) -> None:
        open_session(ada)
        clock.shift(timedelta(days=7))
        kept = open_session(ada)
        clock.shift(timedelta(days=7, seconds=1))
        forget_expired()
        assert Session.objects.count() == 1
        assert isinstance(renew(kept.refresh), TokenPair)
        assert not PersonalToken.objects.exists()


def test_an_operator_deactivates_by_command(ada: User, bearer: Bearer) -> None:
    pair = open_session(ada)
    call_command("deactivate_user", "ADA@example.org")
    assert not works(bearer, pair.access)
    login = {"username": "ada", "password": PASSWORD}
    assert APIClient().post(f"{V1}/auth/token/", login).status_code == 401
    call_command("deactivate_user", "ada", undo=True)
    assert APIClient().post(f"{V1}/auth/token/", login).status_code == 200
    with pytest.raises(CommandError):
        call_command("deactivate_user", "nobody")
