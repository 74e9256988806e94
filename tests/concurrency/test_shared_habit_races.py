"""Shared habits, milestones and cheers under concurrency: what holds with the locks of groups and owners, and breaks without.

SQLite has one lock for all writers, so there is nothing to take out there.
"""

from itertools import count
from typing import Any

import pytest

from groups import receivers
from groups.domain.roles import Role
from groups.models import Cheer, FeedEvent, Group, SharedHabit
from groups.services import accounts as account_services
from groups.services import audit, cheers, locking, seats
from groups.services import groups as group_services
from groups.services import habits as habit_services
from groups.services.grants import rebuild_all_grants
from groups.services.habits import share_habit
from habits.models import Habit, HabitLog, Milestone
from habits.models.changes import ChangeCounterManager
from habits.services import logs as log_services
from tests.concurrency.conftest import LONGER, NO_TIME, Work, call, run_together, shows, slowly
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.users import PASSWORD, UserFactory
from tests.world import event_of
from users.models import User
from users.selectors import today_for
from users.services import accounts
from users.signals import account_ending

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


@pytest.fixture(autouse=True)
def wide_windows_of_groups(monkeypatch):
    """Let time pass between what a service has done and the end of its transaction."""
    for module, name in (
        (habit_services, "get_membership"),
        (habit_services, "tell_shared"),
        (habit_services, "withdraw_shared"),
        (seats, "withdraw_shared"),
        (cheers, "get_membership"),
        (group_services, "withdraw_all"),
        (receivers, "tell_milestone"),
    ):
        monkeypatch.setattr(module, name, slowly(getattr(module, name), NO_TIME, LONGER))


@pytest.fixture
def without_group_lock(monkeypatch):
    """Look without locking, and number the entries of logs by one sequence, so that none is in another one's way."""
    sequence = count(1_000)

    def look(group_ids: Any) -> list[Group]:
        return list(Group.objects.filter(pk__in=list(group_ids)))

    for module in (locking, account_services):
        monkeypatch.setattr(module, "lock_groups", look)
    monkeypatch.setattr(audit, "_next_number", lambda group: next(sequence))


@pytest.fixture
def without_owner_lock(monkeypatch):
    """Let groups write about habits without the lock under which their owners write."""
    take = ChangeCounterManager.take
    monkeypatch.setattr(locking, "lock_owners", lambda owner_ids: None)
    monkeypatch.setattr(ChangeCounterManager, "take", lambda self, owner, count=1: take(self, owner, count) if count else 0)


def statuses(works: list[Work]) -> list[Any]:
    """Return the status codes of answers, and the kinds of errors that would have been a 500."""
    return [getattr(answer, "status_code", type(answer).__name__) for answer in run_together(works)]


def fails(answers: list[Any]) -> bool:
    """Tell whether one of the answers would have been a 500: something refers to what is there no more, or is not found again."""
    return any(isinstance(answer, str) for answer in answers)


def is_in_order() -> bool:
    """Tell whether the grants say what is shared, and nobody shares what is not theirs to share."""
    shares = SharedHabit.objects.select_related("membership", "habit")
    return list(rebuild_all_grants(repair=False)) == [] and all(
        (shared.group_id, shared.habit.owner_id) == (shared.membership.group_id, shared.membership.user_id) for shared in shares
    )


def new_member(owner: User) -> tuple[Group, User, Habit]:
    """Return a group, a member who may end the account, and a habit of the member's."""
    group, user = GroupFactory(owner=owner), UserFactory()
    enter(group, user)
    return group, user, HabitFactory(owner=user)


def share(group: Group, habit: Habit) -> Work:
    return lambda: call(habit.owner, "post", f"groups/{group.pk}/habits/", {"habit": str(habit.pk)})


# The same habit, and as many as there may be


def share_twice(owner: User) -> list[Any]:
    group, _, habit = new_member(owner)
    return sorted(statuses([share(group, habit)] * 3), key=str)


def test_a_habit_that_is_shared_many_times_at_once_is_shared_once(ada):
    for _ in range(ROUNDS):
        assert share_twice(ada) == [200, 200, 201]
    assert FeedEvent.objects.filter(kind="shared").count() == SharedHabit.objects.count() == ROUNDS
    assert is_in_order()


@pytest.mark.postgres
def test_without_the_locks_a_repeated_share_fails(ada, without_group_lock, without_owner_lock):
    assert shows(lambda: share_twice(ada) != [200, 200, 201])


def share_beyond_the_limit(owner: User) -> int:
    group, user, habit = new_member(owner)
    run_together([share(group, one) for one in (habit, *(HabitFactory(owner=user) for _ in range(3)))])
    return SharedHabit.objects.filter(group=group).count()


def test_nobody_ever_shares_one_habit_too_many(ada, monkeypatch):
    monkeypatch.setattr(habit_services, "MAX_SHARED_HABITS", 2)
    assert [share_beyond_the_limit(ada) for _ in range(ROUNDS)] == [2] * ROUNDS


