"""Changes of schedules, and /habits/{id}/schedules/."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import Frequency, Schedule
from habits.models import Habit, HabitLog, Tombstone
from habits.signals import LogChanges, logs_changed
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, log_days
from tests.world import API, TODAY, client_of
from users.models import User

THRICE = Schedule.of(Frequency.WEEKLY, target_count=3)


def url(habit: Habit) -> str:
    return f"{API}/habits/{habit.pk}/"


def versions(client: APIClient, habit: Habit) -> list[tuple[str, str, int | None]]:
    rows = client.get(f"{url(habit)}schedules/").json()["results"]
    return [(row["effective_from"], row["frequency"], row["target_count"]) for row in rows]


def units(client: APIClient, habit: Habit, first: str, last: str) -> list[tuple[str, int]]:
    (row,) = client.get(f"{API}/progress/?habit={habit.pk}&from={first}&to={last}").json()["results"]
    return [(unit["start"], unit["required"]) for unit in row["units"]]


@pytest.fixture
def habit(ada: User) -> Habit:
    return HabitFactory(owner=ada, schedule=THRICE, start_date=date(2026, 6, 1))


def test_the_present_week_is_judged_by_the_new_schedule_as_a_whole(ada: User, habit: Habit) -> None:
    """Example 10: weekly count 3 becomes count 4 on a Thursday."""
    with time_machine.travel(datetime(2026, 6, 18, 12, tzinfo=UTC), tick=False):
        client = client_of(ada)
        assert client.patch(url(habit), {"target_count": 4}).json()["target_count"] == 4
        assert versions(client, habit) == [("2026-06-01", "weekly", 3), ("2026-06-15", "weekly", 4)]
        assert units(client, habit, "2026-06-01", "2026-06-21") == [("2026-06-01", 3), ("2026-06-08", 3), ("2026-06-15", 4)]


def test_days_and_weeks_do_not_add_up(ada: User) -> None:
    """Example 10: daily becomes weekly on a Thursday."""
    habit = HabitFactory(owner=ada, start_date=date(2026, 6, 1))
    log_days(habit, [date(2026, 6, day) for day in range(8, 15)])
    with time_machine.travel(datetime(2026, 6, 18, 12, tzinfo=UTC), tick=False):
        client = client_of(ada)
        stats = client.patch(url(habit), {"frequency": "weekly"}).json()["stats"]
        assert versions(client, habit) == [("2026-06-01", "daily", 1), ("2026-06-15", "weekly", 1)]
        assert (stats["current_streak"], stats["longest_streak"], stats["streak_unit"]) == (0, 7, "week")
        stats = client.post(f"{url(habit)}logs/").json()["habit_state"]["stats"]
        assert (stats["current_streak"], stats["longest_streak"]) == (1, 7)


@pytest.mark.parametrize(
    ("effective_from", "expected"),
    [
        (None, [("2026-06-01", "weekly", 3), ("2026-06-15", "weekly", 4)]),
        ("2026-06-17", [("2026-06-01", "weekly", 3), ("2026-06-15", "weekly", 4)]),
        ("2026-06-14", [("2026-06-01", "weekly", 3), ("2026-06-08", "weekly", 4)]),
        ("2026-06-01", [("2026-06-01", "weekly", 4)]),
    ],
)
def test_a_change_holds_from_the_week_of_its_date_on(
    client: APIClient, habit: Habit, effective_from: str | None, expected: list[tuple[str, str, int]]
) -> None:
    body = {"target_count": 4} | ({"effective_from": effective_from} if effective_from else {})
    assert client.patch(url(habit), body).status_code == 200
    assert versions(client, habit) == expected


def test_a_change_removes_the_versions_after_it(client: APIClient, habit: Habit) -> None:
    client.patch(url(habit), {"target_count": 4, "effective_from": "2026-06-08"})
    client.patch(url(habit), {"target_count": 5})
    assert len(versions(client, habit)) == 3
    client.patch(url(habit), {"target_count": 6, "effective_from": "2026-06-08"})
    assert versions(client, habit) == [("2026-06-01", "weekly", 3), ("2026-06-08", "weekly", 6)]
    assert [stone.kind for stone in Tombstone.objects.all()] == ["version"]
    # Back to what was before: the version goes, none is made.
    client.patch(url(habit), {"target_count": 3, "effective_from": "2026-06-08"})
    assert versions(client, habit) == [("2026-06-01", "weekly", 3)]


def test_a_monthly_change_holds_from_the_first_of_the_month_but_not_before_the_start(client: APIClient, ada: User) -> None:
    early, late = (HabitFactory(owner=ada, start_date=date(2026, month, 10)) for month in (5, 6))
    for habit, first in ((early, "2026-06-01"), (late, "2026-06-10")):
        client.patch(url(habit), {"frequency": "monthly", "target_days": [-1]})
        assert versions(client, habit)[-1] == (first, "monthly", None)


def test_a_habit_that_has_not_begun_is_rewritten(client: APIClient, ada: User) -> None:
    habit = HabitFactory(owner=ada, start_date=date(2026, 7, 1))
    assert client.patch(url(habit), {"interval": 2}).status_code == 200
    assert versions(client, habit) == [("2026-07-01", "daily", 1)]


@pytest.mark.parametrize("changes", [{"name": "New"}, {"target_count": 3}, {"frequency": "weekly", "interval": 1}, {}])
def test_no_version_is_made_where_nothing_changes(client: APIClient, habit: Habit, changes: dict[str, Any]) -> None:
    assert client.patch(url(habit), changes).status_code == 200
    assert versions(client, habit) == [("2026-06-01", "weekly", 3)]


def test_what_excludes_the_other_gives_way(client: APIClient, habit: Habit) -> None:
    body = client.patch(url(habit), {"target_days": [5, 1]}).json()
    assert (body["target_days"], body["target_count"]) == ([1, 5], None)
    body = client.patch(url(habit), {"target_count": 2}).json()
    assert (body["target_days"], body["target_count"]) == (None, 2)


def test_a_new_target_judges_logs_from_its_version_on(client: APIClient, ada: User) -> None:
    habit = MeasuredHabitFactory(owner=ada, start_date=date(2026, 6, 1))
    log_days(habit, [date(2026, 6, 15), TODAY], value_milli=35_000)
    body = client.patch(url(habit), {"target_value": "40"}).json()
    assert (body["target_value"], body["today"]["status"], body["stats"]["completions"]) == ("40", "missed", 1)
    assert dict(HabitLog.objects.values_list("date__day", "status")) == {15: "completed", 17: "missed"}
    body = client.patch(url(habit), {"target_value": "36", "effective_from": "2026-06-01"}).json()
    assert body["stats"]["completions"] == 0


def test_versions_tell_their_whole_schedule(client: APIClient, ada: User) -> None:
    habit = MeasuredHabitFactory(owner=ada)
    (row,) = client.get(f"{url(habit)}schedules/").json()["results"]
    assert row == {
        "id": row["id"],
        "effective_from": "2025-01-01",
        "created_at": "2026-06-17T12:00:00Z",
        "frequency": "daily",
        "interval": 1,
        "target_days": None,
        "target_count": 1,
        "target_value": "30",
        "target_direction": "at_least",
        "target_scope": "day",
    }


def test_versions_are_ordered_by_their_dates(client: APIClient, habit: Habit) -> None:
    client.patch(url(habit), {"target_count": 4})
    rows = client.get(f"{url(habit)}schedules/?ordering=-effective_from").json()["results"]
    assert [row["effective_from"] for row in rows] == ["2026-06-15", "2026-06-01"]


def test_a_streak_of_weeks_does_not_run_on_in_a_schedule_of_days(ada: User) -> None:
    """From a Wednesday on it is due on Mondays alone: until there is one, no unit of the new kind has ended the weeks."""
    habit = HabitFactory(owner=ada, schedule=Schedule.of(Frequency.WEEKLY), start_date=date(2026, 6, 1))
    log_days(habit, [date(2026, 6, 3), date(2026, 6, 10), date(2026, 6, 15)])
    with time_machine.travel(datetime(2026, 6, 17, 12, tzinfo=UTC), tick=False):
        client = client_of(ada)
        assert client.get(url(habit)).json()["stats"]["current_streak"] == 3
        stats = client.patch(url(habit), {"frequency": "daily", "target_days": [1]}).json()["stats"]
        assert (stats["current_streak"], stats["longest_streak"], stats["streak_unit"]) == (0, 3, "day")


@pytest.mark.parametrize(
    ("days", "before", "after"), [((1, 3), Frequency.DAILY, "monthly"), ((-1,), Frequency.MONTHLY, "weekly")]
)
def test_weekdays_do_not_become_days_of_the_month_unasked(
    ada: User, wednesday: None, days: tuple[int, ...], before: Frequency, after: str
) -> None:
    habit = HabitFactory(owner=ada, schedule=Schedule.of(before, target_days=days), start_date=date(2026, 6, 1))
    client = client_of(ada)
    answer = client.patch(url(habit), {"frequency": after})
    assert answer.status_code == 400
    assert [(fault["attr"], fault["code"]) for fault in answer.json()["errors"]] == [("target_days", "required")]
    assert client.patch(url(habit), {"frequency": after, "target_days": [2]}).json()["target_days"] == [2]
    assert client.patch(url(habit), {"frequency": before.value, "target_days": None}).json()["target_count"] == 1


def test_logs_that_another_target_judges_anew_are_told_of(ada: User, wednesday: None) -> None:
    habit = MeasuredHabitFactory(owner=ada, start_date=date(2026, 6, 1))
    log_days(habit, [date(2026, 6, 15), date(2026, 6, 16)], value_milli=20_000)
    told = []

    def listen(changes: Sequence[LogChanges], **_: Any) -> None:
        told.extend((change.habit.pk, dict(change.before), dict(change.after)) for change in changes)

    logs_changed.connect(listen)
    try:
        client_of(ada).patch(url(habit), {"target_value": "10", "effective_from": "2026-06-16"})
    finally:
        logs_changed.disconnect(listen)
    missed, completed = (DayLog(status, 20_000) for status in (LogStatus.MISSED, LogStatus.COMPLETED))
    assert told == [(habit.pk, {date(2026, 6, 16): missed}, {date(2026, 6, 16): completed})]
