"""What the end of an account means for groups."""

from collections.abc import Callable
from typing import Any

import pytest

from groups.domain.roles import Role
from groups.models import AuditEntry, Group, Membership
from groups.services.grants import rebuild_all_grants
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, client_of
from users.models import User

Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def eva(db, wednesday) -> User:
    return UserFactory(username="eva")


@pytest.mark.parametrize(("method", "path"), [("delete", "users/me/"), ("post", "users/me/deletion/")])
def test_the_last_owner_of_a_group_stays(eva: User, ben: User, send: Send, method: str, path: str) -> None:
    group = GroupFactory(owner=eva)
    enter(group, ben, Role.ADMIN)
    assert send(eva, method, path, {"current_password": PASSWORD}) == (409, "last_owner")
    assert Membership.objects.filter(group=group).count() == 2
    assert send(eva, "patch", f"groups/{group.pk}/members/{ben.pk}/", {"role": "owner"})[0] == 200
    assert send(eva, method, path, {"current_password": PASSWORD})[0] == 204
    assert list(Membership.objects.values_list("user", "role")) == [(ben.pk, "owner")]
    assert AuditEntry.objects.latest("number").action == "left"
    assert list(rebuild_all_grants(repair=False)) == []


def test_staff_cannot_end_it_either(eva: User) -> None:
    GroupFactory(owner=eva)
    staff = client_of(UserFactory(is_staff=True))
    assert staff.delete(f"{API}/users/{eva.pk}/").json()["code"] == "last_owner"


def test_a_wrong_password_leaves_all_groups_as_they_are(eva: User, ben: User, group: Group, send: Send) -> None:
    enter(group, eva)
    assert send(eva, "delete", "users/me/", {"current_password": "wrong"}) == (400, "wrong_password")
    assert Membership.objects.filter(user=eva).exists()


def test_a_group_outlives_its_creator(eva: User, ben: User, send: Send) -> None:
    group = GroupFactory(owner=eva)
    enter(group, ben, Role.OWNER)
    assert send(eva, "delete", "users/me/", {"current_password": PASSWORD})[0] == 204
    assert send(ben, "get", f"groups/{group.pk}/")[1]["member_count"] == 1
    assert send(ben, "delete", f"groups/{group.pk}/")[0] == 204
