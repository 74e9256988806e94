"""Habits of every kind with logs, from one source of choices: hypothesis, or `random.Random` with a seed."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.habits.reference import apply_schedule_change, log_status
from tests.habits.reference_schedule import DAY, Habit, Logs, Schedule, days_between, schedule_on

# An integer between two bounds, both included. The low one is the simplest answer: hypothesis shrinks towards
# it.
Pick = Callable[[int, int], int]

FREQUENCIES = ("daily", "weekly", "monthly")
DAYS_IN_SHORTEST = {"daily": 1, "weekly": 7, "monthly": 28}
LONGEST_INTERVAL = {"daily": 365, "weekly": 52, "monthly": 12}
NO_LOG, COMPLETED, SKIPPED, MISSED = "no log", "completed", "skipped", "missed"
# How somebody logs: ten equally likely answers of a day.
TEMPERS = (
    (NO_LOG,) * 4 + (COMPLETED,) * 5 + (MISSED,),
    (NO_LOG,) + (COMPLETED,) * 8 + (SKIPPED,),
    (COMPLETED,) * 10,
    (NO_LOG,) * 2 + (COMPLETED,) * 4 + (SKIPPED,) * 3 + (MISSED,),
    (NO_LOG,) * 8 + (COMPLETED,) + (SKIPPED,),
    (SKIPPED,) * 8 + (COMPLETED,) * 2,
)


class Case(NamedTuple):
    """A habit and its logs; the changes, made in order after the first schedule, lead to its versions."""

    habit: Habit
    logs: Logs
    today: date
    first_schedule: Schedule
    changes: list[tuple[date, Schedule]]


def one_of(pick: Pick, options: Any) -> Any:
    return options[pick(0, len(options) - 1)]


def pick_set(pick: Pick, options: list[int]) -> list[int]:
    """A sorted choice of one to five different options."""
    return sorted({one_of(pick, options) for _ in range(pick(1, 5))})


def pick_target(pick: Pick, scope: str) -> dict[str, Any]:
    direction = one_of(pick, ("at_least", "at_most"))
    # Whole sevens and thirties meet the cut targets of totals exactly; the others leave fractions of a
    # thousandth.
    lowest = 1 if direction == "at_least" else 0
    value = one_of(pick, (7_000, 30_000, 2_500, 1_000, pick(lowest, 20), pick(lowest, 50_000)))
    return {"value_milli": value, "direction": direction, "scope": scope}


def pick_schedule(pick: Pick, measured: bool) -> Schedule:
    frequency = one_of(pick, FREQUENCIES)
    schedule: Schedule = {
        "frequency": frequency,
        "interval": 1,
        "target_days": None,
        "target_count": None,
        "target": None,
    }
    kind = one_of(pick, ("count", "count", "target_days", "total", "total" if measured else "count"))
    if kind == "target_days":
        schedule["target_days"] = pick_set(pick, [*range(1, 32), -1, 31, 30, 29] if frequency == "monthly" else list(range(1, 8)))
    else:
        longest = {"daily": 7, "weekly": 4, "monthly": 3}[frequency] if pick(0, 15) < 15 else LONGEST_INTERVAL[frequency]
        schedule["interval"] = pick(1, longest) if pick(0, 1) else 1
    total = measured and kind == "total" and (frequency != "daily" or schedule["interval"] > 1)
    if kind != "target_days" and not total:
        most = DAYS_IN_SHORTEST[frequency] * schedule["interval"]
        schedule["target_count"] = pick(1, min(most, 5)) if pick(0, 3) < 3 else pick(1, most)
    if measured:
        schedule["target"] = pick_target(pick, "unit" if total else "day")
    return schedule


def pick_next_schedule(pick: Pick, last: Schedule) -> Schedule:
    """Another schedule, the same again, or the same with another count or target (so that a streak goes on)."""
    measured = last["target"] is not None
    what = pick(0, 3)
    if what == 0:
        return {**last}
    if what == 1:
        return pick_schedule(pick, measured)
    changed = {**last}
    if last["target_count"] is not None:
        changed["target_count"] = pick(1, DAYS_IN_SHORTEST[last["frequency"]] * last["interval"])
    if measured:
        changed["target"] = pick_target(pick, last["target"]["scope"])
    return changed


def pick_changes(pick: Pick, first: Schedule, start: date, written: date) -> list[tuple[date, Schedule]]:
    """Changes of the schedule in the order in which they were made, each as of its requested date."""
    changes: list[tuple[date, Schedule]] = []
    span = max(0, (written - start).days)
    for made_after in sorted(pick(0, span) for _ in range(one_of(pick, (0, 1, 0, 1, 2, 4)))):
        # By default as of the moment; sometimes back-dated, now and then as far as the start.
        requested = start + timedelta(days=made_after if pick(0, 3) < 3 else pick(0, made_after))
        changes.append((requested, pick_next_schedule(pick, changes[-1][1] if changes else first)))
    return changes


def pick_pauses(pick: Pick, start: date, today: date, shortest_gap: int) -> list[tuple[date, date | None]]:
    """Pauses in time order: past and future ones, the last perhaps without an end; a negative gap lets them overlap."""
    pauses: list[tuple[date, date | None]] = []
    span = max(20, (today - start).days)
    cursor = start - timedelta(days=pick(0, 5))
    for _ in range(one_of(pick, (0, 1, 0, 2, 3))):
        first = cursor + timedelta(days=pick(shortest_gap, span // 2))
        last = first + timedelta(days=pick(0, 20))
        pauses.append((first, last))
        cursor = last + DAY
    if pauses and pick(0, 5) == 5:
        pauses[-1] = (pauses[-1][0], None)
    return pauses


def pick_value(pick: Pick, schedule: Schedule) -> int:
    """A day's value, often exactly at the target or beside it."""
    target = schedule["target"]["value_milli"]
    if schedule["target"]["scope"] == "unit":
        # What a day must bring for the whole block, where few days or many are logged.
        target = target // one_of(pick, (7, 1, 3, 30))
    return one_of(pick, (target, 0, max(0, target - 1), target + 1, target // 2, target * 2, pick(0, 60_000)))


def pick_log(pick: Pick, habit: Habit, day: date, answer: str) -> tuple[str, int | None]:
    schedule = schedule_on(habit, day)
    if schedule["target"] is None:
        return answer, None
    if answer == SKIPPED:
        return answer, pick_value(pick, schedule) if pick(0, 1) else None
    value = 0 if answer == MISSED and pick(0, 1) else pick_value(pick, schedule)
    return log_status(habit, day, value), value


def pick_logs(pick: Pick, habit: Habit, last: date) -> Logs:
    """Logs from the start to the last day: some weeks of answers over and over, with a few days that differ."""
    days = days_between(habit["start"], last)
    if not days:
        return {}
    temper = one_of(pick, TEMPERS)
    answers = [one_of(pick, temper) for _ in range(pick(1, 40))]
    answer_of = {day: answers[number % len(answers)] for number, day in enumerate(days)}
    for _ in range(pick(0, 8)):
        answer_of[one_of(pick, days)] = one_of(pick, (NO_LOG, COMPLETED, SKIPPED, MISSED))
    few_values = [pick(0, 1_000) for _ in range(20)]
    logs = {}
    for number, day in enumerate(days):
        if answer_of[day] != NO_LOG:
            logs[day] = pick_log(echo(few_values, number), habit, day, answer_of[day])
    return logs


def echo(numbers: list[int], offset: int) -> Pick:
    """Choices taken from a short list over and over, so that a long history costs few real ones."""
    position = offset

    def pick(low: int, high: int) -> int:
        nonlocal position
        position += 1
        return low + numbers[position * 7 % len(numbers)] % (high - low + 1)

    return pick


def pick_case(pick: Pick, today: date, as_seen_live: bool) -> Case:
    """One habit; seen live, requests of today alone could have made it: no log of tomorrow, archived today or not."""
    # What was written before its owner flew west may be dated after today.
    written = today if as_seen_live else today + timedelta(days=max(0, pick(0, 5) - 3))
    span = one_of(pick, (14, 60, 120, 200, 200, 200 if pick(0, 7) < 7 else 900))
    start = today - timedelta(days=pick(0, span)) if pick(0, 19) < 19 else today + timedelta(days=pick(0, 30))
    end = start + timedelta(days=pick(0, max(0, (today - start).days) + 60)) if pick(0, 4) == 4 else None
    first_schedule = pick_schedule(pick, measured=pick(0, 1) == 1)
    changes = pick_changes(pick, first_schedule, start, written)
    archived_on = None
    if pick(0, 11) == 11:
        archived_on = today if as_seen_live else written - timedelta(days=pick(0, 40))
    habit: Habit = {
        "start": start,
        "end": end,
        "versions": [(start, first_schedule)],
        "pauses": pick_pauses(pick, start, today, shortest_gap=0 if as_seen_live else -10),
        "archived_on": archived_on,
    }
    for requested, schedule in changes:
        habit = apply_schedule_change(habit, schedule, requested, max(requested, start))
    logs = pick_logs(pick, habit, written if end is None else min(end, written))
    return Case(habit, logs, today, first_schedule, changes)


def random_habit(rng: Random, today: date) -> Case:
    """A habit as it could stand in the database today, without writes from any other day."""
    return pick_case(rng.randint, today, as_seen_live=True)


def pick_today(pick: Pick) -> date:
    # Two leap years, and years of 52 and of 53 weeks.
    return date(2024, 1, 1) + timedelta(days=pick(0, 5 * 366))


def drawn(draw: st.DrawFn) -> Pick:
    return lambda low, high: draw(st.integers(low, high))


@st.composite
def schedules(draw: st.DrawFn, *, measured: bool | None = None) -> Schedule:
    """Any schedule, of a measured habit or not."""
    pick = drawn(draw)
    return pick_schedule(pick, pick(0, 1) == 1 if measured is None else measured)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any habit with any logs on any day."""
    pick = drawn(draw)
    return pick_case(pick, pick_today(pick), as_seen_live=False)


@st.composite
def portfolios(draw: st.DrawFn) -> list[Case]:
    """Several habits of one owner on the same day."""
    pick = drawn(draw)
    today = pick_today(pick)
    return [pick_case(pick, today, as_seen_live=False) for _ in range(pick(1, 3))]


@st.composite
def ranges(draw: st.DrawFn, today: date) -> tuple[date, date]:
    """A range of days around today, as a rule in the past."""
    pick = drawn(draw)
    last = today + timedelta(days=20 - pick(0, 150))
    return last - timedelta(days=pick(0, 200)), last
