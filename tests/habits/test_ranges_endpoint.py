"""The agenda, progress, summaries, trends, streaks and insights."""

from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule, Scope, Target
from habits.models import Habit
from habits.services.editing import update_habit
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.world import API, TODAY
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

START = date(2026, 6, 1)


def june(*days: int) -> list[date]:
    return [date(2026, 6, day) for day in days]


@pytest.fixture
def reading(ada: User) -> Habit:
    """Every day; done 1-5, skipped 6, done 7, missed 8, 9, done from 10 to 16."""
    habit = HabitFactory(owner=ada, name="Read", tags=("Evening",), start_date=START)
    log_days(habit, june(*range(1, 6), 7, *range(10, 17)))
    log_days(habit, june(6), status=LogStatus.SKIPPED)
    return habit


@pytest.fixture
def running(ada: User) -> Habit:
    """20 km a week: 21 in the first week, 5 in the second, 8 in the third so far."""
    schedule = Schedule.of(Frequency.WEEKLY, target=Target(20_000, scope=Scope.UNIT))
    habit = MeasuredHabitFactory(owner=ada, name="Run", unit="km", schedule=schedule, start_date=START)
    log_days(habit, june(1, 3, 5), value_milli=7_000)
    log_days(habit, june(8), value_milli=5_000)
    log_days(habit, june(16), value_milli=8_000)
    return habit


# The agenda


def test_the_agenda_of_today(client: APIClient, reading: Habit, running: Habit) -> None:
    client.post(f"{API}/habits/{reading.pk}/logs/", {"note": "wet"})
    agenda = client.get(f"{API}/agenda/").json()
    assert (agenda["date"], agenda["due"], agenda["done"]) == ("2026-06-17", 1, 1)
    first, second = agenda["habits"]
    assert first["day"] == {"is_due": False, "status": "completed", "value": None, "note": "wet"}
    assert second["day"] == {"is_due": True, "status": "pending", "value": None, "note": ""}
    assert second["value_unit"] == "km"
    week = {"start": "2026-06-15", "end": "2026-06-21", "required": 1, "achieved": 0, "status": "pending", "value": "8"}
    assert second["unit"] == week
    # Beside the day stands the habit as its own address shows it.
    habit = client.get(f"{API}/habits/{reading.pk}/").json()
    assert {name: first[name] for name in habit if name != "unit"} == {name: habit[name] for name in habit if name != "unit"}


def test_the_agenda_of_a_past_day_is_judged_as_of_today(client: APIClient, reading: Habit, running: Habit) -> None:
    HabitFactory(owner=reading.owner, start_date=date(2026, 6, 9))
    agenda = client.get(f"{API}/agenda/?date=2026-06-08").json()
    assert [row["name"] for row in agenda["habits"]] == ["Read", "Run"]
    assert (agenda["due"], agenda["done"]) == (0, 1)
    first, second = agenda["habits"]
    assert (first["day"]["status"], first["day"]["is_due"], first["unit"]["status"]) == ("missed", False, "missed")
    assert (second["day"]["value"], second["unit"]["value"], second["unit"]["status"]) == ("5", "5", "missed")


def test_the_agenda_leaves_out_what_is_archived_or_over(client: APIClient, ada: User, reading: Habit) -> None:
    archived = HabitFactory(owner=ada, start_date=START)
    update_habit(actor=ada, habit_id=archived.pk, changes={"archived_on": TODAY})
    HabitFactory(owner=ada, start_date=START, end_date=date(2026, 6, 16))
    HabitFactory(owner=ada, start_date=date(2026, 6, 18))
    assert [row["name"] for row in client.get(f"{API}/agenda/").json()["habits"]] == ["Read"]


# Progress


