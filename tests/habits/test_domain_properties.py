"""The rules of habits against a slow, obvious reference written from the product's domain rules."""

from datetime import date, timedelta
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.domain.codec import decode_history, decode_plan, encode_history, encode_plan
from habits.domain.judging import judge
from habits.domain.rates import Rate, completed_days, count_perfect_days, rate_of
from habits.domain.schedule import ONE_DAY, Version, change_schedule, first_day_in_force
from habits.domain.stats import advance, begin, look, moves_on, record
from habits.domain.streaks import list_streaks
from tests.habits import reference
from tests.habits.adapters import logs_of, plan_of, schedule_of, streak_data, unit_data
from tests.habits.strategies import Case, cases, portfolios, ranges

pytestmark = pytest.mark.slow  # not each test, but all of them


def judged_units(case: Case):
    plan, logs = plan_of(case.habit), logs_of(case.logs)
    return [judge(plan, unit, logs, case.today) for unit in plan.units(plan.start, case.today)]


@given(cases())
def test_units_are_those_of_the_reference(case):
    assert [unit_data(unit) for unit in judged_units(case)] == reference.units(case.habit, case.logs, case.today)


@given(cases())
def test_streaks_are_those_of_the_reference(case):
    streaks = list_streaks(judged_units(case), case.today)
    assert [streak_data(streak) for streak in streaks] == reference.streaks(case.habit, case.logs, case.today)


@given(cases(), st.data())
def test_rates_are_those_of_the_reference(case, data):
    first, last = data.draw(ranges(case.today))
    rate = rate_of(judged_units(case), first, last, case.today)
    expected = reference.rate(case.habit, case.logs, case.today, first, last)
    assert (rate.expected, rate.achieved, rate.success_rate) == expected
    assert rate.plus(Rate(3, 2)) == Rate(rate.expected + 3, rate.achieved + 2)


@given(portfolios(), st.data())
def test_days_of_several_habits_are_those_of_the_reference(portfolio, data):
    today = portfolio[0].today
    first, last = data.draw(ranges(today))
    pairs = [(case.habit, case.logs) for case in portfolio]
    days = set().union(*(completed_days(logs_of(case.logs), first, last, today) for case in portfolio))
    units = [unit for case in portfolio for unit in judged_units(case)]
    assert len(days) == reference.days_completed(pairs, today, first, last)
    assert count_perfect_days(units, first, last, today) == reference.perfect_days(pairs, today, first, last)


def assert_stats_are_the_references(case, stats):
    habit, logs, today = case.habit, case.logs, case.today
    assert streak_data(stats.current) == reference.current_streak(habit, logs, today)
    assert streak_data(stats.longest) == reference.longest_streak(habit, logs, today)
    assert stats.completions == reference.completions(habit, logs, today, habit["start"], today)
    completed = [day for day, (status, _) in logs.items() if status == "completed" and day <= today]
    assert stats.last_completed_on == max(completed, default=None)
    assert stats.today.is_due == reference.is_due(habit, logs, today)
    strength = reference.strength(habit, logs, today)
    assert (stats.strength is None) == (strength is None)
    assert strength is None or abs(stats.strength - strength) < 1e-9


@given(cases())
def test_stats_are_those_of_the_reference(case):
    plan = plan_of(case.habit)
    history = begin(plan, logs_of(case.logs).items(), case.today)
    assert_stats_are_the_references(case, look(plan, history, case.today))
    assert decode_plan(encode_plan(plan)) == plan
    assert decode_history(encode_history(history)) == history


@given(cases(), st.lists(st.integers(-40, 20), min_size=1, max_size=30))
def test_stats_kept_log_by_log_are_those_of_the_reference(case, edits):
    """Logged in order, day after day, with the last weeks edited again: the checkpoint moves on and nothing is lost.

    `edits` says by turns how many days back the next one is; below 0 there is none.
    """
    plan, logs = plan_of(case.habit), logs_of(case.logs)
    history = begin(plan, (), plan.start)
    for day, back in zip(sorted(day for day in logs if day <= case.today), cycle(edits), strict=False):
        history = record(history, {day: logs[day]})
        edited = day - timedelta(days=back)
        if history.checkpoint.day <= edited <= day and edited in logs:
            history = record(record(history, {edited: None}), {edited: logs[edited]})
        history = decode_history(encode_history(advance(plan, history, day)))
    history = advance(plan, history, case.today)
    past = case._replace(logs={day: log for day, log in case.logs.items() if day <= case.today})
    assert_stats_are_the_references(past, look(plan, history, case.today))


def assert_still_if_nothing_moves_on(case):
    plan, logs = plan_of(case.habit), logs_of(case.logs)
    history = begin(plan, logs.items(), case.today)
    stats = look(plan, history, case.today)
    if not moves_on(plan, history, stats):
        later = look(plan, history, case.today + ONE_DAY)
        assert (later.current_streak, later.longest_streak) == (stats.current_streak, stats.longest_streak)
        assert later.completions == stats.completions
        assert later.strength is None or round(later.strength, 4) == round(stats.strength, 4)


@given(cases())
def test_what_does_not_move_on_is_the_same_tomorrow(case):
    assert_still_if_nothing_moves_on(case)


def test_what_feeds_a_strength_of_nearly_nothing_moves_on():
    schedule = {"frequency": "daily", "interval": 1, "target_days": [1], "target_count": None}
    schedule["target"] = {"value_milli": 30_000, "direction": "at_least", "scope": "day"}
    monday = date(2026, 6, 1)
    habit = {"start": monday, "end": None, "versions": [(monday, schedule)], "pauses": [], "archived_on": None}
    for days in range(10):
        assert_still_if_nothing_moves_on(Case(habit, {monday: ("missed", 30)}, monday + days * ONE_DAY, schedule, []))


@given(cases())
def test_schedule_changes_make_the_versions_of_the_reference(case):
    start = case.habit["start"]
    versions = (Version(start, schedule_of(case.first_schedule)),)
    for requested, data in case.changes:
        schedule = schedule_of(data)
        versions = change_schedule(versions, schedule, first_day_in_force(schedule, requested, start))
    assert versions == plan_of(case.habit).versions
