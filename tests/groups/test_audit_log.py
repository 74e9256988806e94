"""The audit log: every change of power is in it, and nothing in it is changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from groups.domain.audit import ACTIONS
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import AuditEntry, Group, JoinRequest
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.world import API, client_of, stored
from users.models import User
from users.services.accounts import delete_account

Send = Callable[..., tuple[int, Any]]


def entries(client: APIClient, group: Group) -> list[dict[str, Any]]:
    """Return all entries, the first one first, read page by page."""
    url, found = f"{API}/groups/{group.pk}/audit-log/?page_size=2", []
    while url:
        page = client.get(url).json()
        found += page["results"]
        url = page["next"]
    return found[::-1]


def test_every_change_of_power_is_told(client: APIClient, ada: User, ben: User, send: Send) -> None:
    group = GroupFactory(owner=ada, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)
    path = f"groups/{group.pk}/"
    member = f"{path}members/{ben.pk}/"
    send(ben, "post", f"{path}join/")
    send(ada, "patch", member, {"role": "admin"})
    send(ada, "delete", member)
    send(ada, "patch", path, {"join_policy": "request", "max_members": 9, "name": group.name})
    for decision in ("decline", "approve"):
        send(ben, "post", f"{path}join/")
        send(ada, "post", f"{path}join-requests/{JoinRequest.objects.get(state='pending').pk}/{decision}/")
    send(ben, "post", f"{path}leave/")
    send(ben, "post", f"{path}join/")
    send(ada, "delete", f"{member}?ban=true")
    send(ada, "delete", f"{path}bans/{ben.pk}/")
    invitations = [send(ada, "post", f"{path}invitations/", {})[1] for _ in range(2)]
    send(ben, "post", f"invitations/{invitations[0]['token']}/accept/")
    send(ada, "delete", f"{path}invitations/{invitations[1]['id']}/")
    shared = [HabitFactory(owner=ben).pk for _ in range(2)]
    for habit in shared:
        send(ben, "post", f"{path}habits/", {"habit": habit})
    send(ada, "delete", f"{path}habits/{shared[0]}/")
    send(ben, "delete", f"{path}habits/{shared[1]}/")
    found = entries(client, group)
    names = {str(ada.pk): "ada", str(ben.pk): "ben"}
    told = [
        (
            row["action"],
            *(row[person] and names[row[person]["id"]] for person in ("actor", "subject")),
            row["old_role"],
            row["new_role"],
            row["changed"],
        )
        for row in found
    ]
    assert told == [
        ("created", "ada", None, None, None, []),
        ("joined", "ben", None, None, None, []),
        ("role_changed", "ada", "ben", "member", "admin", []),
        ("removed", "ada", "ben", "admin", None, []),
        ("changed", "ada", None, None, None, ["join_policy", "max_members"]),
        ("request_declined", "ada", "ben", None, None, []),
        ("request_approved", "ada", "ben", None, None, []),
        ("left", "ben", None, "member", None, []),
        ("banned", "ada", "ben", None, None, []),
        ("unbanned", "ada", "ben", None, None, []),
        ("invited", "ada", None, None, None, []),
        ("invited", "ada", None, None, None, []),
        ("invitation_accepted", "ben", None, None, None, []),
        ("invitation_ended", "ada", None, None, None, []),
        ("habit_removed", "ada", "ben", None, None, []),
    ]
    assert [row["number"] for row in found] == list(range(1, len(found) + 1))
    assert {row["action"] for row in found} == set(ACTIONS)


def test_what_is_refused_is_not_told(ada: User, ben: User, group: Group, send: Send) -> None:
    enter(group, ben, Role.ADMIN)
    before = stored()
    refusals = [
        send(ben, "patch", f"groups/{group.pk}/members/{ada.pk}/", {"role": "member"}),
        send(ben, "delete", f"groups/{group.pk}/members/{ada.pk}/?ban=true"),
        send(ada, "post", f"groups/{group.pk}/leave/"),
        send(ben, "delete", f"groups/{group.pk}/"),
    ]
    assert [status for status, _ in refusals] == [403, 403, 409, 403]
    after = stored()
    assert {name: rows for name, rows in after.items() if name != "Session"} == {
        name: rows for name, rows in before.items() if name != "Session"
    }


def test_an_entry_is_never_changed_or_deleted(group: Group) -> None:
    entry = AuditEntry.objects.get()
    entries = AuditEntry.objects.all()
    ways: list[Callable[[], Any]] = [
        entry.save,
        entry.delete,
        entries.delete,
        lambda: entries.update(action="left"),
        lambda: entries.bulk_update([entry], ["action"]),
        lambda: entries.update_or_create(pk=entry.pk, defaults={"action": "left"}),
        lambda: entries.bulk_create([entry], update_conflicts=True, unique_fields=["id"], update_fields=["action"]),
        lambda: group.audit_entries.all().delete(),
        lambda: group.audit_entries.update(action="left"),
    ]
    for way in ways:
        entry.action = "left"
        with pytest.raises(TypeError, match="stays as it was written"), transaction.atomic():
            way()
    assert AuditEntry.objects.get().action == "created"


def test_an_account_that_ends_leaves_no_name_in_it(client: APIClient, ada: User, ben: User, group: Group, send: Send) -> None:
    enter(group, ben, Role.ADMIN)
    carl = UserFactory()
    enter(group, carl)
    send(ben, "delete", f"groups/{group.pk}/members/{carl.pk}/")
    ben.set_password(PASSWORD)
    ben.save()
    delete_account(user_id=ben.pk, current_password=PASSWORD)
    carl.delete()
    found = entries(client, group)
    assert [(row["action"], row["actor"], row["subject"]) for row in found[1:]] == [("removed", None, None), ("left", None, None)]


def test_a_cursor_of_another_list_is_refused(client: APIClient, group: Group) -> None:
    for cursor in ("bjE", "n", "bjk5OTk5OTk5OTk5OTk5OTk5OTk", "bi0x", "bl8x"):
        answer = client.get(f"{API}/groups/{group.pk}/audit-log/?cursor={cursor}")
        assert answer.status_code == (200 if cursor == "bjE" else 400)


def test_an_error_leaves_neither_the_change_nor_the_entry(ada: User, ben: User, group: Group, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("groups.services.joining.record", fail)
    before = stored()["Membership"]
    with pytest.raises(RuntimeError):
        client_of(ben).post(f"{API}/groups/{group.pk}/join/")
    assert stored()["Membership"] == before
