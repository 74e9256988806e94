"""A habit as Loop has it, read from either kind of file and not judged yet."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from integrations.domain.imported import Direction, UnreadableFile

UNKNOWN: Final = -1
NO: Final = 0
YES_AUTO: Final = 1
YES_MANUAL: Final = 2
SKIP: Final = 3

HABITS_LIMIT: Final = 2_000
ENTRIES_LIMIT: Final = 1_000_000


class RawEntry(NamedTuple):
    """The entry of a day: one of the constants above, or thousandths; `row` is its place in the habit's source."""

    row: int
    day: date
    value: int
    note: str


@dataclass(slots=True)
class RawReminder:
    """A reminder as stored; bit 0 of `days` is Saturday."""

    hour: int | None
    minute: int | None
    days: int | None


@dataclass(slots=True)
class RawHabit:
    """A habit with its entries; `is_measured` is None where the file does not say, `entries_at` precedes an entry's row."""

    where: str
    entries_at: str
    name: str
    question: str
    description: str
    numerator: int | None
    denominator: int | None
    color: str
    is_measured: bool | None
    direction: Direction
    target: Decimal | None
    unit: str
    is_archived: bool
    uuid: str = ""
    reminder: RawReminder | None = None
    entries: list[RawEntry] = field(default_factory=list)


class Quota:
    """How much of a file is read at most: no person has more, and memory is finite."""

    def __init__(self) -> None:
        self._habits = HABITS_LIMIT
        self._entries = ENTRIES_LIMIT

    def take_habit(self) -> None:
        """Count a habit; raises UnreadableFile beyond the limit."""
        self._habits -= 1
        if self._habits < 0:
            raise UnreadableFile(f"The file holds more than {HABITS_LIMIT} habits.")

    def take_entry(self) -> None:
        """Count an entry; raises UnreadableFile beyond the limit."""
        self._entries -= 1
        if self._entries < 0:
            raise UnreadableFile(f"The file holds more than {ENTRIES_LIMIT} entries.")
