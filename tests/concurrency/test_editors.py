"""Editors who say which version they edit: with the owner's lock one of them is told, without it on PostgreSQL an edit is lost.

SQLite has one lock for all writers, so there is nothing to take out there.
"""

import time
from typing import Any

import pytest

from habits.models import Habit, HabitLog
from habits.services import editing
from tests.concurrency.conftest import call, run_together, shows
from tests.factories.habits import HabitFactory, log_days
from users.models import User
from users.selectors import today_for
from users.services import accounts

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def slow_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass between the look at the version and the write."""
    for module, name in ((editing, "edit_schedule"), (accounts, "_save")):
        work = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *arguments, work=work: (time.sleep(0.02), work(*arguments))[1])


def edit_at_once(user: User, path: str, *edits: tuple[str, dict[str, str]]) -> list[int]:
    """Send edits of what all editors have read at the same version; return the sorted statuses of the answers."""
    tag = call(user, "get", path)["ETag"]
    answers = run_together(
        [lambda method=method, body=body: call(user, method, path, body, headers={"if-match": tag}) for method, body in edits]
    )
    return sorted(answer.status_code for answer in answers)


# A habit


def edit_a_habit(user: User) -> list[int]:
    habit = HabitFactory(owner=user)
    return edit_at_once(user, f"habits/{habit.pk}/", ("patch", {"name": "Run"}), ("put", {"name": "Swim", "frequency": "weekly"}))


def test_of_two_editors_of_a_habit_one_is_told(ada: User) -> None:
    assert edit_a_habit(ada) == [200, 412]
    habit = Habit.objects.get()
    assert (habit.name, habit.frequency) in {("Run", "daily"), ("Swim", "weekly")}


@pytest.mark.postgres
def test_without_the_lock_an_edit_of_a_habit_is_lost(ada: User, without_lock: None) -> None:
    assert shows(lambda: edit_a_habit(ada) == [200, 200])


def test_a_habit_that_is_edited_is_not_deleted_by_who_did_not_see_it(ada: User) -> None:
    habit = HabitFactory(owner=ada)
    statuses = edit_at_once(ada, f"habits/{habit.pk}/", ("patch", {"name": "Run"}), ("delete", {}))
    assert statuses in ([200, 412], [204, 404])
    assert Habit.objects.exists() == (200 in statuses)


# A log


def edit_a_log(user: User) -> list[int]:
    habit, today = HabitFactory(owner=user), today_for(user)
    log_days(habit, [today])
    edits = [(method, {"status": "skipped", "note": method}) for method in ("put", "put", "patch", "patch")]
    return edit_at_once(user, f"habits/{habit.pk}/logs/{today}/", *edits)


def test_of_four_editors_of_a_log_three_are_told(ada: User) -> None:
    assert edit_a_log(ada) == [200, 412, 412, 412]


@pytest.mark.postgres
def test_without_the_lock_edits_of_a_log_are_lost(ada: User, without_lock: None) -> None:
    assert shows(lambda: edit_a_log(ada).count(200) > 1)


def log_what_is_not_logged(user: User) -> list[int]:
    path = f"habits/{HabitFactory(owner=user).pk}/logs/{today_for(user)}/"
    works = [lambda note=note: call(user, "put", path, {"note": note}, headers={"if-none-match": "*"}) for note in "abc"]
    return sorted(answer.status_code for answer in run_together(works))


def test_of_three_who_log_what_is_not_logged_two_are_told(ada: User) -> None:
    assert log_what_is_not_logged(ada) == [201, 412, 412]
    assert HabitLog.objects.count() == 1


@pytest.mark.postgres
def test_without_the_lock_what_is_logged_is_replaced(ada: User, without_lock: None) -> None:
    assert shows(lambda: log_what_is_not_logged(ada).count(201) > 1)


# An account, which has its row as its lock


def edit_an_account(user: User) -> list[int]:
    return edit_at_once(
        user, "users/me/", ("patch", {"display_name": "Countess"}), ("patch", {"leaderboard_visibility": "hidden"})
    )


def test_of_two_editors_of_an_account_one_is_told(ada: User) -> None:
    assert edit_an_account(ada) == [200, 412]


@pytest.mark.postgres
def test_without_the_lock_an_edit_of_an_account_is_lost(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "lock_user", lambda user_id: User.objects.get(pk=user_id))
    assert shows(lambda: edit_an_account(ada) == [200, 200])


def test_edits_without_a_version_are_all_taken(ada: User) -> None:
    path = f"habits/{HabitFactory(owner=ada).pk}/"
    answers: list[Any] = run_together([lambda name=name: call(ada, "patch", path, {"name": name}) for name in "abcd"])
    assert [answer.status_code for answer in answers] == [200] * 4
