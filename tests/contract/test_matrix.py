"""Every route × method × role has its status, and no route is without a row."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from rest_framework.test import APIClient

from config.access import grant_to_user
from habits.models import Habit, HabitGroupGrant, HabitPause, HabitUserGrant
from habits.permissions import CHANGE, DELETE, LOG, OWNER_GRANTS, VIEW
from habits.services.pauses import create_pause
from tests.contract.matrix import MATRIX, ROLES, Row
from tests.factories.users import PASSWORD
from tests.world import API, MISSING, TODAY, World, foreign_ids, stored
from users.domain.scopes import SCOPES
from users.models import User
from users.services.tokens import create_personal_token

pytestmark = pytest.mark.slow  # not each test, but all of them

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
HABIT_ROWS = [row for row in MATRIX if "habit" in row.ids]
CLOSED_ROWS = [row for row in MATRIX if row.statuses["anonymous"] == 401 != row.statuses["owner"]]
DETAIL_ROWS = [row for row in MATRIX if row.ids]


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


def body_of(row: Row, world: World) -> dict[str, Any] | list[dict[str, Any]] | None:
    """Return a body that the route takes from whoever may send it."""
    habit = {"name": "Write", "frequency": "daily"}
    goal = {"kind": "streak", "title": "A week", "target": "7"}
    profile = {"username": "renamed", "display_name": "R", "timezone": "UTC", "day_start_hour": 0}
    link = {"uid": world.owner.pk, "token": "forged"}
    days = {"start_date": world.race.start_date, "end_date": world.race.end_date}
    challenge = {"title": "Steps", "frequency": "daily", "scoring": "completions"} | days
    bodies: dict[str, Any] = {
        "POST /api/v1/users/": {"username": "new", "email": "new@example.org", "password": "correct horse battery"},
        "PUT /api/v1/users/me/": profile | {"leaderboard_visibility": "groups"},
        "PATCH /api/v1/users/me/": {"display_name": "R"},
        "DELETE /api/v1/users/me/": {"current_password": PASSWORD},
        "POST /api/v1/users/me/deletion/": {"current_password": PASSWORD},
        "POST /api/v1/users/me/password/": {"current_password": PASSWORD, "new_password": "staple the next horse"},
        "GET /api/v1/users/lookup/": {"username": "outsider"},
        "PUT /api/v1/users/{user}/": profile | {"leaderboard_visibility": "groups"},
        "PATCH /api/v1/users/{user}/": {"display_name": "R"},
        "DELETE /api/v1/users/{user}/": {"current_password": PASSWORD},
        "POST /api/v1/auth/logout/": {"refresh": "no token"},
        "POST /api/v1/auth/password-reset/": {"email": "nobody@example.org"},
        "POST /api/v1/auth/password-reset/confirm/": link | {"new_password": "staple the next horse"},
        "POST /api/v1/auth/verify-email/": link,
        "POST /api/v1/auth/personal-tokens/": {"name": "Display", "scopes": ["habits:read"]},
        "POST /api/v1/auth/token/": {"username": "nobody", "password": "wrong horse battery"},
        "POST /api/v1/auth/token/refresh/": {"refresh": "no token"},
        "POST /api/v1/habits/": habit,
        "POST /api/v1/habits/reorder/": {"ids": [world.measured.pk, world.daily.pk]},
        "PUT /api/v1/habits/{habit}/": habit,
        "PATCH /api/v1/habits/{habit}/": {"name": "Write"},
        "POST /api/v1/habits/{habit}/pauses/": {"start": "2026-08-01", "end": "2026-08-14"},
        "PATCH /api/v1/habits/{habit}/pauses/{pause}/": {"end": "2026-07-07"},
        "POST /api/v1/pauses/": {"start": "2026-08-01", "habits": [world.daily.pk]},
        "POST /api/v1/habits/{habit}/goals/": goal,
        "PUT /api/v1/goals/{goal}/": goal,
        "PATCH /api/v1/goals/{goal}/": {"is_cancelled": True},
        "POST /api/v1/habits/{habit}/logs/": {"date": TODAY},
        "PUT /api/v1/habits/{habit}/logs/{date}/": {"status": "skipped"},
        "PATCH /api/v1/habits/{habit}/logs/{date}/": {"status": "skipped"},
        "POST /api/v1/habits/{habit}/logs/{date}/add/": {"amount": "1"},
        "POST /api/v1/logs/batch/": [{"habit": world.daily.pk, "date": TODAY}],
        "POST /api/v1/habits/{habit}/shares/": {"user": "former", "permission": "view"},
        "PATCH /api/v1/shares/{share}/": {"permission": "log"},
        "POST /api/v1/achievements/": {"habit": world.daily.pk, "user": "former", "milestone": world.milestone.pk},
        "POST /api/v1/groups/": {"name": "Runners"},
        "PUT /api/v1/groups/{group}/": {"name": "Runners"},
        "PATCH /api/v1/groups/{group}/": {"name": "Runners"},
        "PATCH /api/v1/groups/{group}/members/{member}/": {"role": "admin"},
        "POST /api/v1/groups/{group}/invitations/": {"max_uses": 5},
        "POST /api/v1/share-links/": {"habit": world.daily.pk, "kind": "streak"},
        "PATCH /api/v1/share-links/{link}/": {"title": "Reading"},
        "POST /api/v1/groups/{group}/habits/": {"habit": world.daily.pk},
        "POST /api/v1/challenges/": challenge,
        "PUT /api/v1/challenges/{challenge}/": challenge,
        "PATCH /api/v1/challenges/{challenge}/": {"title": "Steps"},
        "POST /api/v1/challenges/{challenge}/invitations/": {"user": "former"},
        "POST /api/v1/challenges/{challenge}/announcements/": {"text": "Half of it"},
        "PATCH /api/v1/announcements/{announcement}/": {"text": "Half of it"},
        "POST /api/v1/imports/": {"file": SimpleUploadedFile("backup.db", b"bytes")},
    }
    return bodies.get(str(row))


def call(client: APIClient, row: Row, world: World, *, headers: dict[str, str] | None = None, **ids: object) -> HttpResponse:
    """Send the row's request and take back what it wrote."""
    url = row.path.format(**{**world.ids, **ids})
    extra: dict[str, Any] = {"format": "multipart"} if row.path == f"{API}/imports/" and row.method == "POST" else {}
    with transaction.atomic():
        answer = getattr(client, row.method.lower())(url, body_of(row, world), headers=headers, **extra)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("row", MATRIX, ids=str)
