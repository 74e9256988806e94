"""/habits/{id}/pauses/ and /pauses/."""

from datetime import date

import pytest
from rest_framework.test import APIClient

from habits.models import Habit, HabitPause, Tombstone
from habits.services.editing import update_habit
from tests.factories.habits import HabitFactory, log_days
from tests.world import API, TODAY
from users.models import User


@pytest.fixture
def habit(ada: User) -> Habit:
    habit = HabitFactory(owner=ada, start_date=date(2026, 6, 1))
    log_days(habit, [date(2026, 6, day) for day in (1, 2, 3, 8, 9)])
    return habit


def url(habit: Habit) -> str:
    return f"{API}/habits/{habit.pk}/pauses/"


def longest(client: APIClient, habit: Habit) -> int:
    return client.get(f"{API}/habits/{habit.pk}/").json()["stats"]["longest_streak"]


def test_a_pause_bridges_a_streak_and_its_end_breaks_it_again(client: APIClient, habit: Habit) -> None:
    assert longest(client, habit) == 3
    answer = client.post(url(habit), {"start": "2026-06-04", "end": "2026-06-07"})
    assert answer.status_code == 201
    pause = answer.json()
    assert pause == {
        "id": pause["id"],
        "habit": str(habit.pk),
        "start": "2026-06-04",
        "end": "2026-06-07",
        "is_archive": False,
        "created_at": "2026-06-17T12:00:00Z",
    }
    assert longest(client, habit) == 5
    assert client.get(url(habit)).json()["results"] == [pause]
    changed = client.patch(f"{url(habit)}{pause['id']}/", {"end": "2026-06-06"})
    assert (changed.status_code, changed.json()) == (200, pause | {"end": "2026-06-06"})
    assert longest(client, habit) == 3
    assert client.patch(f"{url(habit)}{pause['id']}/", {"end": None}).json()["end"] is None
    assert longest(client, habit) == 5
    assert client.delete(f"{url(habit)}{pause['id']}/").status_code == 204
    assert client.delete(f"{url(habit)}{pause['id']}/").status_code == 404
    assert longest(client, habit) == 3
    assert [(stone.kind, stone.key) for stone in Tombstone.objects.all()] == [("pause", pause["id"])]


def test_today_rests_in_a_pause_without_an_end(client: APIClient, habit: Habit) -> None:
    assert client.get(f"{API}/habits/{habit.pk}/").json()["today"]["is_due"] is True
    assert client.post(url(habit), {"start": "2026-06-17"}).json()["end"] is None
    today = client.get(f"{API}/habits/{habit.pk}/").json()["today"]
    assert (today["is_due"], today["status"]) == (False, "skipped")
    # A log counts all the same.
    assert client.post(f"{API}/habits/{habit.pk}/logs/").json()["habit_state"]["today"]["status"] == "completed"


def test_pauses_are_ordered_by_their_start(client: APIClient, habit: Habit) -> None:
    for start in ("2026-08-01", "2026-07-01"):
        client.post(url(habit), {"start": start, "end": start})
    assert [row["start"] for row in client.get(url(habit)).json()["results"]] == ["2026-07-01", "2026-08-01"]
    assert [row["start"] for row in client.get(f"{url(habit)}?ordering=-start").json()["results"]] == ["2026-08-01", "2026-07-01"]


def test_holidays_are_for_all_habits_that_are_not_archived(client: APIClient, ada: User, habit: Habit) -> None:
    other, archived = HabitFactory(owner=ada), HabitFactory(owner=ada)
    update_habit(actor=ada, habit_id=archived.pk, changes={"archived_on": TODAY})
    stranger = HabitFactory()
    answer = client.post(f"{API}/pauses/", {"start": "2026-06-04", "end": "2026-06-07"})
    assert answer.status_code == 201
    assert [row["habit"] for row in answer.json()] == [str(habit.pk), str(other.pk)]
    assert longest(client, habit) == 5
    assert not HabitPause.objects.filter(habit=stranger).exists()
    assert not HabitPause.objects.filter(habit=archived, is_archive=False).exists()


def test_holidays_are_for_those_named(client: APIClient, ada: User, habit: Habit) -> None:
    other = HabitFactory(owner=ada)
    answer = client.post(f"{API}/pauses/", {"start": "2026-07-01", "habits": [str(other.pk)]})
    assert [row["habit"] for row in answer.json()] == [str(other.pk)]
    assert client.post(f"{API}/pauses/", {"start": "2026-07-01", "habits": []}).json() == []
    assert HabitPause.objects.count() == 1
