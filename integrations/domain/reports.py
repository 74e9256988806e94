"""The report of an import: all is counted, a bounded part of what was not taken as it stood is listed."""

from typing import Final, TypedDict

from integrations.domain.findings import LISTED_LIMIT
from integrations.domain.imported import Finding, ImportedData, Reason


class Row(TypedDict):
    """Something that was rejected or adjusted."""

    where: str
    reason: str
    detail: str


HABIT_COUNTS: Final = ("created", "archived", "updated", "unchanged", "rejected")
"""What becomes of habits; the archived ones are among the created ones."""

LOG_COUNTS: Final = ("created", "updated", "unchanged", "kept_own")
"""What becomes of the logs of the habits that are taken; those of a day out of range are among the rejected rows alone."""


class Report(TypedDict):
    """What became of a file, as it is stored and shown."""

    format: str
    habits: dict[str, int]
    logs: dict[str, int]
    derived: int
    empty: int
    rejected_count: int
    rejected: list[Row]
    adjusted_count: int
    adjusted: list[Row]


def new_report(format_name: str) -> Report:
    """Return the report of an import that has not done anything."""
    return Report(
        format=format_name,
        habits=dict.fromkeys(HABIT_COUNTS, 0),
        logs=dict.fromkeys(LOG_COUNTS, 0),
        derived=0,
        empty=0,
        rejected_count=0,
        rejected=[],
        adjusted_count=0,
        adjusted=[],
    )


def reject(report: Report, where: str, reason: Reason, detail: str = "") -> None:
    """Note that something is not taken."""
    report["rejected_count"] += 1
    _list(report["rejected"], Finding(where, reason, detail))


def adjust(report: Report, where: str, reason: Reason, detail: str = "") -> None:
    """Note that something is taken, but not as it stood."""
    report["adjusted_count"] += 1
    _list(report["adjusted"], Finding(where, reason, detail))


def complete(report: Report, data: ImportedData) -> Report:
    """Return the report with what the reader of the file has found, which comes first."""
    rejected = [_row(finding) for finding in data.rejected] + report["rejected"]
    adjusted = [_row(finding) for finding in data.adjusted] + report["adjusted"]
    return Report(
        format=report["format"],
        habits=report["habits"],
        logs=report["logs"],
        derived=data.counts.derived,
        empty=data.counts.empty,
        rejected_count=data.counts.rejected + report["rejected_count"],
        rejected=rejected[:LISTED_LIMIT],
        adjusted_count=data.counts.adjusted + report["adjusted_count"],
        adjusted=adjusted[:LISTED_LIMIT],
    )


def _list(rows: list[Row], finding: Finding) -> None:
    if len(rows) < LISTED_LIMIT:
        rows.append(_row(finding))


def _row(finding: Finding) -> Row:
    return Row(where=finding.where, reason=finding.reason.value, detail=finding.detail)
