"""POST /auth/token/ and /auth/token/refresh/."""

import logging
import time
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import jwt
import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories.users import PASSWORD, UserFactory
from users.models import User
from users.services import sessions
from users.services.sessions import open_session

pytestmark = pytest.mark.django_db

LOGIN = "/api/v1/auth/token/"
REFRESH = "/api/v1/auth/token/refresh/"
ME = "/api/v1/users/me/"
ENDED = "00000000-0000-7000-8000-000000000000"


def bearer(api: APIClient, token: str) -> APIClient:
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return api


@pytest.mark.parametrize("login", ["Übung", "ÜBUNG", "u\u0308bung", "uebung@example.org", "UEBUNG@Example.ORG"])
def test_name_and_address_open_a_session_in_any_case(api: APIClient, login: str) -> None:
    user = UserFactory(username="Übung", email="Uebung@example.org")
    answer = api.post(LOGIN, {"username": login, "password": PASSWORD})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh"}
    assert bearer(api, answer.json()["access"]).get(ME).json()["id"] == str(user.pk)


def test_tokens_live_as_long_as_the_contract_says_and_say_nothing_private(api: APIClient) -> None:
    user = UserFactory()
    tokens = api.post(LOGIN, {"username": user.username, "password": PASSWORD}).json()
    for name, lifetime in (("access", timedelta(minutes=15)), ("refresh", timedelta(days=14))):
        claims = jwt.decode(tokens[name], options={"verify_signature": False})
        assert set(claims) == {"sub", "sid", "jti", "iat", "exp", "iss", "token_type"}
        assert claims["sub"] == str(user.pk)
        assert timedelta(seconds=claims["exp"] - claims["iat"]) == lifetime


def test_the_signing_key_is_not_the_secret_key() -> None:
    assert settings.SIMPLE_JWT["SIGNING_KEY"] != settings.SECRET_KEY


def test_every_failed_login_answers_alike(api: APIClient) -> None:
    UserFactory(username="ada", email="ada@example.org")
    UserFactory(username="gone", is_active=False)
    tries = [
        {"username": "ada", "password": "wrong"},
        {"username": "ada@example.org", "password": "wrong"},
        {"username": "nobody", "password": PASSWORD},
        {"username": "nobody@example.org", "password": PASSWORD},
        {"username": "gone", "password": PASSWORD},
        {"username": "x" * 254, "password": PASSWORD},
        {"username": "@", "password": PASSWORD},
    ]
    answers = [api.post(LOGIN, body) for body in tries]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "invalid_credentials"
    assert answers[0]["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("login", "password"), [("ada", "wrong"), ("gone", PASSWORD), ("nobody", PASSWORD)])
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
def test_every_failed_login_pays_for_one_hash(api: APIClient, login: str, password: str) -> None:
    UserFactory(username="ada")
    UserFactory(username="gone", is_active=False)
    # This hasher calls `encode` once whether it makes a hash or checks one.
    with patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as encode:
        api.post(LOGIN, {"username": login, "password": password})
    assert encode.call_count == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"username": "ada"}, "password"),
        ({"password": PASSWORD}, "username"),
        ({"username": None, "password": PASSWORD}, "username"),
        ({"username": "a\u0007a", "password": PASSWORD}, "username"),
        ({"username": "ada", "password": {"$ne": 1}}, "password"),
        ({"username": "ada", "password": "x" * 1001}, "password"),
        ({"username": "x" * 255, "password": PASSWORD}, "username"),
        ({"username": "ada", "password": PASSWORD, "remember": True}, "remember"),
    ],
)
def test_a_malformed_login_is_bad_input(api: APIClient, body: dict[str, object], attr: str) -> None:
    answer = api.post(LOGIN, body)
    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {attr}