def test_each_role_gets_its_status(world: World, row: Row) -> None:
    answers = {role: call(world.client(role), row, world) for role in ROLES}
    assert {role: answer.status_code for role, answer in answers.items()} == {role: row.statuses[role] for role in ROLES}
    for answer in answers.values():
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json"
        if answer.status_code == 401:
            assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("row", DETAIL_ROWS, ids=str)
def test_a_foreign_id_and_a_missing_one_get_the_same_answer(world: World, row: Row) -> None:
    ids = foreign_ids(world)
    client = world.client("owner")
    for name in row.ids:
        foreign = call(client, row, world, **{name: ids[name]})
        missing = call(client, row, world, **{name: MISSING})
        assert (foreign.status_code, missing.status_code) == (row.statuses["foreign"], row.statuses["missing"])
        assert foreign.content == missing.content
        del foreign["X-Request-ID"], missing["X-Request-ID"]
        assert foreign.headers == missing.headers


@pytest.mark.parametrize("row", [row for row in MATRIX if row.scope], ids=str)
def test_a_personal_token_reaches_as_far_as_its_scopes(world: World, row: Row) -> None:
    def status(*scopes: str) -> tuple[int, str]:
        _, secret = create_personal_token(actor=world.owner, name="a", scopes=scopes, expires_at=None)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        answer = call(client, row, world)
        return answer.status_code, answer.json()["code"] if answer.status_code >= 400 else ""

    others = SCOPES.keys() - {row.scope}
    is_for_staff = row.scope == "login" and row.statuses["owner"] == 403
    assert status(*others) == (403, "permission_denied" if is_for_staff else "insufficient_scope")
    if row.scope != "login":
        assert status(str(row.scope))[0] == row.statuses["owner"]


