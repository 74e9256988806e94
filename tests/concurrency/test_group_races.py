"""Groups under concurrency: what holds with the group's lock, and breaks on PostgreSQL without it.

SQLite has one lock for all writers, so there is nothing to take out there.
"""

import time
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django_q.models import OrmQ

from config.identifiers import new_id
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import AuditEntry, Group, Invitation, JoinRequest, Membership
from groups.services import accounts as account_services
from groups.services import audit, joining, locking, seats
from groups.services import invitations as invitation_services
from groups.services import members as member_services
from groups.services.grants import rebuild_all_grants
from groups.services.invitations import create_invitation, token_of
from groups.services.members import ban_from_group
from tests.concurrency.conftest import A_MOMENT, Work, call, run_together, shows, slowly
from tests.factories.groups import GroupFactory, enter
from tests.factories.users import PASSWORD, UserFactory
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def wide_group_windows(monkeypatch):
    """Let time pass between what a service has checked and the end of its transaction."""
    for module in (seats, member_services):
        monkeypatch.setattr(module, "assign_role", slowly(module.assign_role, A_MOMENT))
    monkeypatch.setattr(seats, "withdraw_role", slowly(seats.withdraw_role, A_MOMENT))


@pytest.fixture
def without_group_lock(monkeypatch):
    """Look without locking, and number the entries of logs by one sequence, so that none is in another one's way."""
    sequence = count(1_000)

    def look(group_ids: Any) -> list[Group]:
        return list(Group.objects.filter(pk__in=list(group_ids)))

    for module in (locking, account_services, invitation_services):
        monkeypatch.setattr(module, "lock_groups", look)
    monkeypatch.setattr(audit, "_next_number", lambda group: next(sequence))


def statuses(works: list[Work]) -> list[Any]:
    """Return the status codes of answers, and the kinds of errors that would have been a 500, in order."""
    answers = run_together(works)
    return sorted((getattr(answer, "status_code", type(answer).__name__) for answer in answers), key=str)


def is_in_order(group: Group) -> bool:
    """Tell whether the grants say what the roles say, and the log has no gap."""
    numbers = AuditEntry.objects.filter(group=group).order_by("number").values_list("number", flat=True)
    return list(rebuild_all_grants(repair=False)) == [] and list(numbers) == list(range(1, len(numbers) + 1))


# The last seats


def join_for_the_last_seats(owner: User, joiners: int) -> tuple[list[Any], Group]:
    group = GroupFactory(owner=owner, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN, max_members=6)
    users = [UserFactory(password="!") for _ in range(joiners)]
    path = f"groups/{group.pk}/join/"
    return statuses([lambda user=user: call(user, "post", path) for user in users]), group


def test_of_many_who_join_for_the_last_five_seats_five_are_members(ada):
    # SQLite's writers wait by asking again and again: two hundred would wait for longer than one of them may.
    joiners = 200 if connection.vendor == "postgresql" else 40
    answers, group = join_for_the_last_seats(ada, joiners)
    assert answers == [200] * 5 + [409] * (joiners - 5)
    assert Membership.objects.filter(group=group).count() == 6
    assert is_in_order(group)


@pytest.mark.postgres
def test_without_the_lock_more_come_in_than_there_are_seats(ada, without_group_lock):
    def one_is_too_many() -> bool:
        _, group = join_for_the_last_seats(ada, 20)
        return Membership.objects.filter(group=group).count() > 6

    assert shows(one_is_too_many)


# The last owners


def leave_together(first: User, ways: tuple[str, str]) -> tuple[list[Any], int]:
    """Have two owners, the only ones, go at once; return the answers, and how many owners there are."""
    users = [first, UserFactory()]
    group = GroupFactory(owner=users[0])
    enter(group, users[1], Role.OWNER)
    works = {
        "leave": lambda user: call(user, "post", f"groups/{group.pk}/leave/"),
        "step down": lambda user: call(user, "patch", f"groups/{group.pk}/members/{user.pk}/", {"role": "member"}),
        "remove the other": lambda user: call(user, "delete", f"groups/{group.pk}/members/{users[user == users[0]].pk}/"),
        "delete the account": lambda user: call(user, "delete", "users/me/", {"current_password": PASSWORD}),
    }
    answers = statuses([lambda user=user, way=way: works[way](user) for user, way in zip(users, ways, strict=True)])
    return answers, Membership.objects.filter(group=group, role=Role.OWNER).count()


WAYS = [
    ("leave", "leave"),
    ("step down", "leave"),
    ("remove the other", "remove the other"),
    ("leave", "delete the account"),
]


