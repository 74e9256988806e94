"""Members, their roles and their removal."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import POWERS, ROLES, Power, Role, reaches
from groups.models import Ban, Group, JoinRequest, Membership
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import UserFactory
from tests.world import API, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]


def test_members_are_listed_with_nothing_but_their_name(ada: User, ben: User, group: Group, send: Send) -> None:
    enter(group, ben, Role.ADMIN)
    _, page = send(ben, "get", f"groups/{group.pk}/members/")
    assert page["results"] == [
        {"user": {"id": str(user.pk), "display_name": name}, "role": role, "joined_at": "2026-06-17T12:00:00Z"}
        for user, name, role in ((ada, "Ada", "owner"), (ben, "Ben", "admin"))
    ]
    found = send(ada, "get", f"groups/{group.pk}/members/?role=admin")[1]["results"]
    assert [row["user"]["display_name"] for row in found] == ["Ben"]
    assert send(ada, "get", f"groups/{group.pk}/members/?role=king")[0] == 400
    page = send(ada, "get", f"groups/{group.pk}/members/?page_size=1&ordering=-joined_at")[1]
    assert (page["count"], len(page["results"])) == (2, 1)


@pytest.mark.parametrize("new", ROLES)
@pytest.mark.parametrize("old", ROLES)
@pytest.mark.parametrize("own", [Role.OWNER, Role.ADMIN])
def test_nobody_changes_a_role_above_their_own_nor_gives_one(group: Group, send: Send, own: Role, old: Role, new: Role) -> None:
    actor, subject = UserFactory(), UserFactory()
    enter(group, actor, own)
    enter(group, subject, old)
    answer = send(actor, "patch", f"groups/{group.pk}/members/{subject.pk}/", {"role": new})
    if reaches(own, old, new):
        assert (answer[0], answer[1]["role"]) == (200, new)
    else:
        assert answer == (403, "role_above_own")
    assert Membership.objects.get(user=subject).role == (new if answer[0] == 200 else old)
    is_reached = reaches(own, Membership.objects.get(user=subject).role)
    path = f"groups/{group.pk}/members/{subject.pk}/"
    assert send(actor, "delete", f"{path}?ban=true")[0] == (204 if is_reached else 403)


def test_a_role_takes_effect_with_the_next_request(ada: User, ben: User, group: Group, send: Send) -> None:
    enter(group, ben)
    path = f"groups/{group.pk}/members/{ben.pk}/"
    for role in ("admin", "owner", "member"):
        assert send(ada, "patch", path, {"role": role})[0] == 200
        powers = POWERS[Role(role)]
        assert send(ben, "get", f"groups/{group.pk}/")[1]["my_permissions"] == list(powers)
        assert send(ben, "get", f"groups/{group.pk}/audit-log/")[0] == (200 if Power.MANAGE in powers else 403)


def test_ownership_is_handed_on(ada: User, ben: User, group: Group, send: Send) -> None:
    enter(group, ben)
    own, other = (f"groups/{group.pk}/members/{user.pk}/" for user in (ada, ben))
    assert send(ada, "patch", own, {"role": "member"}) == (409, "last_owner")
    assert send(ada, "delete", own) == (409, "last_owner")
    assert send(ada, "delete", f"{own}?ban=true") == (409, "last_owner")
    assert send(ada, "patch", other, {"role": "owner"})[0] == 200
    assert send(ada, "patch", own, {"role": "member"})[0] == 200
    assert send(ada, "patch", own, {"role": "owner"})[0] == 403
    assert send(ben, "patch", other, {"role": "admin"}) == (409, "last_owner")


def test_two_editors_of_a_role(client: APIClient, ben: User, group: Group) -> None:
    enter(group, ben)
    url = f"{API}/groups/{group.pk}/members/{ben.pk}/"
    tag = client.patch(url, {"role": "admin"})["ETag"]
    assert client.patch(url, {"role": "admin"}, headers={"if-match": tag})["ETag"] == tag
    assert client.patch(url, {"role": "member"}, headers={"if-match": tag}).status_code == 200
    assert client.delete(url, headers={"if-match": tag}).status_code == 412
    assert client.delete(f"{url}?ban=true", headers={"if-match": tag}).status_code == 412
    assert Membership.objects.filter(user=ben).exists()


def test_a_member_is_removed_once(ada: User, ben: User, group: Group, send: Send) -> None:
    enter(group, ben)
    path = f"groups/{group.pk}/members/{ben.pk}/"
    assert send(ada, "delete", path)[0] == 204
    for query in ("", "?ban=true"):
        assert send(ada, "delete", path + query) == (404, "not_found")
    assert client_of(ben).post(f"{API}/groups/{group.pk}/join/").status_code == 200


@pytest.mark.parametrize("body", [{}, {"role": None}, {"role": "king"}, {"role": "admin", "user": "ada"}])
def test_a_role_is_one_of_three_or_left_out(ada: User, ben: User, group: Group, send: Send, body: dict[str, Any]) -> None:
    enter(group, ben)
    status, _ = send(ada, "patch", f"groups/{group.pk}/members/{ben.pk}/", body)
    assert status == (200 if body in ({}, {"role": "admin", "user": "ada"}) else 400)


def test_a_role_is_changed_only_as_it_was_seen(client: APIClient, ben: User, group: Group) -> None:
    enter(group, ben)
    url = f"{API}/groups/{group.pk}/members/{ben.pk}/"
    seen = client.patch(url, {"role": "admin"})["ETag"]
    client.patch(url, {"role": "member"})
    assert client.patch(url, {"role": "owner"}, headers={"if-match": seen}).status_code == 412
    assert Membership.objects.get(user=ben).role == Role.MEMBER


@pytest.mark.parametrize("query", ["", "?ban=true"])
def test_whom_one_does_not_reach_one_does_not_remove(ada: User, ben: User, group: Group, send: Send, query: str) -> None:
    enter(group, ben, Role.OWNER)
    actor = UserFactory()
    enter(group, actor, Role.ADMIN)
    assert send(actor, "delete", f"groups/{group.pk}/members/{ben.pk}/{query}") == (403, "role_above_own")
    assert Membership.objects.filter(user=ben).exists()


# What somebody is in another group


@pytest.fixture
def elsewhere() -> Group:
    return GroupFactory(visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST)


def test_a_ban_does_not_reach_another_group(ada: User, ben: User, group: Group, elsewhere: Group, send: Send) -> None:
    for one in (group, elsewhere):
        enter(one, ben)
    assert send(ada, "delete", f"groups/{group.pk}/members/{ben.pk}/?ban=true")[0] == 204
    assert list(Membership.objects.filter(user=ben).values_list("group", flat=True)) == [elsewhere.pk]
    assert list(Ban.objects.values_list("group", flat=True)) == [group.pk]


def test_who_is_banned_elsewhere_can_be_banned_here(ada: User, ben: User, group: Group, elsewhere: Group, send: Send) -> None:
    Ban.objects.create(group=elsewhere, user=ben)
    enter(group, ben)
    assert send(ada, "delete", f"groups/{group.pk}/members/{ben.pk}/?ban=true")[0] == 204
    assert not Membership.objects.filter(user=ben).exists()
    assert Ban.objects.filter(group=group, user=ben).exists()


def test_who_is_only_elsewhere_cannot_be_banned_here(ada: User, ben: User, group: Group, elsewhere: Group, send: Send) -> None:
    path = f"groups/{group.pk}/members/{ben.pk}/?ban=true"
    assert send(ben, "post", f"groups/{elsewhere.pk}/join/")[0] == 202
    assert send(ada, "delete", path) == (404, "not_found")
    enter(elsewhere, ben)
    assert send(ada, "delete", path) == (404, "not_found")
    assert not Ban.objects.exists()


def test_a_request_elsewhere_outlives_a_ban(ada: User, ben: User, group: Group, elsewhere: Group, send: Send) -> None:
    send(ben, "post", f"groups/{elsewhere.pk}/join/")
    enter(group, ben)
    assert send(ada, "delete", f"groups/{group.pk}/members/{ben.pk}/?ban=true")[0] == 204
    assert JoinRequest.objects.filter(group=elsewhere, user=ben).exists()


def test_a_ban_elsewhere_outlives_the_lifting_of_one(ada: User, ben: User, group: Group, elsewhere: Group, send: Send) -> None:
    for one in (group, elsewhere):
        Ban.objects.create(group=one, user=ben)
    assert send(ada, "delete", f"groups/{group.pk}/bans/{ben.pk}/")[0] == 204
    assert list(Ban.objects.values_list("group", flat=True)) == [elsewhere.pk]
    assert send(ada, "delete", f"groups/{group.pk}/bans/{ben.pk}/") == (404, "not_found")
