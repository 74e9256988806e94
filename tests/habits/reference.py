"""The rules of the habit domain once more: slow, obvious, and sharing nothing with the product.

Each rule stands beside the sentence of the specification that it transcribes. The plain data that goes in is
described in reference_schedule.py.
"""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.habits.reference_schedule import (
    DAY,
    Habit,
    Logs,
    Schedule,
    apply_schedule_change,
    count_of,
    days_between,
    first_of_period,
    is_paused,
    is_skipped,
    is_total,
    last_of_month,
    log_status,
    schedule_on,
    until_today,
)

__all__ = [
    "apply_schedule_change",
    "completions",
    "current_streak",
    "days_completed",
    "is_due",
    "log_status",
    "longest_streak",
    "perfect_days",
    "rate",
    "streaks",
    "strength",
    "units",
]

Unit = dict[str, Any]


# 4. Judging a unit


def blocks(schedule: Schedule, effective_from: date) -> Iterator[list[date]]:
    """The days of each whole block, without end."""
    # "A unit is a block of `interval` days, ISO weeks or calendar months; blocks are counted from the day,
    # week or month that holds the version's `effective_from`."
    first = first_of_period(schedule["frequency"], effective_from)
    while True:
        following = first
        for _ in range(schedule["interval"]):
            following = next_period(schedule["frequency"], following)
        yield days_between(first, following - DAY)
        first = following


def next_period(frequency: str, first: date) -> date:
    """The first day of the period after the one that begins there."""
    if frequency == "daily":
        return first + DAY
    if frequency == "weekly":
        return first + timedelta(days=7)
    return last_of_month(first) + DAY


def is_target_day(schedule: Schedule, day: date) -> bool:
    # "ISO weekdays 1..7"
    if schedule["frequency"] != "monthly":
        return day.isoweekday() in schedule["target_days"]
    # "days of the month 1..31, or -1 for the last; a day that the month lacks means its last day"; "target
    # days that fall on the same date of a short month count once"
    last = last_of_month(day).day
    return day.day in {last if wanted == -1 else min(wanted, last) for wanted in schedule["target_days"]}


def active_interval(habit: Habit, number: int) -> tuple[date, date | None]:
    """First and last day on which the version of that number is active."""
    # "A version is active on [effective_from, next version's effective_from), cut to [start_date, end_date]."
    first, last = max(habit["versions"][number][0], habit["start"]), habit["end"]
    if number + 1 < len(habit["versions"]):
        before_next = habit["versions"][number + 1][0] - DAY
        last = before_next if last is None else min(last, before_next)
    return first, last


def judged_units(habit: Habit, logs: Logs, today: date) -> list[tuple[Unit, Schedule]]:
    """Every unit that exists, in time order, with the schedule that judges it."""
    logs = until_today(logs, today)
    found = []
    for version, (effective_from, schedule) in enumerate(habit["versions"]):
        first, last = active_interval(habit, version)
        for whole in blocks(schedule, effective_from):
            # "Take a unit (day, block of days, weeks or months) cut to its version's active interval"
            active = [day for day in whole if first <= day and (last is None or day <= last)]
            # "Units that begin after today do not exist yet."; "none [no active day]: it is no unit"
            if not active or active[0] > today:
                break
            # daily with target days: "the other days are no units at all"
            on_weekdays = schedule["frequency"] == "daily" and schedule["target_days"] is not None
            if on_weekdays and not is_target_day(schedule, whole[0]):
                continue
            found.append((judge(habit, schedule, whole, active, logs, today), schedule))
    return found


