"""/habits/, /habits/{id}/ and /habits/reorder/."""

from datetime import date
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from config.identifiers import new_id
from habits.domain.schedule import Frequency, Schedule
from habits.models import ChangeCounter, Habit, HabitLog, HabitPause, ScheduleVersion, Tombstone
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.world import API, NOW, TODAY, client_of
from users.models import User

HABITS = f"{API}/habits/"


def url(habit: Habit) -> str:
    return f"{HABITS}{habit.pk}/"


def change_no(user: User) -> int:
    return ChangeCounter.objects.get(owner=user).last_change_no


def names(client: APIClient, query: str) -> list[str]:
    return [row["name"] for row in client.get(f"{HABITS}?{query}").json()["results"]]


# Create and read


def test_a_habit_needs_a_name_and_a_frequency_alone(client: APIClient, ada: User) -> None:
    answer = client.post(HABITS, {"name": "  Read  ", "frequency": "daily"})
    assert answer.status_code == 201
    body = answer.json()
    assert answer["Location"] == f"http://testserver{HABITS}{body['id']}/"
    assert body == {
        "id": body["id"],
        "owner": {"id": str(ada.pk), "display_name": "Ada"},
        "name": "Read",
        "description": "",
        "frequency": "daily",
        "interval": 1,
        "target_days": None,
        "target_count": 1,
        "unit": None,
        "target_value": None,
        "target_direction": None,
        "target_scope": None,
        "start_date": "2026-06-17",
        "end_date": None,
        "tags": [],
        "color": None,
        "icon": None,
        "position": 0,
        "archived_on": None,
        "created_at": "2026-06-17T12:00:00Z",
        "updated_at": "2026-06-17T12:00:00Z",
        "stats": {
            "current_streak": 0,
            "longest_streak": 0,
            "streak_unit": "day",
            "completions": 0,
            "last_completed_on": None,
            "strength": None,
        },
        "today": {"date": "2026-06-17", "is_due": True, "status": "pending", "value": None},
    }
    assert client.get(answer["Location"]).json() == body


def test_a_measured_habit_comes_with_its_defaults(client: APIClient) -> None:
    body = client.post(HABITS, {"name": "Run", "frequency": "weekly", "target_value": 7.50, "unit": "km"}).json()
    shown = {name: body[name] for name in ("target_value", "target_direction", "target_scope", "unit", "target_count")}
    assert shown == {
        "target_value": "7.5",
        "target_direction": "at_least",
        "target_scope": "day",
        "unit": "km",
        "target_count": 1,
    }


def test_the_same_id_again_answers_the_habit_as_it_is_now(client: APIClient) -> None:
    draft = {"id": str(new_id()).upper(), "name": "Read", "frequency": "daily"}
    first = client.post(HABITS, draft)
    again = client.post(HABITS, draft)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    client.patch(f"{HABITS}{draft['id'].lower()}/", {"name": "Write"})
    assert client.post(HABITS, draft).json()["name"] == "Write"
    assert Habit.objects.count() == ScheduleVersion.objects.count() == 1


# Change


def test_what_a_get_answered_may_be_put_back(client: APIClient, ada: User) -> None:
    for habit in (
        HabitFactory(owner=ada, description="At night", tags=("a", "b"), color="#112233", icon="book", end_date=date(2027, 1, 1)),
        MeasuredHabitFactory(owner=ada),
        HabitFactory(owner=ada, schedule=Schedule.of(Frequency.WEEKLY, target_days=[1, 4])),
    ):
        log_days(habit, [TODAY], value_milli=5_000 if habit.is_measured else None)
        body = client.get(url(habit)).json()
        answer = client.put(url(habit), body)
        assert answer.status_code == 200, answer.content
        assert answer.json() == client.get(url(habit)).json() == body
        assert ScheduleVersion.objects.filter(habit=habit).count() == 1


def test_a_patch_keeps_the_rest(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada, description="At night", tags=("a",), color="#112233")
    before = client.get(url(habit)).json()
    with time_machine.travel(NOW.replace(hour=13), tick=False):
        after = client_of(ada).patch(url(habit), {"name": "Write"}).json()
    assert after == {**before, "name": "Write", "updated_at": "2026-06-17T13:00:00Z"}


def test_a_put_takes_defaults_for_what_is_left_out_but_not_for_dates_and_place(client: APIClient, ada: User) -> None:
    HabitFactory(owner=ada)
    habit = HabitFactory(owner=ada, description="At night", tags=("a",), color="#112233", end_date=date(2027, 1, 1))
    after = client.put(url(habit), {"name": "Read", "frequency": "daily"}).json()
    assert (after["description"], after["tags"], after["color"], after["end_date"]) == ("", [], None, None)
    assert (after["start_date"], after["position"]) == ("2025-01-01", 1)


