"""Taking the habits of a file over, one at a time, and telling what became of each of their logs."""

from decimal import Decimal
from typing import Final

from django.db import transaction

from config.errors import DomainError
from habits.domain.logs import LogStatus
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from habits.selectors.habits import list_source_keys
from habits.services.adoption import Adoption, Candidate, Fate, adopt_habit
from habits.services.habits import HabitDraft
from habits.services.logs import Entry
from integrations.domain.imported import ImportedData, ImportedHabit, ImportedLog, ImportedReminder, ImportedSchedule, Reason
from integrations.domain.matching import match_known, richer_key
from integrations.domain.reports import LOG_COUNTS, Report, adjust, reject
from users.models import User

REJECTED: Final = {
    Fate.AFTER_TODAY: Reason.AFTER_TODAY,
    Fate.AFTER_END: Reason.AFTER_END_OF_HABIT,
    Fate.KEPT_OWN: Reason.OWN_LOG_KEPT,
}
NOTE_SHOWN: Final = 200


def match_habits(owner: User, data: ImportedData) -> dict[str, str]:
    """Return, by the keys in the file, the keys of the owner's habits that an earlier import made from the same ones."""
    return match_known([habit.source_key for habit in data.habits], list_source_keys(owner, data.format))


def take_habit(owner: User, habit: ImportedHabit, known_key: str, report: Report, *, dry_run: bool) -> None:
    """Take one habit over and tell it in `report`; a dry run does all of it and takes it back."""
    counts = report["habits"]
    # What a dry run takes back would have filled the room for what follows.
    reserved = counts["created"] - counts["archived"] if dry_run else 0
    try:
        with transaction.atomic():
            adoption = adopt_habit(owner=owner, candidate=_candidate(habit, known_key, report["format"]), reserved=reserved)
            if dry_run:
                transaction.set_rollback(True)
    except DomainError as error:
        _tell_refused(habit, error.detail, report)
        return
    _tell(habit, adoption, report)


def _candidate(habit: ImportedHabit, known_key: str, source: str) -> Candidate:
    draft = HabitDraft(
        name=habit.name,
        schedule=schedule_of(habit.schedule),
        description=habit.description,
        unit=habit.unit or "",
        color=habit.color,
        source=source,
        source_key=richer_key(habit.source_key, known_key) if known_key else habit.source_key,
    )
    entries = {log.date: _entry(log) for log in habit.logs}
    return Candidate(draft=draft, is_archived=habit.is_archived, entries=entries, known_key=known_key)


def schedule_of(imported: ImportedSchedule) -> Schedule:
    """Return the schedule of a file as one of ours."""
    target = None
    if imported.target_value_milli is not None:
        direction = Direction(imported.target_direction or Direction.AT_LEAST)
        target = Target(imported.target_value_milli, direction, Scope(imported.target_scope or Scope.DAY))
    frequency = Frequency(imported.frequency)
    return Schedule.of(frequency, imported.interval, imported.target_days, imported.target_count, target)


def _entry(log: ImportedLog) -> Entry:
    return Entry(status=LogStatus(log.status), value_milli=log.value_milli, note=log.note)


def _tell(habit: ImportedHabit, adoption: Adoption, report: Report) -> None:
    """Note what became of a habit that was taken, and of each of its logs."""
    if adoption.is_created:
        report["habits"]["created"] += 1
        report["habits"]["archived"] += habit.is_archived
    else:
        report["habits"]["updated" if adoption.is_changed else "unchanged"] += 1
    for reminder in habit.reminders:
        adjust(report, habit.name, Reason.REMINDER_NOT_STORED, _told(reminder))
    for log in habit.logs:
        fate = adoption.fates[log.date]
        if fate in LOG_COUNTS:
            report["logs"][fate] += 1
        if fate in REJECTED:
            _reject_log(habit, log, REJECTED[fate], report)


def _tell_refused(habit: ImportedHabit, detail: str, report: Report) -> None:
    """Note a habit for which there is no room, with all its logs."""
    report["habits"]["rejected"] += 1
    reject(report, habit.name, Reason.HABITS_LIMIT_REACHED, detail)
    for log in habit.logs:
        _reject_log(habit, log, Reason.HABIT_NOT_TAKEN, report)


def _reject_log(habit: ImportedHabit, log: ImportedLog, reason: Reason, report: Report) -> None:
    value = "" if log.value_milli is None else f" {Decimal(log.value_milli) / 1000}"
    note = f" {' '.join(log.note.split())}"[:NOTE_SHOWN] if log.note else ""
    reject(report, f"{habit.name}, {log.date}", reason, f"{log.status}{value}{note}")


def _told(reminder: ImportedReminder) -> str:
    return f"{reminder.time:%H:%M} on weekdays {', '.join(map(str, reminder.weekdays))}"
