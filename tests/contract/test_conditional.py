"""Conditional requests: every object has a tag, a read that knows it is answered with 304, no stale write goes through."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import resolve
from rest_framework.test import APIClient

from habits.services.logs import Entry, put_log
from habits.services.pauses import create_pause
from tests.contract.matrix import MATRIX, Row
from tests.contract.test_matrix import call
from tests.world import API, LOGGED, NOW, TODAY, World, client_of, stored
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

STALE = '"0-3fa9c1d2e4b56078"'


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


def is_conditional(row: Row, world: World) -> bool:
    """Return whether the view declares the row's requests as conditional."""
    callback: Any = resolve(row.path.format(**world.ids)).func
    actions = getattr(callback, "actions", None) or {}
    return actions.get(row.method.lower()) in getattr(callback.cls, "conditional_actions", ()) if actions else False


def rows_of(*methods: str) -> Any:
    rows = [row for row in MATRIX if row.method in methods and row.path.startswith(API)]
    return pytest.mark.parametrize("row", rows, ids=str)


def version_of(row: Row, world: World) -> str:
    """Return a tag with the present version of what the row writes, and with nothing else that is right."""
    if "{date}" in row.path:
        version = world.daily.logs.get(date=LOGGED).change_no
    elif "member" in row.ids:
        version = world.club.memberships.get(user=world.member).version
    else:
        # The innermost comes first.
        versions = {"pause": world.pause.change_no, "goal": world.goal.change_no, "share": world.share.version}
        versions |= {"link": world.link.version, "group": world.club.version, "habit": world.daily.change_no}
        versions |= {"challenge": world.race.version, "announcement": world.announcement.version}
        account = User.objects.get(pk=world.owner.pk).version
        version = next((number for name, number in versions.items() if name in row.ids), account)
    return f'"{version}-0000"'


CONDITIONAL_WRITES = {
    *(f"{method} /api/v1/users/{user}/" for method in ("PUT", "PATCH", "DELETE") for user in ("me", "{user}")),
    "PUT /api/v1/habits/{habit}/",
    "PATCH /api/v1/habits/{habit}/",
    "DELETE /api/v1/habits/{habit}/",
    "PATCH /api/v1/habits/{habit}/pauses/{pause}/",
    "DELETE /api/v1/habits/{habit}/pauses/{pause}/",
    *(f"{method} /api/v1/goals/{{goal}}/" for method in ("PUT", "PATCH", "DELETE")),
    "PUT /api/v1/groups/{group}/",
    "PATCH /api/v1/groups/{group}/",
    "DELETE /api/v1/groups/{group}/",
    "PATCH /api/v1/groups/{group}/members/{member}/",
    "DELETE /api/v1/groups/{group}/members/{member}/",
    "PATCH /api/v1/shares/{share}/",
    "DELETE /api/v1/shares/{share}/",
    "PATCH /api/v1/share-links/{link}/",
    "DELETE /api/v1/share-links/{link}/",
    *(f"{method} /api/v1/challenges/{{challenge}}/" for method in ("PUT", "PATCH", "DELETE")),
    *(f"{method} /api/v1/announcements/{{announcement}}/" for method in ("PATCH", "DELETE")),
    "PUT /api/v1/habits/{habit}/logs/{date}/",
    "PATCH /api/v1/habits/{habit}/logs/{date}/",
    "DELETE /api/v1/habits/{habit}/logs/{date}/",
}
CONDITIONAL_READS = {
    "GET /api/v1/users/me/",
    "GET /api/v1/users/{user}/",
    "GET /api/v1/jobs/{job}/",
    "GET /api/v1/imports/{import}/",
    "GET /api/v1/goals/{goal}/",
    "GET /api/v1/groups/{group}/",
    "GET /api/v1/invitations/{invitation_key}/",
    "GET /api/v1/shares/{share}/",
    "GET /api/v1/achievements/{achievement}/",
    "GET /api/v1/challenges/{challenge}/",
    "GET /api/v1/announcements/{announcement}/",
    "GET /api/v1/leaderboards/{metric}/",
    "GET /api/v1/share-links/{link}/",
    "GET /api/v1/shared/{share_key}/",
    "GET /api/v1/habits/{habit}/",
    "GET /api/v1/habits/{habit}/logs/{date}/",
    "GET /api/v1/habits/{habit}/heatmap.svg",
    "GET /api/v1/insights/trends.svg",
}


# Reads


@rows_of("GET")
def test_a_read_that_knows_the_tag_is_answered_with_304(world: World, row: Row) -> None:
    client, url = world.client("staff" if row.statuses["owner"] == 403 else "owner"), row.path.format(**world.ids)
    url += "?username=outsider" if url.endswith("/lookup/") else ""
    first = client.get(url)
    assert ("ETag" in first) == is_conditional(row, world) == (str(row) in CONDITIONAL_READS)
    if "ETag" not in first:
        assert client.get(url, headers={"if-none-match": "*"}).status_code == 200
        return
    tag = first["ETag"]
    for known in (tag, f"W/{tag.removeprefix('W/')}", f'"other", {tag}', "*"):
        for again in (client.get(url, headers={"if-none-match": known}), client.head(url, headers={"if-none-match": known})):
            assert (again.status_code, again.content) == (304, b"")
            assert (again["ETag"], again["Cache-Control"]) == (tag, first["Cache-Control"])
            assert not {"Content-Type", "Content-Length"} & set(again.headers)
    for unknown in (STALE, tag.strip('"'), "", "*, *"):
        assert client.get(url, headers={"if-none-match": unknown}).content == first.content


