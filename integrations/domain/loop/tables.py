"""Loop's CSV files row by row, with the line on which each row begins."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from integrations.domain.findings import Findings
from integrations.domain.imported import FIRST_DAY, LAST_DAY, Reason
from integrations.domain.loop.raw import NO, SKIP, UNKNOWN, YES_AUTO, YES_MANUAL
from integrations.domain.text import as_integer

# Exports before June 2025 write the numbers themselves.
_LABELS: Final = {"UNKNOWN": UNKNOWN, "NO": NO, "YES_AUTO": YES_AUTO, "YES_MANUAL": YES_MANUAL, "SKIP": SKIP}
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Row(NamedTuple):
    """The cells of a row, and where it begins in the archive, such as `001 Run/Checkmarks.csv:2`."""

    line: int
    cells: list[str]


def rows_of(text: str, path: str, findings: Findings) -> Iterator[Row]:
    """Yield the rows that are not blank; those that are no CSV go to the findings."""
    reader = csv.reader(io.StringIO(text, newline=""))
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            findings.reject(f"{path}:{line}", Reason.LINE_UNREADABLE, str(error))
            continue
        if any(cell.strip() for cell in cells):
            yield Row(line, cells)


def is_date(cell: str) -> bool:
    """Return whether a cell has the shape of a date."""
    return bool(_ISO_DATE.fullmatch(cell.strip()))


def day_of(cell: str, where: str, findings: Findings) -> date | None:
    """Return the day that a cell names; None, with the reason among the findings, if there is none."""
    try:
        day = date.fromisoformat(cell.strip()) if is_date(cell) else None
    except ValueError:
        day = None
    if day is None:
        findings.reject(where, Reason.DATE_UNREADABLE, cell)
    elif not FIRST_DAY <= day <= LAST_DAY:
        findings.reject(where, Reason.DATE_OUT_OF_RANGE, cell)
        return None
    return day


def value_of(cell: str, where: str, findings: Findings) -> int | None:
    """Return the value of an entry as Loop keeps it; None, with the reason among the findings, if there is none."""
    value = _LABELS.get(cell.strip())
    if value is None:
        value = as_integer(cell)
    if value is None:
        findings.reject(where, Reason.VALUE_UNREADABLE, cell)
    return value
