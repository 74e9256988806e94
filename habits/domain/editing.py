"""Changing parts of a schedule."""

from collections.abc import Mapping
from typing import Any

from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from habits.domain.validation import Fault

SCHEDULE_FIELDS = frozenset(
    {"frequency", "interval", "target_days", "target_count", "target_value_milli", "target_direction", "target_scope"}
)


def edit_schedule(schedule: Schedule, changes: Mapping[str, Any]) -> Schedule:
    """Return `schedule` with `changes` to its `SCHEDULE_FIELDS`; what excludes the other gives way to what was asked for."""
    days = changes.get("target_days", schedule.target_days)
    count = changes.get("target_count", schedule.target_count)
    target = _edit_target(schedule.target, changes)
    if changes.get("target_days") is not None and "target_count" not in changes:
        count = None
    if changes.get("target_count") is not None and "target_days" not in changes:
        days = None
    if changes.get("target_scope") == Scope.UNIT:
        days, count = changes.get("target_days"), changes.get("target_count")
    frequency = Frequency(changes.get("frequency", schedule.frequency))
    return Schedule.of(frequency, changes.get("interval", schedule.interval), days, count, target)


def meaning_faults(schedule: Schedule, changes: Mapping[str, Any]) -> list[Fault]:
    """Return the fault of a change that would turn weekdays into days of the month, or back, without saying which."""
    frequency = changes.get("frequency", schedule.frequency)
    turns = (frequency == Frequency.MONTHLY) != (schedule.frequency is Frequency.MONTHLY)
    is_left_to_guess = "target_days" not in changes and changes.get("target_count") is None
    if turns and schedule.target_days is not None and is_left_to_guess and changes.get("target_scope") != Scope.UNIT:
        return [Fault("target_days", "required", "Weekdays are no days of the month: say on which days it is due.")]
    return []


def _edit_target(target: Target | None, changes: Mapping[str, Any]) -> Target | None:
    value = changes.get("target_value_milli", target.value_milli if target else None)
    if value is None:
        return None
    # Left out it stays, null is the default.
    direction = changes.get("target_direction", target.direction if target else None) or Direction.AT_LEAST
    scope = changes.get("target_scope", target.scope if target else None) or Scope.DAY
    return Target(value, Direction(direction), Scope(scope))