@pytest.mark.parametrize("ways", WAYS, ids=" and ".join)
def test_of_two_last_owners_who_go_at_once_one_stays(ada, ways):
    for _ in range(3):
        answers, owners = leave_together(ada, ways)
        assert owners == 1
        # Who is removed by the other is no member any more.
        assert [answer // 100 for answer in answers] == [2, 4]


@pytest.mark.postgres
@pytest.mark.parametrize("ways", WAYS, ids=" and ".join)
def test_without_the_lock_nobody_is_left(ada, ways, without_group_lock):
    assert shows(lambda: leave_together(ada, ways)[1] == 0)


# Joining twice


def join_twice(user: User) -> list[Any]:
    group = GroupFactory(visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)
    return statuses([lambda: call(user, "post", f"groups/{group.pk}/join/")] * 4)


def test_who_joins_many_times_at_once_is_a_member_once(ada):
    assert join_twice(ada) == [200] * 4
    assert AuditEntry.objects.filter(action="joined").count() == 1


@pytest.fixture
def without_any_lock(monkeypatch, without_group_lock):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)


@pytest.mark.postgres
def test_without_the_lock_a_repeated_join_fails(ada, without_any_lock):
    assert shows(lambda: join_twice(ada) != [200] * 4)


# As many groups as there may be


def join_beyond_the_limit(user: User) -> int:
    groups = [GroupFactory(visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN) for _ in range(4)]
    works = [lambda group=group: call(user, "post", f"groups/{group.pk}/join/") for group in groups]
    run_together([*works, lambda: call(user, "post", "groups/", {"name": "Own"})])
    return Membership.objects.filter(user=user).count()


@pytest.fixture
def few_groups(monkeypatch):
    monkeypatch.setattr(seats, "MAX_GROUPS", 2)


def test_nobody_is_ever_in_one_group_too_many(ada, few_groups):
    assert join_beyond_the_limit(ada) == 2


@pytest.mark.postgres
def test_without_the_users_lock_somebody_is(ada, few_groups, without_any_lock):
    assert shows(lambda: join_beyond_the_limit(UserFactory(password="!")) > 2)


# A ban and somebody who comes in


def ban_and_approve(owner: User) -> bool:
    """Return whether somebody who asks, and is banned and approved at once, is a member and banned."""
    user = UserFactory(password="!")
    group = GroupFactory(owner=owner, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST)
    request = JoinRequest.objects.create(group=group, user=user)
    answers = statuses(
        [
            lambda: call(owner, "delete", f"groups/{group.pk}/members/{user.pk}/?ban=true"),
            lambda: call(owner, "post", f"groups/{group.pk}/join-requests/{request.pk}/approve/"),
        ]
    )
    assert set(answers) <= {200, 204, 403, 404, "IntegrityError", "DatabaseError"}
    return Membership.objects.filter(group=group, user=user).exists() and group.bans.filter(user=user).exists()


def test_who_is_banned_does_not_come_in_at_the_same_moment(ada):
    assert not any(ban_and_approve(ada) for _ in range(10))


@pytest.mark.postgres
def test_without_the_locks_who_is_banned_comes_in(ada, without_any_lock):
    assert shows(lambda: ban_and_approve(ada))


# Somebody who ends the account while others write about it


def write_about_somebody_who_goes(owner: User, write: str) -> list[Any]:
    user = UserFactory()
    group = GroupFactory(owner=owner, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.REQUEST)
    request = JoinRequest.objects.create(group=group, user=user)
    if write == "lift":
        ban_from_group(actor=owner, group_id=group.pk, user_id=user.pk)
    path = f"groups/{group.pk}/"
    works = {
        "approve": lambda: call(owner, "post", f"{path}join-requests/{request.pk}/approve/"),
        "decline": lambda: call(owner, "post", f"{path}join-requests/{request.pk}/decline/"),
        "ban": lambda: call(owner, "delete", f"{path}members/{user.pk}/?ban=true"),
        "lift": lambda: call(owner, "delete", f"{path}bans/{user.pk}/"),
    }
    return statuses([works[write], lambda: call(user, "delete", "users/me/", {"current_password": PASSWORD})])


@pytest.fixture
def slow_ends(monkeypatch):
    """Let time pass before the end of a transaction, when references are checked."""

    def record_slowly(*arguments: Any, **options: Any) -> None:
        audit.record(*arguments, **options)
        time.sleep(0.2)

    for module in (member_services, joining):
        monkeypatch.setattr(module, "record", record_slowly)


@pytest.mark.parametrize("write", ["approve", "decline", "ban", "lift"])
def test_who_goes_is_waited_for(ada, write, slow_ends):
    for _ in range(3):
        assert write_about_somebody_who_goes(ada, write) in ([200, 204], [204, 204], [204, 404])
        assert list(User.objects.all()) == [ada]


@pytest.mark.postgres
@pytest.mark.parametrize("write", ["decline", "ban", "lift"])
def test_without_the_lock_a_write_about_who_goes_fails(ada, write, slow_ends, monkeypatch):
    """They wait for each other, which PostgreSQL ends, or one refers to what the other has deleted."""
    monkeypatch.setattr(locking, "hold_user", lambda user_id: None)
    assert shows(lambda: not {503, "IntegrityError"}.isdisjoint(write_about_somebody_who_goes(ada, write)))


