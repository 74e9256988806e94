"""The export's overview: one row a day, one column a habit, without notes; for habits whose own file is missing.

Loop writes the names without quotes and ends every row with a comma, so that a comma in a name adds a column to the header only.
"""

from collections.abc import Sequence

from integrations.domain.findings import Findings
from integrations.domain.imported import Reason
from integrations.domain.loop.raw import Quota, RawEntry, RawHabit
from integrations.domain.loop.tables import day_of, is_date, value_of


def read_overview(
    text: str, path: str, habits: dict[int, RawHabit], wanted: Sequence[int], quota: Quota, findings: Findings
) -> None:
    """Add the entries of the habits at the wanted positions."""
    lines = text.splitlines()
    begin = next((number for number, line in enumerate(lines) if is_date(line.partition(",")[0])), len(lines))
    width = lines[begin].removesuffix(",").count(",") if begin < len(lines) else 0
    columns = _columns("\n".join(lines[:begin]), width, habits)
    for position in wanted:
        if position not in columns:
            findings.adjust(habits[position].where, Reason.LOGS_MISSING, f"{path} has no clear column for this habit")
    chosen = {columns[position]: habits[position] for position in wanted if position in columns}
    for habit in chosen.values():
        habit.entries_at = f"{path}:"
    for number, line in enumerate(lines[begin:], start=begin + 1):
        _read_line(line, number, path, chosen, quota, findings)


def _columns(header: str, width: int, habits: dict[int, RawHabit]) -> dict[int, int]:
    """Return the column of each habit by position: every habit has one, or those whose names stand in the header."""
    if width == len(habits):
        return {position: column for column, position in enumerate(habits, start=1)}
    rest = header.partition(",")[2]
    columns: dict[int, int] = {}
    for position, habit in habits.items():
        if rest.startswith(f"{habit.name},"):
            rest = rest.removeprefix(f"{habit.name},")
            columns[position] = len(columns) + 1
    return columns if len(columns) == width and not rest.strip() else {}


def _read_line(line: str, number: int, path: str, habits: dict[int, RawHabit], quota: Quota, findings: Findings) -> None:
    where = f"{path}:{number}"
    cells = line.split(",")
    day = day_of(cells[0], where, findings) if line.strip() else None
    if day is None:
        return
    if len(cells) <= max(habits, default=0):
        findings.reject(where, Reason.COLUMNS_UNCLEAR, line)
        return
    for column, habit in habits.items():
        quota.take_entry()
        value = value_of(cells[column], where, findings)
        if value is not None:
            habit.entries.append(RawEntry(number, day, value, ""))
