"""A thousand random habits, built and read over HTTP: every number is that of the slow reference."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.habits import reference
from tests.habits.reference_schedule import Schedule, is_paused, schedule_on
from tests.habits.strategies import Case, random_habit

CHUNKS, HABITS_IN_CHUNK = 20, 50
MAX_BATCH, MAX_RANGE_DAYS, MAX_PAGE = 500, 366, 100
HABIT_NAME = "Run"
STREAK_UNITS = {"daily": "day", "weekly": "week", "monthly": "month"}

Documents = dict[str, Any]


class Client:
    """One user's view of the API; any error fails the test."""

    def __init__(self) -> None:
        self.api = APIClient()
        self.api.force_authenticate(UserFactory(password="!"))

    def call(self, method: str, path: str, data: Any = None) -> Any:
        response = getattr(self.api, method)(f"/api/v1/{path}", data, format="json")
        assert response.status_code < 400, (method, path, data, response.content)
        return response.json() if response.content else None

    def get(self, path: str, **query: Any) -> Any:
        return self.call("get", f"{path}?{urlencode(query)}")

    def pages(self, path: str, **query: Any) -> Iterator[Documents]:
        number, following = 1, True
        while following:
            page = self.get(path, page=number, page_size=MAX_PAGE, **query)
            yield from page["results"]
            number, following = number + 1, page["next"]


# Building: the requests of a life with a habit, with logs before and after its changes, and many of them edited


def build(client: Client, rng: Random, case: Case) -> str:
    habit = case.habit
    dates = {"start_date": str(habit["start"]), "end_date": text_or_none(habit["end"])}
    habit_id = client.call("post", "habits/", {"name": HABIT_NAME, **dates, **schedule_document(case.first_schedule)})["id"]
    path = f"habits/{habit_id}/"
    days = sorted(case.logs)
    rng.shuffle(days)
    early, late = days[: len(days) // 2], days[len(days) // 2 :]
    write(client, habit_id, case, early)
    for requested, schedule in case.changes:
        client.call("patch", path, {"effective_from": str(requested), **schedule_document(schedule)})
    for start, end in habit["pauses"]:
        client.call("post", f"{path}pauses/", {"start": str(start), "end": text_or_none(end)})
    write(client, habit_id, case, late)
    for day in days[:3]:
        edit(client, rng, path, case, day)
    if habit["archived_on"] is not None:
        client.call("patch", path, {"archived_on": str(habit["archived_on"])})
    return habit_id


def write(client: Client, habit_id: str, case: Case, days: list[date]) -> None:
    rows = [{"habit": habit_id, "date": str(day), **log_document(case, day)} for day in days]
    for first in range(0, len(rows), MAX_BATCH):
        client.call("post", "logs/batch/", rows[first : first + MAX_BATCH])


def edit(client: Client, rng: Random, path: str, case: Case, day: date) -> None:
    """Leave a log as it was, after a detour."""
    document, log = log_document(case, day), f"{path}logs/{day}/"
    client.call("put", log, {"status": "skipped"})
    detour = rng.choice(["replace", "rewrite", "add"])
    if detour == "rewrite":
        client.call("delete", log)
        client.call("post", f"{path}logs/", {"date": str(day), **document})
    elif detour == "add" and document.keys() == {"value"}:
        client.call("post", f"{log}add/", {"amount": document["value"]})
    else:
        client.call("put", log, document)


# What is sent


def schedule_document(schedule: Schedule) -> Documents:
    target = schedule["target"] or {"value_milli": None, "direction": None, "scope": None}
    return {
        "frequency": schedule["frequency"],
        "interval": schedule["interval"],
        "target_days": schedule["target_days"],
        "target_count": schedule["target_count"],
        "target_value": value_text(target["value_milli"]),
        "target_direction": target["direction"],
        "target_scope": target["scope"],
    }


def log_document(case: Case, day: date) -> Documents:
    """A value without a status where the status follows from it."""
    status, value = case.logs[day]
    if value is None:
        return {"status": status}
    return {"value": value_text(value), "status": status} if status == "skipped" else {"value": value_text(value)}


def value_text(milli: int | None) -> str | None:
    return None if milli is None else f"{(Decimal(milli) / 1000).normalize():f}"


def text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)


# What is to be seen, by the reference


def habit_figures(case: Case) -> Documents:
    habit, logs, today = case.habit, case.logs, case.today
    current, longest = reference.current_streak(habit, logs, today), reference.longest_streak(habit, logs, today)
    completed = reference.completed_days(logs, today, date.min, today)
    strength = reference.strength(habit, logs, today)
    return {
        "current_streak": current["length"] if current else 0,
        "longest_streak": longest["length"] if longest else 0,
        "streak_unit": STREAK_UNITS[schedule_on(habit, max(today, habit["start"]))["frequency"]],
        "completions": len(completed),
        "last_completed_on": str(max(completed)) if completed else None,
        "strength": None if strength is None else f"{strength:.4f}",
    }


