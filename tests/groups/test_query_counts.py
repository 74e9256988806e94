"""How many statements a request takes, and that neither more members nor more groups make it more.

Statements that control a transaction are not counted. Beside each count stand the statements.
"""

import pytest
from django.contrib.auth.models import Group as UserGroup
from rest_framework.test import APIClient

from groups.domain.joining import JoinPolicy, Visibility
from groups.models import AuditEntry, Ban, FeedEvent, Group, JoinRequest
from groups.services.cheers import cheer
from groups.services.habits import share_habit
from groups.services.invitations import create_invitation, token_of
from habits.models import Habit
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.habits.test_query_counts import statements
from tests.world import API, client_of, new_request
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

READS = {
    # the user of the token; groups, with how the user stands to them
    "groups/?page_size=100": 2,
    "groups/?discover=true&page_size=100": 2,
    # the group, decided by its grants and by whether the user is admitted
    "groups/{group}/": 1,
    # the group; its members, with their names
    "groups/{group}/members/?page_size=100": 2,
    "groups/{group}/bans/?page_size=100": 2,
    "groups/{group}/join-requests/?page_size=100": 2,
    "groups/{group}/invitations/?page_size=100": 2,
    "groups/{group}/audit-log/?page_size=100": 2,
    # the group; what it sees, with figures and owners
    "groups/{group}/habits/?page_size=100": 2,
    # the group; its members; the user, whose today it is; what they share; logs of the range
    "groups/{group}/progress/?page_size=100": 5,
    "groups/{group}/progress/?page_size=100&days=true&period=this_month": 5,
    # the group; its events, with people, habits and cheers
    "groups/{group}/feed/?page_size=100": 2,
    # the user; groups
    "groups/?habit={shared}": 2,
    # the user; the group, by its invitation
    "invitations/{token}/": 2,
}
ROLE = {"role": "admin"}
# One after the other; each finds what those before have left.
WRITES = [
    # the group's lock; the group; the group; the last entry; the entry
    ("PATCH", "groups/{group}/", {"max_members": None, "name": "Renamed"}, 5),
    # the group's lock; the group; the member; the member; the grants of the old role; the holders of the new one; its place; the
    # last entry; the entry
    ("PATCH", "groups/{group}/members/{member}/", ROLE, 9),
    ("PATCH", "groups/{group}/members/{member}/", ROLE, 3),
    # the group's lock; the group; the owner's lock; the habit; is it shared already; the member; how many the member shares; the
    # shared one; the holders of roles, and their grants; the event; what counts for the group's boards: the user, the scores, the
    # stats, the logs; the habit as it is shared
    ("POST", "groups/{group}/habits/", {"habit": "{own}"}, 23),
    ("POST", "groups/{group}/habits/", {"habit": "{own}"}, 6),
    # the group's lock; the group; the owner's lock; the event; the member; the cheer
    ("POST", "groups/{group}/feed/{event}/cheers/", None, 6),
    ("POST", "groups/{group}/feed/{event}/cheers/", None, 4),
    # … the event; the cheer
    ("DELETE", "groups/{group}/feed/{event}/cheers/", None, 5),
    # the group's lock; the group; the owner's lock; the shared one; the grants; its events; their cheers, it and they; what
    # counts for the boards
    ("DELETE", "groups/{group}/habits/{own}/", None, 16),
    # … whether the user manages the group; the last entry, the entry
    ("DELETE", "groups/{group}/habits/{shared}/", None, 19),
    # the group's lock; the group; the member; the member's invitations; at whose habits the member cheers; the owners' locks; the
    # grants on habits, and of the role; invitations to challenges, and those in which the member takes part; the shared ones,
    # their events and the member's own; cheers at those (2) and of the member, the shared ones, the events, the member; the last
    # entry; the entry; the scores, looked at and deleted
    ("DELETE", "groups/{group}/members/{member}/", None, 23),
    # the request; the user's lock; the group's lock; the group; the request; is there a ban, a seat, room for another group; the
    # request, which is approved; the member; the grants of another role; the holders; the place; the event; the last entry; the
    # entry; the member
    ("POST", "groups/{group}/join-requests/{request}/approve/", None, 17),
    # the user; the group's lock; the group; how many invitations there are; the invitation; the last entry; the entry
    ("POST", "groups/{group}/invitations/", {}, 7),
    # the user; the user's lock; the creator of the id; the deleted one; the group; for each of three roles a group of users, the
    # holders and the grants; is there a ban, a seat, room; requests; the member; the grants of another role; the holders; the
    # place; the event; the last entry; the entry; the group
    ("POST", "groups/", {"id": "01998f2e-7a31-7c4e-9d52-3f1b6d0c8e21", "name": "Runners"}, 26),
    ("POST", "groups/", {"id": "01998f2e-7a31-7c4e-9d52-3f1b6d0c8e21", "name": "Runners"}, 4),
]


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(password="!")