@rows_of("GET")
def test_a_tag_opens_nothing(world: World, row: Row) -> None:
    tag = world.client().get(row.path.format(**world.ids)).headers.get("ETag", "*")
    for role in ("anonymous", "inactive", "outsider"):
        answer = call(world.client(role), row, world, headers={"if-none-match": tag})
        if row.statuses[role] != 200:
            assert answer.status_code == row.statuses[role]


# Writes


def test_the_writes_of_objects_are_conditional(world: World) -> None:
    writes = {str(row) for row in MATRIX if row.method in ("PUT", "PATCH", "DELETE") and is_conditional(row, world)}
    assert writes == CONDITIONAL_WRITES


conditional_writes = pytest.mark.parametrize("row", [row for row in MATRIX if str(row) in CONDITIONAL_WRITES], ids=str)


@conditional_writes
def test_a_write_goes_through_at_the_expected_version(world: World, row: Row) -> None:
    tag = version_of(row, world)
    for header in (tag, f"W/{tag}", f"{STALE}, {tag}", "*", tag[:-1] + '-gzip"'):
        assert call(world.client(), row, world, headers={"if-match": header}).status_code == row.statuses["owner"], header
    for header in (STALE, "nonsense"):
        assert call(world.client(), row, world, headers={"if-none-match": header}).status_code == row.statuses["owner"], header