@pytest.mark.parametrize("row", HABIT_ROWS, ids=str)
def test_the_owner_without_grants_gets_404(world: World, row: Row) -> None:
    HabitUserGrant.objects.filter(user=world.owner, content_object=world.daily).delete()
    answer = call(world.client("owner"), row, world)
    assert answer.status_code == 404
    assert answer.content == call(world.client("owner"), row, world, habit=MISSING).content


@pytest.mark.parametrize("role", ["viewer", "logger", "member"])
def test_a_grant_taken_away_is_gone_with_the_next_request(world: World, role: str) -> None:
    client = world.client(role)
    assert {str(row): call(client, row, world).status_code for row in HABIT_ROWS} == {
        str(row): row.statuses[role] for row in HABIT_ROWS
    }
    world.group.user_set.remove(world.member)
    HabitUserGrant.objects.filter(user=getattr(world, role)).delete()
    assert {call(client, row, world).status_code for row in HABIT_ROWS} == {404}


def test_a_grant_to_log_alone_shows_nothing(world: World) -> None:
    grant_to_user(world.measured, world.outsider.pk, ["log_habit"])
    client = world.client("outsider")
    for row in HABIT_ROWS:
        assert call(client, row, world, habit=world.measured.pk).status_code == 404, row


def test_an_inactive_user_is_nobody_from_the_next_request_on(world: World) -> None:
    client = world.client("owner")
    assert client.get(f"{API}/habits/").status_code == 200
    world.owner.is_active = False
    world.owner.save()
    assert client.get(f"{API}/habits/").status_code == 401


@pytest.mark.parametrize("row", CLOSED_ROWS, ids=str)
@pytest.mark.parametrize("end", ["deactivated", "deleted"])
def test_who_is_not_admitted_any_more_learns_and_changes_nothing(world: World, row: Row, end: str) -> None:
    client = world.client("owner")
    if end == "deleted":
        User.objects.filter(pk=world.owner.pk).delete()
    else:
        User.objects.filter(pk=world.owner.pk).update(is_active=False)
    before = stored()
    url = row.path.format(**world.ids)
    extra = {"format": "multipart"} if row.path == f"{API}/imports/" else {}
    send = getattr(client, row.method.lower())
    missing = row.path.format(**world.ids | dict.fromkeys(row.ids, MISSING))
    answers = [
        send(url, body_of(row, world), **extra),
        send(f"{url}?unknown=1"),
        send(url, {"unknown": 1}, **extra),
        send(missing),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(401, "invalid_token")}
    assert stored() == before


@pytest.mark.parametrize("ids", [("daily", "foreign"), ("foreign", "daily")])
def test_a_pause_is_found_below_its_own_habit_alone(world: World, ids: tuple[str, str]) -> None:
    habit, home = (getattr(world, name) for name in ids)
    pause = create_pause(actor=home.owner, habit_id=home.pk, start=TODAY, end=None)
    client = world.client("owner")
    assert client.delete(f"{API}/habits/{habit.pk}/pauses/{pause.pk}/").status_code == 404
    assert HabitPause.objects.filter(pk=pause.pk).exists()


def test_ids_in_bodies_and_filters_are_scoped_too(world: World) -> None:
    client = world.client("owner")
    for habit_id in (world.foreign.pk, MISSING):
        answer = client.post(f"{API}/logs/batch/", [{"habit": habit_id, "date": TODAY}])
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_found")
        for path, body in {"pauses/": {"start": TODAY, "habits": [habit_id]}, "habits/reorder/": {"ids": [habit_id]}}.items():
            answer = client.post(f"{API}/{path}", body)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_found")
        assert client.get(f"{API}/progress/?habit={habit_id}").json()["results"] == []
        assert client.get(f"{API}/goals/?habit={habit_id}").json()["results"] == []
        assert client.get(f"{API}/insights/summary/?habit={habit_id}").json()["habits"] == 0
        assert {bucket["expected"] for bucket in client.get(f"{API}/insights/trends/?habit={habit_id}").json()["buckets"]} == {0}


