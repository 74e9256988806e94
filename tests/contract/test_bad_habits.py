"""Habits, schedules and pauses that break a rule: each is refused by field and code, and nothing is stored."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from habits.domain.schedule import Frequency, Schedule, Scope, Target
from habits.models import Habit
from habits.services.editing import update_habit
from habits.services.habits import delete_habit
from habits.services.pauses import create_pause
from tests.contract.conftest import Refused
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.world import API, MISSING, TODAY
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

START = date(2026, 6, 1)
WEEKLY, MONTHLY = {"frequency": "weekly"}, {"frequency": "monthly"}
KM = {"target_value": "20", "target_scope": "unit"}

HABIT_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    # texts
    ({"name": ""}, "name", "blank"),
    ({"name": " \u2003 "}, "name", "blank"),
    ({"name": None}, "name", "null"),
    ({"name": "x" * 121}, "name", "max_length"),
    ({"name": "a\u0007"}, "name", "control_character"),
    ({"name": "a\nb"}, "name", "line_break"),
    ({"name": 5}, "name", "invalid"),
    ({"name": True}, "name", "invalid"),
    ({"name": ["a"]}, "name", "invalid"),
    ({"description": "x" * 2001}, "description", "max_length"),
    ({"description": None}, "description", "null"),
    ({"icon": "x" * 65}, "icon", "max_length"),
    ({"color": "red"}, "color", "invalid"),
    ({"color": "#fff"}, "color", "invalid"),
    ({"color": "#12345g"}, "color", "invalid"),
    ({"color": "#12 456"}, "color", "invalid"),
    ({"color": "#1234567"}, "color", "invalid"),
    ({"tags": [f"tag {number}" for number in range(21)]}, "tags", "max_length"),
    ({"tags": ["Work", "wORK"]}, "tags", "duplicate"),
    ({"tags": ["straße", "STRASSE"]}, "tags", "duplicate"),
    ({"tags": "work"}, "tags", "not_a_list"),
    ({"tags": None}, "tags", "null"),
    ({"tags": ["work", ""]}, "tags.1", "blank"),
    ({"tags": ["x" * 51]}, "tags.0", "max_length"),
    ({"tags": [5]}, "tags.0", "invalid"),
    ({"position": -1}, "position", "min_value"),
    ({"position": 2**63}, "position", "max_value"),
    ({"position": "1"}, "position", "invalid"),
    ({"unit": "x" * 41, "target_value": "1"}, "unit", "max_length"),
    ({"unit": "km"}, "unit", "unit_without_target"),
    # the schedule
    ({"frequency": "yearly"}, "frequency", "invalid_choice"),
    ({"frequency": "Daily"}, "frequency", "invalid_choice"),
    ({"frequency": ["daily"]}, "frequency", "invalid_choice"),
    ({"frequency": None}, "frequency", "null"),
    ({"interval": 0}, "interval", "min_value"),
    ({"interval": 366}, "interval", "max_value"),
    (WEEKLY | {"interval": 53}, "interval", "out_of_range"),
    (MONTHLY | {"interval": 13}, "interval", "out_of_range"),
    ({"interval": 2**63}, "interval", "max_value"),
    ({"interval": -(2**63)}, "interval", "min_value"),
    ({"interval": True}, "interval", "invalid"),
    ({"interval": "2"}, "interval", "invalid"),
    ({"interval": 1.5}, "interval", "invalid"),
    ({"interval": None}, "interval", "null"),
    ({"target_days": []}, "target_days", "empty"),
    ({"target_days": [1, 1]}, "target_days", "duplicate"),
    ({"target_days": [0]}, "target_days", "out_of_range"),
    ({"target_days": [8]}, "target_days", "out_of_range"),
    (WEEKLY | {"target_days": [8]}, "target_days", "out_of_range"),
    (WEEKLY | {"target_days": [-1]}, "target_days", "out_of_range"),
    (MONTHLY | {"target_days": [0]}, "target_days", "out_of_range"),
    (MONTHLY | {"target_days": [-2]}, "target_days.0", "min_value"),
    (MONTHLY | {"target_days": [1, 32]}, "target_days.1", "max_value"),
    (MONTHLY | {"target_days": [-1, -1]}, "target_days", "duplicate"),
    ({"target_days": [1], "interval": 2}, "target_days", "interval_not_one"),
    ({"target_days": [1], "target_count": 1}, "target_count", "not_with_target_days"),
    ({"target_days": 1}, "target_days", "not_a_list"),
    ({"target_days": {"0": 1}}, "target_days", "not_a_list"),
    ({"target_days": [True]}, "target_days.0", "invalid"),
    ({"target_days": [None]}, "target_days.0", "null"),
    ({"target_days": [[1]]}, "target_days.0", "invalid"),
    ({"target_days": [*range(1, 32), -1, 1]}, "target_days", "max_length"),
    ({"target_count": 0}, "target_count", "min_value"),
    ({"target_count": 2}, "target_count", "out_of_range"),
    ({"target_count": 4, "interval": 3}, "target_count", "out_of_range"),
    (WEEKLY | {"target_count": 8}, "target_count", "out_of_range"),
    (WEEKLY | {"target_count": 15, "interval": 2}, "target_count", "out_of_range"),
    (MONTHLY | {"target_count": 29}, "target_count", "out_of_range"),
    (MONTHLY | {"target_count": 337, "interval": 12}, "target_count", "out_of_range"),
    ({"target_count": 2**63}, "target_count", "max_value"),
    ({"target_count": True}, "target_count", "invalid"),
    # the target
    ({"target_value": "0"}, "target_value", "out_of_range"),
    ({"target_value": 0, "target_direction": "at_least"}, "target_value", "out_of_range"),
    ({"target_value": "-1"}, "target_value", "min_value"),
    ({"target_value": "1.2345"}, "target_value", "max_decimal_places"),
    ({"target_value": 0.0001}, "target_value", "max_decimal_places"),
    ({"target_value": "1000000000.001"}, "target_value", "max_value"),
    ({"target_value": 2**63}, "target_value", "max_value"),
    ({"target_value": 1e300}, "target_value", "max_value"),
    ({"target_value": "9" * 5000}, "target_value", "invalid"),
    ({"target_value": "NaN"}, "target_value", "invalid"),
    ({"target_value": "1e3"}, "target_value", "invalid"),
    ({"target_value": "٣"}, "target_value", "invalid"),
    ({"target_value": ""}, "target_value", "invalid"),
    ({"target_value": True}, "target_value", "invalid"),
    ({"target_value": ["1"]}, "target_value", "invalid"),
    ({"target_value": "1", "target_direction": "exactly"}, "target_direction", "invalid_choice"),
    ({"target_value": "1", "target_scope": "week"}, "target_scope", "invalid_choice"),
    (KM, "target_scope", "unit_of_one_day"),
    (WEEKLY | KM | {"target_days": [1]}, "target_days", "not_with_total"),
    (WEEKLY | KM | {"target_count": 1}, "target_count", "not_with_total"),
    # dates
    ({"start_date": "1969-12-31"}, "start_date", "out_of_range"),
    ({"start_date": "2031-06-18"}, "start_date", "date_out_of_range"),
    ({"start_date": "9999-12-31"}, "start_date", "out_of_range"),
    ({"start_date": "9998-12-31"}, "start_date", "date_out_of_range"),
    ({"start_date": "2026-02-29"}, "start_date", "invalid"),
    ({"start_date": "2026-6-1"}, "start_date", "invalid"),
    ({"start_date": "2026-06-01T00:00:00Z"}, "start_date", "invalid"),
    ({"start_date": "2026-W25-3"}, "start_date", "invalid"),
    ({"start_date": "２０２６-06-01"}, "start_date", "invalid"),
    ({"start_date": 20260601}, "start_date", "invalid"),
    ({"start_date": True}, "start_date", "invalid"),
    ({"start_date": None}, "start_date", "null"),
    ({"end_date": "2031-06-18"}, "end_date", "date_out_of_range"),
    ({"start_date": "2026-06-10", "end_date": "2026-06-09"}, "end_date", "end_before_start"),
    # what there is not
    ({"colour": "#ffffff"}, "colour", "unknown_field"),
    ({"Name": "Read"}, "Name", "unknown_field"),
    ({"owner_id": str(MISSING)}, "owner_id", "unknown_field"),
]


def _name(case: object) -> str | None:
    return str(case)[:60] if isinstance(case, dict) else None


@pytest.mark.parametrize(("fields", "attr", "code"), HABIT_FAULTS, ids=_name)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_habit_that_breaks_a_rule(
    ada: User, refused: Refused, method: str, fields: dict[str, Any], attr: str, code: str
) -> None:
    path = "habits/"
    if method == "PUT":
        factory = MeasuredHabitFactory if "target_value" in fields else HabitFactory
        path += f"{factory(owner=ada, start_date=START).pk}/"
    refused(method, path, {"name": "Read", "frequency": "daily"} | fields, (attr, code))


@pytest.mark.parametrize("missing", ["name", "frequency"])
def test_a_habit_without_what_it_needs(refused: Refused, missing: str) -> None:
    body = {"name": "Read", "frequency": "daily"}
    del body[missing]
    refused("POST", "habits/", body, (missing, "required"))


def test_all_faults_are_told_at_once(refused: Refused) -> None:
    faults = [("name", "blank"), ("interval", "min_value"), ("tags", "not_a_list"), ("colour", "unknown_field")]
    body = {"name": "", "frequency": "daily", "interval": 0, "tags": "a", "colour": ""}
    refused("POST", "habits/", body, *faults, code="validation_error")


def test_unknown_fields_alone_name_the_whole(refused: Refused) -> None:
    refused("POST", "habits/", {"name": "a", "frequency": "daily", "x": 1}, ("x", "unknown_field"), code="unknown_field")


@pytest.mark.parametrize("habit_id", ["x", 5, "", True, "0199-", "01998f2e7a317c4e9d523f1b6d0c8e21"])
def test_an_id_that_is_none(refused: Refused, habit_id: object) -> None:
    refused("POST", "habits/", {"id": habit_id, "name": "Read", "frequency": "daily"}, ("id", "invalid"))


@pytest.mark.parametrize(
    "fields",
    [
        {"start_date": "1970-01-01"},
        {"start_date": "2031-06-17", "end_date": "2031-06-17"},
        {"name": "x" * 120, "description": "x" * 2000, "tags": [f"tag {number}" for number in range(20)]},
        {"interval": 365, "target_count": 365},
        WEEKLY | {"interval": 52, "target_count": 364},
        MONTHLY | {"interval": 12, "target_count": 336},
        MONTHLY | {"target_days": [-1, *range(1, 32)]},
        {"target_value": "0", "target_direction": "at_most"},
        {"target_value": "1000000000", "unit": "x" * 40},
        {"interval": 2} | KM,
        {"description": "Line\n\tand tab", "color": "#A0b1C2"},
    ],
    ids=_name,
)
def test_what_lies_just_within_the_bounds_is_taken(client: APIClient, fields: dict[str, Any]) -> None:
    answer = client.post(f"{API}/habits/", {"name": "Read", "frequency": "daily"} | fields)
    assert answer.status_code == 201, answer.content
    assert {name: answer.json()[name] for name in fields} == fields


# Changes


@pytest.mark.parametrize(
    ("changes", "attr", "code"),
    [
        ({"interval": 2, "effective_from": "2026-06-18"}, "effective_from", "date_out_of_range"),
        ({"interval": 2, "effective_from": "2026-05-31"}, "effective_from", "date_out_of_range"),
        ({"interval": 2, "effective_from": "yesterday"}, "effective_from", "invalid"),
        ({"archived_on": "2026-06-16"}, "archived_on", "not_today"),
        ({"archived_on": "2026-06-18"}, "archived_on", "not_today"),
        ({"archived_on": True}, "archived_on", "invalid"),
        ({"target_value": "5"}, "target_value", "measured_is_fixed"),
        ({"unit": "km"}, "unit", "unit_without_target"),
        ({"end_date": "2026-05-31"}, "end_date", "end_before_start"),
        ({"start_date": "2026-06-20", "end_date": "2026-06-19"}, "end_date", "end_before_start"),
        ({"name": None}, "name", "null"),
        ({"stat": {}}, "stat", "unknown_field"),
    ],
    ids=_name,
)
def test_a_change_that_breaks_a_rule(ada: User, refused: Refused, changes: dict[str, Any], attr: str, code: str) -> None:
    habit = HabitFactory(owner=ada, start_date=START)
    refused("PATCH", f"habits/{habit.pk}/", changes, (attr, code))


def test_a_measured_habit_stays_measured(ada: User, refused: Refused) -> None:
    habit = MeasuredHabitFactory(owner=ada, unit="", start_date=START)
    refused("PATCH", f"habits/{habit.pk}/", {"target_value": None}, ("target_value", "measured_is_fixed"))
    refused("PUT", f"habits/{habit.pk}/", {"name": "a", "frequency": "daily"}, ("target_value", "measured_is_fixed"))


def test_target_days_do_not_take_a_longer_interval(ada: User, refused: Refused) -> None:
    habit = HabitFactory(owner=ada, schedule=Schedule.of(Frequency.DAILY, target_days=[1, 3]))
    refused("PATCH", f"habits/{habit.pk}/", {"interval": 2}, ("target_days", "interval_not_one"))


def test_a_total_does_not_become_daily(ada: User, refused: Refused) -> None:
    schedule = Schedule.of(Frequency.WEEKLY, target=Target(20_000, scope=Scope.UNIT))
    habit = MeasuredHabitFactory(owner=ada, schedule=schedule)
    refused("PATCH", f"habits/{habit.pk}/", {"frequency": "daily"}, ("target_scope", "unit_of_one_day"))


@pytest.mark.parametrize(
    "changes", [{"start_date": "2026-06-11"}, {"end_date": "2026-06-09"}, {"start_date": "2026-06-16"}], ids=_name
)
def test_dates_do_not_leave_logs_outside(ada: User, refused: Refused, changes: dict[str, Any]) -> None:
    habit = HabitFactory(owner=ada, start_date=START)
    log_days(habit, [date(2026, 6, 10)])
    refused("PATCH", f"habits/{habit.pk}/", changes, status=409, code="logs_outside_range")


def test_an_archived_habit_is_not_archived_again(ada: User, refused: Refused) -> None:
    habit = HabitFactory(owner=ada, start_date=START)
    update_habit(actor=ada, habit_id=habit.pk, changes={"archived_on": TODAY})
    refused("PATCH", f"habits/{habit.pk}/", {"archived_on": "2026-06-16"}, ("archived_on", "already_archived"))


# Ids and limits


def test_a_strangers_id_is_taken(refused: Refused) -> None:
    body = {"id": str(HabitFactory().pk), "name": "Read", "frequency": "daily"}
    refused("POST", "habits/", body, status=409, code="id_conflict")


def test_a_deleted_id_stays_deleted(ada: User, refused: Refused) -> None:
    habit = HabitFactory(owner=ada)
    body = {"id": str(habit.pk), "name": "Read", "frequency": "daily"}
    delete_habit(actor=ada, habit_id=habit.pk)
    refused("POST", "habits/", body, status=409, code="id_deleted")


def test_there_are_at_most_500_habits(ada: User, client: APIClient, refused: Refused) -> None:
    habit = HabitFactory(owner=ada)
    row = {field.attname: getattr(habit, field.attname) for field in Habit._meta.concrete_fields if not field.primary_key}
    Habit.objects.bulk_create(Habit(**row) for _ in range(499))
    body = {"name": "Read", "frequency": "daily"}
    refused("POST", "habits/", body, status=409, code="limit_reached")
    # Archived ones do not count, and come back only where there is room.
    assert client.patch(f"{API}/habits/{habit.pk}/", {"archived_on": str(TODAY)}).status_code == 200
    assert client.post(f"{API}/habits/", body).status_code == 201
    refused("PATCH", f"habits/{habit.pk}/", {"archived_on": None}, status=409, code="limit_reached")


def test_there_is_a_limit_for_all_habits_together(ada: User, client: APIClient, refused: Refused, monkeypatch: Any) -> None:
    monkeypatch.setattr("habits.services.habits.MAX_HABITS", 2)
    habit = HabitFactory(owner=ada)
    assert client.patch(f"{API}/habits/{habit.pk}/", {"archived_on": str(TODAY)}).status_code == 200
    HabitFactory(owner=ada)
    refused("POST", "habits/", {"name": "Read", "frequency": "daily"}, status=409, code="limit_reached")


# Orders and pauses


@pytest.mark.parametrize(
    ("ids", "attr", "code"),
    [
        ([str(MISSING)], "ids.0", "not_found"),
        (["x"], "ids.0", "invalid"),
        ([5], "ids.0", "invalid"),
        ([None], "ids.0", "null"),
        ("x", "ids", "not_a_list"),
        (None, "ids", "null"),
        ([str(MISSING)] * 2001, "ids", "max_length"),
    ],
    ids=str,
)
def test_an_order_of_what_is_not_there(ada: User, refused: Refused, ids: object, attr: str, code: str) -> None:
    HabitFactory(owner=ada)
    refused("POST", "habits/reorder/", {"ids": ids}, (attr, code))


def test_an_order_that_names_a_habit_twice(ada: User, refused: Refused) -> None:
    habit = HabitFactory(owner=ada)
    refused("POST", "habits/reorder/", {"ids": [habit.pk, habit.pk]}, ("ids.1", "duplicate"))


@pytest.mark.parametrize("path", ["habits/{habit}/pauses/", "pauses/"])
@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, "start", "required"),
        ({"start": None}, "start", "null"),
        ({"start": "today"}, "start", "invalid"),
        ({"start": "1969-12-31"}, "start", "out_of_range"),
        ({"start": "2031-06-18"}, "start", "date_out_of_range"),
        ({"start": "2026-06-20", "end": "2026-06-19"}, "end", "end_before_start"),
        ({"start": "2026-06-20", "end": "2031-06-18"}, "end", "date_out_of_range"),
        ({"start": "2026-06-20", "end": "9999-12-31"}, "end", "out_of_range"),
        ({"start": "2026-06-20", "till": "2026-06-21"}, "till", "unknown_field"),
    ],
    ids=_name,
)
def test_a_pause_that_breaks_a_rule(ada: User, refused: Refused, path: str, body: dict[str, Any], attr: str, code: str) -> None:
    habit = HabitFactory(owner=ada)
    refused("POST", path.format(habit=habit.pk), body, (attr, code))


def test_pauses_of_what_is_not_there(ada: User, refused: Refused) -> None:
    habit = HabitFactory(owner=ada)
    body = {"start": "2026-06-20", "habits": [habit.pk, MISSING, HabitFactory().pk]}
    refused("POST", "pauses/", body, ("habits.1", "not_found"), ("habits.2", "not_found"))


def test_the_pause_of_an_archived_habit_is_not_edited(ada: User, refused: Refused, client: APIClient) -> None:
    habit = HabitFactory(owner=ada)
    update_habit(actor=ada, habit_id=habit.pk, changes={"archived_on": TODAY})
    path = f"habits/{habit.pk}/pauses/"
    (pause,) = client.get(f"{API}/{path}").json()["results"]
    refused("PATCH", f"{path}{pause['id']}/", {"end": "2026-06-20"}, status=409, code="pause_of_archive")
    refused("DELETE", f"{path}{pause['id']}/", status=409, code="pause_of_archive")


def test_a_pause_does_not_end_before_it_starts(ada: User, refused: Refused, client: APIClient) -> None:
    path = f"habits/{HabitFactory(owner=ada).pk}/pauses/"
    pause = client.post(f"{API}/{path}", {"start": "2026-07-01", "end": "2026-07-14"}).json()
    refused("PATCH", f"{path}{pause['id']}/", {"start": "2026-07-15"}, ("end", "end_before_start"))
    refused("PATCH", f"{path}{pause['id']}/", {"end": "2026-06-30"}, ("end", "end_before_start"))
    refused("PATCH", f"{path}{pause['id']}/", {"start": None}, ("start", "null"))


def test_a_habit_takes_at_most_200_pauses(ada: User, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("habits.services.pauses.MAX_PAUSES", 2)
    habit = HabitFactory(owner=ada)
    for start in (date(2026, 6, 1), date(2026, 7, 1)):
        create_pause(actor=ada, habit_id=habit.pk, start=start, end=None)
    HabitFactory(owner=ada)
    refused("POST", f"habits/{habit.pk}/pauses/", {"start": "2026-07-01"}, status=409, code="limit_reached")
    refused("POST", "pauses/", {"start": "2026-07-01"}, status=409, code="limit_reached")