@pytest.mark.slow
def test_where_an_account_is_used_is_remembered_by_site(api: APIClient) -> None:
    user = UserFactory()

    def log_in(address: str) -> list[str]:
        body = {"username": user.username, "password": PASSWORD}
        assert api.post(LOGIN, body, REMOTE_ADDR=address).status_code == 200
        user.refresh_from_db()
        return user.known_sites

    assert log_in("2001:db8::1") == ["2001:db8::/64"]
    version = user.version
    assert log_in("198.51.100.1") == ["198.51.100.1", "2001:db8::/64"]
    assert log_in("2001:db8::2") == ["2001:db8::/64", "198.51.100.1"]
    with CaptureQueriesContext(connection) as queries:
        log_in("2001:db8::3")
    assert not [query for query in queries if query["sql"].startswith("UPDATE") and "known_sites" in query["sql"]]
    for number in range(25):
        sites = log_in(f"203.0.113.{number}")
    assert sites == [f"203.0.113.{number}" for number in range(24, 4, -1)]
    assert user.version == version


def test_a_login_into_an_account_that_ends_meanwhile_fails_like_any_other(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory()
    authenticate = sessions.authenticate

    def authenticate_and_end(**credentials: str) -> object:
        found = authenticate(**credentials)
        User.objects.all().delete()
        return found

    monkeypatch.setattr(sessions, "authenticate", authenticate_and_end)
    answer = api.post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


def test_tokens_are_kept_by_nobody_on_the_way(api: APIClient) -> None:
    user = UserFactory()
    answer = api.post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert "no-store" in answer["Cache-Control"]
    assert "no-store" in api.post(REFRESH, {"refresh": answer.json()["refresh"]})["Cache-Control"]


def test_a_stale_login_is_no_obstacle(api: APIClient) -> None:
    user = UserFactory()
    bearer(api, "stale")
    answer = api.post(LOGIN, {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 200
    assert api.post(REFRESH, {"refresh": answer.json()["refresh"]}).status_code == 200


def test_refresh_gives_a_new_pair(api: APIClient) -> None:
    pair = open_session(UserFactory())
    answer = api.post(REFRESH, {"refresh": pair.refresh})
    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh"}
    assert {pair.access, pair.refresh}.isdisjoint(answer.json().values())
    assert bearer(api, answer.json()["access"]).get(ME).status_code == 200


def test_refresh_ends_with_the_account(api: APIClient) -> None:
    deleted, inactive = UserFactory.create_batch(2)
    pairs = [open_session(deleted), open_session(inactive)]
    deleted.delete()
    User.objects.filter(pk=inactive.pk).update(is_active=False)
    for pair in pairs:
        answer = api.post(REFRESH, {"refresh": pair.refresh})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
        assert answer["WWW-Authenticate"].startswith("Bearer")
        answer = bearer(api, pair.access).get(ME)
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
        api.credentials()


def test_tokens_expire(api: APIClient) -> None:
    start = datetime(2026, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        pair = open_session(UserFactory())
        clock.move_to(start + timedelta(minutes=14, seconds=59))
        assert bearer(api, pair.access).get(ME).status_code == 200
        clock.move_to(start + timedelta(minutes=15, seconds=1))
        assert api.get(ME).status_code == 401
        clock.move_to(start + timedelta(days=13, hours=23))
        renewed = api.post(REFRESH, {"refresh": pair.refresh}).json()["refresh"]
        clock.move_to(start + timedelta(days=27, hours=22))
        renewed = api.post(REFRESH, {"refresh": renewed}).json()["refresh"]
        clock.move_to(start + timedelta(days=41, hours=22, seconds=1))
        assert api.post(REFRESH, {"refresh": renewed}).status_code == 401


def forged(kind: str) -> dict[str, str]:
    """Every wrong way of making a token of this kind for a real user, by name."""
    user = UserFactory()
    pair = open_session(user)
    genuine, other = (pair.access, pair.refresh) if kind == "access" else (pair.refresh, pair.access)
    key: str = settings.SIMPLE_JWT["SIGNING_KEY"]
    claims = jwt.decode(genuine, options={"verify_signature": False})
    head, payload, signature = genuine.split(".")
    other_payload = open_session(UserFactory()).access.split(".")[1]
    deep = jwt.utils.base64url_encode(b"[" * 2500).decode()
    return {
        "alg none": jwt.encode(claims, None, algorithm="none"),  # type: ignore[arg-type]
        "alg none with the old signature": f"{jwt.encode(claims, None, algorithm='none')}{signature}",  # type: ignore[arg-type]
        "another alg": jwt.encode(claims, key * 2, algorithm="HS512"),
        "another alg, the right key": jwt.encode(claims, key, algorithm="HS384"),
        "another key": jwt.encode(claims, "k" * 64, algorithm="HS256"),
        "the secret key": jwt.encode(claims, settings.SECRET_KEY, algorithm="HS256"),
        "an empty key by kid": jwt.encode(claims, "0" * 32, algorithm="HS256", headers={"kid": "/dev/null"}),
        "a key of their own by jku": jwt.encode(claims, "k" * 64, headers={"jku": "https://evil.example/keys.json"}),
        "a key of their own inside": jwt.encode(claims, "k" * 64, headers={"jwk": {"kty": "oct", "k": "a2tr"}}),
        "changed payload": f"{head}.{other_payload}.{signature}",
        "no signature": f"{head}.{payload}.",
        "two parts": f"{head}.{payload}",
        "the other kind": other,
        "expired": jwt.encode({**claims, "exp": int(time.time()) - 1}, key),
        "no expiry": jwt.encode({name: value for name, value in claims.items() if name != "exp"}, key),
        "no user": jwt.encode({name: value for name, value in claims.items() if name != "sub"}, key),
        "no id": jwt.encode({name: value for name, value in claims.items() if name != "jti"}, key),
        "no kind": jwt.encode({name: value for name, value in claims.items() if name != "token_type"}, key),
        "no session": jwt.encode({**claims, "sid": None, "jti": "no.session"}, key),
        "somebody else's session": jwt.encode({**claims, "sub": str(UserFactory().pk)}, key),
        "a session that has ended": jwt.encode({**claims, "sid": ENDED, "jti": f"{ENDED}.1"}, key),
        "a user that is no id": jwt.encode({**claims, "sub": "admin"}, key),
        "an unknown user": jwt.encode({**claims, "sub": "00000000-0000-7000-8000-000000000000"}, key),
        "another issuer": jwt.encode({**claims, "iss": "elsewhere"}, key),
        "an expiry that is no number": jwt.encode({**claims, "exp": "soon"}, key),
        "a deep header": f"{deep}.{payload}.{signature}",
        "no JSON": "a.b.c",
        "nothing": ".",
        "other letters": "tökén",
    }


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_forged_tokens_are_refused(api: APIClient, kind: str) -> None:
    for name, token in forged(kind).items():
        if kind == "access":
            api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
            answer = api.get(ME)
        else:
            answer = api.post(REFRESH, {"refresh": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token"), name
        assert answer["Content-Type"] == "application/problem+json", name
        assert answer["WWW-Authenticate"].startswith("Bearer"), name


@pytest.mark.parametrize("header", ["Bearer a b", "Bearer a\x00b", "Bearer \xff", "Bearer " + "x" * 5000])
def test_odd_headers_are_refused(api: APIClient, header: str) -> None:
    answer = api.get(ME, HTTP_AUTHORIZATION=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_case_of_the_scheme_means_nothing(api: APIClient, scheme: str) -> None:
    assert api.get(ME, HTTP_AUTHORIZATION=f"{scheme} {open_session(UserFactory()).access}").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Basic YWRhOmFkYQ==", "Token abc"])
def test_other_headers_count_as_none(api: APIClient, header: str) -> None:
    answer = api.get(ME, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("value", [None, "", 1, ["a"], {"a": 1}, "a\u0007b", "x" * 4097])
def test_a_malformed_refresh_is_bad_input(api: APIClient, value: object) -> None:
    answer = api.post(REFRESH, {"refresh": value})
    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {"refresh"}


def test_no_log_holds_a_password_or_a_token(api: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    user = UserFactory()
    pair = open_session(user)
    api.post("/api/v1/users/", {"username": "new", "email": "new@example.org", "password": PASSWORD})
    api.post("/api/v1/users/", {"username": "new", "email": "new@example.org", "password": PASSWORD})
    api.post(LOGIN, {"username": user.username, "password": PASSWORD})
    api.post(LOGIN, {"username": user.username, "password": "wr0ng-secret"})
    api.post(REFRESH, {"refresh": pair.refresh + "x"})
    bearer(api, pair.access + "x").get(ME)
    for secret in (PASSWORD, "wr0ng-secret", pair.refresh, pair.access):
        assert not [record for record in caplog.records if record.name != "django.db.backends" and secret in record.getMessage()]
