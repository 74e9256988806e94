"""Shares under concurrency: what holds with the locks of both sides, and breaks on PostgreSQL without them.

SQLite has one lock for all writers, so there is nothing to take out there.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from config.identifiers import new_id
from config.prepared import Statement
from groups.services import accounts as group_accounts
from habits.models import ChangeCounter, Habit, HabitLog, HabitUserGrant
from habits.models.changes import ChangeCounterManager
from habits.services import batches
from habits.services import locking as habit_locking
from sharing.models import Achievement, Share
from sharing.services import achievements as achievement_services
from sharing.services import locking
from sharing.services import shares as share_services
from sharing.services.grants import rebuild_all_grants
from tests.concurrency.conftest import A_MOMENT, Work, call, run_together, shows, slowly
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory, days_until
from tests.factories.sharing import new_achievement, offer, share_with
from tests.factories.users import PASSWORD, UserFactory
from users.models import User
from users.selectors import today_for
from users.services import accounts as account_services

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

GOES = {"current_password": PASSWORD}


@pytest.fixture(autouse=True)
def wide_share_windows(monkeypatch):
    """Let time pass between what a service has checked and the end of its transaction."""
    for name in ("project_share", "withdraw_share", "check_recipient", "_insert"):
        monkeypatch.setattr(share_services, name, slowly(getattr(share_services, name), A_MOMENT, A_MOMENT))


@pytest.fixture
def without_locks(monkeypatch):
    """Look without locking anybody."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda queryset, **_: queryset)
    monkeypatch.setattr(ChangeCounterManager, "take", lambda _, owner_id, count=1: 0)
    monkeypatch.setattr(ChangeCounterManager, "taking", lambda _, owner_id, count=1: Statement(connection.alias, "SELECT 1", []))


def statuses(works: list[Work]) -> list[Any]:
    """Return the status codes of answers, and the kinds of errors that would have been a 500, in order."""
    answers = run_together(works)
    return sorted((getattr(answer, "status_code", type(answer).__name__) for answer in answers), key=str)


def is_in_order() -> bool:
    """Tell whether the grants say what the shares say."""
    return list(rebuild_all_grants(repair=False)) == []


def accept(user: User, share: Share) -> Work:
    return lambda: call(user, "post", f"shares/{share.pk}/accept/")


def end(user: User, share: Share) -> Work:
    return lambda: call(user, "delete", f"shares/{share.pk}/")


def end_account(user: User) -> Work:
    return lambda: call(user, "delete", "users/me/", GOES)


# Accepting, while the owner thinks better of it


def accept_what_is_withdrawn(owner: User) -> list[Any]:
    user = UserFactory(password="!")
    share = offer(HabitFactory(owner=owner), user, "log")
    return statuses([accept(user, share), end(owner, share)])


def test_nothing_is_granted_without_a_share(ada):
    for _ in range(10):
        assert accept_what_is_withdrawn(ada) in ([200, 204], [204, 404])
    assert not Share.objects.exists()
    assert not HabitUserGrant.objects.exclude(user=ada).exists()


@pytest.mark.postgres
def test_without_the_locks_a_grant_outlives_its_share(ada, without_locks):
    assert shows(lambda: bool(accept_what_is_withdrawn(ada)) and not is_in_order())


def accept_while_it_is_narrowed(owner: User) -> list[Any]:
    user = UserFactory(password="!")
    share = offer(HabitFactory(owner=owner), user, "log")
    narrow = {"permission": "view"}
    return statuses([accept(user, share), lambda: call(owner, "patch", f"shares/{share.pk}/", narrow)])


def test_what_is_narrowed_meanwhile_is_narrow(ada):
    for _ in range(10):
        assert accept_while_it_is_narrowed(ada) == [200, 200]
    assert is_in_order()
    assert set(Share.objects.values_list("permission", "state")) == {("view", "accepted")}


