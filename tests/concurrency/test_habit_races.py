"""Habits and logs under concurrency: what holds with the owner's lock, and breaks on PostgreSQL without it.

SQLite has one lock for all writers, so there is nothing to take out there.
"""

import time
from datetime import date, timedelta
from typing import Any

import pytest

from config.identifiers import new_id
from habits.models import ChangeCounter, Habit, HabitLog, HabitStats
from habits.services import archiving
from habits.services import stats as stats_services
from habits.services.logs import Entry, put_log
from habits.services.stats import recount, sweep
from tests.concurrency.conftest import Work, call, run_together, shows
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from tests.factories.users import UserFactory
from tests.habits.reference import log_status
from tests.habits.stored import stored_habit, stored_logs
from users.models import User
from users.selectors import today_for

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def statuses(works: list[Work]) -> list[Any]:
    """Return the status codes of answers, and the kinds of errors that would have been a 500, in order."""
    answers = run_together(works)
    return sorted((getattr(answer, "status_code", type(answer).__name__) for answer in answers), key=str)


def differences() -> list[list[str]]:
    return [difference.fields for difference in recount(repair=False)]


def days_of(user: User, count: int) -> list[date]:
    return days_until(today_for(user), count)


# Two logs of one day


def log_the_same_day_twice(user: User) -> list[Any]:
    habit = HabitFactory(owner=user)
    return statuses([lambda: call(user, "post", f"habits/{habit.pk}/logs/")] * 2)


def test_of_two_logs_of_a_day_one_is_refused(ada):
    assert log_the_same_day_twice(ada) == [201, 409]
    assert HabitLog.objects.count() == 1


@pytest.mark.postgres
def test_without_the_lock_the_second_log_of_a_day_is_not_refused(ada, without_lock):
    assert shows(lambda: log_the_same_day_twice(ada) != [201, 409])


# Adding to one day


def add_sixteen_times(user: User, request_ids: list[Any]) -> tuple[list[Any], int]:
    habit, today = MeasuredHabitFactory(owner=user), today_for(user)
    log_days(habit, [today], value_milli=0)
    path = f"habits/{habit.pk}/logs/{today}/add/"
    bodies = [{"amount": "0.7"} | ({"id": str(key)} if key else {}) for key in request_ids]
    answers = statuses([lambda body=body: call(user, "post", path, body) for body in bodies])
    return answers, HabitLog.objects.get(habit=habit).value_milli


def test_sixteen_additions_are_all_kept(ada):
    assert add_sixteen_times(ada, [None] * 16) == ([200] * 16, 16 * 700)
    assert differences() == []


@pytest.mark.postgres
def test_without_the_lock_additions_are_lost(ada, without_lock):
    def addition_is_lost() -> bool:
        answers, value = add_sixteen_times(ada, [None] * 16)
        return answers == [200] * 16 and value < 16 * 700

    assert shows(addition_is_lost)


def test_an_addition_that_is_sent_many_times_is_added_once(ada):
    assert add_sixteen_times(ada, [new_id()] * 8) == ([200] * 8, 700)


# Logs of different days


def log_different_days(user: User, ages: list[int]) -> list[Any]:
    habit, today = HabitFactory(owner=user), today_for(user)
    log_days(habit, [today - timedelta(days=age) for age in range(100) if age not in ages])
    days = [today - timedelta(days=age) for age in ages]
    return statuses(
        [lambda day=day: call(user, "put", f"habits/{habit.pk}/logs/{day}/", {"status": "completed"}) for day in days]
    )


def test_logs_of_different_days_are_all_counted(ada):
    """Recent ones, and some for which the whole history is counted again."""
    assert log_different_days(ada, [0, 1, 2, 5, 30, 80, 90, 95]) == [201] * 8
    assert differences() == []
    assert HabitStats.objects.get().completions == 100


@pytest.mark.postgres
def test_without_the_lock_logs_are_not_counted(ada, without_lock):
    assert shows(lambda: log_different_days(ada, [0, 1, 2, 5]) == [201] * 4 and differences() != [])


# A log and a change of the target


def change_target_and_log(user: User) -> bool:
    """Return whether every log has the status that the target in force makes of its value."""
    habit = MeasuredHabitFactory(owner=user)
    works = [lambda day=day: call(user, "put", f"habits/{habit.pk}/logs/{day}/", {"value": "20"}) for day in days_of(user, 5)]
    change = {"target_value": "10", "effective_from": str(habit.start_date)}
    answers = statuses([*works, lambda: call(user, "patch", f"habits/{habit.pk}/", change)])
    assert set(answers) <= {200, 201}
    data, logs = stored_habit(habit.pk), stored_logs(habit.pk)
    return all(status == log_status(data, day, value) for day, (status, value) in logs.items())


def test_logs_are_judged_by_the_target_that_came_between(ada):
    assert all(change_target_and_log(ada) for _ in range(5))
    assert differences() == []


@pytest.mark.postgres
def test_without_the_lock_logs_are_judged_by_a_target_of_the_past(ada, without_lock):
    assert shows(lambda: not change_target_and_log(ada))


# Ids that clients choose


def create_with_one_id(users: list[User]) -> list[Any]:
    body = {"id": str(new_id()), "name": "Run", "frequency": "daily"}
    return statuses([lambda user=user: call(user, "post", "habits/", body) for user in users])


def test_a_habit_that_is_sent_twice_is_made_once(ada):
    assert create_with_one_id([ada, ada]) == [200, 201]
    assert Habit.objects.count() == 1


