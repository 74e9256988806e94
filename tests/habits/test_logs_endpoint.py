"""/habits/{id}/logs/ and /habits/{id}/logs/{date}/."""

from datetime import date, timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from config.identifiers import new_id
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from habits.models import Habit, HabitLog, LogAddition
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from tests.world import API, NOW, TODAY, client_of
from users.models import User

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def reading(ada: User) -> Habit:
    return HabitFactory(owner=ada, name="Read")


@pytest.fixture
def walking(ada: User) -> Habit:
    return MeasuredHabitFactory(owner=ada, name="Walk")


def logs(habit: Habit, day: object = "") -> str:
    return f"{API}/habits/{habit.pk}/logs/{day}/" if day else f"{API}/habits/{habit.pk}/logs/"


def test_an_empty_post_completes_today(client: APIClient, reading: Habit) -> None:
    answer = client.post(logs(reading))
    assert answer.status_code == 201
    assert answer["Location"] == f"http://testserver{logs(reading, TODAY)}"
    assert answer.json() == {
        "habit": str(reading.pk),
        "date": "2026-06-17",
        "status": "completed",
        "value": None,
        "note": "",
        "source": "api",
        "logged_by": None,
        "logged_at": "2026-06-17T12:00:00Z",
        "updated_at": "2026-06-17T12:00:00Z",
        "habit_state": {
            "stats": {
                "current_streak": 1,
                "longest_streak": 1,
                "streak_unit": "day",
                "completions": 1,
                "last_completed_on": "2026-06-17",
                "strength": "0.0519",
            },
            "today": {"date": "2026-06-17", "is_due": False, "status": "completed", "value": None},
            "unit": {"start": "2026-06-17", "end": "2026-06-17", "required": 1, "achieved": 1, "status": "met", "value": None},
        },
    }


def test_a_put_creates_then_replaces(client: APIClient, reading: Habit) -> None:
    first = client.put(logs(reading, YESTERDAY), {"note": "wet"})
    assert (first.status_code, first["Location"]) == (201, f"http://testserver{logs(reading, YESTERDAY)}")
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        second = client.put(logs(reading, YESTERDAY), {"status": "skipped"})
    assert (second.status_code, second.has_header("Location")) == (200, False)
    body = second.json()
    assert (body["status"], body["note"]) == ("skipped", "")
    assert (body["logged_at"], body["updated_at"]) == ("2026-06-17T12:00:00Z", "2026-06-17T12:01:00Z")
    assert HabitLog.objects.count() == 1


def test_what_a_get_answered_may_be_put_back(client: APIClient, walking: Habit) -> None:
    client.put(logs(walking, TODAY), {"value": "12.125", "note": "wet"})
    body = client.get(logs(walking, TODAY)).json()
    answer = client.put(logs(walking, TODAY), body)
    assert answer.status_code == 200
    assert {name: value for name, value in answer.json().items() if name != "habit_state"} == body


def test_a_patch_keeps_the_rest(client: APIClient, walking: Habit) -> None:
    client.put(logs(walking, TODAY), {"value": "12.5", "note": "wet"})
    body = client.patch(logs(walking, TODAY), {"note": "dry"}).json()
    assert (body["status"], body["value"], body["note"]) == ("missed", "12.5", "dry")
    body = client.patch(logs(walking, TODAY), {"value": 30}).json()
    assert (body["status"], body["value"], body["note"]) == ("completed", "30", "dry")
    body = client.patch(logs(walking, TODAY), {"status": "skipped"}).json()
    assert (body["status"], body["value"], body["note"]) == ("skipped", "30", "dry")
    body = client.patch(logs(walking, TODAY), {"value": "31"}).json()
    assert (body["status"], body["value"]) == ("completed", "31")


def test_a_deleted_log_answers_what_is_left(client: APIClient, reading: Habit) -> None:
    log_days(reading, [YESTERDAY, TODAY])
    answer = client.delete(logs(reading, TODAY))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["habit"], body["date"]) == (str(reading.pk), "2026-06-17")
    assert body["habit_state"]["stats"]["completions"] == 1
    assert body["habit_state"]["today"]["is_due"] is True
    assert client.get(logs(reading, TODAY)).status_code == 404
    assert client.delete(logs(reading, TODAY)).status_code == 404


