"""Personal access tokens: made once, stored as digests, held to their scopes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.world import client_of
from users.domain.scopes import SCOPES
from users.models import PersonalToken, User
from users.services import tokens
from users.services.tokens import create_personal_token

pytestmark = pytest.mark.django_db

URL = "/api/v1/auth/personal-tokens/"
NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)


def test_the_token_is_told_once_and_stored_as_a_digest(client: APIClient, bearer: Callable[[str], APIClient]) -> None:
    answer = client.post(URL, {"name": "Display", "scopes": ["habits:read", "account:read", "habits:read"]})
    assert answer.status_code == 201
    secret = answer.json().pop("token")
    assert re.fullmatch(r"hab_[\w-]{43}", secret)
    row = PersonalToken.objects.values().get()
    assert not any(secret in str(value) or secret.removeprefix("hab_") in str(value) for value in row.values())
    (listed,) = client.get(URL).json()["results"]
    assert listed == {name: value for name, value in answer.json().items() if name != "token"}
    assert listed["scopes"] == ["account:read", "habits:read"]
    assert bearer(secret).get("/api/v1/users/me/").json()["username"] == "ada"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"scopes": ["habits:read"]}, ("name", "required")),
        ({"name": "x" * 81, "scopes": ["habits:read"]}, ("name", "max_length")),
        ({"name": "a", "scopes": []}, ("scopes", "min_length")),
        ({"name": "a", "scopes": ["habits:delete"]}, ("scopes.0", "invalid_choice")),
        ({"name": "a", "scopes": ["habits:read"], "expires_at": "2026-06-17T12:00:00Z"}, ("expires_at", "in_the_past")),
        ({"name": "a", "scopes": ["habits:read"], "expires_at": "tomorrow"}, ("expires_at", "invalid")),
    ],
)
def test_bad_input_makes_no_token(client: APIClient, body, fault) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = client_of(User.objects.get()).post(URL, body)
    assert answer.status_code == 400
    assert fault in {(error["attr"], error["code"]) for error in answer.json()["errors"]}
    assert not PersonalToken.objects.exists()


def test_there_are_fifty_at_most(client: APIClient, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_TOKENS", 1)
    create_personal_token(actor=UserFactory(), name="a", scopes=["habits:read"], expires_at=None)
    assert client.post(URL, {"name": "a", "scopes": ["habits:read"]}).status_code == 201
    answer = client.post(URL, {"name": "b", "scopes": ["habits:read"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")


def test_it_ends_when_it_expires_when_it_is_taken_back_and_with_its_user(
    client: APIClient, ada: User, bearer: Callable[[str], APIClient]
) -> None:
    def status(secret: str) -> int:
        return bearer(secret).get("/api/v1/habits/").status_code

    with time_machine.travel(NOW, tick=False) as clock:
        scopes = ["habits:read"]
        _, brief_secret = create_personal_token(actor=ada, name="a", scopes=scopes, expires_at=NOW + timedelta(days=1))
        lasting, secret = create_personal_token(actor=ada, name="b", scopes=scopes, expires_at=None)
        assert (status(brief_secret), status(secret)) == (200, 200)
        clock.shift(timedelta(days=1))
        assert (status(brief_secret), status(secret)) == (401, 200)
        stranger = client_of(UserFactory())
        assert stranger.delete(f"{URL}{lasting.pk}/").status_code == 404
        assert client_of(ada).delete(f"{URL}{lasting.pk}/").status_code == 204
        assert status(secret) == 401
        _, third = create_personal_token(actor=ada, name="c", scopes=scopes, expires_at=None)
        User.objects.filter(pk=ada.pk).update(is_active=False)
        assert status(third) == 401


@pytest.mark.parametrize("token", ["hab_", "hab_" + "x" * 43, "hab_\xff", "HAB_" + "x" * 43])
def test_other_tokens_are_refused(db: None, bearer: Callable[[str], APIClient], token: str) -> None:
    answer = bearer(token).get("/api/v1/habits/")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_its_use_is_noted_to_the_minute_and_no_more_often(ada: User, bearer: Callable[[str], APIClient]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        token, secret = create_personal_token(actor=ada, name="a", scopes=["habits:read"], expires_at=None)
        counts = []
        for seconds in (0, 59, 1):
            clock.shift(seconds)
            with CaptureQueriesContext(connection) as queries:
                bearer(secret).get("/api/v1/habits/")
            token.refresh_from_db()
            counts.append((len(queries), token.last_used_at))
    minute = timedelta(minutes=1)
    assert counts == [(3, NOW), (2, NOW), (3, NOW + minute)]


def test_every_scope_is_one_that_some_route_needs(world) -> None:
    from tests.contract.matrix import MATRIX

    assert {row.scope for row in MATRIX} - {None, "login"} == set(SCOPES)