def judge(habit: Habit, schedule: Schedule, whole: list[date], active: list[date], logs: Logs, today: date) -> Unit:
    """One unit with what it requires, what was achieved and its status."""
    # "`skipped` = of those, the days logged as skipped or paused without a log. `days` = the days of the
    # whole block."
    skipped = [day for day in active if is_skipped(habit, logs, day)]
    completed = [day for day in active if day in logs and logs[day][0] == "completed"]
    # "clipped if that took days away"
    clipped = len(active) < len(whole)
    counting = [logs[day][1] for day in active if day in logs and day not in skipped and logs[day][1] is not None]
    if is_total(schedule):
        kind = "total"
        required, achieved = judge_total(schedule, whole, active, skipped, counting, today)
    elif schedule["target_days"] is not None:
        kind = "target_days"
        # "`required` = the target days that are active and not skipped; `achieved` = the completed ones of
        # them."
        wanted = [day for day in active if is_target_day(schedule, day) and day not in skipped]
        required, achieved = len(wanted), len([day for day in wanted if day in completed])
    else:
        kind = "count"
        # "`n = target_count`, or `max(1, floor(target_count * active / days))` if clipped; `required = min(n,
        # active - skipped)`; `achieved = min(completed active days, required)`."
        n = count_of(schedule)
        if clipped:
            n = max(1, math.floor(Fraction(n * len(active), len(whole))))
        required = min(n, len(active) - len(skipped))
        achieved = min(len(completed), required)
    return {
        "start": active[0],
        "end": active[-1],
        "days": len(whole),
        "clipped": clipped,
        "frequency": schedule["frequency"],
        "interval": schedule["interval"],
        "required": required,
        "achieved": achieved,
        "status": unit_status(kind, required, achieved, clipped, active[-1], today),
        "value_milli": None if schedule["target"] is None else sum(counting),
        "kind": kind,
    }


def judge_total(
    schedule: Schedule, whole: list[date], active: list[date], skipped: list[date], counting: list[int], today: date
) -> tuple[int, int]:
    """What a unit with a total requires, and what was achieved."""
    # "`required = 1`, or 0 when all active days are skipped"
    if len(skipped) == len(active):
        return 0, 0
    # "`target = target_value * (active - skipped) / days` and `sum` of the values of the days that are not
    # skipped"
    target = Fraction(schedule["target"]["value_milli"] * (len(active) - len(skipped)), len(whole))
    if schedule["target"]["direction"] == "at_least":
        # "`at_least`: achieved is 1 once `sum >= target`"
        return 1, int(sum(counting) >= target)
    # "`at_most`: achieved is 1 if `sum <= target`, at least one active day has a value that counts, and the
    # last active day is past."
    return 1, int(sum(counting) <= target and len(counting) > 0 and active[-1] < today)


def unit_status(kind: str, required: int, achieved: int, clipped: bool, last: date, today: date) -> str:
    # "neutral if `required == 0`; else met if `achieved >= required`; else pending while the unit is open
    # (its last active day is not before today); else missed, but neutral if it is clipped and judged by count
    # or total"
    if required == 0:
        return "neutral"
    if achieved >= required:
        return "met"
    if last >= today:
        return "pending"
    if clipped and kind in ("count", "total"):
        return "neutral"
    return "missed"


def units(habit: Habit, logs: Logs, today: date) -> list[Unit]:
    """Every unit that exists, in time order."""
    return [unit for unit, _ in judged_units(habit, logs, today)]


def is_due(habit: Habit, logs: Logs, today: date) -> bool:
    """Whether the habit wants something done today."""
    # "the habit is not archived, today is not paused, has no completed or skipped log"
    if habit["archived_on"] is not None or is_paused(habit, today):
        return False
    if today in logs and logs[today][0] in ("completed", "skipped"):
        return False
    # "and lies in a pending unit that it could still help (a target day; any day of a count or an `at_least`
    # total; for `at_most`, any day without a log)"
    for unit, schedule in judged_units(habit, logs, today):
        if unit["start"] <= today <= unit["end"] and unit["status"] == "pending":
            if unit["kind"] == "target_days" and not is_target_day(schedule, today):
                return False
            at_most = schedule["target"] is not None and schedule["target"]["direction"] == "at_most"
            return not (at_most and today in logs)
    return False


# 5. Streaks