@pytest.mark.parametrize(
    ("value", "shown"),
    [("7.50", "7.5"), (7.5, "7.5"), (30, "30"), ("0", "0"), (0.1 + 0.2, "0.3"), ("0.001", "0.001"), ("1000000000", "1000000000")],
)
def test_values_are_decimals_as_text(client: APIClient, walking: Habit, value: object, shown: str) -> None:
    assert client.put(logs(walking, TODAY), {"value": value}).json()["value"] == shown
    assert client.get(logs(walking, TODAY)).json()["value"] == shown


@pytest.mark.parametrize(
    ("target", "value", "status"),
    [
        (Target(30_000), "30", "completed"),
        (Target(30_000), "29.999", "missed"),
        (Target(2_000, Direction.AT_MOST), "2", "completed"),
        (Target(2_000, Direction.AT_MOST), "2.001", "missed"),
        (Target(20_000, Direction.AT_LEAST, Scope.UNIT), "0.001", "completed"),
        (Target(20_000, Direction.AT_LEAST, Scope.UNIT), "0", "missed"),
        (Target(20_000, Direction.AT_MOST, Scope.UNIT), "99", "completed"),
    ],
)
def test_the_status_follows_from_the_value(client: APIClient, ada: User, target: Target, value: str, status: str) -> None:
    habit = MeasuredHabitFactory(owner=ada, schedule=Schedule.of(Frequency.WEEKLY, target=target))
    assert client.put(logs(habit, TODAY), {"value": value}).json()["status"] == status
    # What the client says of it does not count, but a skip does.
    assert client.put(logs(habit, TODAY), {"value": value, "status": "completed"}).json()["status"] == status
    assert client.put(logs(habit, TODAY), {"value": value, "status": "skipped"}).json()["status"] == "skipped"
    assert client.put(logs(habit, TODAY), {"status": "skipped"}).json()["value"] is None


def test_every_write_answers_the_state_that_a_read_finds(client: APIClient, walking: Habit) -> None:
    log_days(walking, days_until(date(2026, 6, 10), 120), value_milli=30_000)
    writes = [
        ("post", logs(walking), {"value": "31"}),
        ("put", logs(walking, date(2026, 6, 11)), {"value": "30"}),
        ("put", logs(walking, date(2026, 3, 1)), {"status": "skipped"}),
        ("patch", logs(walking, date(2026, 5, 1)), {"value": "1"}),
        ("post", f"{logs(walking, TODAY)}add/", {"amount": "1"}),
        ("put", logs(walking, date(2025, 1, 1)), {"value": "30"}),
        ("delete", logs(walking, date(2026, 4, 1)), None),
        ("delete", logs(walking, TODAY), None),
    ]
    for method, path, body in writes:
        written = getattr(client, method)(path, body).json()
        read = client.get(f"{API}/habits/{walking.pk}/").json()
        assert written["habit_state"]["stats"] == read["stats"], path
        assert written["habit_state"]["today"] == read["today"], path
        day = written["date"]
        (progress,) = client.get(f"{API}/progress/?from={day}&to={day}").json()["results"]
        assert [written["habit_state"]["unit"]] == progress["units"]


# Adding


def test_amounts_add_up(client: APIClient, walking: Habit) -> None:
    url = f"{logs(walking, TODAY)}add/"
    first = client.post(url, {"amount": "0.1"})
    assert (first.status_code, first["Location"]) == (201, f"http://testserver{logs(walking, TODAY)}")
    for _ in range(2):
        answer = client.post(url, {"amount": "0.1"})
    assert (answer.status_code, answer.json()["value"], answer.json()["status"]) == (200, "0.3", "missed")
    client.patch(logs(walking, TODAY), {"note": "wet"})
    body = client.post(url, {"amount": 29.7}).json()
    assert (body["value"], body["status"], body["note"]) == ("30", "completed", "wet")


