"""The rules of challenges once more, slow and obvious: everything is counted anew from all that was received.

Terms     {"schedule", "start", "end", "scoring", "late_days", "allow_skips"}
Received  [(instant, local day of it, date, (status, value_milli) | None)] in the order in which it came; None: deleted
Held      {date: ((status, value_milli), instant)}
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from tests.habits import reference
from tests.habits.reference_schedule import DAY, Logs, days_between

Terms = dict[str, Any]
Received = list[tuple[datetime, date, date, tuple[str, int | None] | None]]
Held = dict[date, tuple[tuple[str, int | None], datetime]]


class Figures(NamedTuple):
    score: int
    reached_at: datetime | None
    expected: int
    achieved: int
    current_streak: int
    last_completed_on: date | None


def habit_of(terms: Terms) -> dict[str, Any]:
    """The challenge as a habit: its own schedule and days. "pauses do not count"."""
    versions = [(terms["start"], terms["schedule"])]
    return {"start": terms["start"], "end": terms["end"], "versions": versions, "pauses": [], "archived_on": None}


def is_in_time(terms: Terms, day: date, local_day: date) -> bool:
    # "A log counts if the server received its present value by the end of the local day that is `late_log_days` after its
    # date; what came later counts as if it had not come, and the value held at the cut-off stays."
    return terms["start"] <= day <= terms["end"] and local_day <= day + timedelta(days=terms["late_days"])


def held(terms: Terms, received: Received, begun_with: Held) -> Held:
    """What was held after all of it had come."""
    found: Held = {**begun_with}
    for instant, local_day, day, log in received:
        if not is_in_time(terms, day, local_day):
            continue
        if log is None:
            found.pop(day, None)
        elif day not in found or not says_the_same(terms, found[day][0], log):
            found[day] = (log, instant)
    return found


def says_the_same(terms: Terms, one: tuple[str, int | None], other: tuple[str, int | None]) -> bool:
    if terms["schedule"]["target"] is None or "skipped" in (one[0], other[0]):
        return one[0] == other[0]
    return one[1] == other[1]


def judged(terms: Terms, known: Held) -> Logs:
    """The logs as the challenge sees them."""
    found: Logs = {}
    for day, ((status, value), _) in known.items():
        if status == "skipped":
            # "skips count only if `allow_skips`, else a skipped day is a missed one"; "a skipped day's value does not count"
            found[day] = ("skipped" if terms["allow_skips"] else "missed", None)
        elif terms["schedule"]["target"] is not None:
            # "by its own schedule and target"
            found[day] = (reference.log_status(habit_of(terms), day, value), value)
        else:
            found[day] = (status, None)
    return found


def score(terms: Terms, logs: Logs, today: date) -> int:
    """The score: a count, thousandths of a total, ten thousandths of a rate, or -1 where there is no rate."""
    days = days_between(terms["start"], min(terms["end"], today))
    logs = {day: logs[day] for day in days if day in logs}
    habit = habit_of(terms)
    if terms["scoring"] == "completions":
        return len([day for day in days if day in logs and logs[day][0] == "completed"])
    if terms["scoring"] == "total":
        return sum(logs[day][1] or 0 for day in days if day in logs)
    if terms["scoring"] == "streak":
        longest = reference.longest_streak(habit, logs, today)
        return longest["length"] if longest else 0
    rate: Decimal | None = reference.rate(habit, logs, today, terms["start"], terms["end"])[2]
    return -1 if rate is None else int(rate * 10_000)


def figures(terms: Terms, known: Held, today: date) -> Figures:
    """How somebody stands who has these logs."""
    logs = {day: log for day, log in judged(terms, known).items() if day <= today}
    # "`reached_at` (receipt of the last log that raised the score)": taken in the order in which they came
    so_far: Logs = {}
    last, reached_at = score(terms, so_far, today), None
    for day in sorted(logs, key=lambda day: (known[day][1], day)):
        so_far[day] = logs[day]
        now = score(terms, so_far, today)
        if now > last:
            reached_at = known[day][1]
        last = now
    habit = habit_of(terms)
    expected, achieved, _ = reference.rate(habit, logs, today, terms["start"], terms["end"])
    streak = reference.current_streak(habit, logs, today)
    completed = [day for day, (status, _) in logs.items() if status == "completed"]
    length = streak["length"] if streak else 0
    return Figures(last, reached_at, expected, achieved, length, max(completed, default=None))


def ranks(rows: list[tuple[int, datetime | None, datetime]]) -> list[int]:
    """The rank of each row of (score, reached_at, joined_at). "Equal scores share a rank"."""
    return [1 + len([other for other in rows if other[0] > row[0]]) for row in rows]


def order(rows: list[tuple[int, datetime | None, datetime]]) -> list[int]:
    """The places of the rows in the standings. "Order: score, then the earlier `reached_at`, then the earlier join"."""
    never = datetime.max.replace(tzinfo=rows[0][2].tzinfo) if rows else None
    return sorted(range(len(rows)), key=lambda number: (-rows[number][0], rows[number][1] or never, rows[number][2]))


__all__ = ["DAY", "Figures", "Held", "Received", "Terms", "figures", "habit_of", "held", "order", "ranks", "score"]