@pytest.mark.postgres
def test_without_any_lock_an_approval_of_who_goes_fails(ada, slow_ends, without_any_lock):
    """It is the group's lock that the account's end waits for here, and it finds the new membership then."""
    fine = ([200, 204], [204, 404])
    assert shows(lambda: write_about_somebody_who_goes(ada, "approve") not in fine)


# Invitations


def accept_together(owner: User, holders: int) -> tuple[list[Any], int, int]:
    """Have many accept an invitation for three; return the answers, the uses, and the members that came."""
    group = GroupFactory(owner=owner)
    invitation, _ = create_invitation(actor=owner, group_id=group.pk, max_uses=3)
    token = token_of(invitation.pk)
    users = [UserFactory(password="!") for _ in range(holders)]
    answers = statuses([lambda user=user: call(user, "post", f"invitations/{token}/accept/") for user in users])
    return answers, Invitation.objects.get(pk=invitation.pk).uses, Membership.objects.filter(group=group).count() - 1


def test_an_invitation_is_used_as_often_as_it_may_be(ada):
    assert accept_together(ada, 16) == ([200] * 3 + [404] * 13, 3, 3)


@pytest.mark.postgres
def test_without_the_lock_it_is_used_more_often(ada, without_group_lock):
    assert shows(lambda: accept_together(ada, 16)[2] > 3)


def accept_many_times(owner: User) -> tuple[list[Any], int]:
    user, group = UserFactory(password="!"), GroupFactory(owner=owner)
    invitation, _ = create_invitation(actor=owner, group_id=group.pk, max_uses=1)
    path = f"invitations/{token_of(invitation.pk)}/accept/"
    return statuses([lambda: call(user, "post", path)] * 4), Invitation.objects.get(pk=invitation.pk).uses


def test_who_accepts_many_times_at_once_uses_it_once(ada):
    assert accept_many_times(ada) == ([200] * 4, 1)


@pytest.mark.postgres
def test_without_the_locks_a_repeated_accept_fails(ada, without_any_lock):
    assert shows(lambda: accept_many_times(ada) != ([200] * 4, 1))


def test_an_invitation_that_is_sent_twice_is_made_and_mailed_once(ada):
    path, body = f"groups/{GroupFactory(owner=ada).pk}/invitations/", {"id": str(new_id()), "email": "eva@example.org"}
    assert statuses([lambda: call(ada, "post", path, body)] * 3) == [200, 200, 201]
    assert (Invitation.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_an_id_is_one_groups_alone(ada):
    """No lock is shared by two groups: the constraint decides."""
    paths = [f"groups/{GroupFactory(owner=ada).pk}/invitations/" for _ in range(2)]
    body = {"id": str(new_id())}
    assert statuses([lambda path=path: call(ada, "post", path, body) for path in paths]) == [201, 409]


# Ids that clients choose


def test_an_id_is_one_creators_alone(ada):
    """No lock is shared by two users: the constraint decides."""
    body = {"id": str(new_id()), "name": "Runners"}
    users = [ada, UserFactory(password="!")]
    assert statuses([lambda user=user: call(user, "post", "groups/", body) for user in users]) == [201, 409]
    assert statuses([lambda: call(UserFactory(password="!"), "post", "groups/", body)]) == [409]
    assert Group.objects.count() == 1


def test_a_group_that_is_sent_twice_is_made_once(ada):
    body = {"id": str(new_id()), "name": "Runners"}
    assert statuses([lambda: call(ada, "post", "groups/", body)] * 3) == [200, 200, 201]


# Everything at once


def test_whatever_happens_at_once_roles_grants_and_the_log_agree(ada):
    group = GroupFactory(owner=ada, visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)
    users = [UserFactory() for _ in range(4)]
    for user in users[:2]:
        enter(group, user, Role.ADMIN)
    path = f"groups/{group.pk}/"
    answers = statuses(
        [
            *[lambda user=user: call(user, "post", f"{path}join/") for user in users[2:]],
            lambda: call(ada, "patch", f"{path}members/{users[0].pk}/", {"role": "owner"}),
            lambda: call(users[1], "delete", f"{path}members/{users[0].pk}/?ban=true"),
            lambda: call(users[0], "patch", f"{path}members/{users[1].pk}/", {"role": "member"}),
            lambda: call(users[1], "post", f"{path}leave/"),
            lambda: call(users[3], "delete", "users/me/", {"current_password": PASSWORD}),
            lambda: call(ada, "patch", path, {"name": "Renamed"}),
        ]
    )
    assert set(answers) <= {200, 204, 401, 403, 404, 409}, answers
    assert is_in_order(group)