@conditional_writes
def test_a_stale_write_changes_nothing(world: World, row: Row) -> None:
    tag, client = version_of(row, world), world.client()
    before = stored()
    conditions = [{"if-match": header} for header in (STALE, "", "nonsense", tag.strip('"'), "*, *", '"17"')]
    conditions += [{"if-none-match": header} for header in ("*", tag)]
    for headers in conditions:
        answer = call(client, row, world, headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (412, "application/problem+json"), headers
        assert (answer.json()["code"], "ETag" in answer) == ("precondition_failed", False)
    assert stored() == before


@conditional_writes
def test_who_may_not_write_learns_no_version(world: World, row: Row) -> None:
    for role in ("anonymous", "inactive", "outsider", "viewer"):
        if row.statuses[role] in (401, 403, 404):
            answers = [call(world.client(role), row, world, headers={"if-match": tag}) for tag in (STALE, version_of(row, world))]
            assert [answer.status_code for answer in answers] == [row.statuses[role]] * 2


# Tags


@pytest.fixture
def client(world: World) -> APIClient:
    return world.client()


def tag_at(client: APIClient, path: str) -> str:
    tag: str = client.get(f"{API}/{path}")["ETag"]
    return tag


def version_in(tag: str) -> int:
    return int(tag.strip('"').partition("-")[0])


def test_a_write_answers_the_tag_of_what_a_read_finds(world: World, client: APIClient) -> None:
    new_habit = client.post(f"{API}/habits/", {"name": "Write", "frequency": "daily", "tags": ["a"], "target_value": "2"})
    daily, log = f"habits/{world.daily.pk}/", f"habits/{world.daily.pk}/logs/{TODAY}/"
    measured = f"habits/{world.measured.pk}/logs/{TODAY}/"
    assert new_habit["ETag"] == tag_at(client, f"habits/{new_habit.json()['id']}/")
    for method, path, body in [
        ("patch", daily, {"name": "Read more"}),
        ("put", daily, {"name": "Read", "frequency": "weekly", "target_days": [1, 3]}),
        ("put", log, {"note": "Late"}),
        ("put", log, {"status": "skipped"}),
        ("patch", log, {"status": "completed"}),
        ("put", measured, {"value": 7.5}),
        ("put", measured, {"value": "8.000"}),
        ("patch", "users/me/", {"display_name": "O"}),
    ]:
        answer = getattr(client, method)(f"{API}/{path}", body)
        assert answer.status_code in (200, 201), answer.content
        assert answer["ETag"] == tag_at(client, path), path
    addition = client.post(f"{API}/{measured}add/", {"amount": "1"})
    assert addition["ETag"] == tag_at(client, measured)
    assert "ETag" not in client.delete(f"{API}/{log}")
    logged = client.post(f"{API}/habits/{world.daily.pk}/logs/", {})
    assert logged["ETag"] == tag_at(client, log)


def test_an_account_is_made_with_a_tag(world: World, client: APIClient) -> None:
    account = {"username": "grace", "email": "grace@example.org", "password": "correct horse battery"}
    tag = client.post(f"{API}/users/", account)["ETag"]
    assert client_of(User.objects.get(username="grace")).get(f"{API}/users/me/")["ETag"] == tag


def test_what_follows_from_logs_pauses_and_time_makes_no_editor_stale(world: World, client: APIClient) -> None:
    path = f"habits/{world.measured.pk}/"
    tags = [tag_at(client, path)]
    put_log(actor=world.owner, habit_id=world.measured.pk, day=TODAY, entry=Entry(value_milli=60_000))
    tags.append(tag_at(client, path))
    create_pause(actor=world.owner, habit_id=world.measured.pk, start=TODAY - timedelta(days=1), end=None)
    tags.append(tag_at(client, path))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        tags.append(tag_at(client_of(world.owner), path))
    assert len(set(tags)) == 4
    assert len({version_in(tag) for tag in tags}) == 1
    assert client.patch(f"{API}/{path}", {"name": "Run"}, headers={"if-match": tags[0]}).status_code == 200


def test_two_editors_of_a_habit(world: World, client: APIClient) -> None:
    url = f"{API}/habits/{world.daily.pk}/"
    tag = client.get(url)["ETag"]
    first = client.patch(url, {"name": "Run"}, headers={"if-match": tag})
    assert version_in(first["ETag"]) > version_in(tag)
    for send in (client.patch, client.put):
        assert send(url, {"name": "Swim", "frequency": "daily"}, headers={"if-match": tag}).status_code == 412
    assert client.delete(url, headers={"if-match": tag}).status_code == 412
    assert client.get(url).json()["name"] == "Run"
    assert client.delete(url, headers={"if-match": first["ETag"]}).status_code == 204
    assert client.delete(url, headers={"if-match": first["ETag"]}).status_code == 404


def test_moving_a_habit_is_an_edit(world: World, client: APIClient) -> None:
    path = f"habits/{world.daily.pk}/"
    before = tag_at(client, path)
    assert client.post(f"{API}/habits/reorder/", {"ids": [world.archived.pk, world.measured.pk]}).status_code == 204
    assert version_in(tag_at(client, path)) > version_in(before)


def test_two_editors_of_a_log(world: World, client: APIClient) -> None:
    url = f"{API}/habits/{world.daily.pk}/logs/{LOGGED}/"
    tag = client.get(url)["ETag"]
    second = client.put(url, {"note": "First"}, headers={"if-match": tag})["ETag"]
    assert client.put(url, {"note": "Second"}, headers={"if-match": tag}).status_code == 412
    assert client.get(url).json()["note"] == "First"
    # The logs of other days have versions of their own.
    client.put(f"{API}/habits/{world.daily.pk}/logs/{TODAY}/", {})
    assert client.patch(url, {"note": "Third"}, headers={"if-match": second}).status_code == 200


def test_a_log_that_is_not_there(world: World, client: APIClient) -> None:
    url = f"{API}/habits/{world.daily.pk}/logs/{TODAY}/"
    for tag in ("*", STALE):
        assert client.put(url, {}, headers={"if-match": tag}).status_code == 412
        assert client.patch(url, {"note": "x"}, headers={"if-match": tag}).status_code == 404
        assert client.delete(url, headers={"if-match": tag}).status_code == 404
    assert client.put(url, {"note": "First"}, headers={"if-none-match": "*"}).status_code == 201
    assert client.put(url, {"note": "Second"}, headers={"if-none-match": "*"}).status_code == 412
    assert client.get(url).json()["note"] == "First"


def test_others_have_tags_of_what_they_see(world: World, client: APIClient) -> None:
    path = f"habits/{world.daily.pk}/logs/{LOGGED}/"
    logger = world.client("logger")
    own, shared = tag_at(client, path), tag_at(logger, path)
    assert (own != shared, version_in(own)) == (True, version_in(shared))
    assert logger.put(f"{API}/{path}", {"status": "skipped"}, headers={"if-match": shared}).status_code == 200
    assert logger.put(f"{API}/{path}", {"status": "completed"}, headers={"if-match": shared}).status_code == 412
    assert client.get(f"{API}/{path}").json()["note"] == "In the rain"


def test_two_editors_of_a_pause(world: World, client: APIClient) -> None:
    pauses = f"{API}/habits/{world.daily.pk}/pauses/"
    pause = client.post(pauses, {"start": "2026-09-01"})
    url, tag = f"{pauses}{pause.json()['id']}/", pause["ETag"]
    second = client.patch(url, {"end": "2026-09-30"}, headers={"if-match": tag})["ETag"]
    assert client.patch(url, {"end": "2026-09-02"}, headers={"if-match": tag}).status_code == 412
    assert client.delete(url, headers={"if-match": tag}).status_code == 412
    assert client.delete(url, headers={"if-match": second}).status_code == 204


def test_two_editors_of_an_account(world: World, client: APIClient) -> None:
    url = f"{API}/users/me/"
    tag = client.get(url)["ETag"]
    assert client.patch(url, {"display_name": "First"}, headers={"if-match": tag}).status_code == 200
    assert client.patch(url, {"timezone": "Asia/Tokyo"}, headers={"if-match": tag}).status_code == 412
    assert client.get(url).json()["timezone"] == "UTC"
