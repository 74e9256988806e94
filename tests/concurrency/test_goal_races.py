"""Goals under concurrency: what holds with the owner's lock, and breaks on PostgreSQL without it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from config.identifiers import new_id
from habits.models import Goal
from habits.services import goals as goal_services
from habits.services.stats import recount
from habits.signals import goal_reached
from tests.concurrency.conftest import call, run_together, shows
from tests.factories.habits import HabitFactory, days_until, log_days, new_goal
from users.models import User
from users.selectors import today_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

DRAFT = {"kind": "completions", "title": "Once", "target": 1}


@pytest.fixture
def told() -> Iterator[list[Any]]:
    """The goals of which listeners were told, by transactions that were committed too."""
    heard: list[Any] = []

    def hear(goal: Goal, **_: Any) -> None:
        transaction.on_commit(lambda: heard.append(goal.pk))

    goal_reached.connect(hear)
    yield heard
    goal_reached.disconnect(hear)


def days_of(user: User, count: int) -> list[date]:
    return days_until(today_for(user), count)


# Two logs that reach a goal


def log_two_days(user: User, told: list[Any]) -> tuple[list[int], int, int]:
    """Return the statuses of two logs at once that reach a goal, how often it was told, and what it has counted."""
    habit = HabitFactory(owner=user)
    days = days_of(user, 2)
    goal = new_goal(habit, 1)
    told.clear()
    paths = [f"habits/{habit.pk}/logs/{day}/" for day in days]
    answers = run_together([lambda path=path: call(user, "put", path, {}) for path in paths])
    statuses = [getattr(answer, "status_code", 0) for answer in answers]
    return statuses, told.count(goal.pk), Goal.objects.get(pk=goal.pk).value_milli


def test_a_goal_that_two_logs_reach_at_once_is_told_once(ada, told):
    for _ in range(3):
        assert log_two_days(ada, told) == ([201, 201], 1, 2_000)
    assert list(recount(repair=False)) == []


@pytest.mark.postgres
def test_without_the_lock_it_is_told_twice_or_counts_one_log(ada, told, without_lock):
    assert shows(lambda: log_two_days(ada, told)[1:] != (1, 2_000))


# A goal that is set while a day is logged


def set_a_goal_and_log(user: User) -> bool:
    """Return whether the goal counts the log that was made at the same moment."""
    habit = HabitFactory(owner=user)
    (today,) = days_of(user, 1)
    works = [
        lambda: call(user, "post", f"habits/{habit.pk}/goals/", DRAFT),
        lambda: call(user, "put", f"habits/{habit.pk}/logs/{today}/", {}),
    ]
    assert [answer.status_code for answer in run_together(works)] == [201, 201]
    return Goal.objects.get(habit=habit).value_milli == 1_000


def test_a_goal_counts_what_is_logged_while_it_is_set(ada):
    assert all(set_a_goal_and_log(ada) for _ in range(5))


@pytest.mark.postgres
def test_without_the_lock_a_goal_misses_what_is_logged_while_it_is_set(ada, without_lock):
    assert shows(lambda: not set_a_goal_and_log(ada))


# Room for one more


def set_two_goals(user: User, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many goals there are of which there may be one, after two were set at once."""
    habit = HabitFactory(owner=user)
    monkeypatch.setattr(goal_services, "MAX_ACTIVE_GOALS", 1)
    run_together([lambda: call(user, "post", f"habits/{habit.pk}/goals/", DRAFT)] * 2)
    return Goal.objects.filter(habit=habit).count()


def test_of_two_goals_for_one_seat_one_is_refused(ada, monkeypatch):
    assert {set_two_goals(ada, monkeypatch) for _ in range(3)} == {1}


@pytest.mark.postgres
def test_without_the_lock_both_take_the_seat(ada, monkeypatch, without_lock):
    assert shows(lambda: set_two_goals(ada, monkeypatch) == 2)


# One id


def test_a_goal_that_is_sent_many_times_is_made_once(ada):
    habit, body = HabitFactory(owner=ada), DRAFT | {"id": str(new_id())}
    answers = run_together([lambda: call(ada, "post", f"habits/{habit.pk}/goals/", body)] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert Goal.objects.count() == 1


def test_of_two_users_with_one_id_one_is_refused(ada):
    habits, body = [HabitFactory(owner=ada), HabitFactory()], DRAFT | {"id": str(new_id())}
    works = [lambda habit=habit: call(habit.owner, "post", f"habits/{habit.pk}/goals/", body) for habit in habits]
    answers = run_together(works)
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "id_conflict"}


# A change and a log


def change_and_log(user: User) -> bool:
    """Return whether a new target and a log of the same moment both count."""
    habit = HabitFactory(owner=user)
    goal, (yesterday, today) = new_goal(habit, 5), days_of(user, 2)
    log_days(habit, [yesterday])
    works = [
        lambda: call(user, "patch", f"goals/{goal.pk}/", {"target": 2}),
        lambda: call(user, "put", f"habits/{habit.pk}/logs/{today}/", {}),
    ]
    run_together(works)
    goal.refresh_from_db()
    return (goal.target_milli, goal.value_milli, goal.reached_on) == (2_000, 2_000, today)


def test_a_change_and_a_log_are_both_kept(ada):
    assert all(change_and_log(ada) for _ in range(5))


@pytest.mark.postgres
def test_without_the_lock_a_change_undoes_what_a_log_has_counted(ada, without_lock):
    assert shows(lambda: not change_and_log(ada))
