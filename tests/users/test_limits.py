"""Limits on credentials: they hold for strangers, and lock no owner out."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from config.rates import Rate
from tests.factories.habits import HabitFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.world import NOW, client_of
from users.api.views import sessions as views
from users.models import Session, User
from users.services.passwords import change_password
from users.services.sessions import open_session
from users.services.tokens import create_personal_token

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LOGIN = "/api/v1/auth/token/"
REFRESH = "/api/v1/auth/token/refresh/"
REGISTER = "/api/v1/users/"
RESET = "/api/v1/auth/password-reset/"
HOME = "198.51.100.1"
NEW_PASSWORD = "staple the next horse"
Rates = Callable[..., None]


@pytest.fixture(params=["database", "cache server"], autouse=True)
def store(request: Any) -> str:
    """Run each test with the counts in the database, and with a cache server."""
    if request.param == "cache server":
        request.getfixturevalue("cache_server")
    return request.param


@pytest.fixture
def rates(settings: Any) -> Rates:
    """Return a function that sets limits: so many in ten minutes."""

    def change(**amounts: int) -> None:
        settings.LIMITS = settings.LIMITS | {f"LIMIT_{name.upper()}": Rate(amount, 600) for name, amount in amounts.items()}

    return change


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada", email="ada@example.org")


def log_in(username: str = "ada", password: str = "wrong", address: str = HOME, **extra: Any) -> int:
    return APIClient().post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address, **extra).status_code


def strangers(count: int) -> Iterator[str]:
    return (f"203.0.113.{number}" for number in range(1, count + 1))


def test_a_password_can_be_tried_so_often_from_one_address(ada: User, rates: Rates, monkeypatch: pytest.MonkeyPatch) -> None:
    rates(login_account_address=2)
    assert [log_in(username) for username in ("ada", " ADA ")] == [401, 401]
    monkeypatch.setattr(views, "log_in", None)  # not even the right one is looked at
    assert [log_in(), log_in(password=PASSWORD)] == [429, 429]
    monkeypatch.undo()
    assert log_in(password=PASSWORD, address="198.51.100.2") == 200


def test_logging_in_is_no_failure(ada: User, rates: Rates) -> None:
    rates(login_account_address=2, login_account=2)
    assert [log_in(password=PASSWORD) for _ in range(4)] == [200] * 4
    assert [log_in(), log_in(password=PASSWORD), log_in(), log_in(password=PASSWORD)] == [401, 200, 401, 429]


def test_an_address_can_try_so_many_accounts(ada: User, rates: Rates) -> None:
    rates(login_address=3)
    assert [log_in(f"user{number}") for number in range(4)] == [401, 401, 401, 429]
    assert log_in(password=PASSWORD) == 429
    assert log_in(password=PASSWORD, address="198.51.100.2") == 200


def test_all_addresses_together_can_try_an_account_so_often(ada: User, rates: Rates) -> None:
    rates(login_account=3)
    assert [log_in(address=address) for address in strangers(5)] == [401, 401, 401, 429, 429]


def test_strangers_do_not_lock_the_owner_out(ada: User, rates: Rates) -> None:
    assert log_in(password=PASSWORD) == 200  # this address is known from now on
    rates(login_account=3, login_account_address=2)
    assert [log_in(address=address) for address in strangers(5)] == [401, 401, 401, 429, 429]
    assert log_in(password=PASSWORD) == 200
    assert [log_in() for _ in range(3)] == [401, 401, 429]  # at home passwords cannot be tried without end, either


@pytest.mark.parametrize("end", ["logout", "password"])
def test_nor_when_the_owner_is_logged_in_nowhere(ada: User, rates: Rates, end: str) -> None:
    login = APIClient().post(LOGIN, {"username": "ada", "password": PASSWORD}, REMOTE_ADDR=HOME)
    if end == "logout":
        APIClient().post("/api/v1/auth/logout/", {"refresh": login.json()["refresh"]})
    else:
        change_password(user_id=ada.pk, current_password=PASSWORD, new_password=NEW_PASSWORD)
    assert not Session.objects.exists()
    rates(login_account=3, reset_account=3)
    for address in strangers(4):
        log_in(address=address)
        APIClient().post(RESET, {"email": ada.email}, REMOTE_ADDR=address)
    assert log_in(password=PASSWORD if end == "logout" else NEW_PASSWORD) == 200
    assert APIClient().post(RESET, {"email": ada.email}, REMOTE_ADDR=HOME).status_code == 202


def test_who_is_refused_at_one_address_uses_up_nothing_elsewhere(ada: User, rates: Rates) -> None:
    rates(login_account_address=1, login_account=2)
    assert [log_in(address="203.0.113.1") for _ in range(6)] == [401] + [429] * 5
    assert log_in(password=PASSWORD) == 200


def test_whether_an_account_exists_cannot_be_told(ada: User, rates: Rates) -> None:
    rates(login_account_address=2)
    with time_machine.travel(NOW, tick=False):
        for name in ("ada", "nobody"):
            answers = [APIClient().post(LOGIN, {"username": name, "password": "wrong"}) for _ in range(3)]
            told = [(answer.status_code, answer.content, dict(answer.headers) | {"X-Request-ID": ""}) for answer in answers]
            assert told[2][0] == 429
            if name == "ada":
                expected = told
        assert told == expected


def test_after_its_window_a_limit_is_open_again(ada: User, rates: Rates) -> None:
    rates(login_account_address=1)
    with time_machine.travel(NOW, tick=False) as clock:
        assert [log_in(), log_in()] == [401, 429]
        clock.shift(600)
        assert log_in(password=PASSWORD) == 200


def test_a_forged_header_is_no_new_address(ada: User, rates: Rates, settings: Any) -> None:
    rates(login_address=2)
    assert [log_in(HTTP_X_FORWARDED_FOR=address) for address in strangers(3)] == [401, 401, 429]
    settings.TRUSTED_PROXY_HOPS = 1
    forged = [f"{address}, 198.51.100.9" for address in strangers(3)]
    assert [log_in(HTTP_X_FORWARDED_FOR=header) for header in forged] == [401, 401, 429]


def test_refreshing(ada: User, rates: Rates) -> None:
    rates(refresh_address=2)
    tokens = [open_session(ada).refresh, "made up", open_session(ada).refresh]
    answers = [APIClient().post(REFRESH, {"refresh": token}, REMOTE_ADDR=HOME) for token in tokens]
    assert [answer.status_code for answer in answers] == [200, 401, 429]
    assert answers[0]["RateLimit"].startswith('"refresh-address";r=1;')


def test_links_are_mailed_so_often(ada: User, rates: Rates) -> None:
    rates(reset_account=2, reset_account_address=1)
    asked = [("ada@example.org", "203.0.113.1"), ("ADA@example.org", "203.0.113.1"), ("ada@example.org", "203.0.113.2")]
    asked += [("ada@example.org", "203.0.113.3"), ("nobody@example.org", "203.0.113.1")]
    answers = [
        APIClient().post(f"{LOGIN[:-6]}password-reset/", {"email": email}, REMOTE_ADDR=address) for email, address in asked
    ]
    assert [answer.status_code for answer in answers] == [202, 429, 202, 429, 202]


def test_a_stolen_token_is_no_way_to_try_passwords(ada: User, rates: Rates) -> None:
    rates(password_session=2)
    client = client_of(ada)
    change = {"current_password": "wrong", "new_password": NEW_PASSWORD}
    assert client.post(f"{REGISTER}me/password/", change).status_code == 400
    assert client.delete(f"{REGISTER}me/", {"current_password": "wrong"}).status_code == 400
    for path in ("password", "deletion"):
        assert client.post(f"{REGISTER}me/{path}/", change | {"current_password": PASSWORD}).status_code == 429
    assert client.get(f"{REGISTER}me/").status_code == 200


def test_a_thief_uses_up_no_tries_of_the_owner(ada: User, rates: Rates, bearer: Callable[[str], APIClient]) -> None:
    rates(password_session=2)
    _, secret = create_personal_token(actor=ada, name="Display", scopes=["account:write"], expires_at=None)
    change = {"email": "new@example.org", "current_password": "wrong"}
    for thief in (client_of(ada), bearer(secret)):
        assert [thief.patch(f"{REGISTER}me/", change).status_code for _ in range(3)] == [400, 400, 429]
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert client_of(ada).post(f"{REGISTER}me/password/", body).status_code == 204


def test_a_change_without_the_password_is_no_try_of_it(ada: User, rates: Rates) -> None:
    rates(password_session=1)
    client = client_of(ada)
    assert [client.patch(f"{REGISTER}me/", {"timezone": "Nowhere"}).status_code for _ in range(3)] == [400] * 3
    change = {"timezone": "Nowhere", "current_password": "wrong"}
    assert [client.patch(f"{REGISTER}me/", change).status_code for _ in range(2)] == [400, 429]


def test_nobody_mails_strangers_by_new_addresses_without_end(ada: User, rates: Rates) -> None:
    rates(mail_user=2)
    client, staff = client_of(ada), client_of(UserFactory(is_staff=True))
    strange = [{"email": f"stranger{number}@example.org"} for number in range(3)]
    answers = [client.patch(f"{REGISTER}me/", email | {"current_password": PASSWORD}).status_code for email in strange]
    assert answers == [200, 200, 429]
    assert client.post("/api/v1/auth/verify-email/resend/").status_code == 429
    for _ in range(3):  # which mail nobody
        assert client.patch(f"{REGISTER}me/", {"display_name": "Ada"}).status_code == 200
        assert client.put(f"{REGISTER}me/", client.get(f"{REGISTER}me/").json()).status_code == 200
    assert [staff.patch(f"{REGISTER}{ada.pk}/", email).status_code for email in strange] == [200, 200, 429]
    assert staff.patch(f"{REGISTER}{ada.pk}/", {"display_name": "A."}).status_code == 200


def test_the_token_of_an_ended_session_uses_up_nothing_of_its_user(ada: User, rates: Rates) -> None:
    habit = f"/api/v1/habits/{HabitFactory(owner=ada).pk}/"
    thief = client_of(ada)
    Session.objects.all().delete()
    rates(user=2)
    assert [thief.get(habit).status_code for _ in range(3)] == [401] * 3
    assert client_of(ada).get(habit).status_code == 200


def test_registering(rates: Rates) -> None:
    rates(registration_address=2)
    accounts = [{"username": f"ada{number}", "email": f"{number}@example.org", "password": PASSWORD} for number in range(3)]
    answers = [APIClient().post(REGISTER, account, REMOTE_ADDR=HOME).status_code for account in accounts]
    assert answers == [201, 201, 429]
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_do_not_slip_through(ada: User, rates: Rates) -> None:
    rates(login_account_address=3)
    start = Barrier(8)

    def attempt(_: int) -> int:
        try:
            start.wait(timeout=30)
            return log_in()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [401] * 3 + [429] * 5