def test_progress_tells_days_and_units(client: APIClient, reading: Habit, running: Habit) -> None:
    page = client.get(f"{API}/progress/?from=2026-05-30&to=2026-06-10").json()
    first, second = page["results"]
    assert first["habit"] == {"id": str(reading.pk), "name": "Read"}
    assert [(day["date"][-2:], day["status"]) for day in first["days"]] == [
        *((f"{day:02}", "completed") for day in range(1, 6)),
        ("06", "skipped"),
        ("07", "completed"),
        ("08", "missed"),
        ("09", "missed"),
        ("10", "completed"),
    ]
    assert [unit["status"] for unit in first["units"]] == [*["met"] * 5, "neutral", "met", "missed", "missed", "met"]
    assert second["units"] == [
        {"start": "2026-06-01", "end": "2026-06-07", "required": 1, "achieved": 1, "status": "met", "value": "21"}
    ]
    assert [day["value"] for day in second["days"]][:8] == ["7", None, "7", None, "7", None, None, "5"]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("last_7_days", "2026-06-11", "2026-06-17"),
        ("last_30_days", "2026-05-19", "2026-06-17"),
        ("this_week", "2026-06-15", "2026-06-21"),
        ("last_week", "2026-06-08", "2026-06-14"),
        ("this_month", "2026-06-01", "2026-06-30"),
        ("last_month", "2026-05-01", "2026-05-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
    ],
)
def test_periods(client: APIClient, reading: Habit, period: str, first: str, last: str) -> None:
    summary = client.get(f"{API}/insights/summary/?period={period}").json()
    assert (summary["from"], summary["to"]) == (first, last)
    assert summary == client.get(f"{API}/insights/summary/?from={first}&to={last}").json()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Read", "Run"]),
        ("name=READ", ["Read"]),
        ("tag=evening", ["Read"]),
        ("frequency=weekly", ["Run"]),
        ("archived=true", ["Old"]),
        ("habit={running}", ["Run"]),
        ("habit={running}&frequency=daily", []),
    ],
)
def test_ranges_are_of_the_habits_chosen(
    client: APIClient, ada: User, reading: Habit, running: Habit, query: str, expected: list[str]
) -> None:
    old = HabitFactory(owner=ada, name="Old", start_date=START)
    update_habit(actor=ada, habit_id=old.pk, changes={"archived_on": TODAY})
    query = query.format(running=running.pk)
    assert [row["habit"]["name"] for row in client.get(f"{API}/progress/?{query}").json()["results"]] == expected
    summary = client.get(f"{API}/insights/summary/?{query}").json()
    assert [row["name"] for row in summary["by_habit"]] == expected
    trends = client.get(f"{API}/insights/trends/?{query}&bucket=month").json()["buckets"]
    assert sum(bucket["achieved"] for bucket in trends) == summary["achieved"]


# The summary


def test_the_summary(client: APIClient, reading: Habit, running: Habit) -> None:
    summary = client.get(f"{API}/insights/summary/?from=2026-06-01&to=2026-06-17").json()
    by_habit = summary.pop("by_habit")
    assert summary == {
        "from": "2026-06-01",
        "to": "2026-06-17",
        "habits": 2,
        # 13 days read, of 15 that were to be; the skipped one and today do not count. One week run, of two.
        "completions": 18,
        "expected": 17,
        "achieved": 14,
        "success_rate": "0.8235",
        "days_completed": 14,
        # Of the days that ended, two were missed, one was neutral, and today is pending.
        "perfect_days": 13,
        "best_current_streak": {"habit": {"id": str(reading.pk), "name": "Read"}, "length": 7, "unit": "day"},
        "longest_streak": {"habit": {"id": str(reading.pk), "name": "Read"}, "length": 7, "unit": "day"},
    }
    shown: dict[str, Any] = {
        row["name"]: (row["completions"], row["expected"], row["achieved"], row["success_rate"]) for row in by_habit
    }
    assert shown == {"Read": (13, 15, 13, "0.8667"), "Run": (5, 2, 1, "0.5000")}
    for row in by_habit:
        stats = client.get(f"{API}/habits/{row['habit']}/").json()["stats"]
        assert {name: row[name] for name in ("current_streak", "longest_streak", "strength")} == {
            name: stats[name] for name in ("current_streak", "longest_streak", "strength")
        }


def test_a_summary_of_nothing(client: APIClient, ada: User) -> None:
    summary = client.get(f"{API}/insights/summary/").json()
    assert (summary["habits"], summary["expected"], summary["success_rate"], summary["best_current_streak"]) == (0, 0, None, None)
    assert client.get(f"{API}/agenda/").json() == {"date": "2026-06-17", "habits": [], "due": 0, "done": 0}


# Trends


