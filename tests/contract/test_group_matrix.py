"""The roles in a group: every route below it × method × role × group (private, public, somebody else's, none)."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from rest_framework.test import APIClient

from groups.models import (
    AuditEntry,
    Ban,
    FeedEvent,
    Group,
    GroupRoleGrant,
    Invitation,
    JoinRequest,
    Membership,
    SharedHabit,
)
from groups.services.habits import share_habit
from groups.services.invitations import create_invitation, token_of
from tests.contract.matrix import GROUP_MATRIX, GROUP_ROLES, MATRIX, GroupRow
from tests.factories.groups import GroupFactory
from tests.factories.habits import HabitFactory
from tests.world import API, MISSING, World, event_of, new_request

pytestmark = pytest.mark.slow  # not each test, but all of them

BODIES: dict[str, Any] = {"PUT /": {"name": "Renamed"}, "PATCH /": {"name": "Renamed"}}
KINDS = ("private", "public")
NAMES = ("here", "else", "own", "foreign", "owners", "members", "elsewhere", "told", "told_elsewhere")


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


def call(client: APIClient, row: GroupRow, group_id: object, world: World, **ids: object) -> HttpResponse:
    """Send the row's request to a group, and take back what it wrote."""
    people = {name: getattr(world, name).pk for name in ("member", "founder", "outsider", "banned")}
    path = row.path.format(**{**dict.fromkeys(NAMES, MISSING), **people, **ids})
    bodies = BODIES | {"POST /habits/": {"habit": ids.get("habit", MISSING)}}
    body = bodies.get(str(row), {"role": "admin"} if row.method == "PATCH" else None)
    with transaction.atomic():
        answer = getattr(client, row.method.lower())(f"{API}/groups/{group_id}{path}", body)
        transaction.set_rollback(True)
    return answer


def ids_in(world: World) -> dict[str, dict[str, object]]:
    """Return the ids of what there is in each group, and of what there is in another one."""
    groups = {"private": world.club, "public": world.forum}
    asked = {kind: new_request(group, world.inactive).pk for kind, group in groups.items()}
    invited = {kind: create_invitation(actor=world.owner, group_id=group.pk)[0].pk for kind, group in groups.items()}
    told = {kind: event_of(group, world.swimming).pk for kind, group in groups.items()}
    only_here = {kind: HabitFactory(owner=world.owner) for kind in KINDS}
    for kind, habit in only_here.items():
        share_habit(actor=world.owner, group_id=groups[kind].pk, habit_id=habit.pk)
    seen = {"owners": world.measured.pk, "members": world.swimming.pk}
    return {
        kind: seen
        | {"here": asked[kind], "else": asked[other], "own": invited[kind], "foreign": invited[other]}
        | {"elsewhere": only_here[other].pk, "told": told[kind], "told_elsewhere": told[other]}
        for kind, other in zip(KINDS, reversed(KINDS), strict=True)
    }


@pytest.mark.parametrize("row", GROUP_MATRIX, ids=str)
def test_each_role_gets_its_status(world: World, row: GroupRow) -> None:
    ids = ids_in(world)
    habits = {role: HabitFactory(owner=getattr(world, role)).pk for role in GROUP_ROLES[1:] if row.path == "/habits/"}
    for kind, group in zip(KINDS, (world.club, world.forum), strict=True):
        found = {
            role: call(world.client(role), row, group.pk, world, **ids[kind], habit=habits.get(role, MISSING)).status_code
            for role in GROUP_ROLES
        }
        assert found == getattr(row, kind)


