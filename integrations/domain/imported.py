"""What every import brings, whatever the format of the file."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Literal

NAME_LIMIT = 120
TEXT_LIMIT = 2_000
UNIT_LIMIT = 40
VALUE_LIMIT_MILLI = 10**12
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(9998, 12, 31)

Frequency = Literal["daily", "weekly", "monthly"]
Direction = Literal["at_least", "at_most"]
Scope = Literal["day", "unit"]
Status = Literal["completed", "skipped", "missed"]


class UnreadableFile(Exception):
    """The file as a whole cannot be imported; `detail` says why in words for its owner."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Reason(StrEnum):
    """Why something was not taken, or not taken as it stood."""

    COLUMNS_UNCLEAR = "columns_unclear"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    DATE_UNREADABLE = "date_unreadable"
    DUPLICATE_DAY = "duplicate_day"
    DUPLICATE_FILE = "duplicate_file"
    FREQUENCY_OUT_OF_RANGE = "frequency_out_of_range"
    FREQUENCY_UNREADABLE = "frequency_unreadable"
    HABIT_MISSING = "habit_missing"
    HABIT_NOT_TAKEN = "habit_not_taken"
    ID_REPEATED = "id_repeated"
    LINE_UNREADABLE = "line_unreadable"
    NOTE_WITHOUT_VALUE = "note_without_value"
    VALUE_OUT_OF_RANGE = "value_out_of_range"
    VALUE_UNKNOWN = "value_unknown"
    VALUE_UNREADABLE = "value_unreadable"

    AFTER_END_OF_HABIT = "after_end_of_habit"
    AFTER_TODAY = "after_today"
    HABITS_LIMIT_REACHED = "habits_limit_reached"
    OWN_LOG_KEPT = "own_log_kept"

    FREQUENCY_CHANGED = "frequency_changed"
    LOGS_MISSING = "logs_missing"
    NAME_CUT = "name_cut"
    NAME_EMPTY = "name_empty"
    NOTE_KEPT_WITHOUT_ENTRY = "note_kept_without_entry"
    REMINDER_NOT_STORED = "reminder_not_stored"
    REMINDER_UNUSABLE = "reminder_unusable"
    TARGET_CHANGED = "target_changed"
    TEXT_CLEANED = "text_cleaned"
    TEXT_CUT = "text_cut"
    TIME_OF_DAY_DROPPED = "time_of_day_dropped"
    UNIT_MISSING = "unit_missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was rejected or adjusted; `where` is its place in the file, such as `Repetitions 17`."""

    where: str
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class ImportedSchedule:
    """A schedule in the words of the domain: a count, target days, or the total of a unit; a target if measured."""

    frequency: Frequency
    interval: int = 1
    target_days: tuple[int, ...] | None = None
    target_count: int | None = None
    target_value_milli: int | None = None
    target_direction: Direction | None = None
    target_scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class ImportedReminder:
    """A reminder at a local time on ISO weekdays 1..7."""

    time: time
    weekdays: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImportedLog:
    """What happened on a day; only logs of measured habits carry a value."""

    date: date
    status: Status
    value_milli: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ImportedHabit:
    """A habit with its logs in the order of their days; `unit` is None for a yes/no habit.

    `source_key` names the habit within its source, for `matching.match_known`.
    """

    source_key: str
    name: str
    description: str
    color: str
    unit: str | None
    is_archived: bool
    position: int
    schedule: ImportedSchedule
    logs: tuple[ImportedLog, ...]
    reminders: tuple[ImportedReminder, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Totals of a file, the findings beyond those that are listed included."""

    rejected: int = 0
    adjusted: int = 0
    derived: int = 0  # entries that the source computed itself from others
    empty: int = 0  # entries that say "unknown" and nothing more


@dataclass(frozen=True, slots=True)
class ImportedData:
    """All that a file holds: what is taken, what was changed on the way, what was left out."""

    format: str
    habits: tuple[ImportedHabit, ...]
    rejected: tuple[Finding, ...]
    adjusted: tuple[Finding, ...]
    counts: Counts


def measured_status(schedule: ImportedSchedule, value_milli: int) -> Status:
    """Return the status that follows from the value of a measured habit."""
    at_least = schedule.target_direction == "at_least"
    if schedule.target_scope == "unit":
        return "completed" if value_milli > 0 or not at_least else "missed"
    target = schedule.target_value_milli or 0
    is_met = value_milli >= target if at_least else value_milli <= target
    return "completed" if is_met else "missed"