@pytest.fixture
def client(ada: User) -> APIClient:
    GroupFactory(owner=ada)  # the ids of permissions are read once in the life of a process
    client = client_of(ada)
    client.get(f"{API}/groups/")
    return client


@pytest.fixture(params=[2, 20])
def ids(request: pytest.FixtureRequest, ada: User) -> dict[str, object]:
    """Store so many groups, and in one so many members, bans and requests; return the ids of one of each."""
    found: dict[str, object] = {}
    shared: list[Habit] = []
    for _ in range(request.param):
        group = GroupFactory(owner=ada, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST)
    for _ in range(request.param):
        member, banned, asker = (UserFactory(password="!") for _ in range(3))
        enter(group, member)
        shared.append(HabitFactory(owner=member))
        share_habit(actor=member, group_id=group.pk, habit_id=shared[-1].pk)
        Ban.objects.create(group=group, user=banned, banned_by=ada)
        found = {"group": group.pk, "member": member.pk, "banned": banned.pk, "request": new_request(group, asker).pk}
        for subject in (banned, asker):
            number = AuditEntry.objects.filter(group=group).count() + 1
            AuditEntry.objects.create(group=group, number=number, action="banned", actor=ada, subject=subject)
    for event in FeedEvent.objects.filter(group=group):
        cheer(actor=member, group_id=group.pk, event_id=event.pk)
    found |= {"own": HabitFactory(owner=ada).pk, "shared": shared[0].pk, "event": event.pk}
    invitations = [create_invitation(actor=ada, group_id=group.pk)[0] for _ in range(request.param)]
    return found | {"token": token_of(invitations[0].pk)}


def test_reads(client: APIClient, ids: dict[str, object]) -> None:
    found = {path: len(statements(lambda path=path: client.get(f"{API}/{path.format(**ids)}"))) for path in READS}
    assert found == READS


def test_writes(client: APIClient, ids: dict[str, object]) -> None:
    for method, path, body, count in WRITES:
        sent = body and {name: ids["own"] if value == "{own}" else value for name, value in body.items()}
        found = statements(lambda: getattr(client, method.lower())(f"{API}/{path.format(**ids)}", sent))  # noqa: B023 - called at once
        assert len(found) == count, (method, path, [sql[:150] for sql in found])


def test_joining_and_leaving(client: APIClient, ids: dict[str, object]) -> None:
    Group.objects.update(join_policy=JoinPolicy.OPEN)
    guest = client_of(UserFactory(password="!"))
    counts = [len(statements(lambda path=path: guest.post(f"{API}/groups/{ids['group']}/{path}/"))) for path in ("join", "leave")]
    # The user; the user's lock; the group's lock; the group by a grant, and as a public one; is there a
    # ban, a seat, room for another group; requests; the member; the grants of another role; the
    # holders; the place; the event; the last entry; the entry; the group.
    # The user; the group's lock; the group; the member; invitations of theirs; at whose habits the member cheers; the owner's
    # lock; the grants on habits and of the role; invitations to challenges; the member's own; the shared ones; the events; cheers
    # at them and of the member; the events, the member; the last entry; the entry; the scores, looked at and deleted.
    assert counts == [17, 21]


def test_the_end_of_a_group_takes_as_many_statements_however_large_it_is(client: APIClient, ids: dict[str, object]) -> None:
    found = statements(lambda: client.delete(f"{API}/groups/{ids['group']}/"))
    assert len(found) == 39, [sql[:150] for sql in found]
    assert not JoinRequest.objects.filter(group=ids["group"]).exists()
    assert UserGroup.objects.count() == 3 * Group.objects.count()
