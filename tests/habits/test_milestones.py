"""Milestones: noted once, by whatever write reaches them."""

from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from habits.domain.milestones import MILESTONES, Figures, MilestoneKind, list_passed
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from habits.domain.streaks import Streak
from habits.models import Habit, Milestone
from habits.services.batches import BatchRow, write_logs
from habits.services.logs import Entry, delete_log, put_log
from habits.services.pauses import create_pause
from habits.services.stats import sweep
from habits.signals import milestone_reached
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until
from tests.world import API, NOW, TODAY, client_of

START = date(2026, 1, 1)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def habit(db: None, wednesday: None) -> Habit:
    return HabitFactory(start_date=START)


def noted(habit: Habit) -> list[tuple[str, int, str, date]]:
    rows = Milestone.objects.filter(habit=habit).order_by("kind", "count", "reached_on")
    return list(rows.values_list("kind", "count", "streak_unit", "reached_on"))


def log(habit: Habit, *days: date) -> None:
    rows = [BatchRow(habit_id=habit.pk, day=day, entry=Entry()) for day in days]
    write_logs(actor=habit.owner, rows=rows, is_partial=False)


def put(habit: Habit, day: date) -> None:
    put_log(actor=habit.owner, habit_id=habit.pk, day=day, entry=Entry())


def take_back(habit: Habit, day: date) -> None:
    delete_log(actor=habit.owner, habit_id=habit.pk, day=day)


WEEK = ("streak", 7, "day", TODAY)


class TestOneByOne:
    def test_the_log_that_reaches_it(self, habit: Habit) -> None:
        log(habit, *days_until(YESTERDAY, 6))
        assert noted(habit) == []
        put(habit, TODAY)
        assert noted(habit) == [WEEK]

    def test_a_log_before_the_streak_that_makes_it_long_enough(self, habit: Habit) -> None:
        log(habit, *days_until(TODAY, 6))
        put(habit, TODAY - timedelta(days=6))
        assert noted(habit) == [WEEK]

    def test_the_log_of_a_gap(self, habit: Habit) -> None:
        days = days_until(TODAY, 9)
        log(habit, *days[:4], *days[5:])
        assert noted(habit) == []
        put(habit, days[4])
        assert noted(habit) == [WEEK]

    def test_a_streak_that_falls_back_and_recovers_tells_it_once(self, habit: Habit) -> None:
        log(habit, *days_until(TODAY, 7))
        for day in (TODAY, TODAY - timedelta(days=3), TODAY - timedelta(days=6)):
            take_back(habit, day)
            put(habit, day)
        assert noted(habit) == [WEEK]

    def test_another_streak_tells_it_again(self, habit: Habit) -> None:
        log(habit, *days_until(TODAY - timedelta(days=8), 8))
        assert noted(habit) == []  # over already when it was logged
        with time_machine.travel(NOW - timedelta(days=8), tick=False):
            take_back(habit, TODAY - timedelta(days=8))
            put(habit, TODAY - timedelta(days=8))
        log(habit, *days_until(TODAY, 7))
        assert noted(habit) == [
            ("completions", 10, "", TODAY),
            ("streak", 7, "day", TODAY - timedelta(days=8)),
            WEEK,
        ]

    def test_completions_once_in_the_life_of_a_habit(self, habit: Habit) -> None:
        days = [TODAY - timedelta(days=2 * number) for number in range(10)]
        log(habit, *days)
        assert noted(habit) == [("completions", 10, "", TODAY)]
        take_back(habit, days[0])
        with time_machine.travel(NOW + timedelta(days=3), tick=False):
            put(habit, days[0])
        assert noted(habit) == [("completions", 10, "", TODAY)]

    def test_all_that_lie_between(self, habit: Habit) -> None:
        log(habit, *days_until(TODAY, 105))
        assert noted(habit) == [
            ("completions", 10, "", TODAY),
            ("completions", 100, "", TODAY),
            WEEK,
            ("streak", 30, "day", TODAY),
            ("streak", 100, "day", TODAY),
        ]

    def test_what_is_known_of_an_ended_streak_hides_nothing(self, habit: Habit) -> None:
        """No sweep has told that the long streak is over, and the next one is logged at once."""
        with time_machine.travel(NOW - timedelta(days=20), tick=False):
            log(habit, *days_until(TODAY - timedelta(days=20), 8))
        assert habit.milestones.filter(kind="streak").count() == 1
        log(habit, *days_until(TODAY, 7))
        assert noted(habit)[-1] == WEEK
        assert habit.milestones.filter(kind="streak").count() == 2


