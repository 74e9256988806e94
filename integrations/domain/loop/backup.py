"""Loop's `.db` backups: its SQLite database as it is on the phone, of any version that Loop can restore itself."""

from datetime import timedelta
from typing import Final

from integrations.domain.database import Database, opened
from integrations.domain.findings import Findings
from integrations.domain.imported import FIRST_DAY, LAST_DAY, Reason, UnreadableFile
from integrations.domain.loop.colors import color_of_number
from integrations.domain.loop.raw import YES_MANUAL, Quota, RawEntry, RawHabit, RawReminder
from integrations.domain.text import as_decimal, as_integer, as_text

NEWEST_VERSION: Final = 25

_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000
_LAST_DAY_NUMBER: Final = (LAST_DAY - FIRST_DAY).days
_AT_MOST: Final = 1
_EVERY_DAY: Final = 127
_ENTRIES_AT: Final = "Repetitions "

Row = dict[str, object]


def read(data: bytes, findings: Findings) -> list[RawHabit]:
    """Return the habits in the order of their positions; raises UnreadableFile."""
    quota = Quota()
    with opened(data) as database:
        if not {"habits", "repetitions"} <= database.tables:
            raise UnreadableFile("The SQLite database is no backup of Loop Habit Tracker: it lacks its tables.")
        if database.version > NEWEST_VERSION:
            detail = f"The backup is of version {database.version}; those up to {NEWEST_VERSION} can be read."
            raise UnreadableFile(detail)
        habits = _read_habits(database, quota, findings)
        _read_entries(database, habits, quota, findings)
    return list(habits.values())


def _read_habits(database: Database, quota: Quota, findings: Findings) -> dict[int, RawHabit]:
    positioned: dict[int, tuple[tuple[bool, int, int], RawHabit]] = {}
    for row in database.select("SELECT * FROM Habits"):
        quota.take_habit()
        key = as_integer(row.get("id"))
        if key is None or key in positioned:
            findings.reject(f"Habits {as_text(row.get('id'))}", Reason.ID_REPEATED, as_text(row.get("name")))
            continue
        position = as_integer(row.get("position"))
        positioned[key] = (position is None, position or 0, key), _habit(row, key, database.version)
    ordered = sorted(positioned.items(), key=lambda item: item[1][0])
    return {key: habit for key, (_, habit) in ordered}


def _habit(row: Row, key: int, version: int) -> RawHabit:
    return RawHabit(
        where=f"Habits {key}",
        entries_at=_ENTRIES_AT,
        uuid=as_text(row.get("uuid")).strip(),
        name=as_text(row.get("name")),
        question=as_text(row.get("question")),
        description=as_text(row.get("description")),
        numerator=as_integer(row.get("freq_num")),
        denominator=as_integer(row.get("freq_den")),
        color=color_of_number(as_integer(row.get("color")), version),
        is_measured=as_integer(row.get("type", 0)) == 1,
        direction="at_most" if as_integer(row.get("target_type")) == _AT_MOST else "at_least",
        target=as_decimal(row.get("target_value")),
        unit=as_text(row.get("unit")),
        is_archived=as_integer(row.get("archived")) not in (None, 0),
        reminder=_reminder(row),
    )


def _reminder(row: Row) -> RawReminder | None:
    hour, minute = row.get("reminder_hour"), row.get("reminder_min")
    if hour is None and minute is None:
        return None
    return RawReminder(as_integer(hour), as_integer(minute), as_integer(row.get("reminder_days", _EVERY_DAY)))


def _read_entries(database: Database, habits: dict[int, RawHabit], quota: Quota, findings: Findings) -> None:
    for number, row in enumerate(database.select("SELECT * FROM Repetitions"), start=1):
        quota.take_entry()
        row_id = as_integer(row.get("id"))
        label = number if row_id is None else row_id
        habit_id = as_integer(row.get("habit"))
        habit = None if habit_id is None else habits.get(habit_id)
        if habit is None:
            findings.reject(f"{_ENTRIES_AT}{label}", Reason.HABIT_MISSING, f"habit {as_text(row.get('habit'))}")
            continue
        entry = _entry(row, label, findings)
        if entry:
            habit.entries.append(entry)


def _entry(row: Row, label: int, findings: Findings) -> RawEntry | None:
    where = f"{_ENTRIES_AT}{label}"
    milliseconds = as_integer(row.get("timestamp"))
    # Before version 16 a row was a completed day, and had no value.
    value = as_integer(row.get("value", YES_MANUAL))
    if milliseconds is None:
        findings.reject(where, Reason.DATE_UNREADABLE, as_text(row.get("timestamp")))
    elif value is None:
        findings.reject(where, Reason.VALUE_UNREADABLE, as_text(row.get("value")))
    elif not 0 <= milliseconds // _DAY_MILLISECONDS <= _LAST_DAY_NUMBER:
        findings.reject(where, Reason.DATE_OUT_OF_RANGE, str(milliseconds))
    else:
        if milliseconds % _DAY_MILLISECONDS:  # Loop takes the UTC day as well.
            findings.adjust(where, Reason.TIME_OF_DAY_DROPPED, str(milliseconds))
        day = FIRST_DAY + timedelta(days=milliseconds // _DAY_MILLISECONDS)
        return RawEntry(label, day, value, as_text(row.get("notes")))
    return None