def runs(habit: Habit, logs: Logs, today: date) -> tuple[list[list[Unit]], bool]:
    """The streaks as runs of met units, and whether the last one still goes on."""
    found: list[list[Unit]] = []
    goes_on = False
    for unit in units(habit, logs, today):
        # "a missed one ends it, and so does a unit of another frequency or interval (days and weeks do not
        # add up)"
        if goes_on and (unit["frequency"], unit["interval"]) != (found[-1][-1]["frequency"], found[-1][-1]["interval"]):
            goes_on = False
        if unit["status"] == "missed":
            goes_on = False
        # "A streak is a maximal run of met units. Neutral and pending units neither extend nor break it"
        if unit["status"] == "met":
            if goes_on:
                found[-1].append(unit)
            else:
                found.append([unit])
            goes_on = True
    return found, goes_on


def described(run: list[Unit], today: date) -> dict[str, Any]:
    # "`length` = number of met units. `start`, `end` = first day of the first and last day of the last met
    # unit (cut to today)."
    return {
        "length": len(run),
        "start": min(run[0]["start"], today),
        "end": min(run[-1]["end"], today),
        "frequency": run[0]["frequency"],
        "interval": run[0]["interval"],
    }


def streaks(habit: Habit, logs: Logs, today: date) -> list[dict[str, Any]]:
    """Every streak, in time order."""
    return [described(run, today) for run in runs(habit, logs, today)[0]]


def current_streak(habit: Habit, logs: Logs, today: date) -> dict[str, Any] | None:
    """The streak that can still grow, or None."""
    # "the length of the last run, or 0 if a missed unit or one of another frequency or interval follows it"
    found, goes_on = runs(habit, logs, today)
    if not goes_on:
        return None
    # ADR 5: nor does it run on where the schedule in force has another, of which there has been no unit yet.
    schedule = schedule_on(habit, max(today, habit["start"]))
    last = found[-1][-1]
    is_alike = (schedule["frequency"], schedule["interval"]) == (last["frequency"], last["interval"])
    return described(found[-1], today) if is_alike else None


def longest_streak(habit: Habit, logs: Logs, today: date) -> dict[str, Any] | None:
    """The longest streak, or None."""
    # "`longest_streak` = the greatest length; ties: the later one."
    longest = None
    for streak in streaks(habit, logs, today):
        if longest is None or streak["length"] >= longest["length"]:
            longest = streak
    return longest


# 6. Rates, totals, strength


def rate(habit: Habit, logs: Logs, today: date, first: date, last: date) -> tuple[int, int, Decimal | None]:
    """Expected, achieved and the success rate of a range."""
    expected = achieved = 0
    for unit in units(habit, logs, today):
        # "A unit belongs to the range if its last active day lies in it, or if it is open and today lies in
        # the range."
        is_open = unit["end"] >= today
        if not (first <= unit["end"] <= last or (is_open and first <= today <= last)):
            continue
        # "`expected` = sum of `required` over those units; a pending unit, and a clipped one that turned
        # neutral for being unmet, add only what they `achieved`. `achieved` = sum of `achieved`."
        only_achieved = unit["status"] == "pending" or (unit["clipped"] and unit["status"] == "neutral")
        expected += unit["achieved"] if only_achieved else unit["required"]
        achieved += unit["achieved"]
    if expected == 0:
        # "null if expected is 0"
        return expected, achieved, None
    # "`success_rate` = achieved / expected rounded half up to 4 decimals"
    ten_thousandths = math.floor(Fraction(achieved * 10_000, expected) + Fraction(1, 2))
    return expected, achieved, Decimal(ten_thousandths).scaleb(-4)


def completed_days(logs: Logs, today: date, first: date, last: date) -> set[date]:
    logs = until_today(logs, today)
    return {day for day, (status, _) in logs.items() if status == "completed" and first <= day <= last}


def completions(habit: Habit, logs: Logs, today: date, first: date, last: date) -> int:
    """How many logs of the range are completed."""
    # "`completions` = completed logs in it, up to today."
    return len(completed_days(logs, today, first, last))


