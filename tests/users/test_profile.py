"""GET, PUT and PATCH /users/me/."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from config.errors import NotFound
from tests.factories.users import UserFactory
from users.models import User
from users.selectors import today_for
from users.services.accounts import update_profile
from users.services.sessions import open_session
from users.signals import day_boundary_changed

pytestmark = pytest.mark.django_db

ME = "/api/v1/users/me/"


@pytest.fixture
def ada() -> User:
    return UserFactory(username="ada", display_name="Ada")


@pytest.fixture
def me(api: APIClient, ada: User) -> APIClient:
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {open_session(ada).access}")
    return api


@pytest.fixture
def moved() -> Iterator[list[User]]:
    """The users of whom `day_boundary_changed` has told."""
    told: list[User] = []

    def listen(*, user: User, **_: object) -> None:
        told.append(user)

    day_boundary_changed.connect(listen, weak=False)
    yield told
    day_boundary_changed.disconnect(listen)


def test_me_is_read_by_one_query(me: APIClient, ada: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1) as queries:  # the user whom the token names
        answer = me.get(ME)
    assert "password" not in queries[0]["sql"]
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(ada.pk),
        "username": "ada",
        "email": "ada@example.org",
        "email_verified": False,
        "pending_email": None,
        "display_name": "Ada",
        "timezone": "UTC",
        "day_start_hour": 0,
        "leaderboard_visibility": "groups",
        "date_joined": ada.date_joined.isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize("method", ["get", "put", "patch"])
def test_me_needs_a_login(api: APIClient, method: str) -> None:
    answer = getattr(api, method)(ME)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "Ada.Lovelace"),
        ("username", "ADA"),
        ("display_name", "Gräfin Lovelace"),
        ("timezone", "Europe/London"),
        ("day_start_hour", 6),
        ("leaderboard_visibility", "hidden"),
    ],
)
def test_one_field_is_changed_and_the_others_stay(me: APIClient, field: str, value: object) -> None:
    before = me.get(ME).json()
    answer = me.patch(ME, {field: value})
    assert answer.status_code == 200
    assert answer.json() == {**before, field: value}
    assert me.get(ME).json() == answer.json()


def test_put_takes_what_get_gave(me: APIClient, ada: User) -> None:
    body = {**me.get(ME).json(), "display_name": "Countess", "pending_email": "other@example.org", "email_verified": True}
    answer = me.put(ME, body)
    assert answer.status_code == 200
    ada.refresh_from_db()
    assert ada.display_name == "Countess"
    # Known read-only fields are ignored.
    assert (ada.email, ada.pending_email, ada.email_verified) == ("ada@example.org", None, False)


def test_put_wants_every_field(me: APIClient) -> None:
    answer = me.put(ME, {"username": "ada"})
    assert answer.status_code == 400
    assert {(error["attr"], error["code"]) for error in answer.json()["errors"]} == {
        (field, "required") for field in ("display_name", "timezone", "day_start_hour", "leaderboard_visibility")
    }


def test_a_change_keeps_the_password(me: APIClient, ada: User) -> None:
    me.patch(ME, {"display_name": "A."})
    assert User.objects.get().password == ada.password


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "ab"),
        ("username", "a@b.org"),
        ("username", None),
        ("display_name", ""),
        ("display_name", "   "),
        ("display_name", "x" * 81),
        ("display_name", "a\u0007"),
        ("timezone", "Factory"),
        ("timezone", "europe/berlin"),
        ("day_start_hour", -1),
        ("day_start_hour", 7),
        ("day_start_hour", 2**63),
        ("day_start_hour", "noon"),
        ("day_start_hour", 1.5),
        ("day_start_hour", None),
        ("leaderboard_visibility", "friends"),
        ("leaderboard_visibility", ["public"]),
        ("is_staff", True),
        ("password", "correct horse battery"),
    ],
)
def test_bad_input_is_refused_by_field(me: APIClient, field: str, value: object) -> None:
    before = User.objects.values().get()
    answer = me.patch(ME, {field: value})
    assert answer.status_code == 400
    assert {error["attr"] for error in answer.json()["errors"]} == {field}
    assert User.objects.values().get() == before


@pytest.mark.parametrize(
    "body", ["[]", '"text"', "1", "null", '{"display_name": "a\\u0000"}', '{"display_name": "a", "display_name": "b"}']
)
def test_a_body_is_one_clean_object(me: APIClient, body: str) -> None:
    answer = me.patch(ME, body, content_type="application/json")
    assert answer.status_code == 400
    assert me.get(ME).json()["display_name"] == "Ada"


def test_a_taken_name_is_refused(me: APIClient, ada: User) -> None:
    UserFactory(username="Übung")
    answer = me.patch(ME, {"username": "üBUNG", "timezone": "Asia/Tokyo"})
    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [("username", "username_taken")]
    ada.refresh_from_db()
    assert (ada.username, ada.timezone) == ("ada", "UTC")


@pytest.mark.parametrize("changes", [{"timezone": "Asia/Tokyo"}, {"day_start_hour": 3}])
def test_a_moved_day_boundary_is_told(me: APIClient, ada: User, moved: list[User], changes: dict[str, object]) -> None:
    assert me.patch(ME, changes).status_code == 200
    assert moved == [ada]


@pytest.mark.parametrize("changes", [{"timezone": "UTC", "day_start_hour": 0}, {"display_name": "A."}, {}])
def test_nothing_is_told_when_the_day_stays(me: APIClient, moved: list[User], changes: dict[str, object]) -> None:
    assert me.patch(ME, changes).status_code == 200
    assert moved == []


def test_a_listener_that_fails_takes_the_change_back(ada: User) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError

    day_boundary_changed.connect(fail)
    with pytest.raises(RuntimeError):
        update_profile(user_id=ada.pk, changes={"timezone": "Asia/Tokyo"})
    day_boundary_changed.disconnect(fail)
    ada.refresh_from_db()
    assert ada.timezone == "UTC"


def test_a_deleted_user_is_not_found(ada: User) -> None:
    User.objects.all().delete()
    with pytest.raises(NotFound):
        update_profile(user_id=ada.pk, changes={"display_name": "A."})
    assert not User.objects.exists()


def test_today_follows_zone_and_day_start(ada: User) -> None:
    with time_machine.travel(datetime(2026, 5, 1, 22, 30, tzinfo=UTC), tick=False):
        assert today_for(ada) == date(2026, 5, 1)
        ada.timezone = "Asia/Tokyo"  # 07:30 on the 2nd
        assert today_for(ada) == date(2026, 5, 2)
        ada.timezone, ada.day_start_hour = "Europe/Berlin", 4  # 00:30 on the 2nd
        assert today_for(ada) == date(2026, 5, 1)
