"""What the database holds of a habit, as the plain data of the slow reference (see reference_schedule.py)."""

import uuid
from typing import Any

from habits.models import Habit, HabitLog, HabitPause, ScheduleVersion
from tests.habits import reference
from tests.habits.reference_schedule import Habit as HabitData
from tests.habits.reference_schedule import Logs, Schedule


def stored_schedule(row: Any) -> Schedule:
    target = None
    if row.target_value_milli is not None:
        target = {"value_milli": row.target_value_milli, "direction": row.target_direction, "scope": row.target_scope}
    return {
        "frequency": row.frequency,
        "interval": row.interval,
        "target_days": row.target_days,
        "target_count": row.target_count,
        "target": target,
    }


def stored_habit(habit_id: uuid.UUID) -> HabitData:
    habit = Habit.objects.get(pk=habit_id)
    versions = ScheduleVersion.objects.filter(habit=habit_id).order_by("effective_from")
    pauses = HabitPause.objects.filter(habit=habit_id, is_archive=False).order_by("start", "id")
    return {
        "start": habit.start_date,
        "end": habit.end_date,
        "versions": [(version.effective_from, stored_schedule(version)) for version in versions],
        "pauses": [(pause.start, pause.end) for pause in pauses],
        "archived_on": habit.archived_on,
    }


def stored_logs(habit_id: uuid.UUID) -> Logs:
    rows = HabitLog.objects.filter(habit=habit_id).values_list("date", "status", "value_milli")
    return {day: (status, value) for day, status, value in rows}


def figures_of(stats: Any) -> dict[str, Any]:
    """The figures of a row of statistics; strength as shown, to four decimals."""
    return {
        "current_streak": stats.current_streak,
        "longest_streak": stats.longest_streak,
        "completions": stats.completions,
        "last_completed_on": stats.last_completed_on,
        "strength": None if stats.strength is None else f"{stats.strength:.4f}",
        "is_due": stats.is_due,
    }


def figures_by_reference(habit: HabitData, logs: Logs, today: Any) -> dict[str, Any]:
    """The same figures, counted slowly from the rows."""
    current, longest = reference.current_streak(habit, logs, today), reference.longest_streak(habit, logs, today)
    completed = reference.completed_days(logs, today, habit["start"], today)
    strength = reference.strength(habit, logs, today)
    return {
        "current_streak": current["length"] if current else 0,
        "longest_streak": longest["length"] if longest else 0,
        "completions": len(completed),
        "last_completed_on": max(completed, default=None),
        "strength": None if strength is None else f"{strength:.4f}",
        "is_due": reference.is_due(habit, logs, today),
    }
