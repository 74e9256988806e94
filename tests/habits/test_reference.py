"""The reference against the worked examples and against the scores of real Loop Habit Tracker exports."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given

from tests.habits import reference
from tests.habits.reference_schedule import check_schedule
from tests.habits.strategies import Case, cases, random_habit, schedules

DONE, SKIPPED, MISSED = ("completed", None), ("skipped", None), ("missed", None)


def june(day):
    return date(2026, 6, day)


def schedule(frequency="daily", interval=1, days=None, count=None, target=None):
    if days is None and count is None and (target is None or target["scope"] == "day"):
        count = 1
    return {"frequency": frequency, "interval": interval, "target_days": days, "target_count": count, "target": target}


def target(value_milli, direction="at_least", scope="day"):
    return {"value_milli": value_milli, "direction": direction, "scope": scope}


def habit(start, first_schedule, **fields):
    return {
        "start": start,
        "end": None,
        "versions": [(start, first_schedule)],
        "pauses": [],
        "archived_on": None,
        **fields,
    }


def done_on(*days):
    return dict.fromkeys(days, DONE)


def measured_logs(habit, values):
    return {day: (reference.log_status(habit, day, value), value) for day, value in values.items()}


def statuses(habit, logs, today):
    return [unit["status"] for unit in reference.units(habit, logs, today)]


def current(habit, logs, today):
    streak = reference.current_streak(habit, logs, today)
    return streak["length"] if streak else 0


def longest(habit, logs, today):
    streak = reference.longest_streak(habit, logs, today)
    return streak["length"] if streak else 0


# The worked examples, by their numbers


def test_example_1_daily_with_a_skip():
    running = habit(june(1), schedule())
    logs = {june(1): DONE, june(2): DONE, june(3): DONE, june(4): SKIPPED, june(5): DONE}
    assert statuses(running, logs, june(6)) == ["met", "met", "met", "neutral", "met", "pending"]
    assert (current(running, logs, june(6)), longest(running, logs, june(6))) == (4, 4)
    assert reference.rate(running, logs, june(6), june(1), june(6)) == (4, 4, Decimal("1.0000"))
    assert reference.is_due(running, logs, june(6))
    assert (current(running, logs, june(7)), longest(running, logs, june(7))) == (0, 4)
    assert reference.rate(running, logs, june(7), june(1), june(7)) == (5, 4, Decimal("0.8000"))


def test_example_2_daily_on_weekdays():
    running = habit(june(1), schedule(days=[1, 3, 5]))
    logs = done_on(june(1), june(3), june(4), june(5))
    assert statuses(running, logs, june(7)) == ["met", "met", "met"]
    assert current(running, logs, june(7)) == 3
    assert reference.completions(running, logs, june(7), june(1), june(7)) == 4
    assert reference.rate(running, logs, june(7), june(1), june(7)) == (3, 3, Decimal("1.0000"))
    assert not reference.is_due(running, logs, june(7))


def test_example_3_clipped_first_week():
    running = habit(june(5), schedule("weekly", count=3))
    logs = done_on(june(6), june(8), june(9))
    first, second = reference.units(running, logs, june(10))
    assert (first["status"], first["clipped"], first["achieved"], first["required"]) == ("met", True, 1, 1)
    assert (second["status"], second["clipped"], second["achieved"], second["required"]) == ("pending", False, 2, 3)
    assert current(running, logs, june(10)) == 1
    assert reference.rate(running, logs, june(10), june(5), june(10)) == (3, 3, Decimal("1.0000"))


def test_example_4_missed_week_and_neutral_clipped_week():
    running = habit(june(5), schedule("weekly", count=3))
    logs = done_on(june(6), june(8), june(9))
    assert statuses(running, logs, june(15)) == ["met", "missed", "pending"]
    assert (current(running, logs, june(15)), longest(running, logs, june(15))) == (0, 1)
    assert reference.rate(running, logs, june(15), june(5), june(15)) == (4, 3, Decimal("0.7500"))
    del logs[june(6)]
    assert statuses(running, logs, june(15)) == ["neutral", "missed", "pending"]
    assert reference.rate(running, logs, june(15), june(5), june(15))[0] == 3


def test_example_5_short_month_and_midweek_start():
    monthly = habit(date(2027, 2, 1), schedule("monthly", days=[31]))
    due = [day for day in range(1, 29) if reference.is_due(monthly, {}, date(2027, 2, day))]
    assert due == [28]
    weekly = habit(june(2), schedule("weekly", count=1))
    logs = done_on(june(3))
    assert statuses(weekly, logs, june(3)) == ["met"]
    assert current(weekly, logs, june(3)) == 1


def test_example_6_skips_lower_the_count():
    pause = [(june(11), june(12))]
    running = habit(june(1), schedule("weekly", count=3), pauses=pause)
    logs = dict.fromkeys([june(8), june(9), june(10)], SKIPPED)
    assert reference.units(running, logs, june(14))[1]["required"] == 2


def test_example_7_at_most_a_day():
    running = habit(june(1), schedule(target=target(2000, "at_most")))
    logs = measured_logs(running, {june(1): 1000, june(2): 2000, june(3): 3000})
    assert [status for status, _ in logs.values()] == ["completed", "completed", "missed"]
    assert statuses(running, logs, june(3)) == ["met", "met", "pending"]


def test_example_8_total_of_a_week():
    running = habit(june(1), schedule("weekly", target=target(20_000, scope="unit")))
    logs = measured_logs(running, {june(2): 8000, june(4): 7000, june(6): 6000})
    (unit,) = reference.units(running, logs, june(7))
    assert (unit["status"], unit["kind"], unit["value_milli"]) == ("met", "total", 21_000)
    paused = {**running, "pauses": [(june(1), june(6))]}
    assert statuses(paused, measured_logs(paused, {june(7): 3000}), june(7)) == ["met"]
    assert statuses(paused, measured_logs(paused, {june(7): 2857}), june(7)) == ["pending"]
    assert statuses(paused, measured_logs(paused, {june(7): 2858}), june(7)) == ["met"]


def test_example_9_blocks_of_three_days():
    running = habit(june(1), schedule(interval=3))
    logs = done_on(june(3), june(4))
    found = reference.units(running, logs, june(9))
    assert [(unit["start"], unit["end"]) for unit in found] == [
        (june(1), june(3)),
        (june(4), june(6)),
        (june(7), june(9)),
    ]
    assert [unit["status"] for unit in found] == ["met", "met", "pending"]
    assert current(running, logs, june(9)) == 2
    assert (current(running, logs, june(10)), longest(running, logs, june(10))) == (0, 2)


def test_example_10_another_count_keeps_the_weeks_before():
    weekly = habit(june(1), schedule("weekly", count=3))
    changed = reference.apply_schedule_change(weekly, schedule("weekly", count=4), None, june(18))
    assert [effective_from for effective_from, _ in changed["versions"]] == [june(1), june(15)]
    logs = done_on(june(1), june(2), june(3), june(8), june(9), june(10), june(15), june(16), june(17))
    assert [(unit["required"], unit["status"]) for unit in reference.units(changed, logs, june(18))] == [
        (3, "met"),
        (3, "met"),
        (4, "pending"),
    ]
    assert current(changed, logs, june(18)) == 2


def test_example_10_daily_becomes_weekly():
    daily = habit(june(1), schedule())
    logs = done_on(*[june(day) for day in range(1, 15)])
    changed = reference.apply_schedule_change(daily, schedule("weekly", count=3), None, june(18))
    assert [effective_from for effective_from, _ in changed["versions"]] == [june(1), june(15)]
    assert current(changed, logs, june(18)) == 0
    assert longest(changed, logs, june(18)) == 14
    assert reference.longest_streak(changed, logs, june(18))["frequency"] == "daily"


# Schedule changes


@pytest.mark.parametrize("requested", [june(9), june(21)])
def test_change_outside_start_and_today_is_refused(requested):
    with pytest.raises(ValueError, match="effective_from"):
        reference.apply_schedule_change(habit(june(10), schedule()), schedule(interval=2), requested, june(20))


def test_change_to_what_is_in_force_removes_the_later_versions():
    daily = habit(june(1), schedule())
    changed = reference.apply_schedule_change(daily, schedule(interval=2), june(10), june(20))
    assert reference.apply_schedule_change(changed, schedule(), june(10), june(20)) == daily


def test_change_from_the_start_rewrites_the_history():
    changed = reference.apply_schedule_change(habit(june(3), schedule()), schedule("weekly"), june(4), june(20))
    assert changed["versions"] == [(june(3), schedule("weekly"))]


def test_measured_stays_measured():
    with pytest.raises(ValueError, match="measured"):
        reference.apply_schedule_change(habit(june(1), schedule()), schedule(target=target(1000)), None, june(2))


# Totals and due days beyond the examples


def test_at_most_total_is_met_only_after_its_end_and_with_a_value():
    running = habit(june(1), schedule("weekly", target=target(5000, "at_most", "unit")))
    logs = measured_logs(running, {june(2): 1000})
    assert statuses(running, logs, june(7)) == ["pending"]
    assert statuses(running, logs, june(8)) == ["met", "pending"]
    assert statuses(running, {}, june(8)) == ["missed", "pending"]
    assert not reference.is_due(running, logs, june(2))
    assert reference.is_due(running, logs, june(3))


def test_due_again_after_a_log_that_missed():
    at_least = habit(june(1), schedule(target=target(30_000)))
    at_most = habit(june(1), schedule(target=target(30_000, "at_most")))
    assert reference.is_due(at_least, measured_logs(at_least, {june(2): 29_999}), june(2))
    assert not reference.is_due(at_most, measured_logs(at_most, {june(2): 30_001}), june(2))


@pytest.mark.parametrize(
    "fields", [{"archived_on": june(9)}, {"pauses": [(june(9), None)]}, {"end": june(8)}, {"start": june(10)}]
)
def test_nothing_is_due_when_archived_paused_over_or_not_begun(fields):
    running = habit(june(1), schedule())
    assert reference.is_due(running, {}, june(9))
    idle = {**running, **fields}
    idle["versions"] = [(idle["start"], schedule())]
    assert not reference.is_due(idle, {}, june(9))


def test_log_dated_after_today_counts_from_its_day_on():
    running = habit(june(1), schedule())
    logs = done_on(june(1), june(2))
    assert statuses(running, logs, june(1)) == ["met"]
    assert reference.completions(running, logs, june(1), june(1), june(30)) == 1
    assert current(running, logs, june(2)) == 2


def test_equally_long_streaks_the_later_is_the_longest():
    running = habit(june(1), schedule())
    logs = done_on(june(1), june(2), june(4), june(5))
    assert reference.longest_streak(running, logs, june(7))["start"] == june(4)
    assert reference.current_streak(running, logs, june(7)) is None


def test_pause_to_come_counts_as_skipped():
    running = habit(june(1), schedule("weekly", count=7), pauses=[(june(6), june(7))])
    assert reference.units(running, {}, june(1))[0]["required"] == 5


def test_perfect_day_wants_every_daily_unit_that_ended_on_it_met():
    daily, every_third_day, weekly = (
        habit(june(1), schedule()),
        habit(june(1), schedule(interval=3)),
        habit(june(1), schedule("weekly")),
    )
    every_day = done_on(june(1), june(2), june(3), june(5))
    first, last = june(1), june(30)
    assert reference.perfect_days([(daily, every_day), (weekly, {})], june(6), first, last) == 4
    assert reference.perfect_days([(daily, every_day), (every_third_day, {})], june(6), first, last) == 3
    assert reference.days_completed([(daily, every_day), (weekly, done_on(june(4), june(5)))], june(6), first, last) == 5


# Strength, against the scores that Loop Habit Tracker exported for the same entries


def scores(habit, logs, days):
    return {day: round(reference.strength(habit, logs, day), 4) for day in days}


def test_strength_of_two_in_three_days_equals_loop():
    # "Wake up early", 2 times in 3 days; the entries of the 18th, 19th and 23rd are derived ones (YES_AUTO),
    # so no logs.
    january = {day: date(2015, 1, day) for day in range(16, 26)}
    running = habit(january[16], schedule(interval=3, count=2))
    logs = done_on(*[january[day] for day in (16, 17, 20, 21, 22, 25)]) | {january[24]: MISSED}
    exported = [0.0107, 0.0315, 0.0515, 0.0706, 0.0995, 0.1379, 0.1746, 0.1991, 0.2226, 0.2557]
    assert scores(running, logs, january.values()) == dict(zip(january.values(), exported, strict=True))


@pytest.mark.parametrize(
    "loop_schedule",
    [
        # "value habit", at most 12 in 30 days. A monthly total is 1 in its 30 days; a block of 30 days is the
        # same; so is one day a month.
        schedule("monthly", target=target(12_000, "at_most", "unit")),
        schedule("daily", 30, target=target(12_000, "at_most", "unit")),
        schedule("monthly", count=1, target=target(12_000, "at_most")),
    ],
)
def test_strength_of_at_most_equals_loop(loop_schedule):
    days = [date(2026, 7, 2), date(2026, 7, 3), date(2026, 7, 4)]
    running = habit(days[0], loop_schedule)
    logs = measured_logs(running, dict(zip(days, [30_000, 3_000, 12_000], strict=True)))
    assert scores(running, logs, days) == dict(zip(days, [0.9903, 0.9807, 0.9712], strict=True))


def test_strength_of_three_in_two_weeks_equals_loop():
    # "bool habit", 3 times in 14 days, with an explicit NO on the first and the third day.
    days = [date(2026, 7, day) for day in range(1, 5)]
    running = habit(days[0], schedule("weekly", 2, count=3))
    logs = dict(zip(days, [MISSED, DONE, MISSED, DONE], strict=True))
    assert scores(running, logs, days) == dict(zip(days, [0.0, 0.0041, 0.0080, 0.0160], strict=True))


def test_strength_without_logs_and_over_skipped_days():
    running = habit(june(1), schedule(), pauses=[(june(3), june(4))])
    assert reference.strength(running, {june(2): DONE}, june(1)) is None
    logs = {june(1): DONE, june(2): SKIPPED}
    assert reference.strength(running, logs, june(4)) == reference.strength(running, logs, june(1)) > 0
    assert reference.strength(running, logs, june(5)) < reference.strength(running, logs, june(4))
    assert reference.strength({**running, "end": june(4)}, logs, june(30)) == reference.strength(running, logs, june(4))


# The generators


@given(schedules())
def test_generated_schedules_are_valid(generated):
    check_schedule(generated)


@given(cases())
def test_units_of_any_habit_are_in_order_and_consistent(case):
    found = reference.units(case.habit, case.logs, case.today)
    for before, after in pairwise(found):
        assert before["end"] < after["start"]
    for unit in found:
        assert unit["start"] <= min(unit["end"], case.today)
        assert unit["achieved"] <= unit["required"]
    met = sum(unit["status"] == "met" for unit in found)
    assert met == sum(streak["length"] for streak in reference.streaks(case.habit, case.logs, case.today))


@pytest.mark.slow
@given(cases())
def test_strength_of_any_habit_lies_between_0_and_1(case):
    score = reference.strength(case.habit, case.logs, case.today)
    assert (score is None) == (not any(day <= case.today for day in case.logs))
    assert score is None or 0 <= score <= 1


def test_random_habits_show_every_kind_and_status():
    rng, today = Random(2), june(17)
    seen: Counter[str] = Counter()
    for _ in range(300):
        case = random_habit(rng, today)
        check_live(case)
        seen.update(unit["kind"] + " " + unit["status"] for unit in reference.units(case.habit, case.logs, today))
        seen.update(["versions"] * (len(case.habit["versions"]) > 2) + ["pauses"] * bool(case.habit["pauses"]))
        seen.update(["archived"] * bool(case.habit["archived_on"]) + ["due"] * reference.is_due(case.habit, case.logs, today))
        seen.update(status for status, _ in case.logs.values())
    kinds = [
        f"{kind} {status}" for kind in ("target_days", "count", "total") for status in ("neutral", "met", "pending", "missed")
    ]
    for expected in [*kinds, "versions", "pauses", "archived", "due", "completed", "skipped", "missed"]:
        assert seen[expected] > 0, expected


def check_live(case: Case):
    """Requests of today alone could have made it: the changes lead to the versions, the logs lie within the habit."""
    made = habit(case.habit["start"], case.first_schedule)
    for requested, changed in case.changes:
        made = reference.apply_schedule_change(made, changed, requested, case.today)
    assert made["versions"] == case.habit["versions"]
    last = min(case.today, case.habit["end"] or case.today)
    assert all(case.habit["start"] <= day <= last for day in case.logs)
    for (_, before), (after, _) in pairwise(case.habit["pauses"]):
        assert before + timedelta(days=1) <= after
