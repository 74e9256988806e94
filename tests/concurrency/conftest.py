"""What the races share: threads that start together, windows that are wide open, and the lock taken out."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from config.access import Gate
from habits.models.changes import ChangeCounterManager
from habits.services import goals as goal_services
from habits.services import habits as habit_services
from habits.services import locking, tallies
from habits.services import logs as log_services
from tests.factories.users import UserFactory
from users.models import User

Work = Callable[[], Any]
Seconds = tuple[float, float]

# Of all windows.
CHANCE = Random(1)
NO_TIME, A_MOMENT, A_WHILE, LONGER = (0.0, 0.0), (0.002, 0.01), (0.005, 0.02), (0.005, 0.03)


def run_together(works: list[Work]) -> list[Any]:
    """Run each work in a thread of its own, all from the same moment; return what each returned or raised."""
    start = Barrier(len(works))

    def run(work: Work) -> Any:
        try:
            start.wait(timeout=30)
            return work()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def slowly(work: Callable[..., Any], before: Seconds = A_WHILE, after: Seconds = NO_TIME) -> Callable[..., Any]:
    """Return the work with some time before and after it, in which others come between."""

    def work_and_wait(*arguments: Any, **options: Any) -> Any:
        time.sleep(CHANCE.uniform(*before))
        found = work(*arguments, **options)
        time.sleep(CHANCE.uniform(*after))
        return found

    return work_and_wait


def shows(fault: Callable[[], bool]) -> bool:
    """Tell whether a fault that takes two who meet shows in one of many tries: on a busy machine they miss each other often."""
    return any(fault() for _ in range(100))


def call(user: User, method: str, path: str, data: Any = None, headers: dict[str, str] | None = None) -> Any:
    """Return the answer of the API to a user."""
    client = APIClient()
    client.force_authenticate(user)
    return getattr(client, method)(f"/api/v1/{path}", data, format="json", headers=headers)


@pytest.fixture
def ada(transactional_db):
    return UserFactory(password="!")


@pytest.fixture(autouse=True)
def wide_windows(monkeypatch):
    """Let time pass between what a service reads and what it writes, so that whoever can come between does."""
    monkeypatch.setattr(log_services, "settle", slowly(log_services.settle))
    monkeypatch.setattr(habit_services, "new_id", slowly(habit_services.new_id))
    monkeypatch.setattr(habit_services, "grant_owner", slowly(habit_services.grant_owner))
    monkeypatch.setattr(habit_services, "check_room", slowly(habit_services.check_room))
    monkeypatch.setattr(goal_services, "follow_habit", slowly(goal_services.follow_habit))
    monkeypatch.setattr(goal_services, "count_goal", slowly(goal_services.count_goal))
    monkeypatch.setattr(goal_services, "new_id", slowly(goal_services.new_id))
    monkeypatch.setattr(tallies, "calendar_of", slowly(tallies.calendar_of))


@pytest.fixture
def without_lock(monkeypatch):
    """Take change numbers from a sequence: each is given out once, and nobody waits for anybody."""
    sequence = count(1_000)

    def take(_: ChangeCounterManager, owner_id: Any, amount: int = 1) -> int:
        first, *_ = (next(sequence) for _ in range(max(amount, 1)))
        return first

    def look(_owner_id: Any, actor: User, habit_id: Any, needed: str, gate: Gate[Any]) -> Any:
        habit = gate.fetch(actor, habit_id, needed=needed)
        habit.last_change_no = next(sequence)
        return habit

    monkeypatch.setattr(ChangeCounterManager, "take", take)
    monkeypatch.setattr(locking, "_lock", look)
