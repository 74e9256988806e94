"""Joining, leaving, asking to join, and what admins decide about it."""

from collections.abc import Callable
from typing import Any

import pytest

from config.identifiers import new_id
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import AuditEntry, Group, JoinRequest, Membership
from groups.services import joining, seats
from groups.services.members import ban_from_group
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import UserFactory
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def asked(ada: User, ben: User, send: Send) -> Group:
    """Return a group that is joined by request, which Ben has asked to join."""
    group = GroupFactory(owner=ada, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST)
    status, document = send(ben, "post", f"groups/{group.pk}/join/")
    assert (status, document["my_state"], document["my_role"], document["member_count"]) == (202, "pending", None, 1)
    return group


class TestOpenGroups:
    def test_who_joins_is_a_member_at_once_and_once(self, ben: User, group: Group, send: Send) -> None:
        for _ in range(2):
            status, document = send(ben, "post", f"groups/{group.pk}/join/")
            assert (status, document["my_state"], document["my_role"]) == (200, "member", "member")
            assert (document["my_permissions"], document["member_count"]) == (["view"], 2)
        assert AuditEntry.objects.filter(action="joined").count() == 1

    def test_the_last_seat(self, ben: User, group: Group, send: Send) -> None:
        Group.objects.update(max_members=2)
        assert send(ben, "post", f"groups/{group.pk}/join/")[0] == 200
        assert send(UserFactory(), "post", f"groups/{group.pk}/join/") == (409, "group_full")
        assert send(ben, "post", f"groups/{group.pk}/join/")[0] == 200

    def test_nobody_is_in_too_many_groups(self, ben: User, group: Group, send: Send, monkeypatch) -> None:
        enter(GroupFactory(), ben)
        monkeypatch.setattr(seats, "MAX_GROUPS", 1)
        assert send(ben, "post", f"groups/{group.pk}/join/") == (409, "limit_reached")
        assert send(UserFactory(), "post", f"groups/{group.pk}/join/")[0] == 200  # where others are does not matter

    def test_a_member_of_a_private_one_need_not_join(self, ada: User, ben: User, send: Send) -> None:
        group = GroupFactory(owner=ada, join_policy=JoinPolicy.OPEN)
        assert send(ben, "post", f"groups/{group.pk}/join/") == (404, "not_found")
        assert send(ada, "post", f"groups/{group.pk}/join/")[0] == 200


def test_some_groups_take_an_invitation(ada: User, ben: User, send: Send) -> None:
    group = GroupFactory(owner=ada, visibility=Visibility.PUBLIC)
    assert send(ben, "post", f"groups/{group.pk}/join/") == (403, "invitation_required")
    assert send(ada, "post", f"groups/{group.pk}/join/")[0] == 200


