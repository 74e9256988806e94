"""Loop's habits as habits of ours."""

from collections import Counter
from collections.abc import Sequence
from datetime import time

from integrations.domain.findings import Findings
from integrations.domain.imported import (
    NAME_LIMIT,
    TEXT_LIMIT,
    UNIT_LIMIT,
    ImportedHabit,
    ImportedReminder,
    Reason,
)
from integrations.domain.loop.logs import logs_of
from integrations.domain.loop.raw import RawEntry, RawHabit, RawReminder
from integrations.domain.loop.schedules import schedule_of
from integrations.domain.matching import source_key
from integrations.domain.text import cleaned, loses_characters

# Bit 0 of Loop's weekdays is Saturday; ISO weekdays begin with Monday as 1.
_ISO_WEEKDAYS = (6, 7, 1, 2, 3, 4, 5)
_UNNAMED_UNIT = "units"
_MEASURED_FROM = 1_000


def taken(habits: Sequence[RawHabit], findings: Findings) -> list[ImportedHabit]:
    """Return the habits that have a place here, in Loop's order; the findings name the others and all their rows."""
    namesakes: Counter[tuple[str, bool]] = Counter()
    result: list[ImportedHabit] = []
    for number, habit in enumerate(habits, start=1):
        is_measured = _is_measured(habit)
        name = _line(habit.name, habit.where, "the name", findings)
        ordinal = namesakes[name, is_measured]
        namesakes[name, is_measured] += 1
        schedule = schedule_of(habit, is_measured=is_measured, findings=findings)
        if schedule is None:
            for entry in habit.entries:
                findings.reject(f"{habit.entries_at}{entry.row}", Reason.HABIT_NOT_TAKEN, _told(entry))
            continue
        imported = ImportedHabit(
            source_key=source_key(name=name, is_measured=is_measured, ordinal=ordinal, identity=habit.uuid),
            name=_name(name, number, habit, findings),
            description=_description(name, habit, findings),
            color=habit.color,
            unit=_unit(habit, findings) if is_measured else None,
            is_archived=habit.is_archived,
            position=len(result),
            schedule=schedule,
            logs=logs_of(habit, schedule, findings),
            reminders=_reminders(habit, findings),
        )
        result.append(imported)
    return result


def _is_measured(habit: RawHabit) -> bool:
    if habit.is_measured is not None:
        return habit.is_measured
    # Old exports do not tell the kind; the values of a yes/no habit are single digits.
    return any(abs(entry.value) >= _MEASURED_FROM for entry in habit.entries)


def _told(entry: RawEntry) -> str:
    return f"{entry.day}: {entry.value} {entry.note}"


def _line(text: str, where: str, what: str, findings: Findings) -> str:
    """Return a text cleaned and on one line."""
    if loses_characters(text):
        findings.adjust(where, Reason.TEXT_CLEANED, what)
    return " ".join(cleaned(text).split())


def _name(name: str, number: int, habit: RawHabit, findings: Findings) -> str:
    if not name:
        findings.adjust(habit.where, Reason.NAME_EMPTY, f"it became Habit {number}")
        return f"Habit {number}"
    if len(name) > NAME_LIMIT:
        findings.adjust(habit.where, Reason.NAME_CUT, "the whole name is in the description")
    return name[:NAME_LIMIT].rstrip()


def _description(name: str, habit: RawHabit, findings: Findings) -> str:
    """Return question and description as one text, after the name if that was too long for its own field."""
    parts = [name] if len(name) > NAME_LIMIT else []
    for what, text in (("the question", habit.question), ("the description", habit.description)):
        if loses_characters(text):
            findings.adjust(habit.where, Reason.TEXT_CLEANED, what)
        if cleaned(text) not in ("", *parts):
            parts.append(cleaned(text))
    whole = "\n\n".join(parts)
    if len(whole) > TEXT_LIMIT:
        findings.adjust(habit.where, Reason.TEXT_CUT, f"the description, after {TEXT_LIMIT} of {len(whole)} characters")
    return whole[:TEXT_LIMIT].rstrip()


def _unit(habit: RawHabit, findings: Findings) -> str:
    unit = _line(habit.unit, habit.where, "the unit", findings)
    if not unit:
        findings.adjust(habit.where, Reason.UNIT_MISSING, f"it became {_UNNAMED_UNIT!r}")
        return _UNNAMED_UNIT
    if len(unit) > UNIT_LIMIT:
        findings.adjust(habit.where, Reason.TEXT_CUT, f"the unit, after {UNIT_LIMIT} characters: {unit}")
    return unit[:UNIT_LIMIT].rstrip()


def _reminders(habit: RawHabit, findings: Findings) -> tuple[ImportedReminder, ...]:
    if habit.reminder is None:
        return ()
    reminder = _reminder(habit.reminder)
    if reminder is None:
        raw = habit.reminder
        findings.adjust(habit.where, Reason.REMINDER_UNUSABLE, f"{raw.hour}:{raw.minute} on days {raw.days}")
        return ()
    return (reminder,)


def _reminder(raw: RawReminder) -> ImportedReminder | None:
    days = raw.days or 0
    weekdays = sorted(weekday for bit, weekday in enumerate(_ISO_WEEKDAYS) if days >> bit & 1)
    if raw.hour is None or raw.minute is None or not weekdays:
        return None
    try:
        return ImportedReminder(time(raw.hour, raw.minute), tuple(weekdays))
    except (ValueError, OverflowError):
        return None
