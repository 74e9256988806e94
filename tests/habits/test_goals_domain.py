"""The rules of goals: examples, and against a slow, obvious reference."""

from datetime import date, timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.domain.calendar import calendar_of
from habits.domain.codec import decode_tally, encode_tally
from habits.domain.goals import GoalKind, GoalState, Tally, Terms, begin_tally, count_until, goal_faults, progress_of, state_of
from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import Direction, Frequency, Pause, Plan, Schedule, Scope, Target, Version
from habits.domain.stats import advance, begin, record
from tests.habits import reference_goals
from tests.habits.adapters import logs_of, plan_of
from tests.habits.strategies import cases

pytestmark = pytest.mark.slow  # not each test, but all of them

START = date(2026, 6, 1)
"""A Monday."""
DONE, SKIPPED, MISSED = (DayLog(status) for status in (LogStatus.COMPLETED, LogStatus.SKIPPED, LogStatus.MISSED))


def june(day: int) -> date:
    return date(2026, 6, day)


def plan(schedule: Schedule, *pauses: Pause) -> Plan:
    return Plan(START, None, (Version(START, schedule),), pauses)


DAILY = plan(Schedule.of(Frequency.DAILY))


def progress(plan: Plan, logs: dict[date, DayLog], terms: Terms, today: date) -> tuple[int, date | None]:
    calendar = calendar_of(plan, logs, terms.start, today, today)
    value, reached_on = progress_of(terms, calendar, begin_tally(terms))
    assert value % 1000 == 0
    return value // 1000, reached_on


@st.composite
def goals(draw: st.DrawFn, today: date) -> Terms:
    kind = draw(st.sampled_from(list(GoalKind)))
    start = today - timedelta(days=draw(st.integers(-5, 120)))
    deadline = draw(st.none() | st.integers(0, 90).map(lambda days: start + timedelta(days=days)))
    amounts = [1, 2_500, 60_000, 400_000] if kind is GoalKind.TOTAL else [1_000, 2_000, 3_000, 5_000, 12_000]
    return Terms(kind, draw(st.sampled_from(amounts)), start, deadline)


def as_data(terms: Terms) -> dict[str, object]:
    return {"kind": terms.kind.value, "target": terms.target_milli, "start": terms.start, "deadline": terms.deadline}