@pytest.mark.parametrize("start", ["2026-06-05", "2024-12-01"])
def test_a_start_date_moves_with_its_first_version(client: APIClient, ada: User, start: str) -> None:
    habit = HabitFactory(owner=ada)
    log_days(habit, [date(2026, 6, 5)])
    body = client.patch(url(habit), {"start_date": start}).json()
    assert body["start_date"] == start
    assert [str(row.effective_from) for row in ScheduleVersion.objects.filter(habit=habit)] == [start]
    assert body["stats"]["longest_streak"] == 1


def test_archiving_rests_the_habit_from_today_on_and_coming_back_ends_that(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada)
    log_days(habit, [date(2026, 6, 16)])
    body = client.patch(url(habit), {"archived_on": "2026-06-17"}).json()
    assert (body["archived_on"], body["today"]["is_due"], body["today"]["status"]) == ("2026-06-17", False, "skipped")
    assert names(client, "") == []
    assert names(client, "archived=true") == [habit.name]
    with time_machine.travel(NOW.replace(day=20), tick=False):
        body = client_of(ada).patch(url(habit), {"archived_on": None}).json()
        assert (body["archived_on"], body["today"]["is_due"], body["stats"]["current_streak"]) == (None, True, 1)
    pause = HabitPause.objects.get()
    assert (pause.start, pause.end, pause.is_archive) == (TODAY, date(2026, 6, 19), False)


def test_coming_back_on_the_same_day_leaves_no_pause(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada)
    before = client.get(url(habit)).json()
    client.patch(url(habit), {"archived_on": str(TODAY)})
    assert client.patch(url(habit), {"archived_on": None}).json() == before
    assert not HabitPause.objects.exists()
    assert Tombstone.objects.get().kind == "pause"


def test_a_deleted_habit_leaves_a_tombstone_alone(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada)
    log_days(habit, [TODAY])
    before = change_no(ada)
    answer = client.delete(url(habit))
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.delete(url(habit)).status_code == 404
    assert not Habit.objects.exists()
    assert not HabitLog.objects.exists()
    stone = Tombstone.objects.get()
    assert (stone.kind, stone.key) == ("habit", str(habit.pk))
    assert before < stone.change_no <= change_no(ada)


# Change numbers


