"""The worked examples of the domain rules, each told to the rules alone and, live, to the API."""

from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

import pytest
import time_machine
from rest_framework.test import APIClient

from habits.domain.judging import judge
from habits.domain.logs import DayLog, LogStatus, status_of
from habits.domain.rates import completed_days, rate_of
from habits.domain.schedule import (
    Direction,
    Frequency,
    Pause,
    Plan,
    Schedule,
    Scope,
    Target,
    Version,
    change_schedule,
    first_day_in_force,
)
from habits.domain.stats import begin, look
from tests.factories.users import UserFactory

START = date(2026, 6, 1)


def june(day: int) -> date:
    return date(2026, 6, day)


class Seen(NamedTuple):
    """What is seen of a habit on a day, from its start to that day."""

    units: list[tuple[date, date, int, int, str]]
    current: int
    longest: int
    streak_unit: str
    completions: int
    expected: int
    achieved: int
    rate: str | None
    is_due: bool

    @property
    def statuses(self) -> list[str]:
        return [status for *_, status in self.units]


class ByTheRules:
    """A habit as the values of the domain."""

    def __init__(self, start: date = START, **fields: Any) -> None:
        self.plan = Plan(start, None, (Version(start, self._schedule(fields)),))
        self.logs: dict[date, DayLog] = {}

    def _schedule(self, fields: dict[str, Any]) -> Schedule:
        target = None
        if value := fields.pop("target_value", None):
            direction, scope = fields.pop("target_direction", "at_least"), fields.pop("target_scope", "day")
            target = Target(int(value) * 1000, Direction(direction), Scope(scope))
        return Schedule.of(Frequency(fields.pop("frequency", "daily")), **fields, target=target)

    def done(self, *days: date) -> None:
        self.logs |= dict.fromkeys(days, DayLog(LogStatus.COMPLETED))

    def skip(self, *days: date) -> None:
        self.logs |= dict.fromkeys(days, DayLog(LogStatus.SKIPPED))

    def enter(self, day: date, value: int) -> str:
        target = self.plan.schedule_on(day).target
        self.logs[day] = DayLog(status_of(value * 1000, target), value * 1000)
        return self.logs[day].status.value

    def forget(self, day: date) -> None:
        del self.logs[day]

    def pause(self, first: date, last: date) -> None:
        self.plan = Plan(self.plan.start, None, self.plan.versions, (Pause(first, last),))

    def change(self, on: date, **fields: Any) -> date:
        schedule = self._schedule({"frequency": self.plan.versions[-1].schedule.frequency} | fields)
        since = first_day_in_force(schedule, on, self.plan.start)
        self.plan = Plan(self.plan.start, None, change_schedule(self.plan.versions, schedule, since))
        return self.plan.versions[-1].effective_from

    def on(self, today: date) -> Seen:
        units = [judge(self.plan, unit, self.logs, today) for unit in self.plan.units(self.plan.start, today)]
        stats = look(self.plan, begin(self.plan, self.logs.items(), today), today)
        rate = rate_of(units, self.plan.start, today, today)
        return Seen(
            [(unit.unit.start, unit.unit.end, unit.required, unit.achieved, unit.status.value) for unit in units],
            stats.current_streak,
            stats.longest_streak,
            stats.streak_unit,
            len(completed_days(self.logs, self.plan.start, today, today)),
            *rate,
            None if rate.success_rate is None else str(rate.success_rate),
            stats.today.is_due,
        )


class OverHTTP:
    """The same habit of a user, who logs each day on that day."""

    def __init__(self, start: date = START, **fields: Any) -> None:
        self.api = APIClient()
        self.api.force_authenticate(UserFactory(password="!"))
        self.start = start
        habit = self._call(start, "post", "habits/", {"name": "Run", "frequency": "daily"} | fields)
        self.path = f"habits/{habit['id']}/"

    def _call(self, today: date, method: str, path: str, data: Any = None) -> Any:
        with time_machine.travel(datetime.combine(today, time(20), UTC), tick=False):
            response = getattr(self.api, method)(f"/api/v1/{path}", data)
        assert response.status_code in (200, 201), response.content
        return response.json()

    def done(self, *days: date) -> None:
        for day in days:
            self._call(day, "post", f"{self.path}logs/")

    def skip(self, *days: date) -> None:
        for day in days:
            self._call(day, "post", f"{self.path}logs/", {"status": "skipped"})

    def enter(self, day: date, value: int) -> str:
        return self._call(day, "put", f"{self.path}logs/{day}/", {"value": str(value)})["status"]

    def forget(self, day: date) -> None:
        self._call(day, "delete", f"{self.path}logs/{day}/")

    def pause(self, first: date, last: date) -> None:
        self._call(first, "post", f"{self.path}pauses/", {"start": str(first), "end": str(last)})

    def change(self, on: date, **fields: Any) -> date:
        self._call(on, "patch", self.path, fields)
        return date.fromisoformat(self._call(on, "get", f"{self.path}schedules/")["results"][-1]["effective_from"])

    def on(self, today: date) -> Seen:
        span = f"?from={self.start}&to={today}"
        habit = self._call(today, "get", self.path)
        progress = self._call(today, "get", f"progress/{span}")["results"][0]
        summary = self._call(today, "get", f"insights/summary/{span}")
        stats = habit["stats"]
        return Seen(
            [
                (
                    date.fromisoformat(unit["start"]),
                    date.fromisoformat(unit["end"]),
                    unit["required"],
                    unit["achieved"],
                    unit["status"],
                )
                for unit in progress["units"]
            ],
            stats["current_streak"],
            stats["longest_streak"],
            stats["streak_unit"],
            summary["completions"],
            summary["expected"],
            summary["achieved"],
            summary["success_rate"],
            habit["today"]["is_due"],
        )