def habit_today(case: Case) -> Documents:
    status, value = case.logs.get(case.today, ("skipped" if is_paused(case.habit, case.today) else "pending", None))
    is_due = reference.is_due(case.habit, case.logs, case.today)
    return {"date": str(case.today), "is_due": is_due, "status": status, "value": value_text(value)}


def habit_streaks(case: Case) -> list[Documents]:
    return [
        {
            "length": streak["length"],
            "start": str(streak["start"]),
            "end": str(streak["end"]),
            "unit": STREAK_UNITS[streak["frequency"]],
            "interval": streak["interval"],
        }
        for streak in reference.streaks(case.habit, case.logs, case.today)
    ]


def habit_units(case: Case, first: date, last: date) -> list[Documents]:
    return [
        {
            "start": str(unit["start"]),
            "end": str(unit["end"]),
            "required": unit["required"],
            "achieved": unit["achieved"],
            "status": unit["status"],
            "value": value_text(unit["value_milli"]),
        }
        for unit in reference.units(case.habit, case.logs, case.today)
        if first <= unit["end"] <= last or (unit["end"] >= case.today and first <= case.today <= last)
    ]


def totals(cases: list[Case], first: date, last: date) -> Documents:
    rates = [reference.rate(case.habit, case.logs, case.today, first, last) for case in cases]
    expected, achieved = sum(rate[0] for rate in rates), sum(rate[1] for rate in rates)
    rate = (Decimal(achieved) / expected).quantize(Decimal("0.0001"), ROUND_HALF_UP) if expected else None
    return {
        "completions": sum(reference.completions(case.habit, case.logs, case.today, first, last) for case in cases),
        "expected": expected,
        "achieved": achieved,
        "success_rate": text_or_none(rate),
    }


# Comparing


class Chunk:
    """Some habits of one user, built on one day."""

    def __init__(self, seed: int, today: date) -> None:
        self.rng, self.today, self.client = Random(seed), today, Client()
        found = [random_habit(self.rng, today) for _ in range(HABITS_IN_CHUNK)]
        self.cases = {build(self.client, self.rng, case): case for case in found}
        self.figures = {habit_id: habit_figures(case) for habit_id, case in self.cases.items()}

    def ranges(self) -> Iterator[tuple[date, date]]:
        """Ranges that cover all habits, from beyond today back to the first start, and one that cuts units anywhere."""
        last = self.today + timedelta(days=self.rng.randint(0, 40))
        while last >= min(case.habit["start"] for case in self.cases.values()):
            yield last - timedelta(days=MAX_RANGE_DAYS - 1), last
            last -= timedelta(days=MAX_RANGE_DAYS)
        first = self.today - timedelta(days=self.rng.randint(0, 200))
        yield first, first + timedelta(days=self.rng.randint(0, 60))

    def of_archived(self, is_archived: bool) -> dict[str, Case]:
        return {key: case for key, case in self.cases.items() if (case.habit["archived_on"] is not None) is is_archived}

    def check_habits(self) -> None:
        for habit_id, case in self.cases.items():
            habit = self.client.get(f"habits/{habit_id}/")
            assert (habit["stats"], habit["today"]) == (self.figures[habit_id], habit_today(case))
            assert list(self.client.pages(f"habits/{habit_id}/streaks/", ordering="start")) == habit_streaks(case)

    def check_progress(self, first: date, last: date, is_archived: bool) -> None:
        query = {"from": first, "to": last, "archived": str(is_archived).lower()}
        units = {row["habit"]["id"]: row["units"] for row in self.client.pages("progress/", **query)}
        assert units == {key: habit_units(case, first, last) for key, case in self.of_archived(is_archived).items()}

    def check_summary(self, first: date, last: date, is_archived: bool) -> None:
        cases = self.of_archived(is_archived)
        summary = self.client.get("insights/summary/", **{"from": first, "to": last}, archived=str(is_archived).lower())
        shown = ("current_streak", "longest_streak", "strength")
        assert {row["habit"]: row for row in summary["by_habit"]} == {
            key: {"habit": key, "name": HABIT_NAME}
            | totals([case], first, last)
            | {name: self.figures[key][name] for name in shown}
            for key, case in cases.items()
        }
        pairs = [(case.habit, case.logs) for case in cases.values()]
        expected = totals(list(cases.values()), first, last) | {
            "days_completed": reference.days_completed(pairs, self.today, first, last),
            "perfect_days": reference.perfect_days(pairs, self.today, first, last),
        }
        assert {name: summary[name] for name in expected} == expected


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(CHUNKS))
def test_random_habits_over_http_are_those_of_the_reference(seed):
    # Other months and weekdays for each chunk, leap days and years' ends among them.
    today = date(2024, 2, 28) + timedelta(days=seed * 52)
    with time_machine.travel(datetime(today.year, today.month, today.day, 12, tzinfo=UTC), tick=False):
        chunk = Chunk(seed, today)
        chunk.check_habits()
        for first, last in chunk.ranges():
            for is_archived in (False, True):
                chunk.check_progress(first, last, is_archived)
                chunk.check_summary(first, last, is_archived)