@pytest.mark.postgres
def test_without_the_locks_one_of_two_changes_is_lost(ada, without_locks):
    def is_lost() -> bool:
        accept_while_it_is_narrowed(ada)
        return Share.objects.exclude(permission="view", state="accepted").exists() or not is_in_order()

    assert shows(is_lost)


# Two shares with one user


def share_twice(owner: User, permissions: tuple[str, str]) -> list[Any]:
    habit, user = HabitFactory(owner=owner), UserFactory(password="!")
    bodies = [{"user": user.username, "permission": permission} for permission in permissions]
    return statuses([lambda body=body: call(owner, "post", f"habits/{habit.pk}/shares/", body) for body in bodies])


def test_of_two_shares_with_a_user_there_is_one(ada):
    assert share_twice(ada, ("view", "view")) == [200, 201]
    assert share_twice(ada, ("view", "log")) == [201, 409]
    assert Share.objects.count() == 2


@pytest.mark.postgres
def test_without_the_locks_a_repeated_share_fails(ada, without_locks):
    assert shows(lambda: share_twice(ada, ("view", "view")) != [200, 201])


# As many as there may be


def share_beyond_the_limit(owner: User) -> int:
    habit = HabitFactory(owner=owner)
    users = [UserFactory(password="!") for _ in range(4)]
    bodies = [{"user": user.username, "permission": "view"} for user in users]
    run_together([lambda body=body: call(owner, "post", f"habits/{habit.pk}/shares/", body) for body in bodies])
    return Share.objects.filter(habit=habit).count()


def offer_beyond_the_limit(user: User) -> int:
    habits = [HabitFactory() for _ in range(4)]
    body = {"user": user.username, "permission": "view"}
    run_together([lambda habit=habit: call(habit.owner, "post", f"habits/{habit.pk}/shares/", body) for habit in habits])
    return Share.objects.filter(user=user).count()


@pytest.fixture
def few_shares(monkeypatch):
    monkeypatch.setattr(share_services, "MAX_SHARES_OF_HABIT", 2)
    monkeypatch.setattr(share_services, "MAX_PENDING_OF_USER", 2)


def test_no_limit_is_passed(ada, few_shares):
    assert (share_beyond_the_limit(ada), offer_beyond_the_limit(ada)) == (2, 2)


@pytest.mark.postgres
@pytest.mark.parametrize("share", [share_beyond_the_limit, offer_beyond_the_limit])
def test_without_the_locks_it_is(ada, few_shares, without_locks, share):
    assert shows(lambda: share(UserFactory(password="!")) > 2)


# Somebody who ends the account meanwhile


def share_with_somebody_who_goes(owner: User) -> list[Any]:
    habit, user = HabitFactory(owner=owner), UserFactory()
    body = {"user": user.username, "permission": "view"}
    return statuses([lambda: call(owner, "post", f"habits/{habit.pk}/shares/", body), end_account(user)])


def test_who_goes_is_waited_for(ada):
    for _ in range(10):
        assert share_with_somebody_who_goes(ada) in ([201, 204], [204, 400])
    assert not Share.objects.exists()


@pytest.mark.postgres
def test_without_the_lock_a_share_with_who_goes_fails(ada, monkeypatch):
    found = User.objects.filter
    monkeypatch.setattr(locking, "hold_user_named", lambda username: found(username=username).first())
    assert shows(lambda: not {"IntegrityError", 503}.isdisjoint(share_with_somebody_who_goes(ada)))


def accept_from_an_owner_who_goes() -> list[Any]:
    owner, user = UserFactory(), UserFactory(password="!")
    share = offer(HabitFactory(owner=owner), user, "log")
    return statuses([accept(user, share), end_account(owner)])


def accept_as_somebody_who_goes(owner: User) -> list[Any]:
    user = UserFactory()
    share = offer(HabitFactory(owner=owner), user, "log")
    return statuses([accept(user, share), end(owner, share), end_account(user)])


