"""Writing logs one by one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from django.utils import timezone

from config.errors import FieldError, Forbidden, IdConflict, InvalidInput, NotFound
from config.prepared import Parameter, PreparedQuery, PreparedUpsert, run
from config.versions import UNCONDITIONAL, Precondition
from habits.domain.logs import DayLog, LogStatus, status_of
from habits.domain.schedule import Plan
from habits.errors import DateOutOfRange, HabitArchived, HabitNotMeasured, LogExists
from habits.models import Habit, HabitLog, LogAddition, TombstoneKind
from habits.models.logs import BY_OWNER, BY_PARTNER
from habits.permissions import LOG
from habits.selectors.habits import LOGGED_HABITS
from habits.selectors.stats import get_stats
from habits.services.changes import bury, log_key
from habits.services.locking import locked_habit
from habits.services.outcomes import note_outcomes, statements_with
from habits.services.stats import follow_logs
from habits.signals import LogChanges, logs_changed
from users.models import User
from users.selectors import today_for

MAX_VALUE_MILLI: Final = 10**12

LOG_OF_DAY: Final = PreparedQuery(
    lambda: HabitLog.objects.filter(
        habit=Parameter("habit", Habit._meta.pk), date=Parameter("day", HabitLog._meta.get_field("date"))
    )
)
STORED_LOG: Final = PreparedUpsert(HabitLog, key=("habit", "date"), kept="logged_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is to be logged; None where it was not said."""

    status: LogStatus | None = None
    value_milli: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LogResult:
    """A log as it was written, its habit with the statistics that follow, and whether the log is new."""

    habit: Habit
    log: HabitLog
    is_created: bool


def create_log(*, actor: User, habit_id: uuid.UUID, day: date | None, entry: Entry) -> LogResult:
    """Log a day (today unless given) that has no log yet; raises LogExists where it has."""
    with locked_habit(actor, habit_id, needed=LOG, gate=LOGGED_HABITS) as (habit, change_no):
        day = today_for(habit.owner) if day is None else day
        if _logged_on(habit, day) is not None:
            raise LogExists
        return _write(actor, habit, day, entry, _Before(None, None), change_no)


def put_log(
    *, actor: User, habit_id: uuid.UUID, day: date, entry: Entry, precondition: Precondition = UNCONDITIONAL
) -> LogResult:
    """Log a day, in the place of what was logged for it before; raises PreconditionFailed."""
    with locked_habit(actor, habit_id, needed=LOG, gate=LOGGED_HABITS) as (habit, change_no):
        # An owner's entry takes the place of whatever was there; that of others leaves the note.
        is_blind = habit.owner_id == actor.pk and precondition is UNCONDITIONAL
        before = _Before(None, _logged_on(habit, day)) if is_blind else _before(_find(habit, day))
        precondition.check(before.log.change_no if before.log else None)
        return _write(actor, habit, day, entry, before, change_no)


def change_log(
    *, actor: User, habit_id: uuid.UUID, day: date, changes: Mapping[str, Any], precondition: Precondition = UNCONDITIONAL
) -> LogResult:
    """Change parts of a log: `status`, `value_milli`, `note`; raises PreconditionFailed, and NotFound where there is none."""
    with locked_habit(actor, habit_id, needed=LOG, gate=LOGGED_HABITS) as (habit, change_no):
        log = _get(habit, day)
        precondition.check(log.change_no)
        kept_note = log.note if habit.owner_id == actor.pk else ""
        return _write(actor, habit, day, _merged(habit, log, {"note": kept_note, **changes}), _before(log), change_no)


def _merged(habit: Habit, log: HabitLog, changes: Mapping[str, Any]) -> Entry:
    """Return the whole entry that a log becomes; a new value ends a skip, unless the change says otherwise."""
    status = None if habit.is_measured and "value_milli" in changes else log.status
    status = changes.get("status", status)
    return Entry(
        status=LogStatus(status) if status else None,
        value_milli=changes.get("value_milli", log.value_milli),
        note=changes["note"],
    )


def delete_log(*, actor: User, habit_id: uuid.UUID, day: date, precondition: Precondition = UNCONDITIONAL) -> Habit:
    """Delete a log and return its habit with the statistics that follow; raises as `change_log` does."""
    with locked_habit(actor, habit_id, needed=LOG, gate=LOGGED_HABITS) as (habit, change_no):
        log = _get(habit, day)
        precondition.check(log.change_no)
        _check_open(habit)
        changes = [LogChanges(habit, {day: log.day_log}, {day: None})]
        log.delete()
        bury(habit.owner_id, TombstoneKind.LOG, [log_key(habit.pk, day)], change_no)
        run(follow_logs(habit, {day: None}), *statements_with(changes))
        note_outcomes([habit])
        logs_changed.send(sender=HabitLog, changes=changes)
    return habit


