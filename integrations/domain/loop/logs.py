"""Loop's entries as logs of ours."""

from integrations.domain.findings import Findings
from integrations.domain.imported import (
    TEXT_LIMIT,
    VALUE_LIMIT_MILLI,
    ImportedLog,
    ImportedSchedule,
    Reason,
    Status,
    measured_status,
)
from integrations.domain.loop.raw import NO, SKIP, UNKNOWN, YES_AUTO, YES_MANUAL, RawEntry, RawHabit
from integrations.domain.text import cleaned, loses_characters

_YES_NO: dict[int, Status] = {NO: "missed", YES_MANUAL: "completed", SKIP: "skipped"}


def logs_of(habit: RawHabit, schedule: ImportedSchedule, findings: Findings) -> tuple[ImportedLog, ...]:
    """Return one log for each day that says something; the first entry of a day wins, as in Loop's own migration 22."""
    logs: dict[object, ImportedLog] = {}
    for entry in habit.entries:
        where = f"{habit.entries_at}{entry.row}"
        log = _log(entry, schedule, where, findings)
        if log is None:
            continue
        if log.date in logs:
            findings.reject(where, Reason.DUPLICATE_DAY, f"{log.date}: {entry.value} {log.note}")
        else:
            logs[log.date] = log
    return tuple(sorted(logs.values(), key=lambda log: log.date))


def _log(entry: RawEntry, schedule: ImportedSchedule, where: str, findings: Findings) -> ImportedLog | None:
    note = _note(entry, where, findings)
    if schedule.target_direction is None:
        return _yes_no(entry, note, where, findings)
    return _measured(entry, schedule, note, where, findings)


def _yes_no(entry: RawEntry, note: str, where: str, findings: Findings) -> ImportedLog | None:
    status = _YES_NO.get(entry.value)
    if status:
        return ImportedLog(entry.day, status, None, note)
    if entry.value not in (UNKNOWN, YES_AUTO):
        findings.reject(where, Reason.VALUE_UNKNOWN, f"{entry.value} {note}")
        return None
    _count(entry, findings)
    if not note:
        return None
    # A day without an entry was not done either, and only a log can carry the note.
    findings.adjust(where, Reason.NOTE_KEPT_WITHOUT_ENTRY, "the note is kept with a missed day")
    return ImportedLog(entry.day, "missed", None, note)


def _measured(entry: RawEntry, schedule: ImportedSchedule, note: str, where: str, findings: Findings) -> ImportedLog | None:
    if entry.value == SKIP:
        return ImportedLog(entry.day, "skipped", None, note)
    if entry.value == UNKNOWN:
        return _measured_note(entry, schedule, note, where, findings)
    if not 0 <= entry.value <= VALUE_LIMIT_MILLI:
        findings.reject(where, Reason.VALUE_OUT_OF_RANGE, f"{entry.value} {note}")
        return None
    return ImportedLog(entry.day, measured_status(schedule, entry.value), entry.value, note)


def _measured_note(entry: RawEntry, schedule: ImportedSchedule, note: str, where: str, findings: Findings) -> ImportedLog | None:
    _count(entry, findings)
    if not note:
        return None
    if schedule.target_direction == "at_most":  # Zero would be a success that nobody entered.
        findings.reject(where, Reason.NOTE_WITHOUT_VALUE, note)
        return None
    findings.adjust(where, Reason.NOTE_KEPT_WITHOUT_ENTRY, "the note is kept with the value 0")
    return ImportedLog(entry.day, measured_status(schedule, 0), 0, note)


def _count(entry: RawEntry, findings: Findings) -> None:
    if entry.value == YES_AUTO:
        findings.derived += 1
    else:
        findings.empty += 1


def _note(entry: RawEntry, where: str, findings: Findings) -> str:
    if not entry.note:
        return ""
    if loses_characters(entry.note):
        findings.adjust(where, Reason.TEXT_CLEANED, "the note")
    note = cleaned(entry.note)
    if len(note) > TEXT_LIMIT:
        findings.adjust(where, Reason.TEXT_CUT, f"the note, after {TEXT_LIMIT} of {len(note)} characters")
    return note[:TEXT_LIMIT].rstrip()