@pytest.mark.postgres
def test_without_the_locks_somebody_does(ada, monkeypatch, without_group_lock, without_owner_lock):
    monkeypatch.setattr(habit_services, "MAX_SHARED_HABITS", 2)
    assert shows(lambda: share_beyond_the_limit(ada) > 2)


# Sharing, and what ends meanwhile

ENDS = {
    "leave": lambda group, user, habit: call(user, "post", f"groups/{group.pk}/leave/"),
    "remove": lambda group, user, habit: call(group.creator, "delete", f"groups/{group.pk}/members/{user.pk}/"),
    "ban": lambda group, user, habit: call(group.creator, "delete", f"groups/{group.pk}/members/{user.pk}/?ban=true"),
    "account": lambda group, user, habit: call(user, "delete", "users/me/", {"current_password": PASSWORD}),
    "habit": lambda group, user, habit: call(user, "delete", f"habits/{habit.pk}/"),
    "group": lambda group, user, habit: call(group.creator, "delete", f"groups/{group.pk}/"),
}


def end(way: str, group: Group, user: User, habit: Habit) -> Work:
    return lambda: ENDS[way](group, user, habit)


def share_what_ends(owner: User, way: str) -> list[Any]:
    group, user, habit = new_member(owner)
    return statuses([share(group, habit), end(way, group, user, habit)])


@pytest.mark.parametrize("way", ENDS)
def test_what_ends_at_the_same_moment_is_not_shared(ada, way):
    for _ in range(ROUNDS):
        shared, ended = share_what_ends(ada, way)
        assert (shared in {201, 400, 401, 404}, ended) == (True, 204), shared
        assert not SharedHabit.objects.exists()
        assert is_in_order()


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["leave", "remove", "ban"])
def test_without_the_groups_lock_a_member_who_goes_shares(ada, way, without_group_lock, without_owner_lock):
    def goes_wrong() -> bool:
        return fails(share_what_ends(ada, way)) or not is_in_order() or SharedHabit.objects.exists()

    assert shows(goes_wrong)


@pytest.mark.postgres
def test_without_the_owners_lock_a_habit_that_goes_is_shared(ada, without_owner_lock):
    assert shows(lambda: fails(share_what_ends(ada, "habit")))


# A milestone, and what ends meanwhile


def reach_what_ends(owner: User, way: str) -> list[Any]:
    """Log the tenth day of a shared habit at the moment at which it is shared no more."""
    group, user, habit = new_member(owner)
    today = today_for(user)
    log_days(habit, days_until(today, 10)[:-1])
    share_habit(actor=user, group_id=group.pk, habit_id=habit.pk)
    ways = {**ENDS, "take out": lambda *_: call(owner, "delete", f"groups/{group.pk}/habits/{habit.pk}/")}
    return statuses([lambda: call(user, "post", f"habits/{habit.pk}/logs/", {}), lambda: ways[way](group, user, habit)])


LOGGED_ALL_THE_SAME = ["take out", "leave", "remove", "ban", "group"]


@pytest.mark.parametrize("way", LOGGED_ALL_THE_SAME)
def test_a_log_that_reaches_a_milestone_is_stored_whatever_becomes_of_the_group(ada, way):
    for round_ in range(1, ROUNDS + 1):
        assert reach_what_ends(ada, way) == [201, 204]
        assert Milestone.objects.filter(kind="completions").count() == round_
        assert not FeedEvent.objects.exclude(kind="joined").exists()
    assert is_in_order()


@pytest.mark.parametrize("way", ["account", "habit"])
def test_a_log_of_what_goes_is_stored_or_refused(ada, way):
    for _ in range(ROUNDS):
        logged, ended = reach_what_ends(ada, way)
        assert (logged in {201, 401, 404}, ended) == (True, 204)
        assert not HabitLog.objects.exists()
        assert not FeedEvent.objects.exclude(kind="joined").exists()


@pytest.mark.postgres
@pytest.mark.parametrize("way", LOGGED_ALL_THE_SAME)
def test_without_the_owners_lock_such_a_log_fails(ada, way, without_owner_lock, monkeypatch):
    monkeypatch.setattr(group_services, "lock_all_concerned", lambda group: None)
    monkeypatch.setattr(log_services, "statements_with", lambda changes: [])  # whoever ends waits for the group's scores too
    assert shows(lambda: fails(reach_what_ends(ada, way)))


# A cheer, and what ends meanwhile


def cheer_at_what_ends(owner: User, way: str) -> list[Any]:
    """Cheer at the moment at which the one who cheers, or what is cheered, goes."""
    group, user, habit = new_member(owner)
    share_habit(actor=user, group_id=group.pk, habit_id=habit.pk)
    fan = UserFactory()
    enter(group, fan, Role.ADMIN)
    event = event_of(group, habit)
    ways = {
        **ENDS,
        "take out": lambda *_: call(owner, "delete", f"groups/{group.pk}/habits/{habit.pk}/"),
        "fan leaves": lambda *_: call(fan, "post", f"groups/{group.pk}/leave/"),
        "fan's account": lambda *_: call(fan, "delete", "users/me/", {"current_password": PASSWORD}),
    }
    return statuses(
        [
            lambda: call(fan, "post", f"groups/{group.pk}/feed/{event.pk}/cheers/"),
            lambda: ways[way](group, user, habit),
        ]
    )


