"""Making, listing, changing and deleting groups."""

from typing import Any

import pytest
from django.contrib.auth.models import Group as UserGroup
from rest_framework.test import APIClient

from config.identifiers import new_id
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import AuditEntry, DeletedGroup, Group, GroupRoleGrant, JoinRequest, Membership, RoleHolders
from groups.services import seats
from groups.services.joining import join_group
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import UserFactory
from tests.world import API, client_of, stored
from users.models import User

GROUPS = f"{API}/groups/"


class TestCreation:
    def test_the_creator_is_its_owner(self, client: APIClient, ada: User) -> None:
        draft = {"name": " Early birds ", "description": "Up before\nthe sun", "visibility": "public", "join_policy": "open"}
        answer = client.post(GROUPS, draft | {"max_members": 7})
        document = answer.json()
        assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{GROUPS}{document['id']}/")
        assert document == draft | {
            "id": document["id"],
            "name": "Early birds",
            "max_members": 7,
            "my_role": "owner",
            "my_state": "member",
            "my_permissions": ["view", "change", "manage", "delete"],
            "member_count": 1,
            "created_at": "2026-06-17T12:00:00Z",
            "updated_at": "2026-06-17T12:00:00Z",
        }
        detail = client.get(answer["Location"])
        assert (detail.json(), detail["ETag"]) == (document, answer["ETag"])

    def test_it_is_private_and_by_invitation_unless_said_otherwise(self, client: APIClient) -> None:
        document = client.post(GROUPS, {"name": "Runners"}).json()
        assert (document["visibility"], document["join_policy"]) == ("private", "invite")
        assert (document["description"], document["max_members"]) == ("", None)

    @pytest.mark.parametrize(
        ("body", "attr", "code"),
        [
            ({}, "name", "required"),
            ({"name": ""}, "name", "blank"),
            ({"name": "a" * 121}, "name", "max_length"),
            ({"name": "a\nb"}, "name", "line_break"),
            ({"name": "a", "description": "a" * 2001}, "description", "max_length"),
            ({"name": "a", "visibility": "secret"}, "visibility", "invalid_choice"),
            ({"name": "a", "join_policy": "never"}, "join_policy", "invalid_choice"),
            ({"name": "a", "max_members": 0}, "max_members", "min_value"),
            ({"name": "a", "max_members": 1001}, "max_members", "max_value"),
            ({"name": "a", "owner": "ben"}, "owner", "unknown_field"),
        ],
    )
    def test_bad_input_is_refused(self, client: APIClient, body: dict[str, Any], attr: str, code: str) -> None:
        before = stored()
        answer = client.post(GROUPS, body)
        assert (answer.status_code, [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]]) == (
            400,
            [(attr, code)],
        )
        assert stored() == before

    def test_the_same_id_again_makes_no_second_group(self, client: APIClient) -> None:
        draft = {"id": str(new_id()), "name": "Runners"}
        assert [client.post(GROUPS, body).status_code for body in (draft, draft | {"name": "Other"})] == [201, 200]
        assert client.post(GROUPS, draft | {"name": "Other"}).json()["name"] == "Runners"
        assert (Group.objects.count(), Membership.objects.count(), AuditEntry.objects.count()) == (1, 1, 1)

    def test_an_id_of_somebody_elses_is_a_conflict_whoever_sees_the_group(self, client: APIClient, ada: User) -> None:
        for visibility in Visibility:
            group = GroupFactory(visibility=visibility)
            enter(group, ada)
            answer = client.post(GROUPS, {"id": str(group.pk), "name": "Runners"})
            assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")

    def test_an_id_of_a_deleted_group_is_its_creators_no_more(self, client: APIClient, ben: User) -> None:
        draft = {"id": str(new_id()), "name": "Runners"}
        client.post(GROUPS, draft)
        assert client.delete(f"{GROUPS}{draft['id']}/").status_code == 204
        assert client.post(GROUPS, draft).json()["code"] == "id_deleted"
        assert client_of(ben).post(GROUPS, draft).status_code == 201
        assert client.post(GROUPS, draft).json()["code"] == "id_conflict"

    def test_a_creator_who_has_left_gets_the_group_as_anybody(self, client: APIClient, ada: User, ben: User) -> None:
        draft = {"id": str(new_id()), "name": "Runners"}
        client.post(GROUPS, draft)
        enter(Group.objects.get(), ben, Role.OWNER)
        client.post(f"{GROUPS}{draft['id']}/leave/")
        assert client.post(GROUPS, draft).status_code == 404

    def test_there_is_a_limit(self, client: APIClient, ada: User, group: Group, monkeypatch) -> None:
        monkeypatch.setattr(seats, "MAX_GROUPS", 1)
        answer = client.post(GROUPS, {"name": "One too many"})
        assert (answer.status_code, answer.json()["code"]) == (409, "limit_reached")
        assert Group.objects.count() == 1