class TestOtherWrites:
    def test_a_pause_that_bridges_a_gap(self, habit: Habit) -> None:
        days = days_until(TODAY, 9)
        log(habit, *days[:4], *days[5:])
        create_pause(actor=habit.owner, habit_id=habit.pk, start=days[4], end=days[4])
        assert noted(habit) == [WEEK]

    def test_pauses_of_all_habits(self, habit: Habit) -> None:
        days = days_until(TODAY, 9)
        log(habit, *days[:4], *days[5:])
        answer = client_of(habit.owner).post(f"{API}/pauses/", {"start": str(days[4]), "end": str(days[4])}, format="json")
        assert answer.status_code == 201
        assert noted(habit) == [WEEK]

    def test_a_schedule_that_asks_for_less(self, habit: Habit) -> None:
        log(habit, *[TODAY - timedelta(days=7 * number) for number in range(7)])
        body = {"frequency": "weekly", "effective_from": str(START)}
        assert client_of(habit.owner).patch(f"{API}/habits/{habit.pk}/", body, format="json").status_code == 200
        assert noted(habit) == [("streak", 7, "week", TODAY)]

    def test_the_end_of_a_day(self, db: None, wednesday: None) -> None:
        """At most 10 in a week is met when the week is over, and nothing is written then."""
        target = Target(10_000, Direction.AT_MOST, Scope.UNIT)
        habit = MeasuredHabitFactory(start_date=START, schedule=Schedule.of(Frequency.WEEKLY, 1, None, None, target))
        rows = [
            BatchRow(habit_id=habit.pk, day=TODAY - timedelta(days=7 * number), entry=Entry(value_milli=1_000))
            for number in range(7)
        ]
        write_logs(actor=habit.owner, rows=rows, is_partial=False)
        assert noted(habit) == []
        with time_machine.travel(NOW + timedelta(days=5), tick=False):
            sweep()
            assert noted(habit) == [("streak", 7, "week", TODAY + timedelta(days=5))]

    def test_a_refused_write_notes_nothing(self, habit: Habit) -> None:
        rows = [BatchRow(habit_id=habit.pk, day=day, entry=Entry()) for day in (*days_until(TODAY, 7), TODAY + timedelta(days=1))]
        with pytest.raises(Exception, match="No row"):
            write_logs(actor=habit.owner, rows=rows, is_partial=False)
        assert noted(habit) == []


def test_the_apps_above_are_told_inside_the_transaction(habit: Habit) -> None:
    told = []

    def hear(habit: Habit, milestone: Milestone, **_: object) -> None:
        told.append((habit.pk, milestone.kind, milestone.count))
        raise RuntimeError

    milestone_reached.connect(hear)
    try:
        with pytest.raises(RuntimeError):
            log(habit, *days_until(TODAY, 7))
    finally:
        milestone_reached.disconnect(hear)
    assert told == [(habit.pk, "streak", 7)]
    assert not habit.logs.exists()


def test_over_http(habit: Habit) -> None:
    log(habit, *days_until(TODAY, 30))
    answer = client_of(habit.owner).get(f"{API}/habits/{habit.pk}/milestones/").json()
    assert answer["count"] == 3
    (first, *_) = [row for row in answer["results"] if row["kind"] == "streak" and row["count"] == 30]
    assert first == {
        "id": first["id"],
        "kind": "streak",
        "count": 30,
        "streak_unit": "day",
        "reached_on": str(TODAY),
    }


@given(st.lists(st.integers(0, 1100), min_size=1, max_size=20))
def test_counting_up_in_any_steps_passes_each_milestone_once(steps: list[int]) -> None:
    """Against the obvious reading: what the greatest number so far has reached."""
    known = None
    passed: list[int] = []
    for number in sorted(steps):
        current = Streak(number, START, TODAY, Frequency.DAILY, 1) if number else None
        found = list(list_passed(known, current, number))
        passed += [item.count for item in found if item.kind is MilestoneKind.STREAK]
        known = Figures(TODAY, number, number)
    assert passed == [count for count in MILESTONES[MilestoneKind.STREAK] if count <= max(steps)]