class TestRequests:
    def test_asking_again_changes_nothing(self, ada: User, ben: User, asked: Group, send: Send) -> None:
        _, first = send(ada, "get", f"groups/{asked.pk}/join-requests/")
        assert send(ben, "post", f"groups/{asked.pk}/join/")[0] == 202
        assert send(ada, "get", f"groups/{asked.pk}/join-requests/")[1] == first
        (row,) = first["results"]
        assert row == {
            "id": str(JoinRequest.objects.get().pk),
            "user": {"id": str(ben.pk), "display_name": "Ben"},
            "created_at": "2026-06-17T12:00:00Z",
        }

    def test_an_approval_may_be_sent_twice(self, ada: User, ben: User, asked: Group, send: Send) -> None:
        path = f"groups/{asked.pk}/join-requests/{JoinRequest.objects.get().pk}/"
        answers = [send(ada, "post", f"{path}approve/") for _ in range(2)]
        assert answers[0] == answers[1]
        assert (answers[0][0], answers[0][1]["role"], answers[0][1]["user"]["display_name"]) == (200, "member", "Ben")
        assert send(ada, "post", f"{path}decline/") == (409, "request_decided")
        assert send(ada, "get", f"groups/{asked.pk}/join-requests/")[1]["count"] == 0
        assert send(ben, "get", f"groups/{asked.pk}/")[1]["my_state"] == "member"
        assert AuditEntry.objects.filter(action="request_approved", actor=ada, subject=ben).count() == 1
        assert send(ben, "post", f"groups/{asked.pk}/leave/")[0] == 204
        assert send(ada, "post", f"{path}approve/") == (404, "not_found")

    def test_who_is_declined_may_ask_again(self, ada: User, ben: User, asked: Group, send: Send) -> None:
        path = f"groups/{asked.pk}/join-requests/{JoinRequest.objects.get().pk}/"
        assert [send(ada, "post", f"{path}decline/")[0] for _ in range(2)] == [204, 204]
        assert send(ada, "post", f"{path}approve/") == (409, "request_decided")
        assert send(ben, "get", f"groups/{asked.pk}/")[1]["my_state"] == "none"
        assert send(ben, "post", f"groups/{asked.pk}/join/")[0] == 202
        assert send(ada, "post", f"{path}decline/") == (404, "not_found")
        assert AuditEntry.objects.filter(action="request_declined").count() == 1

    def test_a_request_that_was_declined_stays_so_when_its_user_comes_in_otherwise(
        self, ada: User, ben: User, asked: Group, send: Send
    ) -> None:
        path = f"groups/{asked.pk}/join-requests/{JoinRequest.objects.get().pk}/"
        assert send(ada, "post", f"{path}decline/")[0] == 204
        enter(asked, ben)
        assert send(ada, "post", f"{path}approve/") == (409, "request_decided")

    def test_a_request_is_taken_back_by_leaving(self, ada: User, ben: User, asked: Group, send: Send) -> None:
        assert [send(ben, "post", f"groups/{asked.pk}/leave/")[0] for _ in range(2)] == [204, 204]
        assert send(ben, "get", f"groups/{asked.pk}/")[1]["my_state"] == "none"
        assert not JoinRequest.objects.exists()

    def test_an_approval_keeps_to_the_seats_and_the_limit(
        self, ada: User, ben: User, asked: Group, send: Send, monkeypatch
    ) -> None:
        path = f"groups/{asked.pk}/join-requests/{JoinRequest.objects.get().pk}/approve/"
        Group.objects.update(max_members=1)
        assert send(ada, "post", path) == (409, "group_full")
        Group.objects.update(max_members=2)
        enter(GroupFactory(), ben)
        monkeypatch.setattr(seats, "MAX_GROUPS", 1)
        assert send(ada, "post", path) == (409, "limit_reached")
        monkeypatch.undo()
        assert send(ada, "post", path)[0] == 200

    def test_a_group_that_opens_takes_those_who_asked(self, ada: User, ben: User, asked: Group, send: Send) -> None:
        assert send(ada, "patch", f"groups/{asked.pk}/", {"join_policy": "open"})[0] == 200
        assert send(ben, "post", f"groups/{asked.pk}/join/")[1]["my_state"] == "member"
        assert send(ada, "get", f"groups/{asked.pk}/join-requests/")[1]["count"] == 0

    def test_a_request_is_found_below_its_own_group_alone(self, ada: User, asked: Group, group: Group, send: Send) -> None:
        for key in (JoinRequest.objects.get().pk, new_id()):
            for decision in ("approve", "decline"):
                assert send(ada, "post", f"groups/{group.pk}/join-requests/{key}/{decision}/") == (404, "not_found")

    def test_there_is_a_limit(self, ben: User, asked: Group, send: Send, monkeypatch) -> None:
        monkeypatch.setattr(joining, "MAX_OPEN_REQUESTS", 1)
        other = GroupFactory(visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST)
        assert send(ben, "post", f"groups/{other.pk}/join/") == (409, "limit_reached")
        assert send(ben, "post", f"groups/{asked.pk}/join/")[0] == 202
        assert send(UserFactory(password="!"), "post", f"groups/{other.pk}/join/")[0] == 202  # for each user