def test_an_id_adds_once(client: APIClient, walking: Habit) -> None:
    url, body = f"{logs(walking, TODAY)}add/", {"amount": "5", "id": str(new_id())}
    first, again = client.post(url, body), client.post(url, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert client.post(url, body | {"amount": "7"}).json()["code"] == "id_conflict"
    yesterday = f"{logs(walking, TODAY - timedelta(days=1))}add/"
    assert client.post(yesterday, body).json()["code"] == "id_conflict"
    assert client.post(url, body | {"id": str(new_id())}).json()["value"] == "10"
    assert LogAddition.objects.count() == 2


def test_an_id_that_was_refused_may_be_sent_again(client: APIClient, walking: Habit) -> None:
    body = {"amount": "5", "id": str(new_id())}
    assert client.post(f"{logs(walking, TODAY + timedelta(days=1))}add/", body).status_code == 400
    assert client.post(f"{logs(walking, TODAY)}add/", body).json()["value"] == "5"


def test_an_amount_ends_a_skip(client: APIClient, walking: Habit) -> None:
    client.put(logs(walking, TODAY), {"status": "skipped", "value": "4"})
    body = client.post(f"{logs(walking, TODAY)}add/", {"amount": "5"}).json()
    assert (body["status"], body["value"]) == ("missed", "5")


# Lists


def test_logs_are_listed_the_latest_first(client: APIClient, reading: Habit) -> None:
    log_days(reading, days_until(TODAY, 25))
    page = client.get(logs(reading)).json()
    assert [row["date"] for row in page["results"]] == [str(day) for day in reversed(days_until(TODAY, 20))]
    assert page["previous"] is None
    assert "count" not in page


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("from=2026-06-16", [17, 16]),
        ("to=2026-06-15", [15, 14]),
        ("from=2026-06-15&to=2026-06-16", [16, 15]),
        ("from=2026-06-16&to=2026-06-15", []),
        ("status=skipped", [15]),
        ("status=completed&to=2026-06-16", [16, 14]),
        ("status=missed", []),
    ],
)
def test_filters(client: APIClient, reading: Habit, query: str, days: list[int]) -> None:
    log_days(reading, [date(2026, 6, day) for day in (14, 16, 17)])
    client.put(logs(reading, "2026-06-15"), {"status": "skipped"})
    found = [row["date"] for row in client.get(f"{logs(reading)}?{query}").json()["results"]]
    assert found == [f"2026-06-{day}" for day in days]


def test_pages_are_walked_while_logs_come_and_go(client: APIClient, reading: Habit) -> None:
    log_days(reading, [date(2026, 6, day) for day in range(2, 16, 2)])
    page = client.get(f"{logs(reading)}?page_size=3").json()
    found = [row["date"] for row in page["results"]]
    # Before and behind the position, and the row of the position itself.
    log_days(reading, [date(2026, 6, 16), date(2026, 6, 5)])
    client.delete(logs(reading, found[-1]))
    while page["next"]:
        page = client.get(page["next"]).json()
        found += [row["date"] for row in page["results"]]
    assert found == [f"2026-06-{day:02}" for day in (14, 12, 10, 8, 6, 5, 4, 2)]
    back = []
    while page["previous"]:
        page = client.get(page["previous"]).json()
        back = [row["date"] for row in page["results"]] + back
    assert back == [f"2026-06-{day:02}" for day in (16, 14, 12, 8, 6, 5)]


def test_a_log_stays_on_its_date_when_its_owner_travels(client: APIClient, ada: User, reading: Habit) -> None:
    ada.timezone = "Pacific/Kiritimati"
    ada.save()
    written = client.post(logs(reading)).json()
    assert (written["date"], written["habit_state"]["today"]["date"]) == ("2026-06-18", "2026-06-18")
    ada.timezone = "Pacific/Niue"
    ada.save()
    traveller = client_of(ada)
    assert traveller.get(logs(reading, "2026-06-18")).json()["date"] == "2026-06-18"
    # It lies ahead now, and counts again from its day on.
    assert traveller.get(f"{API}/habits/{reading.pk}/").json()["stats"]["completions"] == 0
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert client_of(ada).get(f"{API}/habits/{reading.pk}/").json()["stats"]["completions"] == 1
