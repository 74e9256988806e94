"""What an open unit still needs, by when, and whether a streak is at risk, by the rules alone."""

from datetime import date

import pytest

from habits.domain.insights import Insights, insights_of
from habits.domain.judging import judge
from habits.domain.logs import DayLog, LogStatus, status_of
from habits.domain.schedule import Direction, Frequency, Pause, Plan, Schedule, Scope, Target, Version

START = date(2026, 6, 1)  # a Monday
DONE, SKIPPED, MISSED = DayLog(LogStatus.COMPLETED), DayLog(LogStatus.SKIPPED), DayLog(LogStatus.MISSED)
WEEKLY_TOTAL = Schedule.of(Frequency.WEEKLY, target=Target(20_000, Direction.AT_LEAST, Scope.UNIT))
WEEKLY_LIMIT = Schedule.of(Frequency.WEEKLY, target=Target(14_000, Direction.AT_MOST, Scope.UNIT))
DAILY_LIMIT = Schedule.of(Frequency.DAILY, target=Target(2_000, Direction.AT_MOST))
MONDAY_WEDNESDAY = Schedule.of(Frequency.WEEKLY, target_days=[1, 3])


def june(day: int) -> date:
    return date(2026, 6, day)


def look(
    schedule: Schedule,
    logs: dict[int, DayLog],
    today: int,
    pause: tuple[int, int] | None = None,
    start: date = START,
) -> Insights:
    """Return the insights on a day of June."""
    pauses = (Pause(june(pause[0]), june(pause[1])),) if pause else ()
    plan = Plan(start, None, (Version(start, schedule),), pauses)
    dated = {june(day): log for day, log in logs.items()}
    units = [judge(plan, unit, dated, june(today)) for unit in plan.units(start, june(today))]
    return insights_of(plan, units, dated, june(today))


def measured(schedule: Schedule, values: dict[int, int]) -> dict[int, DayLog]:
    assert schedule.target is not None
    return {day: DayLog(status_of(value, schedule.target), value) for day, value in values.items()}


# Target days: the first week, of 1 and 3 June, is met in all of these; the second has 8 and 10 June


@pytest.mark.parametrize(
    ("logs", "today", "pause", "needed", "deadline"),
    [
        pytest.param({}, 8, None, 2, 8, id="the first is today"),
        pytest.param({8: DONE}, 8, None, 1, 10, id="today is done"),
        pytest.param({8: DONE}, 9, None, 1, 10, id="the next is tomorrow"),
        pytest.param({8: DONE}, 10, None, 1, 10, id="the next is today"),
        pytest.param({8: DONE}, 12, None, 1, 10, id="the last is past"),
        pytest.param({}, 12, None, 2, 10, id="both are past"),
        pytest.param({10: DONE}, 12, None, 1, 8, id="the earlier is past"),
        pytest.param({}, 9, None, 2, 10, id="one is past, one to come"),
        pytest.param({8: SKIPPED}, 8, None, 1, 10, id="today is skipped"),
        pytest.param({8: MISSED}, 8, None, 2, 8, id="a missed log can be replaced"),
        pytest.param({}, 9, (10, 14), 1, 8, id="the next is paused"),
        pytest.param({8: MISSED}, 9, (8, 14), 1, 8, id="missed on a pause is due all the same"),
        pytest.param({9: DONE}, 9, None, 2, 10, id="another day does not help"),
    ],
)
def test_target_days(logs: dict[int, DayLog], today: int, pause: tuple[int, int] | None, needed: int, deadline: int) -> None:
    insights = look(MONDAY_WEDNESDAY, {1: DONE, 3: DONE} | logs, today, pause)
    assert (insights.needed, insights.needed_milli, insights.deadline_on) == (needed, None, june(deadline))
    assert insights.at_risk


def test_target_days_that_are_all_done_need_nothing() -> None:
    insights = look(MONDAY_WEDNESDAY, {1: DONE, 3: DONE}, 4)
    assert (insights.needed, insights.deadline_on, insights.at_risk) == (0, None, False)


@pytest.mark.parametrize(
    ("days", "logs", "today", "deadline"),
    [([10, -1], {10: DONE}, 11, 30), ([10, 31], {}, 2, 10), ([10, 20], {20: DONE}, 25, 10)],
)
def test_target_days_of_a_month(days: list[int], logs: dict[int, DayLog], today: int, deadline: int) -> None:
    insights = look(Schedule.of(Frequency.MONTHLY, target_days=days), logs, today)
    assert insights.deadline_on == june(deadline)


