"""/logs/batch/."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from habits.models import ChangeCounter, Habit, HabitLog
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from tests.world import API, MISSING, TODAY, World
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

BATCH = f"{API}/logs/batch/"
START = date(2026, 1, 1)


@pytest.fixture
def reading(ada: User) -> Habit:
    return HabitFactory(owner=ada, start_date=START)


@pytest.fixture
def walking(ada: User) -> Habit:
    return MeasuredHabitFactory(owner=ada, start_date=START)


def row(habit: Habit, day: object, **fields: object) -> dict[str, Any]:
    return {"habit": str(habit.pk), "date": str(day)} | fields


def outcomes(answer: Any) -> list[str]:
    return [result["result"] for result in answer.json()["results"]]


def test_each_row_says_what_became_of_it(client: APIClient, reading: Habit, walking: Habit) -> None:
    log_days(reading, [date(2026, 6, 15), date(2026, 6, 16)])
    rows = [
        row(reading, "2026-06-15"),
        row(reading, "2026-06-16", status="skipped"),
        row(reading, TODAY, note="wet"),
        row(walking, TODAY, value="30"),
        row(walking, TODAY, value="31"),
    ]
    answer = client.post(BATCH, rows)
    assert answer.status_code == 200
    assert outcomes(answer) == ["unchanged", "replaced", "created", "created", "replaced"]
    assert answer.json()["results"][0] == {
        "habit": str(reading.pk),
        "date": "2026-06-15",
        "result": "unchanged",
        "errors": [],
    }
    assert HabitLog.objects.get(habit=walking).value_milli == 31_000
    assert HabitLog.objects.get(habit=reading, date=TODAY).note == "wet"


def test_a_batch_again_changes_nothing(client: APIClient, reading: Habit, walking: Habit) -> None:
    rows = [row(reading, day) for day in days_until(TODAY, 100)] + [row(walking, TODAY, value=5, note="a")]
    assert set(outcomes(client.post(BATCH, rows))) == {"created"}
    before = list(HabitLog.objects.order_by("id").values())
    assert set(outcomes(client.post(BATCH, rows))) == {"unchanged"}
    assert list(HabitLog.objects.order_by("id").values()) == before


def test_a_batch_says_the_same_as_single_writes(client: APIClient, ada: User, reading: Habit) -> None:
    single = HabitFactory(owner=ada, start_date=START)
    entries = [(day, "skipped" if day.day % 5 == 0 else "completed") for day in days_until(TODAY, 90) if day.day % 7]
    client.post(BATCH, [row(reading, day, status=status) for day, status in entries])
    for day, status in entries:
        client.put(f"{API}/habits/{single.pk}/logs/{day}/", {"status": status})
    by_batch, by_one = (client.get(f"{API}/habits/{habit.pk}/").json() for habit in (reading, single))
    assert (by_batch["stats"], by_batch["today"]) == (by_one["stats"], by_one["today"])


def test_five_hundred_rows_are_taken(client: APIClient, reading: Habit, walking: Habit) -> None:
    days = days_until(TODAY, 160)
    rows = [row(habit, day, **({"value": 1} if habit is walking else {})) for habit in (reading, walking) for day in days]
    rows += [row(reading, day, status="skipped") for day in days] + [row(reading, TODAY)] * 20
    assert len(rows) == 500
    assert client.post(BATCH, rows).status_code == 200
    assert HabitLog.objects.count() == 320


def test_all_or_nothing(client: APIClient, ada: User, reading: Habit) -> None:
    before = ChangeCounter.objects.get(owner=ada).last_change_no
    answer = client.post(BATCH, [row(reading, TODAY), row(reading, "2026-06-18")])
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "1.date")
    assert not HabitLog.objects.exists()
    assert ChangeCounter.objects.get(owner=ada).last_change_no == before


def test_each_for_itself(client: APIClient, reading: Habit, walking: Habit) -> None:
    rows = [
        row(reading, TODAY),
        row(reading, "2026-06-18"),
        {"habit": str(MISSING), "date": str(TODAY)},
        row(walking, TODAY),
        row(walking, TODAY, value="5"),
    ]
    answer = client.post(f"{BATCH}?partial=true", rows)
    assert answer.status_code == 200
    assert outcomes(answer) == ["created", "refused", "refused", "refused", "created"]
    faults = [[(fault["attr"], fault["code"]) for fault in result["errors"]] for result in answer.json()["results"]]
    assert faults == [[], [("date", "date_out_of_range")], [("habit", "not_found")], [("value", "required")], []]
    assert HabitLog.objects.count() == 2


def test_rows_of_two_owners_are_written_under_both(world: World) -> None:
    client = world.client("logger")
    own = HabitFactory(owner=world.logger)
    assert outcomes(client.post(BATCH, [row(world.daily, TODAY), row(own, TODAY)])) == ["created", "created"]
    for habit in (world.daily, own):
        log = HabitLog.objects.get(habit=habit, date=TODAY)
        assert log.owner_id == habit.owner_id
        assert log.change_no == ChangeCounter.objects.get(owner=habit.owner_id).last_change_no


def test_a_habit_that_one_may_only_see_is_forbidden(world: World) -> None:
    answer = world.client("viewer").post(BATCH, [row(world.daily, TODAY)])
    assert answer.status_code == 400
    assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [("0.habit", "permission_denied")]