class TestLists:
    def test_own_groups_by_name_or_age(self, client: APIClient, ada: User) -> None:
        for name in ("übung", "Abend", "Zug"):
            GroupFactory(owner=ada, name=name)
        GroupFactory(name="Foreign", visibility=Visibility.PUBLIC)

        def names(query: str) -> list[str]:
            return [row["name"] for row in client.get(f"{GROUPS}?{query}").json()["results"]]

        assert names("") == names("ordering=name") == ["Abend", "Zug", "übung"]
        assert names("ordering=-created_at") == names("ordering=created_at") == ["übung", "Abend", "Zug"]  # of one instant
        assert names("search=%C3%9CBU") == names("name=%C3%9CB") == ["übung"]
        assert names("search=foreign") == []
        page = client.get(f"{GROUPS}?page_size=2").json()
        assert (page["count"], len(page["results"]), bool(page["next"])) == (3, 2, True)
        for query in ("ordering=member_count", "discover=maybe", "visibility=public"):
            assert client.get(f"{GROUPS}?{query}").status_code == 400

    def test_public_ones_are_discovered(self, client: APIClient, ada: User, ben: User, group: Group) -> None:
        other = GroupFactory(owner=ben, name="Runners", description="At dawn", visibility=Visibility.PUBLIC)
        GroupFactory(owner=ben, name="Hidden")
        found = client.get(f"{GROUPS}?discover=true").json()["results"]
        assert [(row["id"], row["my_state"], row["my_role"]) for row in found] == [
            (str(group.pk), "member", "owner"),
            (str(other.pk), "none", None),
        ]
        assert [row["name"] for row in client.get(f"{GROUPS}?discover=true&search=dawn").json()["results"]] == ["Runners"]
        assert client.get(f"{GROUPS}?discover=false").json()["count"] == 1

    def test_a_row_is_what_a_read_finds(self, client: APIClient, group: Group) -> None:
        (row,) = client.get(GROUPS).json()["results"]
        assert row == client.get(f"{GROUPS}{group.pk}/").json()


class TestChange:
    def test_put_replaces_and_patch_changes(self, client: APIClient, group: Group) -> None:
        url = f"{GROUPS}{group.pk}/"
        changed = client.patch(url, {"description": "At dawn", "max_members": 5})
        assert (changed.status_code, changed.json()["description"], changed.json()["name"]) == (200, "At dawn", "Early birds")
        replaced = client.put(url, {"name": "Late birds"}).json()
        assert (replaced["name"], replaced["description"], replaced["max_members"]) == ("Late birds", "", None)
        assert (replaced["visibility"], replaced["join_policy"]) == ("private", "invite")
        assert client.get(f"{GROUPS}?search=late").json()["count"] == 1

    def test_what_was_read_may_be_sent_back(self, client: APIClient, group: Group) -> None:
        url = f"{GROUPS}{group.pk}/"
        read = client.get(url)
        answer = client.put(url, read.json())
        assert (answer.status_code, answer.json(), answer["ETag"]) == (200, read.json(), read["ETag"])
        assert AuditEntry.objects.count() == 1

    def test_two_editors(self, client: APIClient, ada: User, ben: User, group: Group) -> None:
        url = f"{GROUPS}{group.pk}/"
        tag = client.get(url)["ETag"]
        join_group(actor=ben, group_id=group.pk)  # makes no editor stale
        assert client.patch(url, {"name": "First"}, headers={"if-match": tag}).status_code == 200
        assert client.patch(url, {"name": "Second"}, headers={"if-match": tag}).status_code == 412
        assert client.delete(url, headers={"if-match": tag}).status_code == 412
        assert Group.objects.get().name == "First"

    def test_fewer_seats_than_members_make_nobody_leave(self, client: APIClient, ben: User, group: Group) -> None:
        enter(group, ben)
        assert client.patch(f"{GROUPS}{group.pk}/", {"max_members": 1}).json()["member_count"] == 2

    def test_a_group_that_becomes_private_ends_its_requests(self, client: APIClient, ada: User, ben: User) -> None:
        group, other = (GroupFactory(owner=ada, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST) for _ in range(2))
        for asked in (group, other):
            join_group(actor=ben, group_id=asked.pk)
        client.patch(f"{GROUPS}{group.pk}/", {"name": "Still public"})
        assert JoinRequest.objects.count() == 2
        client.patch(f"{GROUPS}{group.pk}/", {"visibility": "private"})
        assert [request.group for request in JoinRequest.objects.all()] == [other]
        assert client_of(ben).get(f"{GROUPS}{group.pk}/").status_code == 404


def test_a_deleted_group_leaves_nothing_but_its_id(client: APIClient, ada: User, ben: User, group: Group) -> None:
    enter(group, ben)
    enter(group, UserFactory(), Role.ADMIN)
    assert (UserGroup.objects.count(), GroupRoleGrant.objects.count()) == (3, 8)
    assert client.delete(f"{GROUPS}{group.pk}/").status_code == 204
    for model in (Group, Membership, AuditEntry, RoleHolders, GroupRoleGrant, UserGroup, User.groups.through):
        assert not model.objects.exists(), model
    assert DeletedGroup.objects.get().group_id == group.pk
    assert client.get(f"{GROUPS}{group.pk}/").status_code == 404