class TestLeaving:
    def test_it_ends_everything_at_once(self, ben: User, group: Group, send: Send) -> None:
        enter(group, ben)
        Group.objects.update(visibility=Visibility.PRIVATE)
        assert send(ben, "get", f"groups/{group.pk}/members/")[0] == 200
        assert send(ben, "post", f"groups/{group.pk}/leave/")[0] == 204
        for path in ("", "members/"):
            assert send(ben, "get", f"groups/{group.pk}/{path}") == (404, "not_found")
        assert send(ben, "get", "groups/")[1]["count"] == 0

    def test_the_last_owner_cannot(self, ada: User, ben: User, group: Group, send: Send) -> None:
        enter(group, ben, Role.ADMIN)
        assert send(ada, "post", f"groups/{group.pk}/leave/") == (409, "last_owner")
        assert send(ada, "patch", f"groups/{group.pk}/members/{ben.pk}/", {"role": "owner"})[0] == 200
        assert send(ada, "post", f"groups/{group.pk}/leave/")[0] == 204
        assert send(ben, "post", f"groups/{group.pk}/leave/") == (409, "last_owner")

    def test_an_owner_who_is_not_admitted_any_more_counts_for_nothing(
        self, ada: User, ben: User, group: Group, send: Send
    ) -> None:
        enter(group, ben, Role.OWNER)
        User.objects.filter(pk=ben.pk).update(is_active=False)
        assert send(ada, "post", f"groups/{group.pk}/leave/") == (409, "last_owner")


class TestBans:
    @pytest.mark.parametrize("policy", JoinPolicy)
    def test_who_is_banned_does_not_join_in_any_way(
        self, ada: User, ben: User, group: Group, send: Send, policy: JoinPolicy
    ) -> None:
        enter(group, ben)
        Group.objects.update(join_policy=policy)
        ban_from_group(actor=ada, group_id=group.pk, user_id=ben.pk)
        assert send(ben, "post", f"groups/{group.pk}/join/") == (403, "banned")
        assert send(ben, "get", f"groups/{group.pk}/")[1]["my_state"] == "banned"
        assert not Membership.objects.filter(user=ben).exists()

    def test_who_asks_may_be_banned_too(self, ada: User, ben: User, asked: Group, send: Send) -> None:
        request_id = JoinRequest.objects.get().pk
        path = f"groups/{asked.pk}/members/{ben.pk}/?ban=true"
        assert [send(ada, "delete", path)[0] for _ in range(2)] == [204, 204]
        assert send(ada, "post", f"groups/{asked.pk}/join-requests/{request_id}/approve/") == (404, "not_found")
        assert AuditEntry.objects.filter(action="banned").count() == 1

    def test_a_lifted_ban_lets_come_back(self, ada: User, ben: User, group: Group, send: Send) -> None:
        enter(group, ben)
        assert send(ada, "delete", f"groups/{group.pk}/members/{ben.pk}/?ban=true")[0] == 204
        (row,) = send(ada, "get", f"groups/{group.pk}/bans/")[1]["results"]
        assert row == {
            "user": {"id": str(ben.pk), "display_name": "Ben"},
            "banned_by": {"id": str(ada.pk), "display_name": "Ada"},
            "banned_at": "2026-06-17T12:00:00Z",
        }
        assert send(ada, "delete", f"groups/{group.pk}/bans/{ben.pk}/")[0] == 204
        assert send(ada, "delete", f"groups/{group.pk}/bans/{ben.pk}/") == (404, "not_found")
        assert send(ben, "get", f"groups/{group.pk}/")[1]["my_state"] == "none"
        assert send(ben, "post", f"groups/{group.pk}/join/")[0] == 200