def days_completed(habits: list[tuple[Habit, Logs]], today: date, first: date, last: date) -> int:
    """On how many days of the range something was completed."""
    # "`days_completed` = distinct dates with at least one (across habits)."
    return len({day for _, logs in habits for day in completed_days(logs, today, first, last)})


def perfect_days(habits: list[tuple[Habit, Logs]], today: date, first: date, last: date) -> int:
    """How many days of the range were perfect."""
    # "`perfect_days` = days on which at least one habit had a daily unit that ended and all that ended were
    # met."
    daily = [unit for habit, logs in habits for unit in units(habit, logs, today) if unit["frequency"] == "daily"]
    perfect = 0
    for day in days_between(first, min(last, today)):
        ended = [unit["status"] for unit in daily if unit["end"] == day]
        if ended and all(status == "met" for status in ended):
            perfect += 1
    return perfect


def num_in_den(schedule: Schedule) -> tuple[int, int]:
    """The schedule as so many times in so many days."""
    # "count c over `interval` i is c in i, 7i or 30i days; k target days are k in 7 or 30; a total is 1 in
    # its days"
    den = {"daily": 1, "weekly": 7, "monthly": 30}[schedule["frequency"]] * schedule["interval"]
    num = count_of(schedule)
    if is_total(schedule):
        num = 1
    elif schedule["target_days"] is not None:
        num = len(schedule["target_days"])
        den = 30 if schedule["frequency"] == "monthly" else 7
    # "`num = min(num, den)`, equal ones are 1 in 1"
    num = min(num, den)
    return (1, 1) if num == den else (num, den)


def part_done(schedule: Schedule, logs: Logs, day: date) -> float:
    """The day's p: what was done in the days up to it, of what the schedule wants, between 0 and 1."""
    num, den = num_in_den(schedule)
    target = schedule["target"]
    if target is None:
        # "`p = min(1, completed days among the last den / num)`, where a yes/no habit with `num < den`
        # doubles num and den first"
        if num < den:
            num, den = 2 * num, 2 * den
        window = days_between(day - timedelta(days=den - 1), day)
        return min(1.0, len([seen for seen in window if seen in logs and logs[seen][0] == "completed"]) / num)
    # "Measured: with `sum` over the last den days and `goal` = target_value (scope `day`: x num)"; "a skipped
    # day's value does not count"
    window = days_between(day - timedelta(days=den - 1), day)
    total = sum(logs[seen][1] or 0 for seen in window if seen in logs and logs[seen][0] != "skipped")
    goal = target["value_milli"] * (num if target["scope"] == "day" else 1)
    if target["direction"] == "at_least":
        # "`p = min(1, sum / goal)`"
        return min(1.0, total / goal)
    # "`at_most`: ... `p = 1 - (sum - goal) / goal` clamped to 0..1 (goal 0: 1 if sum is 0, else 0)."
    if goal == 0:
        return 1.0 if total == 0 else 0.0
    return min(1.0, max(0.0, 1 - (total - goal) / goal))


def strength(habit: Habit, logs: Logs, today: date) -> float | None:
    """The exponential score, or None without logs."""
    logs = until_today(logs, today)
    if not logs:
        return None
    # "Day by day from the first log to today (or `end_date`)"
    first = min(logs)
    last = today if habit["end"] is None else min(today, habit["end"])
    # "`s = s * m + p * (1 - m)`, starting at 0"; "`at_most`: starts at 1"
    target = schedule_on(habit, first)["target"]
    s = 1.0 if target is not None and target["direction"] == "at_most" else 0.0
    for day in days_between(first, last):
        # "A skipped or paused day leaves `s` as it was."
        if is_skipped(habit, logs, day):
            continue
        schedule = schedule_on(habit, day)
        num, den = num_in_den(schedule)
        # "`m = 0.5 ** (sqrt(num / den) / 13)`"
        m = 0.5 ** (math.sqrt(num / den) / 13)
        s = s * m + part_done(schedule, logs, day) * (1 - m)
    return s