@pytest.fixture
def slow_answers(monkeypatch):
    """Have whoever accepts think longer about what was read than it takes to check a password."""
    store = share_services._store

    def store_late(share: Share) -> None:
        time.sleep(0.2)
        store(share)

    monkeypatch.setattr(share_services, "_store", store_late)


def test_the_end_of_either_account_leaves_nothing(ada, slow_answers):
    for _ in range(5):
        assert accept_from_an_owner_who_goes() in ([200, 204], [204, 404])
        answers = accept_as_somebody_who_goes(ada)
        assert 204 in answers
        assert set(answers) <= {200, 204, 401, 404}, answers
    assert is_in_order()
    assert not Share.objects.exists()
    assert not HabitUserGrant.objects.exclude(user=ada).exists()


@pytest.mark.postgres
def test_without_the_locks_the_owner_cannot_go(ada, slow_answers, without_locks):
    assert shows(lambda: accept_from_an_owner_who_goes() not in ([200, 204], [204, 404]))


def go_together(*, is_accepted: bool = False, are_members: bool = False) -> list[Any]:
    """Have two who share with each other end their accounts at once."""
    users = [UserFactory(), UserFactory()]
    for user in users if are_members else ():
        enter(GroupFactory(), user)
    for owner, user in (users, reversed(users)):
        for habit in reversed([HabitFactory(owner=owner) for _ in range(8)]):
            (share_with if is_accepted else offer)(habit, user)
            for _ in range(3):
                new_achievement(habit, user)
    return statuses([end_account(user) for user in users])


@pytest.mark.parametrize("are_members", [True, False])
@pytest.mark.parametrize("is_accepted", [True, False])
def test_two_who_share_with_each_other_go_at_once(transactional_db, is_accepted, are_members):
    for _ in range(3):
        assert go_together(is_accepted=is_accepted, are_members=are_members) == [204, 204]
    assert not any(model.objects.exists() for model in (Share, Achievement, Habit, HabitUserGrant))


@pytest.mark.postgres
def test_without_the_lock_of_what_they_share_one_of_them_fails(transactional_db, monkeypatch):
    monkeypatch.setattr(habit_locking, "_concerns", [])
    assert shows(lambda: go_together() != [204, 204])


@pytest.mark.postgres
def test_were_owners_not_locked_at_once_two_members_would_wait_for_each_other(transactional_db, monkeypatch):
    monkeypatch.setattr(group_accounts, "owners_concerned", lambda user_id: {user_id})
    assert shows(lambda: go_together(is_accepted=True, are_members=True) != [204, 204])


# Logs of somebody who ends the account


