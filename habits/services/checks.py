"""What is checked of a habit before it is stored."""

from collections.abc import Sequence
from datetime import date

from config.errors import FieldError, InvalidInput
from config.text import key_of
from habits.domain.schedule import Schedule
from habits.domain.validation import MAX_TAGS, Fault, date_faults, order_faults, schedule_faults


def raise_faults(faults: Sequence[Fault]) -> None:
    """Raise InvalidInput if there are any."""
    if faults:
        raise InvalidInput(errors=[FieldError(*fault) for fault in faults])


def habit_faults(
    *, start: date, end: date | None, tags: Sequence[str], unit: str, schedule: Schedule, today: date
) -> list[Fault]:
    """Return the faults of a habit as it is to be stored."""
    faults = schedule_faults(schedule) + _tag_faults(tags)
    faults += date_faults("start_date", start, today) + date_faults("end_date", end, today)
    faults += order_faults(start, end, "end_date")
    if unit and schedule.target is None:
        faults.append(Fault("unit", "unit_without_target", "A unit goes with a target value."))
    return faults


def _tag_faults(tags: Sequence[str]) -> list[Fault]:
    if len(tags) > MAX_TAGS:
        return [Fault("tags", "too_many", f"Use at most {MAX_TAGS} tags.")]
    if len({key_of(tag) for tag in tags}) != len(tags):
        return [Fault("tags", "duplicate", "Name each tag once.")]
    return []
