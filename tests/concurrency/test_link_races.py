"""Public links under concurrency: what holds with the locks, and breaks on PostgreSQL without them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from config.identifiers import new_id
from habits.models import Habit
from habits.selectors.habits import get_habit
from habits.services.habits import delete_habit
from sharing.models import ShareLink
from sharing.querysets import ShareLinkQuerySet
from sharing.services import links as link_services
from tests.concurrency.conftest import call, run_together, shows, slowly
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.world import new_link
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def wide_link_windows(monkeypatch):
    """Let time pass between what a service has looked at and what it writes."""
    monkeypatch.setattr(link_services, "_insert", slowly(link_services._insert))
    monkeypatch.setattr(link_services, "_milestone", slowly(link_services._milestone))
    monkeypatch.setattr(ShareLink, "save", slowly(ShareLink.save))


@pytest.fixture
def without_users_lock(monkeypatch):
    monkeypatch.setattr(link_services, "lock_user", lambda user_id: None)


@pytest.fixture
def without_habits_lock(monkeypatch):
    @contextmanager
    def look(actor: User, habit_id: Any, *, needed: str) -> Iterator[tuple[Habit, int]]:
        yield get_habit(actor, habit_id, needed=needed), 0

    monkeypatch.setattr(link_services, "locked_habit", look)


@pytest.fixture
def without_links_lock(monkeypatch):
    monkeypatch.setattr(ShareLinkQuerySet, "select_for_update", lambda self: self)


def statuses(works: list[Callable[[], Any]]) -> list[Any]:
    """Return the status codes of answers, and the kinds of errors that would have been a 500, in order."""
    answers = run_together(works)
    return sorted((getattr(answer, "status_code", type(answer).__name__) for answer in answers), key=str)


def make(user: User, habit: Habit, **more: Any) -> Any:
    return call(user, "post", "share-links/", {"habit": str(habit.pk), "kind": "streak", **more})


# A link that is sent twice


def send_twice(user: User) -> list[Any]:
    habit, link_id = HabitFactory(owner=user), str(new_id())
    return statuses([lambda: make(user, habit, id=link_id)] * 4)


def test_a_link_that_is_sent_many_times_at_once_is_made_once(ada):
    assert send_twice(ada) == [200, 200, 200, 201]
    assert ShareLink.objects.count() == 1


@pytest.mark.postgres
def test_without_the_lock_its_sender_is_told_that_the_id_is_taken(ada, without_users_lock):
    assert shows(lambda: 409 in send_twice(ada))


def test_an_id_is_one_users_alone(ada):
    link_id = str(new_id())
    owners = [ada, UserFactory(password="!"), UserFactory(password="!")]
    habits = [HabitFactory(owner=user) for user in owners]
    works = [lambda user=user, habit=habit: make(user, habit, id=link_id) for user, habit in zip(owners, habits, strict=True)]
    assert statuses(works) == [201, 409, 409]


# The last ones that there is room for


def make_too_many(user: User) -> tuple[list[Any], int]:
    habit = HabitFactory(owner=user)
    answers = statuses([lambda: make(user, habit)] * 8)
    return answers, ShareLink.objects.filter(owner=user).count()


@pytest.fixture
def room_for_three(monkeypatch):
    monkeypatch.setattr(link_services, "MAX_LINKS", 3)


def test_nobody_has_one_link_too_many(ada, room_for_three):
    assert make_too_many(ada) == ([201] * 3 + [409] * 5, 3)


@pytest.mark.postgres
def test_without_the_locks_somebody_has(ada, room_for_three, without_users_lock, without_habits_lock):
    assert shows(lambda: make_too_many(UserFactory(password="!"))[1] > 3)


# A habit that goes


def make_while_the_habit_goes(user: User) -> list[Any]:
    habit = HabitFactory(owner=user)
    works = [lambda: make(user, habit)] * 3
    return statuses([*works, lambda: delete_habit(actor=user, habit_id=habit.pk)])


def test_a_habit_that_is_deleted_meanwhile_takes_its_links_along(ada):
    for _ in range(10):
        assert set(make_while_the_habit_goes(ada)) <= {201, 400, "NoneType"}
        assert not ShareLink.objects.exists()


@pytest.mark.postgres
def test_without_the_lock_a_link_to_it_fails(ada, without_habits_lock):
    assert shows(lambda: "IntegrityError" in make_while_the_habit_goes(ada))


def change_while_the_habit_goes(user: User) -> list[Any]:
    habit = HabitFactory(owner=user)
    link = new_link(habit)
    works = [lambda number=number: call(user, "patch", f"share-links/{link.pk}/", {"title": str(number)}) for number in range(3)]
    return statuses([*works, lambda: delete_habit(actor=user, habit_id=habit.pk)])


def test_a_change_of_a_link_that_goes_meanwhile_finds_it_or_not(ada):
    for _ in range(10):
        assert set(change_while_the_habit_goes(ada)) <= {200, 404, "NoneType"}
        assert not ShareLink.objects.exists()


@pytest.mark.postgres
def test_without_the_lock_a_change_fails(ada, without_links_lock):
    assert shows(lambda: "DatabaseError" in change_while_the_habit_goes(ada))


# Editors


def test_of_many_who_change_a_version_at_once_one_does(ada):
    link = new_link(HabitFactory(owner=ada))
    address = f"share-links/{link.pk}/"
    headers = {"if-match": call(ada, "get", address)["ETag"]}
    works = [lambda number=number: call(ada, "patch", address, {"title": str(number)}, headers) for number in range(6)]
    assert statuses(works) == [200] + [412] * 5
    link.refresh_from_db()
    assert link.version == 2


@pytest.mark.postgres
def test_without_the_locks_more_do(ada, without_users_lock, without_links_lock):
    link = new_link(HabitFactory(owner=ada))
    address = f"share-links/{link.pk}/"

    def more_than_one() -> bool:
        headers = {"if-match": call(ada, "get", address)["ETag"]}
        titles = [f"{time.time()} {number}" for number in range(4)]
        return (
            statuses([lambda title=title: call(ada, "patch", address, {"title": title}, headers) for title in titles]).count(200)
            > 1
        )

    assert shows(more_than_one)


# Strangers


def test_strangers_who_look_while_a_link_ends_see_it_or_nothing(ada):
    link = new_link(HabitFactory(owner=ada))
    looks = [lambda suffix=suffix: Client().get(f"/s/{link.token}{suffix}") for suffix in ("/", ".png") * 3]
    found = statuses([*looks, lambda: call(ada, "delete", f"share-links/{link.pk}/")])
    assert set(found) <= {200, 204, 404}
    assert {Client().get(f"/s/{link.token}{suffix}").status_code for suffix in ("/", ".png")} == {404}
