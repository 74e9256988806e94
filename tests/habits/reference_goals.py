"""The rules of goals once more, slow and obvious: counted from all rows each time, and sharing nothing with the product."""

from datetime import date
from typing import Any

from tests.habits import reference
from tests.habits.reference_schedule import DAY, Habit, Logs, days_between, schedule_on, until_today

Goal = dict[str, Any]


def progress(habit: Habit, logs: Logs, goal: Goal, today: date) -> tuple[int, date | None]:
    """How far a goal has come, in thousandths, and the date on which it was reached."""
    if goal["kind"] == "streak":
        return streak_progress(habit, logs, goal, today)
    # "`completions` = N completed logs in it; `total` = the sum of values"; "a skipped day's value does not count"
    amount, reached_on = 0, None
    for day, (status, value) in sorted(until_today(logs, today).items()):
        if day < goal["start"] or (goal["deadline"] is not None and day > goal["deadline"]):
            continue
        if goal["kind"] == "completions":
            amount += 1_000 if status == "completed" else 0
        elif status != "skipped":
            amount += value or 0
        # "`reached_on` = the date of the log that completes it in date order"
        if amount >= goal["target"] and reached_on is None:
            reached_on = day
    return amount, reached_on


def streak_progress(habit: Habit, logs: Logs, goal: Goal, today: date) -> tuple[int, date | None]:
    # "units whose active days all lie inside"
    deadline = date.max if goal["deadline"] is None else goal["deadline"]
    inside = [unit for unit in reference.units(habit, logs, today) if goal["start"] <= unit["start"] and unit["end"] <= deadline]
    runs: list[list[dict[str, Any]]] = [[]]
    kind = None
    for unit in inside:
        # "neutral units neither extend nor break it"; a missed one ends it, and so does one of another kind
        if (unit["frequency"], unit["interval"]) != kind or unit["status"] == "missed":
            runs.append([])
        kind = (unit["frequency"], unit["interval"])
        if unit["status"] == "met":
            runs[-1].append(unit)
    needed = goal["target"] // 1_000
    for run in runs:
        if len(run) >= needed:
            return max(len(run) for run in runs) * 1_000, met_on(habit, logs, run[needed - 1], today)
    # Not reached: the run that goes on, in the schedule in force on the last day that counts.
    in_force = schedule_on(habit, max(min(today, deadline), habit["start"]))
    return (len(runs[-1]) * 1_000 if kind == (in_force["frequency"], in_force["interval"]) else 0), None


def met_on(habit: Habit, logs: Logs, unit: dict[str, Any], today: date) -> date:
    """The first day from which on the unit is met by the logs up to each day; its last day where its end alone makes it so."""
    days = days_between(unit["start"], min(unit["end"], today))
    is_met = {}
    for day in days:
        [judged] = [other for other in reference.units(habit, logs, day) if other["start"] == unit["start"]]
        is_met[day] = judged["status"] == "met"
    for day in days:
        if all(is_met[later] for later in days if later >= day):
            return day
    return unit["end"]


def state(goal: Goal, reached_on: date | None, is_cancelled: bool, today: date) -> str:
    if is_cancelled:
        return "cancelled"
    if reached_on is not None:
        return "reached"
    # "Past the deadline unreached: `missed`"
    return "missed" if goal["deadline"] is not None and today >= goal["deadline"] + DAY else "active"
