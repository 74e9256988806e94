"""The plain data of the slow reference, as values of the domain."""

from datetime import date
from typing import Any

from habits.domain.judging import JudgedUnit
from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import Direction, Frequency, Pause, Plan, Schedule, Scope, Target, Version, merged
from habits.domain.streaks import Streak


def schedule_of(data: dict[str, Any]) -> Schedule:
    target = data["target"]
    return Schedule(
        Frequency(data["frequency"]),
        data["interval"],
        tuple(data["target_days"]) if data["target_days"] is not None else None,
        data["target_count"],
        Target(target["value_milli"], Direction(target["direction"]), Scope(target["scope"])) if target else None,
    )


def plan_of(habit: dict[str, Any]) -> Plan:
    pauses = [Pause(start, end) for start, end in habit["pauses"]]
    if habit["archived_on"] is not None:
        pauses.append(Pause(habit["archived_on"], None))
    versions = tuple(Version(day, schedule_of(schedule)) for day, schedule in habit["versions"])
    return Plan(habit["start"], habit["end"], versions, merged(pauses), habit["archived_on"] is not None)


def logs_of(logs: dict[date, tuple[str, int | None]]) -> dict[date, DayLog]:
    return {day: DayLog(LogStatus(status), value) for day, (status, value) in logs.items()}


def unit_data(judged: JudgedUnit) -> dict[str, Any]:
    schedule = judged.unit.schedule
    return {
        "start": judged.unit.start,
        "end": judged.unit.end,
        "days": judged.unit.block_days,
        "clipped": judged.unit.is_clipped,
        "frequency": schedule.frequency.value,
        "interval": schedule.interval,
        "required": judged.required,
        "achieved": judged.achieved,
        "status": judged.status.value,
        "value_milli": judged.value_milli,
        "kind": "target_days" if schedule.target_days is not None else "total" if schedule.is_total else "count",
    }


def streak_data(streak: Streak | None) -> dict[str, Any] | None:
    if streak is None:
        return None
    return {
        "length": streak.length,
        "start": streak.start,
        "end": streak.end,
        "frequency": streak.frequency.value,
        "interval": streak.interval,
    }