def add_to_log(*, actor: User, habit_id: uuid.UUID, day: date, amount_milli: int, request_id: uuid.UUID | None) -> LogResult:
    """Add to the value of a day, under the owner's lock; an id that was seen before adds nothing."""
    with locked_habit(actor, habit_id, needed=LOG) as (habit, change_no):
        if not habit.is_measured:
            raise HabitNotMeasured
        log = _find(habit, day)
        if request_id is not None and not _note_addition(habit, day, amount_milli, request_id):
            habit.stats = get_stats(habit, today_for(habit.owner))
            return LogResult(habit, log or _get(habit, day), is_created=False)
        value = amount_milli + ((log.day_log.counted_milli or 0) if log else 0)
        kept_note = log.note if log and habit.owner_id == actor.pk else ""
        if value > MAX_VALUE_MILLI:
            raise InvalidInput(errors=[FieldError("amount", "out_of_range", "The value would be greater than a log can hold.")])
        return _write(actor, habit, day, Entry(value_milli=value, note=kept_note), _before(log), change_no)


def _note_addition(habit: Habit, day: date, amount_milli: int, request_id: uuid.UUID) -> bool:
    """Remember an addition; return whether its id is new. Raises IdConflict for an id that stood for another addition."""
    addition, is_new = LogAddition.objects.get_or_create(
        habit=habit, request_id=request_id, defaults={"date": day, "amount_milli": amount_milli}
    )
    if (addition.date, addition.amount_milli) != (day, amount_milli):
        raise IdConflict("This id stands for another addition.")
    return is_new


class _Before(NamedTuple):
    """What there was of a day: its row, where nothing of it is lost, and what it said."""

    log: HabitLog | None
    day_log: DayLog | None


def _before(log: HabitLog | None) -> _Before:
    return _Before(log, log.day_log if log else None)


def _write(actor: User, habit: Habit, day: date, entry: Entry, before: _Before, change_no: int) -> LogResult:
    """Check and store one log, and all that follows from it."""
    check_day(habit, day, today_for(habit.owner))
    day_log = settle(habit.plan, day, entry)
    note = note_for(actor, habit, entry, before.log)
    log = fill(before.log or HabitLog(habit=habit, owner_id=habit.owner_id, date=day), day_log, note, change_no)
    mark(log, actor)
    changes = [LogChanges(habit, {day: before.day_log}, {day: day_log})]
    STORED_LOG.store(log, after=[follow_logs(habit, {day: day_log}), *statements_with(changes)])
    note_outcomes([habit])
    logs_changed.send(sender=HabitLog, changes=changes)
    return LogResult(habit, log, is_created=before.day_log is None)


def note_for(actor: User, habit: Habit, entry: Entry, log: HabitLog | None) -> str:
    """Return the note of a log that is to be written: notes are the owner's alone, others leave them as they are."""
    if habit.owner_id == actor.pk:
        return entry.note
    if entry.note:
        raise Forbidden("Notes are for the owner of the habit.")
    return log.note if log else ""


def fill(log: HabitLog, day_log: DayLog, note: str, change_no: int) -> HabitLog:
    """Give a log its present content."""
    log.status, log.value_milli = day_log.status.value, day_log.value_milli
    log.note = note
    log.updated_at = timezone.now()
    log.change_no = change_no
    return log


def mark(log: HabitLog, actor: User) -> None:
    """Say of a log that is to be written who writes it: the owner, or a partner."""
    is_own = log.owner_id == actor.pk
    log.source = BY_OWNER if is_own else BY_PARTNER
    log.logged_by_id = None if is_own else actor.pk


def check_day(habit: Habit, day: date, today: date) -> None:
    """Raise HabitArchived, or DateOutOfRange for a day on which the habit takes no log."""
    _check_open(habit)
    if day > today:
        raise _refused(f"The date lies after today, {today}.")
    if not habit.holds(day):
        until = f" to {habit.end_date}" if habit.end_date else ""
        raise _refused(f"The habit goes from {habit.start_date}{until}.")


def settle(plan: Plan, day: date, entry: Entry) -> DayLog:
    """Return what an entry makes of a day: the status of a measured one follows from its value and the target in force then."""
    target = plan.schedule_on(day).target
    if target is None:
        if entry.value_milli is not None:
            raise InvalidInput(errors=[FieldError("value", "value_not_allowed", "A yes/no habit takes a status alone.")])
        return DayLog(entry.status or LogStatus.COMPLETED)
    if entry.status is LogStatus.SKIPPED:
        return DayLog(LogStatus.SKIPPED, entry.value_milli)
    if entry.value_milli is None:
        raise InvalidInput(errors=[FieldError("value", "required", "A measured habit takes a value, unless the day is skipped.")])
    return DayLog(status_of(entry.value_milli, target), entry.value_milli)


def _refused(detail: str) -> DateOutOfRange:
    return DateOutOfRange(detail, errors=[FieldError("date", DateOutOfRange.code, detail)])


def _check_open(habit: Habit) -> None:
    if habit.archived_on is not None:
        raise HabitArchived


def _logged_on(habit: Habit, day: date) -> DayLog | None:
    """Return what the log of a day says, None without one: without a query as far as the habit's history reaches back."""
    history = habit.stats.past
    return history.recent.get(day) if day >= history.checkpoint.day else _before(_find(habit, day)).day_log


def _find(habit: Habit, day: date) -> HabitLog | None:
    return LOG_OF_DAY.first(habit=habit.pk, day=day)


def _get(habit: Habit, day: date) -> HabitLog:
    log = _find(habit, day)
    if log is None:
        raise NotFound
    return log