@pytest.mark.parametrize(
    ("bucket", "first", "buckets"),
    [
        (
            "day",
            "2026-06-15",
            [("2026-06-15", "2026-06-15", 1), ("2026-06-16", "2026-06-16", 2), ("2026-06-17", "2026-06-17", 0)],
        ),
        (
            "week",
            "2026-06-03",
            [("2026-06-03", "2026-06-07", 6), ("2026-06-08", "2026-06-14", 6), ("2026-06-15", "2026-06-17", 3)],
        ),
        ("month", "2026-05-30", [("2026-05-30", "2026-05-31", 0), ("2026-06-01", "2026-06-17", 18)]),
    ],
)
def test_trends_cut_a_range_into_buckets(
    client: APIClient, reading: Habit, running: Habit, bucket: str, first: str, buckets: list[tuple[str, str, int]]
) -> None:
    query = f"from={first}&to=2026-06-17"
    found = client.get(f"{API}/insights/trends/?{query}&bucket={bucket}").json()["buckets"]
    assert [(row["start"], row["end"], row["completions"]) for row in found] == buckets
    summary = client.get(f"{API}/insights/summary/?{query}").json()
    assert sum(row["completions"] for row in found) == summary["completions"]
    for row in found:
        alone = client.get(f"{API}/insights/summary/?from={row['start']}&to={row['end']}").json()
        assert {name: row[name] for name in ("expected", "achieved", "success_rate")} == {
            name: alone[name] for name in ("expected", "achieved", "success_rate")
        }


def test_an_open_unit_belongs_to_the_bucket_of_today_and_to_that_of_its_end(client: APIClient, running: Habit) -> None:
    log_days(running, [TODAY], value_milli=12_000)
    found = client.get(f"{API}/insights/trends/?from=2026-06-15&to=2026-06-21").json()["buckets"]
    assert [row["achieved"] for row in found] == [0, 0, 1, 0, 0, 0, 1]


# Streaks and insights


@pytest.mark.parametrize(
    ("query", "lengths"),
    [("", [7, 6]), ("?ordering=length", [6, 7]), ("?ordering=start", [6, 7]), ("?ordering=-start", [7, 6])],
)
def test_streaks(client: APIClient, reading: Habit, query: str, lengths: list[int]) -> None:
    page = client.get(f"{API}/habits/{reading.pk}/streaks/{query}").json()
    assert [row["length"] for row in page["results"]] == lengths
    longest = {"length": 7, "start": "2026-06-10", "end": "2026-06-16", "unit": "day", "interval": 1}
    assert longest in page["results"]


def test_of_equal_streaks_the_later_comes_first(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada, start_date=START)
    log_days(habit, june(1, 2, 5, 6, 9))
    url = f"{API}/habits/{habit.pk}/streaks/"
    assert [row["start"][-2:] for row in client.get(url).json()["results"]] == ["05", "01", "09"]
    assert [row["start"][-2:] for row in client.get(f"{url}?ordering=-length,start").json()["results"]] == ["01", "05", "09"]
    page = client.get(f"{url}?page_size=2").json()
    assert (page["count"], len(page["results"])) == (3, 2)
    assert [row["start"][-2:] for row in client.get(page["next"]).json()["results"]] == ["09"]


def test_insights_of_a_daily_habit(client: APIClient, reading: Habit) -> None:
    insights = client.get(f"{API}/habits/{reading.pk}/insights/").json()
    assert insights == {
        "at_risk": True,
        "needed": 1,
        "needed_value": None,
        "deadline_on": "2026-06-17",
        "best_weekday": 1,
        # The streak of the first week ended on a Monday.
        "breaks_by_weekday": [1, 0, 0, 0, 0, 0, 0],
        "average_length": "6.50",
        "completions_by_weekday": [2, 2, 2, 2, 2, 1, 2],
    }


def test_insights_of_a_total(client: APIClient, running: Habit) -> None:
    insights = client.get(f"{API}/habits/{running.pk}/insights/").json()
    assert (insights["at_risk"], insights["needed"], insights["needed_value"]) == (False, 1, "12")
    assert insights["deadline_on"] == "2026-06-21"


def test_insights_of_a_habit_without_logs(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada, start_date=date(2026, 6, 18))
    insights = client.get(f"{API}/habits/{habit.pk}/insights/").json()
    assert (insights["at_risk"], insights["needed"], insights["deadline_on"], insights["best_weekday"]) == (False, 0, None, None)
    assert insights["average_length"] is None