CHEERED_ENDS = [*ENDS, "take out", "fan leaves", "fan's account"]


@pytest.mark.parametrize("way", CHEERED_ENDS)
def test_a_cheer_at_what_goes_is_stored_or_refused(ada, way):
    for _ in range(ROUNDS):
        cheered, ended = cheer_at_what_ends(ada, way)
        assert (cheered in {201, 401, 404}, ended) == (True, 204), cheered
        assert not Cheer.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("way", ["take out", "leave", "fan leaves"])
def test_without_the_groups_lock_a_cheer_fails(ada, way, without_group_lock, without_owner_lock):
    assert shows(lambda: fails(cheer_at_what_ends(ada, way)))


@pytest.mark.postgres
def test_without_the_owners_lock_a_cheer_at_a_habit_that_goes_fails(ada, without_owner_lock):
    assert shows(lambda: fails(cheer_at_what_ends(ada, "habit")))


def test_who_cheers_many_times_at_once_cheers_once(ada):
    group, user, habit = new_member(ada)
    share_habit(actor=user, group_id=group.pk, habit_id=habit.pk)
    path = f"groups/{group.pk}/feed/{event_of(group, habit).pk}/cheers/"
    assert sorted(statuses([lambda: call(ada, "post", path)] * 4)) == [200, 200, 200, 201]
    assert Cheer.objects.count() == 1


# Waiting for each other in one order


def remove_who_goes(owner: User) -> list[Any]:
    """Have somebody who shares a habit removed from one group while the account ends."""
    group, user, habit = new_member(owner)
    share_habit(actor=user, group_id=group.pk, habit_id=habit.pk)
    return statuses([end("remove", group, user, habit), end("account", group, user, habit)])


@pytest.fixture
def slow_ends(monkeypatch):
    """Let time pass between the receivers of the end of an account, and before a group locks owners."""
    monkeypatch.setattr(ChangeCounterManager, "take", slowly(ChangeCounterManager.take, NO_TIME, LONGER))
    monkeypatch.setattr(locking, "lock_owners", slowly(locking.lock_owners, LONGER))


def test_the_end_of_an_account_and_a_removal_wait_in_one_order(ada, slow_ends):
    for _ in range(ROUNDS):
        removed, ended = remove_who_goes(ada)
        assert (removed in {204, 404}, ended) == (True, 204)


@pytest.mark.postgres
def test_were_owners_locked_before_groups_they_would_wait_for_each_other(ada, slow_ends, monkeypatch):
    class Reversed:
        def send(self, **arguments: Any) -> None:
            for _, listeners, *_ in reversed(account_ending.receivers):
                listeners()(signal=account_ending, **arguments)

    monkeypatch.setattr(accounts, "account_ending", Reversed())
    assert shows(lambda: 503 in remove_who_goes(ada))


# Everything at once


def test_whatever_happens_at_once_grants_and_feeds_agree(ada):
    group = GroupFactory(owner=ada)
    users = [UserFactory() for _ in range(4)]
    for user in users:
        enter(group, user, Role.ADMIN)
    habits = [HabitFactory(owner=user) for user in users]
    for user, habit in zip(users, habits, strict=True):
        log_days(habit, days_until(today_for(user), 10)[:-1])
        share_habit(actor=user, group_id=group.pk, habit_id=habit.pk)
    below = f"groups/{group.pk}/"
    events = [event_of(group, habit).pk for habit in habits]
    answers = statuses(
        [
            *[
                lambda user=user, event=event: call(user, "post", f"{below}feed/{event}/cheers/")
                for user in users
                for event in events
            ],
            *[
                lambda user=user, habit=habit: call(user, "post", f"habits/{habit.pk}/logs/", {})
                for user, habit in zip(users, habits, strict=True)
            ],
            lambda: call(users[0], "delete", f"habits/{habits[0].pk}/"),
            lambda: call(users[1], "post", f"{below}leave/"),
            lambda: call(users[2], "delete", "users/me/", {"current_password": PASSWORD}),
            lambda: call(ada, "delete", f"{below}habits/{habits[3].pk}/"),
            lambda: call(ada, "delete", f"{below}members/{users[1].pk}/"),
            share(group, habits[3]),
        ]
    )
    assert set(answers) <= {200, 201, 204, 401, 404}, answers
    assert is_in_order()
    assert set(FeedEvent.objects.filter(kind="joined").values_list("membership__user", flat=True)) == {
        ada.pk,
        users[0].pk,
        users[3].pk,
    }