@pytest.mark.parametrize("path", ["habits/", "progress/", "agenda/", "insights/summary/", "habits/?search=foreign", "goals/"])
def test_no_list_or_sum_holds_a_foreign_row(world: World, path: str) -> None:
    assert str(world.foreign.pk) not in world.client("owner").get(f"{API}/{path}").content.decode()
    assert str(world.daily.pk) not in world.client("viewer").get(f"{API}/{path}").content.decode()


# Grants go with what they are about.


def test_owners_are_granted_everything_with_the_habit(world: World) -> None:
    grants = HabitUserGrant.objects.filter(user=world.owner, content_object=world.daily)
    assert {grant.permission.codename for grant in grants.select_related("permission")} == set(OWNER_GRANTS)


def test_a_deleted_habit_leaves_no_grant(world: World) -> None:
    assert world.client("owner").delete(f"{API}/habits/{world.daily.pk}/").status_code == 204
    assert not HabitUserGrant.objects.filter(content_object_id=world.daily.pk).exists()
    assert not HabitGroupGrant.objects.filter(content_object_id=world.daily.pk).exists()


def test_a_deleted_user_leaves_no_grant(world: World) -> None:
    ids = (world.viewer.pk, world.owner.pk)
    world.viewer.delete()
    world.owner.delete()
    assert not HabitUserGrant.objects.filter(user_id__in=ids).exists()
    assert not Habit.objects.filter(owner_id__in=ids).exists()
    left = {world.foreign.pk, world.swimming.pk}
    assert set(HabitUserGrant.objects.values_list("content_object", flat=True)) == left
    assert set(HabitGroupGrant.objects.values_list("content_object", flat=True)) == {world.swimming.pk}


def test_a_deleted_group_leaves_no_grant(world: World) -> None:
    world.group.delete()
    assert not HabitGroupGrant.objects.filter(content_object=world.daily).exists()
    assert world.client("member").get(f"{API}/habits/{world.daily.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["userobjectpermission", "groupobjectpermission"])
def test_generic_grants_are_not_used(world: World, name: str) -> None:
    assert not apps.get_model("guardian", name).objects.exists()


# The table is complete.


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, address)
        else:
            yield re.sub(r"<\w+:(\w+?)(_id)?>", r"{\1}", address), pattern


def routed() -> set[tuple[str, str]]:
    """Return every address with every method that leads to an action; what is no view of ours answers GET alone."""
    return {
        (method.upper(), address)
        for address, pattern in routes(get_resolver().url_patterns)
        for method in getattr(pattern.callback, "actions", None) or ("get",)
        if method != "head"  # comes with GET
    }


def test_the_table_holds_every_route_and_method() -> None:
    assert routed() == {(row.method, row.path) for row in MATRIX}


def declared_permission(row: Row) -> str | None:
    """Return the permission that the view declares for the row."""
    callback = resolve(row.path.format(habit=MISSING, pause=MISSING, date=TODAY)).func
    return callback.cls.access[callback.actions[row.method.lower()]].object_permission


@pytest.mark.parametrize("row", HABIT_ROWS, ids=str)
def test_the_declared_rule_is_the_one_that_holds(row: Row) -> None:
    refused = {role for role in ("viewer", "logger") if row.statuses[role] == 403}
    expected = {frozenset(): {VIEW}, frozenset({"viewer"}): {LOG}, frozenset({"viewer", "logger"}): {CHANGE, DELETE}}
    assert declared_permission(row) in expected[frozenset(refused)]


@pytest.mark.parametrize("path", sorted({row.path for row in MATRIX if row.path.startswith("/api/")}))
def test_other_methods_are_refused_alike_for_everybody(world: World, path: str) -> None:
    declared = {row.method for row in MATRIX if row.path == path}
    url = path.format(**world.ids)
    for method in set(METHODS) - declared:
        for role in ("anonymous", "owner"):
            answer = world.client(role).generic(method, url)
            assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json"), method
            assert declared <= set(answer["Allow"].split(", "))
            assert answer.json()["code"] == "method_not_allowed"