class TestExamples:
    def test_a_run_inside_the_dates(self) -> None:
        logs = {june(day): DONE for day in (1, 2, 3, 5, 6)} | {june(4): SKIPPED}
        assert progress(DAILY, logs, Terms(GoalKind.STREAK, 5_000, START, None), june(6)) == (5, june(6))
        assert progress(DAILY, logs, Terms(GoalKind.STREAK, 5_000, june(2), None), june(6)) == (4, None)
        assert progress(DAILY, logs, Terms(GoalKind.STREAK, 5_000, START, june(5)), june(20)) == (4, None)
        assert progress(DAILY, logs, Terms(GoalKind.STREAK, 5_000, START, None), june(8)) == (5, june(6))
        assert progress(DAILY, logs, Terms(GoalKind.STREAK, 6_000, START, None), june(8)) == (0, None)

    def test_weeks_that_reach_beyond_the_dates_are_none_of_the_goal(self) -> None:
        weekly = plan(Schedule.of(Frequency.WEEKLY, target_count=2))
        logs = {june(day): DONE for day in (1, 2, 9, 12, 15, 16)}
        assert progress(weekly, logs, Terms(GoalKind.STREAK, 3_000, START, None), june(17)) == (3, june(16))
        assert progress(weekly, logs, Terms(GoalKind.STREAK, 2_000, june(2), None), june(17)) == (2, june(16))
        assert progress(weekly, logs, Terms(GoalKind.STREAK, 3_000, START, june(20)), june(25)) == (2, None)

    def test_a_limit_is_met_by_the_end_of_its_last_day(self) -> None:
        at_most = Target(10_000, Direction.AT_MOST, Scope.UNIT)
        coffee = plan(Schedule.of(Frequency.WEEKLY, target=at_most))
        logs, terms = {june(3): DayLog(LogStatus.COMPLETED, 4_000)}, Terms(GoalKind.STREAK, 1_000, START, june(7))
        assert progress(coffee, logs, terms, june(7)) == (0, None)
        assert progress(coffee, logs, terms, june(8)) == (1, june(7))

    def test_a_log_on_a_day_of_rest_moves_the_day_on_which_a_week_was_met(self) -> None:
        resting = plan(Schedule.of(Frequency.WEEKLY, target_count=3), Pause(june(3), june(7)))
        terms = Terms(GoalKind.STREAK, 1_000, START, None)
        logs = {june(1): DONE, june(2): DONE}
        assert progress(resting, logs, terms, june(8)) == (1, june(2))
        assert progress(resting, logs | {june(5): MISSED, june(7): DONE}, terms, june(8)) == (1, june(7))

    def test_values_of_skipped_days_do_not_count(self) -> None:
        minutes = plan(Schedule.of(Frequency.DAILY, target=Target(30_000)))
        logs = {
            june(1): DayLog(LogStatus.MISSED, 10_000),
            june(2): DayLog(LogStatus.SKIPPED, 90_000),
            june(3): DayLog(LogStatus.COMPLETED, 40_000),
            june(4): DayLog(LogStatus.COMPLETED, 50_000),
        }
        assert progress(minutes, logs, Terms(GoalKind.TOTAL, 50_000, START, None), june(4)) == (100, june(3))
        assert progress(minutes, logs, Terms(GoalKind.TOTAL, 50_000, START, None), june(2)) == (10, None)
        assert progress(minutes, logs, Terms(GoalKind.COMPLETIONS, 2_000, START, june(3)), june(4)) == (1, None)

    def test_a_run_of_days_does_not_go_on_in_a_schedule_of_weeks(self) -> None:
        weekly = Version(june(8), Schedule.of(Frequency.WEEKLY))
        changed = Plan(START, None, (DAILY.versions[0], weekly))
        logs = {june(day): DONE for day in range(1, 8)}
        terms = Terms(GoalKind.STREAK, 10_000, START, None)
        assert progress(changed, logs, terms, june(7)) == (7, None)
        assert progress(changed, logs, terms, june(8)) == (0, None)
        assert progress(changed, logs, terms._replace(deadline=june(7)), june(9)) == (7, None)

    def test_a_run_of_weeks_does_not_go_on_before_the_first_day_of_the_new_schedule(self) -> None:
        fridays = Version(june(17), Schedule.of(Frequency.DAILY, target_days=[5]))
        changed = Plan(START, None, (Version(START, Schedule.of(Frequency.WEEKLY)), fridays))
        logs, terms = {june(2): DONE, june(9): DONE}, Terms(GoalKind.STREAK, 5_000, START, None)
        assert progress(changed, logs, terms, june(16)) == (2, None)
        assert progress(changed, logs, terms, june(17)) == (0, None)
        assert progress(changed, logs, terms._replace(deadline=june(16)), june(17)) == (2, None)

    @pytest.mark.parametrize(
        ("deadline", "reached_on", "is_cancelled", "state"),
        [
            (None, None, False, GoalState.ACTIVE),
            (june(10), None, False, GoalState.ACTIVE),
            (june(9), None, False, GoalState.MISSED),
            (june(9), june(9), False, GoalState.REACHED),
            (None, june(9), True, GoalState.CANCELLED),
        ],
    )
    def test_states(self, deadline, reached_on, is_cancelled, state) -> None:
        terms = Terms(GoalKind.STREAK, 1_000, START, deadline)
        assert state_of(terms, reached_on, june(10), is_cancelled=is_cancelled) is state

    @pytest.mark.parametrize(
        ("terms", "found"),
        [
            (Terms(GoalKind.TOTAL, 1, START, START), []),
            (Terms(GoalKind.STREAK, 1_000, START, june(1) - timedelta(days=1)), [("deadline", "end_before_start")]),
            (Terms(GoalKind.STREAK, 0, START, None), [("target", "out_of_range")]),
            (Terms(GoalKind.STREAK, 1_500, START, None), [("target", "not_whole")]),
            (Terms(GoalKind.COMPLETIONS, 100_001_000, START, None), [("target", "out_of_range")]),
            (Terms(GoalKind.COMPLETIONS, 1_000, START, date(2031, 6, 2)), [("deadline", "date_out_of_range")]),
        ],
    )
    def test_faults(self, terms, found) -> None:
        assert [(fault.attr, fault.code) for fault in goal_faults(terms, START, is_measured=True)] == found

    def test_a_total_takes_values(self) -> None:
        faults = goal_faults(Terms(GoalKind.TOTAL, 1, START, None), START, is_measured=False)
        assert [(fault.attr, fault.code) for fault in faults] == [("kind", "habit_not_measured")]