def go_while_the_owner_logs(owner: User, monkeypatch: pytest.MonkeyPatch, patience: float = 0.3) -> list[Any]:
    """Have a partner go whose logs the owner writes anew, in another order than that in which they lie.

    Both statements that write the logs start at the same moment, unless a lock has one of them wait; by then the owner has come
    to the first row, which is the partner's last.
    """
    meeting, check, store = Barrier(2), account_services.check_password, batches._store

    def meet(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        if sql.startswith(('INSERT INTO "habits_habitlog"', 'UPDATE "habits_habitlog" SET "logged_by_id"')):
            with suppress(BrokenBarrierError):  # the other one waits for this transaction
                meeting.wait(timeout=patience)
        return execute(sql, *arguments)

    def check_and_go(*arguments: Any) -> None:
        check(*arguments)
        connection.execute_wrappers.append(meet)

    def store_then(work: Any) -> None:
        HabitLog.objects.select_for_update().get(habit=habit, date=anew[0]["date"])
        with connection.execute_wrapper(meet):
            store(work)

    habit, user = HabitFactory(owner=owner), UserFactory()
    share_with(habit, user, "log")
    rows = [{"habit": str(habit.pk), "date": str(day)} for day in days_until(today_for(owner), 500)]
    assert call(user, "post", "logs/batch/", rows).status_code == 200
    anew = [row | {"status": "skipped"} for row in reversed(rows)]
    with monkeypatch.context() as patched:
        patched.setattr(account_services, "check_password", check_and_go)
        patched.setattr(batches, "_store", store_then)
        return statuses([lambda: call(owner, "post", "logs/batch/", anew), end_account(user)])


def test_who_goes_and_the_owner_who_logs_wait_for_each_other_in_one_order(ada, monkeypatch):
    for _ in range(3):
        assert go_while_the_owner_logs(ada, monkeypatch) == [200, 204]
    assert not HabitLog.objects.exclude(source="api", logged_by=None).exists()


@pytest.mark.postgres
def test_without_the_owners_lock_one_of_them_fails(ada, monkeypatch):
    for module in (habit_locking, group_accounts):
        monkeypatch.setattr(module, "owners_concerned", lambda user_id: {user_id})
    assert shows(lambda: go_while_the_owner_logs(ada, monkeypatch, patience=10) != [200, 204])


def log_for_an_owner_who_goes() -> list[Any]:
    """Have a partner log what can be logged while the owner goes."""
    owner, user = UserFactory(), UserFactory(password="!")
    habits = [HabitFactory(owner=owner), HabitFactory(owner=user)]
    share_with(habits[0], user, "log")
    rows = [{"habit": str(habit.pk), "date": str(today_for(owner))} for habit in habits]
    return statuses([lambda: call(user, "post", "logs/batch/?partial=true", rows), end_account(owner)])


@pytest.fixture
def late_batches(monkeypatch):
    """Let time pass after a batch has looked whose habits it names."""
    look = batches.mark_held

    def look_and_wait(*arguments: Any) -> Any:
        found = look(*arguments)
        values_list = found.values_list

        def values(*names: str) -> Any:
            rows = list(values_list(*names))
            time.sleep(0.05)
            return rows

        monkeypatch.setattr(found, "values_list", values)
        return found

    monkeypatch.setattr(batches, "mark_held", look_and_wait)


def test_a_batch_of_an_owner_who_goes_is_taken_in_part(transactional_db, late_batches):
    for _ in range(5):
        assert log_for_an_owner_who_goes() == [200, 204]


@pytest.mark.postgres
def test_without_the_lock_a_batch_would_count_who_has_gone(transactional_db, late_batches, monkeypatch):
    monkeypatch.setattr(batches, "lock_owners", set)
    assert shows(lambda: log_for_an_owner_who_goes() != [200, 204])


# A batch of a partner's, while the share ends


def log_while_the_share_ends(owner: User, monkeypatch: pytest.MonkeyPatch) -> tuple[int, bool]:
    """Have a share end between a batch's look at the grants and its lock; return its status, and whether it has logged."""
    habit, user = HabitFactory(owner=owner), UserFactory(password="!")
    share = share_with(habit, user, "log")
    has_looked, has_ended, lock = Event(), Event(), batches.lock_owners

    def lock_late(owner_ids: Any) -> Any:
        has_looked.set()
        has_ended.wait(timeout=30)
        return lock(owner_ids)

    def end_between() -> Any:
        has_looked.wait(timeout=30)
        answer = call(owner, "delete", f"shares/{share.pk}/")
        has_ended.set()
        return answer

    row = {"habit": str(habit.pk), "date": str(today_for(owner) - timedelta(days=1))}
    with monkeypatch.context() as patched:
        patched.setattr(batches, "lock_owners", lock_late)
        written, ended = run_together([lambda: call(user, "post", "logs/batch/", [row]), end_between])
    assert ended.status_code == 204
    return written.status_code, HabitLog.objects.filter(habit=habit).exists()


@pytest.mark.postgres
def test_a_batch_writes_nothing_once_the_share_has_ended(ada, monkeypatch):
    ChangeCounter.objects.take(ada.pk)
    assert log_while_the_share_ends(ada, monkeypatch) == (400, False)


@pytest.mark.postgres
def test_without_the_second_look_it_does(ada, monkeypatch):
    look = batches.holding
    monkeypatch.setattr(
        batches, "holding", lambda rows, user, codename: look(rows, user, codename) if codename == "view_habit" else rows
    )
    assert log_while_the_share_ends(ada, monkeypatch) == (200, True)


# Ids that clients choose


def test_an_id_is_one_owners_alone(ada):
    """No lock is shared by two owners: the constraint decides."""
    user = UserFactory(password="!")
    body = {"id": str(new_id()), "user": user.username, "permission": "view"}
    habits = [HabitFactory(owner=ada), HabitFactory()]
    works = [lambda habit=habit: call(habit.owner, "post", f"habits/{habit.pk}/shares/", body) for habit in habits]
    assert statuses(works) == [201, 409]
    assert statuses(works) == [200, 409]


def test_a_share_that_is_sent_many_times_is_made_once(ada):
    habit, user = HabitFactory(owner=ada), UserFactory(password="!")
    body = {"id": str(new_id()), "user": user.username, "permission": "view"}
    assert statuses([lambda: call(ada, "post", f"habits/{habit.pk}/shares/", body)] * 3) == [200, 200, 201]


def test_an_achievement_that_is_sent_many_times_is_told_once(ada):
    habits, user = [HabitFactory(owner=ada), HabitFactory()], UserFactory(password="!")
    for habit in habits:
        assert call(habit.owner, "post", f"habits/{habit.pk}/logs/").status_code == 201
    bodies = [{"id": str(new_id()), "habit": str(habit.pk), "user": user.username} for habit in habits]
    assert statuses([lambda: call(ada, "post", "achievements/", bodies[0])] * 3) == [200, 200, 201]
    bodies[0]["id"] = bodies[1]["id"] = str(new_id())
    works = [lambda pair=pair: call(pair[0].owner, "post", "achievements/", pair[1]) for pair in zip(habits, bodies, strict=True)]
    assert statuses(works) == [201, 409]


def test_of_two_who_delete_an_achievement_one_has(ada, monkeypatch):
    look = achievement_services.get_achievement

    def look_and_wait(*arguments: Any) -> Achievement:
        achievement = look(*arguments)
        time.sleep(0.05)  # on PostgreSQL both have seen it by now
        return achievement

    monkeypatch.setattr(achievement_services, "get_achievement", look_and_wait)
    for _ in range(5):
        user = UserFactory(password="!")
        path = f"achievements/{new_achievement(HabitFactory(owner=ada), user).pk}/"
        assert statuses([lambda path=path, who=who: call(who, "delete", path) for who in (ada, user)]) == [204, 404]


# Everything at once


def test_whatever_happens_at_once_shares_and_grants_agree(ada):
    habits, users = [HabitFactory(owner=ada) for _ in range(2)], [UserFactory() for _ in range(3)]
    shares = [offer(habit, user, "log") for habit in habits for user in users]
    body = {"user": users[0].username, "permission": "view"}
    answers = statuses(
        [
            *[lambda share=share: call(share.user, "post", f"shares/{share.pk}/accept/") for share in shares],
            lambda: call(ada, "patch", f"shares/{shares[0].pk}/", {"permission": "view"}),
            lambda: call(ada, "delete", f"shares/{shares[1].pk}/"),
            lambda: call(users[1], "delete", f"shares/{shares[1].pk}/"),
            lambda: call(ada, "post", f"habits/{habits[0].pk}/shares/", body),
            lambda: call(ada, "delete", f"habits/{habits[1].pk}/"),
            end_account(users[2]),
        ]
    )
    assert set(answers) <= {200, 201, 204, 401, 404, 409}, answers
    assert is_in_order()