def test_a_log_of_a_day_to_come_is_as_if_absent() -> None:
    assert look(MONDAY_WEDNESDAY, {8: DONE, 10: DONE}, 9).deadline_on == june(10)
    assert look(WEEKLY_LIMIT, measured(WEEKLY_LIMIT, {10: 1_000}), 9).needed == 1


@pytest.mark.parametrize(("logs", "needed"), [({}, 3), ({8: DONE}, 2)])
def test_a_count_has_until_the_end_of_its_unit(logs: dict[int, DayLog], needed: int) -> None:
    insights = look(Schedule.of(Frequency.WEEKLY, target_count=3), logs, 9)
    assert (insights.needed, insights.needed_milli, insights.deadline_on) == (needed, None, june(14))


def test_a_total_to_reach_needs_the_rest() -> None:
    insights = look(WEEKLY_TOTAL, measured(WEEKLY_TOTAL, {1: 20_000, 8: 5_000}), 9)
    assert (insights.needed, insights.needed_milli, insights.deadline_on) == (1, 15_000, june(14))
    assert insights.at_risk


# Limits


@pytest.mark.parametrize(
    ("values", "needed", "at_risk"),
    [
        pytest.param({1: 1_000}, 1, True, id="without a value"),
        pytest.param({1: 1_000, 8: 0}, 0, False, id="nothing used"),
        pytest.param({1: 1_000, 8: 14_000}, 0, False, id="just within"),
        pytest.param({1: 1_000, 8: 14_001}, 0, True, id="over"),
        pytest.param({8: 1_000}, 0, False, id="within, no streak"),
        pytest.param({8: 14_001}, 0, False, id="over, no streak"),
        pytest.param({}, 1, False, id="without a value, no streak"),
    ],
)
def test_a_limit_on_a_total(values: dict[int, int], needed: int, at_risk: bool) -> None:
    insights = look(WEEKLY_LIMIT, measured(WEEKLY_LIMIT, values), 9)
    assert (insights.needed, insights.needed_milli, insights.at_risk) == (needed, None, at_risk)
    assert insights.deadline_on == june(14)


def test_a_limit_shrinks_with_the_days_that_are_skipped() -> None:
    logs = measured(WEEKLY_LIMIT, {1: 1_000, 8: 12_000})
    assert not look(WEEKLY_LIMIT, logs, 9, (13, 13)).at_risk
    assert look(WEEKLY_LIMIT, logs, 9, (13, 14)).at_risk


def test_a_skipped_value_is_none() -> None:
    logs = {8: DayLog(LogStatus.SKIPPED, 1_000)}
    assert look(WEEKLY_LIMIT, logs, 9).needed == 1


def test_a_clipped_limit_never_breaks_a_streak() -> None:
    insights = look(WEEKLY_LIMIT, measured(WEEKLY_LIMIT, {2: 20_000}), 3, start=june(2))
    assert (insights.needed, insights.at_risk) == (0, False)


@pytest.mark.parametrize(
    ("values", "needed", "at_risk", "deadline"),
    [
        pytest.param({1: 1_000}, 1, True, 2, id="without a value"),
        pytest.param({1: 1_000, 2: 3_000}, 0, True, 2, id="over"),
        pytest.param({2: 3_000}, 0, False, 2, id="over, no streak"),
        pytest.param({1: 1_000, 2: 2_000}, 0, False, None, id="within is met"),
    ],
)
def test_a_limit_on_a_day(values: dict[int, int], needed: int, at_risk: bool, deadline: int | None) -> None:
    insights = look(DAILY_LIMIT, measured(DAILY_LIMIT, values), 2)
    assert (insights.needed, insights.needed_milli, insights.at_risk) == (needed, None, at_risk)
    assert insights.deadline_on == (june(deadline) if deadline else None)


def test_a_day_over_its_limit_leaves_the_other_days_of_a_unit() -> None:
    schedule = Schedule.of(Frequency.DAILY, interval=3, target=Target(2_000, Direction.AT_MOST))
    insights = look(schedule, measured(schedule, {1: 1_000, 4: 3_000}), 5)
    assert (insights.needed, insights.at_risk, insights.deadline_on) == (1, True, june(6))