def test_every_write_takes_a_higher_number(client: APIClient, ada: User) -> None:
    habit = MeasuredHabitFactory(owner=ada)
    other = HabitFactory(owner=ada)
    pauses = f"{url(habit)}pauses/"
    writes: list[tuple[str, str, Any]] = [
        ("post", HABITS, {"name": "New", "frequency": "daily"}),
        ("patch", url(habit), {"name": "Walk"}),
        ("patch", url(habit), {"target_value": "40"}),
        ("post", f"{API}/habits/reorder/", {"ids": [str(other.pk), str(habit.pk)]}),
        ("post", pauses, {"start": "2026-07-01", "end": "2026-07-02"}),
        ("post", f"{API}/pauses/", {"start": "2026-08-01"}),
        ("post", f"{url(habit)}logs/", {"value": "1"}),
        ("put", f"{url(habit)}logs/2026-06-17/", {"value": "2"}),
        ("patch", f"{url(habit)}logs/2026-06-17/", {"note": "wet"}),
        ("post", f"{url(habit)}logs/2026-06-17/add/", {"amount": "2"}),
        ("post", f"{API}/logs/batch/", [{"habit": str(habit.pk), "date": "2026-06-16", "value": "3"}]),
        ("delete", f"{url(habit)}logs/2026-06-17/", None),
        ("delete", url(other), None),
    ]
    last = change_no(ada)
    for method, path, body in writes:
        answer = getattr(client, method)(path, body)
        assert answer.status_code < 300, answer.content
        assert change_no(ada) > last, (method, path)
        last = change_no(ada)
    rows = [row for model in (Habit, ScheduleVersion, HabitPause, HabitLog, Tombstone) for row in model.objects.filter(owner=ada)]
    numbers = [row.change_no for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= last


def test_a_log_carries_the_number_of_its_last_write(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada)
    log_days(habit, [date(2026, 6, 15)])
    client.put(f"{url(habit)}logs/2026-06-15/", {"status": "skipped"})
    assert HabitLog.objects.get().change_no == change_no(ada)
    client.delete(f"{url(habit)}logs/2026-06-15/")
    stone = Tombstone.objects.get()
    assert (stone.kind, stone.key, stone.change_no) == ("log", f"{habit.pk}/2026-06-15", change_no(ada))


# Lists


@pytest.fixture
def several(ada: User) -> dict[str, Habit]:
    weekly = Schedule.of(Frequency.WEEKLY)
    return {
        "Übung": HabitFactory(owner=ada, name="Übung", tags=("Straße", "früh"), description="Jeden Morgen"),
        "große Runde": HabitFactory(owner=ada, name="große Runde", schedule=weekly, tags=("draussen",)),
        "apple": HabitFactory(owner=ada, name="apple", schedule=Schedule.of(Frequency.MONTHLY)),
        "Banana": HabitFactory(owner=ada, name="Banana", schedule=weekly, description="100 % yellow_fruit"),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Übung", "große Runde", "apple", "Banana"]),
        ("frequency=weekly", ["große Runde", "Banana"]),
        ("archived=false", ["Übung", "große Runde", "apple", "Banana"]),
        ("archived=true", []),
        ("name=%C3%BCBUNG", ["Übung"]),
        ("name=U%CC%88bung", ["Übung"]),  # U and a combining diaeresis
        ("name=GROSSE", ["große Runde"]),
        ("name=gro%C3%9Fe", ["große Runde"]),
        ("name=a", ["apple", "Banana"]),
        ("name=%25", []),
        ("name=_", []),
        ("tag=STRASSE", ["Übung"]),
        ("tag=stra%C3%9Fe", ["Übung"]),
        ("tag=stra", []),
        ("search=morgen", ["Übung"]),
        ("search=FR%C3%9CH+%C3%BCbung", ["Übung"]),
        ("search=100+%25", ["Banana"]),
        ("search=w_f", ["Banana"]),
        ("search=nothing", []),
        ("search=", ["Übung", "große Runde", "apple", "Banana"]),
        ("ordering=name", ["apple", "Banana", "große Runde", "Übung"]),
        ("ordering=-name", ["Übung", "große Runde", "Banana", "apple"]),
        ("ordering=-position", ["Banana", "apple", "große Runde", "Übung"]),
        ("ordering=frequency,-name", ["Übung", "apple", "große Runde", "Banana"]),
        ("ordering=created_at", ["Übung", "große Runde", "apple", "Banana"]),
        ("frequency=weekly&ordering=name&search=an", ["Banana"]),
    ],
)
def test_filters_and_orders(client: APIClient, several: dict[str, Habit], query: str, expected: list[str]) -> None:
    assert names(client, query) == expected


def test_names_are_ordered_alike_on_every_database(client: APIClient, ada: User) -> None:
    for name in ("zebra", "Übung", "a b", "ab", "A-c", "_x"):
        HabitFactory(owner=ada, name=name)
    assert names(client, "ordering=name") == ["_x", "a b", "A-c", "ab", "zebra", "Übung"]


def test_pages_are_walked_to_the_end(client: APIClient, ada: User) -> None:
    for _ in range(5):
        HabitFactory(owner=ada)
    found, link = [], f"{HABITS}?page_size=2"
    while link:
        page = client.get(link).json()
        assert page["count"] == 5
        found += [row["name"] for row in page["results"]]
        previous, link = page["previous"], page["next"]
    assert found == names(client, "")
    assert client.get(previous).json()["results"][0]["name"] == found[2]
    assert client.get(client.get(previous).json()["previous"]).json()["previous"] is None


def test_equal_keys_are_ordered_by_id(client: APIClient, ada: User) -> None:
    habits = [HabitFactory(owner=ada, name="Same", position=0) for _ in range(3)]
    for query in ("ordering=name", "ordering=-frequency", "ordering=position"):
        rows = client.get(f"{HABITS}?{query}").json()["results"]
        assert [row["id"] for row in rows] == sorted(str(habit.pk) for habit in habits)


# Order


def test_reordering_puts_the_named_first(client: APIClient, several: dict[str, Habit]) -> None:
    ids = [str(several[name].pk) for name in ("Banana", "Übung")]
    assert client.post(f"{HABITS}reorder/", {"ids": ids}).status_code == 204
    assert names(client, "") == ["Banana", "Übung", "große Runde", "apple"]
    assert [row["position"] for row in client.get(HABITS).json()["results"]] == [0, 1, 2, 3]


def test_reordering_touches_what_moves_alone(client: APIClient, several: dict[str, Habit], ada: User) -> None:
    before = dict(Habit.objects.values_list("name", "change_no"))
    client.post(f"{HABITS}reorder/", {"ids": [str(several[name].pk) for name in ("Übung", "apple", "große Runde")]})
    after = dict(Habit.objects.values_list("name", "change_no"))
    assert {name for name in after if after[name] != before[name]} == {"apple", "große Runde"}
