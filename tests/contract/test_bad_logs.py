"""Logs and batches that break a rule: each is refused by field and code, and nothing is stored."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from habits.models import Habit, HabitLog
from habits.services.editing import update_habit
from tests.contract.conftest import Refused
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.factories.users import UserFactory
from tests.world import API, LOGGED, MISSING, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

START, END = date(2026, 6, 1), date(2026, 6, 30)


@pytest.fixture
def reading(ada: User) -> Habit:
    return HabitFactory(owner=ada, start_date=START, end_date=END)


@pytest.fixture
def walking(ada: User) -> Habit:
    return MeasuredHabitFactory(owner=ada, start_date=START, end_date=END)


def _name(case: object) -> str:
    return str(case)[:60]


YES_NO_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"value": "1"}, "value", "value_not_allowed"),
    ({"value": 0}, "value", "value_not_allowed"),
    ({"status": "done"}, "status", "invalid_choice"),
    ({"status": "pending"}, "status", "invalid_choice"),
    ({"status": None}, "status", "null"),
    ({"status": True}, "status", "invalid_choice"),
    ({"note": "x" * 2001}, "note", "max_length"),
    ({"note": "a\u0007"}, "note", "control_character"),
    ({"note": None}, "note", "null"),
    ({"note": 5}, "note", "invalid"),
    ({"amount": 1}, "amount", "unknown_field"),
]
MEASURED_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "value", "required"),
    ({"value": None}, "value", "required"),
    ({"status": "completed"}, "value", "required"),
    ({"value": "-0.001"}, "value", "min_value"),
    ({"value": -5}, "value", "min_value"),
    ({"value": "1.2345"}, "value", "max_decimal_places"),
    ({"value": "1000000000.001"}, "value", "max_value"),
    ({"value": 2**63}, "value", "max_value"),
    ({"value": 1e308}, "value", "max_value"),
    ({"value": True}, "value", "invalid"),
    ({"value": ""}, "value", "invalid"),
    ({"value": "1,5"}, "value", "invalid"),
    ({"value": "Infinity"}, "value", "invalid"),
    ({"value": {"amount": 1}}, "value", "invalid"),
    ({"status": "skipped", "value": "-1"}, "value", "min_value"),
]
DATE_FAULTS: list[tuple[str, str]] = [
    ("2026-06-18", "date_out_of_range"),  # tomorrow
    ("2026-05-31", "date_out_of_range"),  # before the start
    ("1970-01-01", "date_out_of_range"),
    ("9998-12-31", "date_out_of_range"),
]
DATE_FORM_FAULTS: list[tuple[object, str]] = [
    ("1969-12-31", "out_of_range"),
    ("9999-12-31", "out_of_range"),
    ("2026-02-29", "invalid"),
    ("0000-00-00", "invalid"),
    ("17.06.2026", "invalid"),
    ("2026-06-17T00:00:00", "invalid"),
    ("", "invalid"),
    (20260617, "invalid"),
    (True, "invalid"),
    (None, "null"),
]


@pytest.mark.parametrize(("fields", "attr", "code"), YES_NO_FAULTS, ids=_name)
def test_a_log_of_a_yes_no_habit(refused: Refused, reading: Habit, fields: dict[str, Any], attr: str, code: str) -> None:
    refused("POST", f"habits/{reading.pk}/logs/", fields, (attr, code))
    refused("PUT", f"habits/{reading.pk}/logs/{TODAY}/", fields, (attr, code))
    refused("POST", "logs/batch/", [{"habit": reading.pk, "date": TODAY} | fields], (f"0.{attr}", code))
    log_days(reading, [TODAY])
    refused("PATCH", f"habits/{reading.pk}/logs/{TODAY}/", fields, (attr, code))


@pytest.mark.parametrize(("fields", "attr", "code"), MEASURED_FAULTS, ids=_name)
def test_a_log_of_a_measured_habit(refused: Refused, walking: Habit, fields: dict[str, Any], attr: str, code: str) -> None:
    refused("POST", f"habits/{walking.pk}/logs/", fields, (attr, code))
    refused("PUT", f"habits/{walking.pk}/logs/{TODAY}/", fields, (attr, code))
    refused("POST", "logs/batch/", [{"habit": walking.pk, "date": TODAY} | fields], (f"0.{attr}", code))


def test_a_value_is_not_taken_away_from_a_measured_log(refused: Refused, walking: Habit) -> None:
    log_days(walking, [TODAY], value_milli=5_000)
    refused("PATCH", f"habits/{walking.pk}/logs/{TODAY}/", {"value": None}, ("value", "required"))


@pytest.mark.parametrize(("day", "code"), DATE_FAULTS)
def test_a_day_that_the_habit_does_not_take(refused: Refused, walking: Habit, day: str, code: str) -> None:
    refused("POST", f"habits/{walking.pk}/logs/", {"date": day, "value": 1}, ("date", code), code="date_out_of_range")
    refused("PUT", f"habits/{walking.pk}/logs/{day}/", {"value": 1}, ("date", code))
    refused("POST", f"habits/{walking.pk}/logs/{day}/add/", {"amount": 1}, ("date", code))
    refused("POST", "logs/batch/", [{"habit": walking.pk, "date": day, "value": 1}], ("0.date", code))


def test_a_day_after_the_end(ada: User, refused: Refused) -> None:
    habit = HabitFactory(owner=ada, start_date=START, end_date=date(2026, 6, 10))
    refused("PUT", f"habits/{habit.pk}/logs/2026-06-11/", {}, ("date", "date_out_of_range"))
    refused("POST", f"habits/{habit.pk}/logs/", {}, ("date", "date_out_of_range"))


@pytest.mark.parametrize(("day", "code"), DATE_FORM_FAULTS, ids=str)
def test_what_is_no_day(refused: Refused, reading: Habit, day: object, code: str) -> None:
    refused("POST", f"habits/{reading.pk}/logs/", {"date": day}, ("date", code))
    refused("POST", "logs/batch/", [{"habit": reading.pk, "date": day}], ("0.date", code))


@pytest.mark.parametrize("day", ["2026-02-29", "2026-13-01", "0000-01-01", "2026-6-1", "today", "２０２６-06-17", "2026-06-17x"])
def test_an_address_without_such_a_day(refused: Refused, reading: Habit, day: str) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        refused(method, f"habits/{reading.pk}/logs/{day}/", None if method == "GET" else {}, status=404, code="not_found")


def test_far_days_have_no_log(refused: Refused, reading: Habit) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        refused("GET", f"habits/{reading.pk}/logs/{day}/", status=404)
        refused("DELETE", f"habits/{reading.pk}/logs/{day}/", status=404)
        refused("PUT", f"habits/{reading.pk}/logs/{day}/", {}, ("date", "date_out_of_range"))


# Days are the owner's.


@pytest.mark.parametrize(
    ("zone", "day_start_hour", "today"),
    [
        ("Pacific/Kiritimati", 0, date(2026, 6, 18)),  # UTC + 14: 00:30
        ("Pacific/Kiritimati", 1, date(2026, 6, 17)),
        ("UTC", 0, date(2026, 6, 17)),  # 10:30
        ("Pacific/Niue", 0, date(2026, 6, 16)),  # UTC - 11: 23:30
    ],
)
def test_a_log_after_the_owners_today_is_refused(db, zone: str, day_start_hour: int, today: date) -> None:
    with time_machine.travel(datetime(2026, 6, 17, 10, 30, tzinfo=UTC), tick=False):
        user = UserFactory(password="!", timezone=zone, day_start_hour=day_start_hour)
        habit, client = HabitFactory(owner=user, start_date=START), client_of(user)
        url = f"{API}/habits/{habit.pk}/logs/"
        tomorrow = client.put(f"{url}{date.fromordinal(today.toordinal() + 1)}/", {})
        assert (tomorrow.status_code, tomorrow.json()["code"]) == (400, "date_out_of_range")
        assert not HabitLog.objects.exists()
        written = client.post(url)
        assert (written.status_code, written.json()["date"]) == (201, str(today))
        assert written.json()["habit_state"]["today"]["date"] == str(today)
        assert client.post(f"{API}/habits/", {"name": "New", "frequency": "daily"}).json()["start_date"] == str(today)


def test_a_shared_habit_is_logged_by_its_owners_day(db) -> None:
    with time_machine.travel(datetime(2026, 6, 17, 10, 30, tzinfo=UTC), tick=False):
        west, east = (UserFactory(password="!", timezone=zone) for zone in ("Pacific/Niue", "Pacific/Kiritimati"))
        habit = HabitFactory(owner=west, start_date=START)
        grants = habit.user_grants.values_list("permission_id", flat=True)
        habit.user_grants.model.objects.bulk_create(
            habit.user_grants.model(content_object=habit, user=east, permission_id=grant) for grant in list(grants)
        )
        assert client_of(east).post(f"{API}/habits/{habit.pk}/logs/").json()["date"] == "2026-06-16"


# Rules of the habit's state


def test_a_second_log_for_a_day(refused: Refused, reading: Habit) -> None:
    log_days(reading, [TODAY])
    refused("POST", f"habits/{reading.pk}/logs/", {"status": "skipped"}, status=409, code="log_exists")


def test_an_archived_habit_takes_no_log(ada: User, refused: Refused, walking: Habit) -> None:
    log_days(walking, [LOGGED], value_milli=5_000)
    update_habit(actor=ada, habit_id=walking.pk, changes={"archived_on": TODAY})
    url = f"habits/{walking.pk}/logs/"
    for method, path, body in [
        ("POST", url, {"value": 1}),
        ("PUT", f"{url}{TODAY}/", {"value": 1}),
        ("PUT", f"{url}{LOGGED}/", {"value": 1}),
        ("PATCH", f"{url}{LOGGED}/", {"value": 1}),
        ("DELETE", f"{url}{LOGGED}/", None),
        ("POST", f"{url}{LOGGED}/add/", {"amount": 1}),
    ]:
        refused(method, path, body, status=409, code="habit_archived")
    refused("POST", "logs/batch/", [{"habit": walking.pk, "date": TODAY, "value": 1}], ("0.habit", "habit_archived"))


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_day_without_a_log(refused: Refused, reading: Habit, method: str) -> None:
    body = {"status": "skipped"} if method == "PATCH" else None
    refused(method, f"habits/{reading.pk}/logs/{TODAY}/", body, status=404, code="not_found")


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, "amount", "required"),
        ({"amount": None}, "amount", "null"),
        ({"amount": "-1"}, "amount", "min_value"),
        ({"amount": "0.0001"}, "amount", "max_decimal_places"),
        ({"amount": True}, "amount", "invalid"),
        ({"amount": 2**63}, "amount", "max_value"),
        ({"amount": 1, "id": "once"}, "id", "invalid"),
        ({"amount": 1, "value": 1}, "value", "unknown_field"),
        ({"amount": "1000000000"}, "amount", "out_of_range"),
    ],
    ids=_name,
)
def test_an_addition_that_breaks_a_rule(refused: Refused, walking: Habit, body: dict[str, Any], attr: str, code: str) -> None:
    log_days(walking, [TODAY], value_milli=1)
    refused("POST", f"habits/{walking.pk}/logs/{TODAY}/add/", body, (attr, code))


def test_a_yes_no_habit_adds_nothing_up(refused: Refused, reading: Habit) -> None:
    refused("POST", f"habits/{reading.pk}/logs/{TODAY}/add/", {"amount": 1}, status=409, code="habit_not_measured")


# Batches


@pytest.mark.parametrize("partial", ["", "?partial=true"])
@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ([], "non_field_errors", "empty"),
        ({}, "non_field_errors", "not_a_list"),
        ({"habit": str(MISSING), "date": "2026-06-17"}, "non_field_errors", "not_a_list"),
        ("rows", "non_field_errors", "not_a_list"),
        (None, "non_field_errors", "not_a_list"),
        ([5], "0.non_field_errors", "invalid"),
        ([[]], "0.non_field_errors", "invalid"),
        ([None], "0", "null"),
        ([{"habit": str(MISSING), "date": "2026-06-17"}] * 501, "non_field_errors", "max_length"),
    ],
    ids=_name,
)
def test_a_body_that_is_no_batch(refused: Refused, body: object, partial: str, attr: str, code: str) -> None:
    refused("POST", f"logs/batch/{partial}", body, (attr, code))


def test_faults_of_a_batch_name_their_rows(refused: Refused, reading: Habit, walking: Habit) -> None:
    days = [date(2026, 6, day) for day in range(1, 17)]
    good = [{"habit": reading.pk, "date": day} for day in days]
    foreign, tomorrow = HabitFactory(), date(2026, 6, 18)
    bad = [
        {"habit": foreign.pk, "date": TODAY},
        {"habit": reading.pk, "date": tomorrow},
        {"habit": MISSING, "date": TODAY},
        {"habit": walking.pk, "date": TODAY},
    ]
    faults = [("16.habit", "not_found"), ("17.date", "date_out_of_range"), ("18.habit", "not_found"), ("19.value", "required")]
    refused("POST", "logs/batch/", good + bad, *faults)


def test_rows_that_are_malformed_name_their_fields(refused: Refused, reading: Habit) -> None:
    rows = [
        {"habit": reading.pk, "date": TODAY},
        {"habit": "x", "date": "x"},
        {"date": TODAY},
        {"habit": reading.pk, "date": TODAY, "stat": 1},
    ]
    faults = [("1.habit", "invalid"), ("1.date", "invalid"), ("2.habit", "required"), ("3.stat", "unknown_field")]
    refused("POST", "logs/batch/", rows, *faults)


def test_a_foreign_and_a_missing_habit_look_alike_in_a_batch(client: APIClient, reading: Habit) -> None:
    foreign = HabitFactory()
    for query in ("", "?partial=true"):
        answers = [
            client.post(f"{API}/logs/batch/{query}", [{"habit": habit_id, "date": TODAY}]).content.replace(
                str(habit_id).encode(), b"ID"
            )
            for habit_id in (foreign.pk, MISSING)
        ]
        assert answers[0] == answers[1]
    assert not HabitLog.objects.exists()
