"""POST /users/."""

import pytest
from django.db import IntegrityError, connection, transaction
from rest_framework.test import APIClient

from tests.factories.users import PASSWORD, UserFactory
from users.api.serializers import accounts as serializers
from users.domain.names import normalize_username
from users.models import User

pytestmark = pytest.mark.django_db

URL = "/api/v1/users/"
ADA = {"username": "Ada", "email": "Ada@Example.org", "password": PASSWORD}


def test_registration_makes_an_account_with_its_defaults(api: APIClient) -> None:
    answer = api.post(URL, ADA)
    assert answer.status_code == 201
    user = User.objects.get()
    body = answer.json()
    assert body.pop("date_joined").endswith("Z")
    assert body == {
        "id": str(user.pk),
        "username": "Ada",
        "email": "Ada@Example.org",
        "email_verified": False,
        "pending_email": None,
        "display_name": "Ada",
        "timezone": "UTC",
        "day_start_hour": 0,
        "leaderboard_visibility": "groups",
    }
    assert user.check_password(PASSWORD)
    assert user.id.version == 7


def test_registration_takes_zone_and_display_name(api: APIClient) -> None:
    answer = api.post(URL, {**ADA, "timezone": "Asia/Kolkata", "display_name": "  Ada L.  "})
    assert answer.status_code == 201
    assert answer.json()["timezone"] == "Asia/Kolkata"
    assert answer.json()["display_name"] == "Ada L."


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [("Übung", "üBUNG"), ("straße", "STRASSE"), ("Σίσυφος", "ΣΊΣΥΦΟΣ"), ("übung", "u\u0308bung"), ("full", "ｆｕｌｌ")],
)
def test_a_name_is_taken_in_any_case_and_spelling(api: APIClient, theirs: str, mine: str) -> None:
    UserFactory(username=theirs)
    answer = api.post(URL, {**ADA, "username": mine})
    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [("username", "username_taken")]
    assert User.objects.count() == 1


def test_both_taken_names_are_told_at_once(api: APIClient) -> None:
    UserFactory(username="ADA", email="other@example.org")
    UserFactory(email="ada@example.ORG")
    answer = api.post(URL, ADA)
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [
        ("username", "username_taken"),
        ("email", "email_taken"),
    ]


def test_a_taken_name_spoils_no_surrounding_transaction(api: APIClient) -> None:
    UserFactory(username="ada")
    with transaction.atomic():
        assert api.post(URL, ADA).status_code == 400
        assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("zx9!q", {"password_too_short"}),
        ("password123", {"password_too_common"}),
        ("314159265358979", {"password_entirely_numeric"}),
        ("ada@example.org", {"password_too_similar"}),
        ("1234", {"password_too_short", "password_too_common", "password_entirely_numeric"}),
    ],
)
def test_a_weak_password_is_refused(api: APIClient, password: str, codes: set[str]) -> None:
    answer = api.post(URL, {**ADA, "password": password})
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert {error["attr"] for error in errors} == {"password"}
    assert {error["code"] for error in errors} == codes
    assert password not in answer.content.decode()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "ab"),
        ("username", "x" * 31),
        ("username", "ada@example.org"),
        ("username", "a b"),
        ("username", "ada\u0007"),
        ("username", "ada\u202e"),
        ("username", None),
        ("username", 12345),
        ("username", ["ada"]),
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "a" * 250 + "@example.org"),
        ("email", f"ada@{'ﷺ' * 60}.org"),
        ("email", None),
        ("password", ""),
        ("password", None),
        ("password", "x" * 1001),
        ("display_name", "x" * 81),
        ("display_name", "a\u0007b"),
        ("timezone", "localtime"),
        ("timezone", "Factory"),
        ("timezone", "posixrules"),
        ("timezone", "../etc/passwd"),
        ("timezone", "Mars/Olympus"),
        ("timezone", ""),
        ("timezone", None),
        ("is_staff", True),
        ("day_start_hour", 4),
    ],
)
def test_bad_input_is_refused_by_field(api: APIClient, field: str, value: object) -> None:
    answer = api.post(URL, {**ADA, field: value})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {error["attr"] for error in answer.json()["errors"]} == {field}
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["username", "email", "password"])
def test_name_address_and_password_are_required(api: APIClient, field: str) -> None:
    answer = api.post(URL, {key: value for key, value in ADA.items() if key != field})
    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(field, "required")]


def test_spaces_are_part_of_a_password(api: APIClient) -> None:
    assert api.post(URL, {**ADA, "password": f"  {PASSWORD}  "}).status_code == 201
    assert User.objects.get().check_password(f"  {PASSWORD}  ")


def test_a_stale_login_is_no_obstacle(api: APIClient) -> None:
    api.credentials(HTTP_AUTHORIZATION="Bearer stale")
    assert api.post(URL, ADA).status_code == 201


def test_a_rival_who_is_gone_again_asks_for_another_try(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(User, "save", refuse)
    answer = api.post(URL, ADA)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_hash_of_a_password(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    is_locking = []

    def set_password(user: User, password: str) -> None:
        is_locking.append(connection.in_atomic_block)
        user.password = "!"

    monkeypatch.setattr(User, "set_password", set_password)
    assert api.post(URL, ADA).status_code == 201
    assert is_locking == [False]


@pytest.mark.parametrize(("length", "code"), [(30, None), (31, "max_length"), (10_000, "max_length")])
def test_a_name_is_as_long_as_its_normal_form(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, length: int, code: str | None
) -> None:
    lengths = []

    def normalize(name: str) -> str:
        lengths.append(len(name))
        return normalize_username(name)

    monkeypatch.setattr(serializers, "normalize_username", normalize)
    answer = api.post(URL, {**ADA, "username": "\u03b1\u0313\u0300\u0345" * length})
    assert [error["code"] for error in answer.json().get("errors", ())] == ([code] if code else [])
    assert max(lengths, default=0) <= 120  # what is longer is not even normalised