@given(cases(), st.data())
def test_progress_is_that_of_the_reference(case, data):
    terms = data.draw(goals(case.today))
    plan, logs = plan_of(case.habit), logs_of(case.logs)
    calendar = calendar_of(plan, logs, terms.start, case.today, case.today)
    expected = reference_goals.progress(case.habit, case.logs, as_data(terms), case.today)
    assert progress_of(terms, calendar, begin_tally(terms)) == expected
    state = state_of(terms, expected[1], case.today, is_cancelled=False)
    assert state == reference_goals.state(as_data(terms), expected[1], False, case.today)


@given(cases(), st.data(), st.lists(st.integers(-40, 20), min_size=1, max_size=30))
def test_progress_kept_log_by_log_is_that_of_the_reference(case, data, edits):
    """The tally goes along with the checkpoint of the statistics, whose logs it is counted from; see the statistics' own test."""
    terms, plan, logs = data.draw(goals(case.today)), plan_of(case.habit), logs_of(case.logs)
    history, tally = begin(plan, (), plan.start), begin_tally(terms)

    def go_on(base, today):
        moved = advance(plan, base, today)
        calendar = calendar_of(plan, base.recent, base.checkpoint.day, today, today)
        progress = progress_of(terms, calendar, tally)
        counted = count_until(terms, calendar, tally, moved.checkpoint.day)
        assert decode_tally(encode_tally(counted)) == counted
        return moved, counted, progress

    known = {}
    history, tally, _ = go_on(history, plan.start)
    for day, back in zip(sorted(day for day in logs if day <= case.today), cycle(edits), strict=False):
        known[day] = logs[day]
        history = record(history, {day: logs[day]})
        edited = day - timedelta(days=back)
        if history.checkpoint.day <= edited < day and edited in known:
            del known[edited]
            history = record(history, {edited: None})
        history, tally, _ = go_on(history, day)
    _, _, progress = go_on(history, max(case.today, plan.start))
    if case.today >= plan.start:
        kept = {day: case.logs[day] for day in known}
        assert progress == reference_goals.progress(case.habit, kept, as_data(terms), case.today)


@given(cases(), st.data())
def test_a_tally_is_the_same_on_every_later_day(case, data):
    """What lies before the checkpoint is past for good: `recount` compares tallies as they are."""
    terms, plan, logs = data.draw(goals(case.today)), plan_of(case.habit), logs_of(case.logs)
    stop = begin(plan, logs.items(), case.today).checkpoint.day

    def tally(today: date) -> Tally:
        past = {day: log for day, log in logs.items() if day <= case.today}
        return count_until(terms, calendar_of(plan, past, terms.start, today, today), begin_tally(terms), stop)

    if stop <= case.today:
        assert tally(case.today) == tally(case.today + timedelta(days=data.draw(st.integers(1, 60))))