@pytest.mark.parametrize("row", GROUP_MATRIX, ids=str)
def test_a_foreign_group_is_as_good_as_none(world: World, row: GroupRow) -> None:
    foreign, ids = GroupFactory(), ids_in(world)["private"]
    for role in GROUP_ROLES:
        client = world.client(role)
        answers = [call(client, row, group_id, world, **ids) for group_id in (foreign.pk, MISSING)]
        assert [answer.status_code for answer in answers] == [401 if role == "anonymous" else 404] * 2
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("row", GROUP_MATRIX, ids=str)
def test_without_grants_a_role_is_worth_nothing(world: World, row: GroupRow) -> None:
    """Roles alone open nothing: the query that fetches the group decides by the grants."""
    ids = ids_in(world)
    GroupRoleGrant.objects.all().delete()
    for role in ("member", "admin", "owner"):
        client = world.client(role)
        assert call(client, row, world.club.pk, world, **ids["private"]).status_code == 404
        if row.path not in {"/join/", "/leave/"}:
            answer = call(client, row, world.forum.pk, world, **ids["public"])
            assert answer.status_code == (200 if str(row) == "GET /" else 403)


@pytest.mark.parametrize("way", ["leave", "remove", "ban", "delete the account"])
def test_a_role_taken_away_is_gone_with_the_next_request(world: World, way: str) -> None:
    client, owner, group = world.client("admin"), world.client(), f"{API}/groups/{world.club.pk}"
    admin = f"{group}/members/{world.admin.pk}/"
    assert client.get(f"{group}/audit-log/").status_code == 200
    assert owner.patch(admin, {"role": "member"}).status_code == 200
    assert client.get(f"{group}/audit-log/").status_code == 403
    assert client.get(f"{group}/members/").status_code == 200
    if way == "leave":
        assert client.post(f"{group}/leave/").status_code == 204
    elif way == "delete the account":
        world.admin.delete()
    else:
        assert owner.delete(admin + ("?ban=true" if way == "ban" else "")).status_code == 204
    for row in GROUP_MATRIX:
        assert call(client, row, world.club.pk, world).status_code == (401 if way == "delete the account" else 404)


def test_every_route_below_a_group_has_its_row() -> None:
    def shape(method: str, path: str) -> tuple[str, str]:
        return method, re.sub(r"{\w+}|\?.*", lambda found: "" if found[0].startswith("?") else "{}", path)

    below = {shape(row.method, row.path.partition("{group}")[2]) for row in MATRIX if "{group}" in row.path}
    assert {shape(row.method, row.path) for row in GROUP_MATRIX} == below


def test_lists_hold_no_foreign_group(world: World) -> None:
    foreign = GroupFactory(name="Elsewhere")
    for role in GROUP_ROLES[1:]:
        own = {row["id"] for row in world.client(role).get(f"{API}/groups/").json()["results"]}
        assert own == ({str(world.club.pk), str(world.forum.pk)} if role in {"member", "admin", "owner"} else set())
        found = world.client(role).get(f"{API}/groups/?discover=true").json()["results"]
        assert {row["id"] for row in found} == {str(world.forum.pk)}
        for query in ("search=elsewhere", "name=else", "discover=true&search=elsewhere"):
            assert world.client(role).get(f"{API}/groups/?{query}").json()["count"] == 0
    assert Group.objects.filter(pk=foreign.pk).exists()


@pytest.mark.parametrize("action", ["", "accept/"])
def test_an_invitation_opens_its_group_to_whoever_holds_it_but_is_banned(world: World, action: str) -> None:
    url = f"{API}/invitations/{token_of(world.invitation.pk)}/{action}"
    for role in GROUP_ROLES:
        client = world.client(role)
        with transaction.atomic():
            answer = client.post(url) if action else client.get(url)
            transaction.set_rollback(True)
        refusals = {"anonymous": 401} | ({"banned": 403} if action else {})
        assert answer.status_code == refusals.get(role, 200), role


LISTS = {"members": Membership, "bans": Ban, "join-requests": JoinRequest, "invitations": Invitation, "audit-log": AuditEntry}
LISTS |= {"habits": SharedHabit, "progress": Membership, "feed": FeedEvent}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_below_a_group_holds_its_own_rows_alone(world: World, path: str) -> None:
    ids_in(world)
    for group in (world.club, world.forum):
        rows = world.client().get(f"{API}/groups/{group.pk}/{path}/?page_size=100").json()["results"]
        assert 0 < len(rows) == LISTS[path].objects.filter(group=group).count() < LISTS[path].objects.count()
