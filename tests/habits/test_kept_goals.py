"""The goals that are kept beside each habit, through any sequence of writes, against the slow reference.

The steps are those of the statistics' own machine, and some that set goals. After each of them: what is shown equals the
reference on the rows read back, what is stored equals it for the day of the statistics, and `recount` finds nothing.
"""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from config.errors import InvalidInput
from habits.domain.goals import GoalKind
from habits.models import Goal, Habit
from habits.selectors.goals import get_goal, get_progress
from habits.services.goals import GoalDraft, create_goal, delete_goal, update_goal
from habits.signals import goal_reached
from tests.habits import reference_goals
from tests.habits.reference_schedule import DAY
from tests.habits.stored import stored_logs
from tests.habits.test_kept_stats import KeptStats

MAX_GOALS = 6
COUNTS = st.sampled_from([1_000, 2_000, 3_000, 7_000, 20_000])
TOTALS = st.sampled_from([1, 2_500, 60_000, 400_000])
KINDS = st.sampled_from(list(GoalKind))
AGES = st.integers(-5, 3) | st.integers(0, 40) | st.integers(0, 200)
LENGTHS = st.none() | st.integers(0, 10) | st.integers(0, 200)


class KeptGoals(KeptStats):
    """One user with one habit and its goals, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []
        goal_reached.connect(self.hear)

    def hear(self, goal: Goal, **_: Any) -> None:
        assert goal.reached_on is not None
        assert not goal.is_cancelled
        self.told.append(goal.pk)

    def teardown(self) -> None:
        goal_reached.disconnect(self.hear)
        super().teardown()

    def terms(self, kind: GoalKind, data: st.DataObject, age: int, length: int | None) -> dict[str, Any]:
        start = self.today - timedelta(days=age)
        deadline = None if length is None else start + timedelta(days=length)
        target = data.draw(TOTALS if kind is GoalKind.TOTAL else COUNTS)
        return {"kind": kind, "target_milli": target, "start_date": start, "deadline": deadline}

    @rule(kind=KINDS, data=st.data(), age=AGES, length=LENGTHS)
    def set_goal(self, kind, data, age, length):
        if Goal.objects.filter(owner=self.actor).count() >= MAX_GOALS:
            return
        draft = GoalDraft(title="Goal", **self.terms(kind, data, age, length))
        if kind is GoalKind.TOTAL and not self.is_measured:
            with pytest.raises(InvalidInput):
                self.write(create_goal, draft=draft)
            return
        self.write(create_goal, draft=draft)

    @precondition(lambda self: Goal.objects.filter(owner=self.actor).exists())
    @rule(data=st.data(), age=AGES, length=LENGTHS, what=st.sampled_from(["terms", "cancel", "delete"]))
    def edit_goal(self, data, age, length, what):
        goal = data.draw(st.sampled_from(list(Goal.objects.filter(owner=self.actor).order_by("pk"))))
        if what == "delete":
            self.act(delete_goal, goal_id=goal.pk)
            return
        changes = (
            self.terms(GoalKind(goal.kind), data, age, length) if what == "terms" else {"is_cancelled": not goal.is_cancelled}
        )
        self.act(update_goal, goal_id=goal.pk, changes=changes)

    @invariant()
    def goals_are_those_of_the_reference(self):
        habit, logs = self.habit, stored_logs(self.habit_id)
        as_of = Habit.objects.get(pk=self.habit_id).stats.as_of
        for goal_id in Goal.objects.filter(owner=self.actor).values_list("pk", flat=True):
            goal = get_goal(self.actor, goal_id)
            terms = {"kind": goal.kind, "target": goal.target_milli, "start": goal.start_date, "deadline": goal.deadline}

            def expected(day: date, terms: dict[str, Any] = terms) -> tuple[int, date | None]:
                return reference_goals.progress(habit, logs, terms, day)

            assert get_progress(goal, self.today) == expected(self.today)
            assert goal.progress == expected(as_of)
            assert goal.is_told or goal.is_cancelled or goal.reached_on is None
            if goal.habit.stats.next_change_at is None:
                last = max(as_of, self.today)
                assert expected(last + DAY) == expected(as_of)

    @invariant()
    def nobody_is_told_twice(self):
        assert len(set(self.told)) == len(self.told)
        told = Goal.objects.filter(owner=self.actor, is_told=True)
        assert set(told.values_list("pk", flat=True)) <= set(self.told)


@pytest.mark.slow
@pytest.mark.django_db
@time_machine.travel("2026-03-20T12:00:00Z", tick=False)
def test_kept_goals_are_those_of_the_reference_whatever_happens():
    limits = settings(max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(KeptGoals, settings=limits)
