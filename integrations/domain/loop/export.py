"""Loop's CSV exports: a zip with a list of habits and a file of entries for each, in the columns of any version."""

import re
from itertools import zip_longest
from typing import Final

from integrations.domain.archive import Archive, Member
from integrations.domain.findings import Findings
from integrations.domain.imported import Reason, UnreadableFile
from integrations.domain.loop.colors import color_of_text
from integrations.domain.loop.overview import read_overview
from integrations.domain.loop.raw import Quota, RawEntry, RawHabit
from integrations.domain.loop.tables import Row, day_of, rows_of, value_of
from integrations.domain.text import as_decimal, as_integer

_HABITS: Final = "habits.csv"
_CHECKMARKS: Final = "Checkmarks.csv"
# The name is there for people only: it is cut to ASCII, so that different habits may share it.
_HABIT_FOLDER: Final = re.compile(r"([0-9]{3,9})(?: [^/]*)?/Checkmarks\.csv", re.ASCII | re.IGNORECASE)
_NOT_OURS: Final = "__macosx/"

# Today's column, and the one that older versions had instead.
_FREQUENCY_COLUMNS: Final = (("frequencynumerator", "frequencydenominator"), ("numrepetitions", "interval"))

Columns = dict[str, str]


def holds_habits(archive: Archive) -> bool:
    """Return whether the archive has a list of habits where Loop puts it."""
    return _habits_member(archive) is not None


def read(archive: Archive, findings: Findings) -> list[RawHabit]:
    """Return the habits in the order of the list; raises UnreadableFile."""
    quota = Quota()
    listed = _habits_member(archive)
    if listed is None:
        raise UnreadableFile("The zip archive is no export of Loop Habit Tracker: it lacks Habits.csv.")
    habits = _read_habits(archive, listed, quota, findings)
    folder = listed.path[: -len(_HABITS)]
    files = _files_below(archive, folder, findings)
    without_file = _read_entries(archive, files, habits, quota, findings)
    overview = files.get(_CHECKMARKS.lower())
    if without_file and overview:
        read_overview(archive.read_text(overview), overview.path, habits, without_file, quota, findings)
    else:
        for position in without_file:
            findings.adjust(habits[position].where, Reason.LOGS_MISSING, "the export holds no entries of this habit")
    return list(habits.values())


def _habits_member(archive: Archive) -> Member | None:
    """Return the list of habits; somebody may have packed the whole folder again."""
    found = [
        member
        for member in archive.members
        if f"/{member.path.lower()}".endswith(f"/{_HABITS}") and not member.path.lower().startswith(_NOT_OURS)
    ]
    return min(found, key=lambda member: member.path.count("/"), default=None)


def _files_below(archive: Archive, folder: str, findings: Findings) -> dict[str, Member]:
    """Return the files in a folder by their lower-case paths in it."""
    files: dict[str, Member] = {}
    for member in archive.members:
        if not member.path.startswith(folder):
            continue
        path = member.path.removeprefix(folder).lower()
        if path in files:
            findings.reject(member.path, Reason.DUPLICATE_FILE)
        else:
            files[path] = member
    return files


def _read_habits(archive: Archive, listed: Member, quota: Quota, findings: Findings) -> dict[int, RawHabit]:
    rows = rows_of(archive.read_text(listed), listed.path, findings)
    first = next(rows, None)
    header = [cell.strip().lower() for cell in first.cells] if first else []
    if "name" not in header or not any(set(names) <= set(header) for names in _FREQUENCY_COLUMNS):
        raise UnreadableFile("Habits.csv in the zip archive lacks the columns of Loop Habit Tracker.")
    habits: dict[int, RawHabit] = {}
    for number, row in enumerate(rows, start=1):
        quota.take_habit()
        where = f"{listed.path}:{row.line}"
        if any(cell.strip() for cell in row.cells[len(header) :]):
            findings.reject(where, Reason.COLUMNS_UNCLEAR, ",".join(row.cells))
            continue
        columns = dict(zip_longest(header, row.cells[: len(header)], fillvalue=""))
        # Without the column, as in early versions, the order of the list is the position.
        position = as_integer(columns.get("position", "")) or number
        if position in habits:
            findings.reject(where, Reason.ID_REPEATED, f"position {position}: {columns.get('name', '')}")
            continue
        habits[position] = _habit(columns, where)
    return habits


def _habit(columns: Columns, where: str) -> RawHabit:
    numerator, denominator = next(names for names in _FREQUENCY_COLUMNS if set(names) <= set(columns))
    kind = columns.get("type", "").strip().upper()
    return RawHabit(
        where=where,
        entries_at="",
        name=columns.get("name", ""),
        question=columns.get("question", ""),
        description=columns.get("description", ""),
        numerator=as_integer(columns.get(numerator, "")),
        denominator=as_integer(columns.get(denominator, "")),
        color=color_of_text(columns.get("color", "")),
        is_measured={"NUMERICAL": True, "YES_NO": False}.get(kind),
        direction="at_most" if columns.get("target type", "").strip().upper() == "AT_MOST" else "at_least",
        target=as_decimal(columns.get("target value", "")),
        unit=columns.get("unit", ""),
        is_archived=columns.get("archived?", "").strip().lower() == "true",
    )


def _read_entries(
    archive: Archive, files: dict[str, Member], habits: dict[int, RawHabit], quota: Quota, findings: Findings
) -> list[int]:
    """Read the file of each habit; return the positions of the habits that have none."""
    missing = dict.fromkeys(habits)
    for path, member in files.items():
        match = _HABIT_FOLDER.fullmatch(path)
        if not match:
            continue
        position = int(match[1])
        if position not in habits:
            findings.reject(member.path, Reason.HABIT_MISSING, f"Habits.csv has no position {position}")
        elif position not in missing:
            findings.reject(member.path, Reason.DUPLICATE_FILE, f"a second file for position {position}")
        else:
            del missing[position]
            _read_file(archive, member, habits[position], quota, findings)
    return list(missing)


def _read_file(archive: Archive, member: Member, habit: RawHabit, quota: Quota, findings: Findings) -> None:
    habit.entries_at = f"{member.path}:"
    for number, row in enumerate(rows_of(archive.read_text(member), member.path, findings)):
        if number == 0 and row.cells[0].strip().lower() == "date":
            continue
        quota.take_entry()
        entry = _entry(row, f"{member.path}:{row.line}", findings)
        if entry:
            habit.entries.append(entry)


def _entry(row: Row, where: str, findings: Findings) -> RawEntry | None:
    date_cell, value_cell, note, *rest = [*row.cells, "", ""] if len(row.cells) < 3 else row.cells
    if any(rest):
        findings.reject(where, Reason.COLUMNS_UNCLEAR, ",".join(row.cells))
        return None
    day = day_of(date_cell, where, findings)
    value = value_of(value_cell, where, findings) if day else None
    return None if day is None or value is None else RawEntry(row.line, day, value, note)