@pytest.mark.postgres
def test_without_the_lock_a_repeated_habit_is_a_conflict_with_itself(ada, without_lock):
    assert shows(lambda: create_with_one_id([ada, ada]) == [201, 409])


def test_an_id_is_one_users_alone(ada):
    """No lock is shared by two users: the constraint decides."""
    assert create_with_one_id([ada, UserFactory(password="!")]) == [201, 409]
    assert Habit.objects.count() == 1


# As many habits as there may be


def create_beyond_the_limit(user: User) -> list[Any]:
    """Four habits more, three of them new and one out of the archive, where there is room for one."""
    archived = HabitFactory(owner=user)
    call(user, "patch", f"habits/{archived.pk}/", {"archived_on": str(today_for(user))})
    for _ in range(archiving.MAX_ACTIVE_HABITS - 1):
        HabitFactory(owner=user)
    works = [lambda: call(user, "post", "habits/", {"name": "Run", "frequency": "daily"})] * 3
    return statuses([*works, lambda: call(user, "patch", f"habits/{archived.pk}/", {"archived_on": None})])


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(archiving, "MAX_ACTIVE_HABITS", 4)


def test_there_is_never_one_habit_too_many(ada, small_limit):
    assert create_beyond_the_limit(ada)[1:] == [409, 409, 409]
    assert Habit.objects.filter(archived_on=None).count() == 4


@pytest.mark.postgres
def test_without_the_lock_there_are_too_many_habits(small_limit, without_lock):
    def one_is_too_many() -> bool:
        user = UserFactory(password="!")
        create_beyond_the_limit(user)
        return Habit.objects.filter(owner=user, archived_on=None).count() > 4

    assert shows(one_is_too_many)


# Readers that follow the change numbers


def follow_changes(user: User) -> tuple[set[int], set[int]]:
    """Return the change numbers that a reader saw who always asked for what lay beyond the last, and all that there are."""
    habits = [HabitFactory(owner=user) for _ in range(4)]
    writers_left = set(range(len(habits)))

    def write(number: int) -> None:
        try:
            for day in days_of(user, 8):
                put_log(actor=user, habit_id=habits[number].pk, day=day, entry=Entry())
        finally:
            writers_left.discard(number)

    def read() -> set[int]:
        seen: set[int] = set()
        is_last_look = False
        while not is_last_look:
            is_last_look = not writers_left
            news = HabitLog.objects.filter(owner=user, change_no__gt=max(seen, default=0))
            seen |= set(news.order_by("change_no").values_list("change_no", flat=True)[:3])
        return seen | set(news.values_list("change_no", flat=True))

    *_, seen = run_together([*(lambda number=number: write(number) for number in range(len(habits))), read])
    return seen, set(HabitLog.objects.filter(owner=user).values_list("change_no", flat=True))


def test_a_reader_who_follows_the_change_numbers_misses_nothing(ada):
    seen, stored = follow_changes(ada)
    assert len(stored) == 32
    assert seen == stored


@pytest.mark.postgres
def test_without_the_lock_a_reader_misses_what_is_committed_late(without_lock):
    def something_is_missed() -> bool:
        seen, stored = follow_changes(UserFactory(password="!"))
        return len(stored) == 32 and seen < stored

    assert shows(something_is_missed)


# The sweep


def sweep_while_logging(user: User) -> None:
    """Habits that are due for the sweep are logged while it is at work."""
    habits = [HabitFactory(owner=user) for _ in range(3)]
    for habit in habits:
        log_days(habit, days_of(user, 40)[:-1])
    HabitStats.objects.update(next_change_at="2026-01-01T00:00Z")

    def log(habit: Habit) -> None:
        put_log(actor=user, habit_id=habit.pk, day=today_for(user), entry=Entry())

    answers = run_together([sweep, *(lambda habit=habit: log(habit) for habit in habits)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]


@pytest.fixture
def slow_sweep(monkeypatch):

    def store_slowly(rows, store=stats_services.store_rows):
        time.sleep(0.2)
        store(rows)

    monkeypatch.setattr(stats_services, "store_rows", store_slowly)


def test_the_sweep_undoes_no_write(ada, slow_sweep):
    sweep_while_logging(ada)
    assert differences() == []


@pytest.mark.postgres
def test_without_the_lock_the_sweep_undoes_writes(ada, slow_sweep, monkeypatch):
    monkeypatch.setattr(stats_services, "lock_owners", lambda owner_ids: None)

    def write_is_undone() -> bool:
        sweep_while_logging(ada)
        return differences() != []

    assert shows(write_is_undone)


# Many writers


def test_eight_writers_at_once_meet_no_error(ada):
    """On SQLite in one file: each waits for its turn, none is told that the database is locked."""
    users = [ada, UserFactory(password="!")]
    habits = [HabitFactory(owner=user) for user in users for _ in range(4)]

    def write(habit: Habit) -> list[int]:
        path = f"habits/{habit.pk}/logs/"
        return [call(habit.owner, "put", f"{path}{day}/", {"status": "completed"}).status_code for day in days_of(ada, 10)]

    answers = run_together([lambda habit=habit: write(habit) for habit in habits])
    assert answers == [[201] * 10] * 8
    assert differences() == []
    for user in users:
        numbers = list(HabitLog.objects.filter(owner=user).values_list("change_no", flat=True))
        assert len(set(numbers)) == 40
        assert max(numbers) == ChangeCounter.objects.get(owner=user).last_change_no
