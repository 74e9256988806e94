"""Plans, histories and tallies as compact JSON text, for the columns that hold them.

Dates travel as day numbers (`date.toordinal`), floats in full (17 digits), so that decoding gives back exactly what was encoded.
"""

from datetime import date
from functools import lru_cache
from typing import Any

import orjson

from habits.domain.goals import Tally
from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import Direction, Frequency, Pause, Plan, Schedule, Scope, Target, Version
from habits.domain.stats import Checkpoint, History
from habits.domain.streaks import Runs, Streak

_STATUS_LETTERS = {LogStatus.COMPLETED: "c", LogStatus.SKIPPED: "s", LogStatus.MISSED: "m"}
_STATUSES = {letter: status for status, letter in _STATUS_LETTERS.items()}


def encode_plan(plan: Plan) -> str:
    """Return `plan` as text."""
    versions = [[day.toordinal(), *_schedule_parts(schedule)] for day, schedule in plan.versions]
    pauses = [[pause.start.toordinal(), _number(pause.end)] for pause in plan.pauses]
    return _text([plan.start.toordinal(), _number(plan.end), versions, pauses, plan.is_archived])


@lru_cache(maxsize=1024)  # a request looks at a plan several times, and plans do not change
def decode_plan(text: str) -> Plan:
    """Return the plan that `encode_plan` made `text` from."""
    start, end, versions, pauses, is_archived = orjson.loads(text)
    return Plan(
        date.fromordinal(start),
        _date(end),
        tuple(Version(date.fromordinal(day), _schedule(parts)) for day, *parts in versions),
        tuple(Pause(date.fromordinal(first), _date(last)) for first, last in pauses),
        is_archived,
    )


def encode_history(history: History) -> str:
    """Return `history` as text."""
    point = history.checkpoint
    runs = point.runs
    return _text(
        [
            point.day.toordinal(),
            list(runs.kind) if runs.kind else None,
            _streak_parts(runs.current),
            _streak_parts(runs.longest),
            point.completions,
            _number(point.last_completed_on),
            point.strength,
            [[day.toordinal(), _STATUS_LETTERS[log.status], log.value_milli] for day, log in history.recent.items()],
        ]
    )


def decode_history(text: str) -> History:
    """Return the history that `encode_history` made `text` from."""
    day, kind, current, longest, completions, last, strength, recent = orjson.loads(text)
    runs = Runs((Frequency(kind[0]), kind[1]) if kind else None, _streak(current), _streak(longest))
    return History(
        Checkpoint(date.fromordinal(day), runs, completions, _date(last), strength),
        {date.fromordinal(number): DayLog(_STATUSES[letter], value) for number, letter, value in recent},
    )


def encode_tally(tally: Tally) -> str:
    """Return `tally` as text."""
    day, amount, run, kind, reached_on = tally
    return _text([day.toordinal(), amount, run, list(kind) if kind else None, _number(reached_on)])


def decode_tally(text: str) -> Tally:
    """Return the tally that `encode_tally` made `text` from."""
    day, amount, run, kind, reached_on = orjson.loads(text)
    return Tally(date.fromordinal(day), amount, run, (Frequency(kind[0]), kind[1]) if kind else None, _date(reached_on))


def _text(value: list[Any]) -> str:
    return orjson.dumps(value).decode()


def _number(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _date(number: int | None) -> date | None:
    return None if number is None else date.fromordinal(number)


def _schedule_parts(schedule: Schedule) -> list[Any]:
    target = schedule.target
    target_parts = None if target is None else [target.value_milli, target.direction, target.scope]
    return [schedule.frequency, schedule.interval, schedule.target_days, schedule.target_count, target_parts]


def _schedule(parts: list[Any]) -> Schedule:
    frequency, interval, target_days, target_count, target = parts
    return Schedule(
        Frequency(frequency),
        interval,
        None if target_days is None else tuple(target_days),
        target_count,
        None if target is None else Target(target[0], Direction(target[1]), Scope(target[2])),
    )


def _streak_parts(streak: Streak | None) -> list[Any] | None:
    if streak is None:
        return None
    return [streak.length, streak.start.toordinal(), streak.end.toordinal(), streak.frequency, streak.interval]


def _streak(parts: list[Any] | None) -> Streak | None:
    if parts is None:
        return None
    length, start, end, frequency, interval = parts
    return Streak(length, date.fromordinal(start), date.fromordinal(end), Frequency(frequency), interval)