@pytest.fixture(params=[ByTheRules, OverHTTP])
def track(request, db):
    """Return what makes a habit: by the rules alone, or over HTTP."""
    return request.param


def test_example_1_a_daily_habit_with_a_skip(track):
    habit = track()
    habit.done(june(1), june(2), june(3))
    habit.skip(june(4))
    habit.done(june(5))
    seen = habit.on(june(6))
    assert seen.statuses == ["met", "met", "met", "neutral", "met", "pending"]
    assert (seen.current, seen.longest) == (4, 4)
    assert (seen.expected, seen.achieved, seen.rate) == (4, 4, "1.0000")
    assert seen.is_due
    seen = habit.on(june(7))
    assert (seen.current, seen.longest) == (0, 4)
    assert (seen.expected, seen.rate) == (5, "0.8000")


def test_example_2_a_completion_on_a_day_that_is_not_due(track):
    habit = track(target_days=[1, 3, 5])
    habit.done(june(1), june(3), june(4), june(5))
    seen = habit.on(june(7))
    assert seen.statuses == ["met", "met", "met"]
    assert (seen.current, seen.completions) == (3, 4)
    assert (seen.expected, seen.rate) == (3, "1.0000")
    assert not seen.is_due


def test_example_3_a_clipped_first_week(track):
    habit = track(june(5), frequency="weekly", target_count=3)
    habit.done(june(6), june(8), june(9))
    seen = habit.on(june(10))
    assert seen.units == [(june(5), june(7), 1, 1, "met"), (june(8), june(14), 3, 2, "pending")]
    assert seen.current == 1
    assert (seen.expected, seen.achieved) == (3, 3)


def test_example_4_a_missed_week_and_a_broken_one_that_never_hurts(track):
    habit = track(june(5), frequency="weekly", target_count=3)
    habit.done(june(6), june(8), june(9))
    seen = habit.on(june(15))
    assert seen.statuses == ["met", "missed", "pending"]
    assert (seen.current, seen.longest) == (0, 1)
    assert (seen.expected, seen.achieved, seen.rate) == (4, 3, "0.7500")
    habit.forget(june(6))
    seen = habit.on(june(15))
    assert seen.statuses == ["neutral", "missed", "pending"]
    assert seen.expected == 3


def test_example_5_a_day_that_the_month_lacks(track):
    habit = track(date(2027, 2, 1), frequency="monthly", target_days=[31])
    due = [day for day in range(1, 29) if habit.on(date(2027, 2, day)).is_due]
    assert due == [28]
    habit.done(date(2027, 2, 28))
    assert habit.on(date(2027, 2, 28)).statuses == ["met"]


def test_example_5_a_start_in_the_middle_of_a_week(track):
    habit = track(june(2), frequency="weekly", target_count=1)
    habit.done(june(3))
    seen = habit.on(june(3))
    assert (seen.statuses, seen.current) == (["met"], 1)


def test_example_6_skips_and_pauses_lower_what_is_required(track):
    habit = track(frequency="weekly", target_count=3)
    habit.pause(june(11), june(12))
    habit.skip(june(8), june(9), june(10))
    assert habit.on(june(14)).units[1] == (june(8), june(14), 2, 0, "pending")


def test_example_7_at_most_so_much_a_day(track):
    habit = track(target_value="2", target_direction="at_most")
    assert [habit.enter(june(day), day) for day in (1, 2, 3)] == ["completed", "completed", "missed"]
    assert habit.on(june(4)).statuses == ["met", "met", "missed", "pending"]


def test_example_8_so_much_a_week(track):
    habit = track(frequency="weekly", target_value="20", target_scope="unit")
    for day, value in ((2, 8), (4, 7), (6, 6)):
        habit.enter(june(day), value)
    assert habit.on(june(7)).units == [(june(1), june(7), 1, 1, "met")]


def test_example_8_pauses_lower_a_total(track):
    habit = track(frequency="weekly", target_value="20", target_scope="unit")
    habit.pause(june(1), june(6))
    habit.enter(june(7), 2)
    assert habit.on(june(7)).statuses == ["pending"]
    habit.enter(june(7), 3)
    assert habit.on(june(7)).statuses == ["met"]


def test_example_9_once_in_three_days(track):
    habit = track(interval=3, target_count=1)
    habit.done(june(3), june(4))
    seen = habit.on(june(9))
    assert seen.units == [
        (june(1), june(3), 1, 1, "met"),
        (june(4), june(6), 1, 1, "met"),
        (june(7), june(9), 1, 0, "pending"),
    ]
    assert seen.current == 2
    seen = habit.on(june(10))
    assert (seen.current, seen.longest) == (0, 2)


def test_example_10_another_count_judges_the_present_week_as_a_whole(track):
    habit = track(frequency="weekly", target_count=3)
    for monday in (1, 8, 15):
        habit.done(*(june(monday + day) for day in range(3)))
    assert habit.change(june(18), target_count=4) == june(15)
    seen = habit.on(june(18))
    assert [unit[2:] for unit in seen.units] == [(3, 3, "met"), (3, 3, "met"), (4, 3, "pending")]
    assert (seen.current, seen.streak_unit) == (2, "week")


def test_example_10_another_frequency_starts_the_streak_again(track):
    habit = track()
    habit.done(*(june(day) for day in range(1, 19)))
    assert habit.on(june(18)).current == 18
    assert habit.change(june(18), frequency="weekly", target_count=5) == june(15)
    seen = habit.on(june(18))
    assert seen.units[-1] == (june(15), june(21), 5, 4, "pending")
    assert (seen.current, seen.longest, seen.streak_unit) == (0, 14, "week")
    habit.done(june(19))
    assert habit.on(june(19)).current == 1
