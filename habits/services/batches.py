"""Writing many logs at once: as many statements for five hundred logs as for one."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from config.access import holding, mark_held
from config.errors import DomainError, FieldError, Forbidden, InvalidInput, NotFound
from config.prepared import run
from habits.domain.logs import DayLog
from habits.domain.schedule import Plan
from habits.models import ChangeCounter, Habit, HabitLog
from habits.models.logs import BY_PARTNER
from habits.permissions import LOG, VIEW
from habits.services.locking import lock_owners
from habits.services.logs import Entry, check_day, fill, mark, note_for, settle
from habits.services.outcomes import statements_with
from habits.services.stats import follow_many_logs
from habits.signals import LogChanges, logs_changed
from users.models import User
from users.selectors import today_for

LOG_COLUMNS = ["status", "value_milli", "note", "source", "logged_by", "updated_at", "change_no"]


class Outcome(StrEnum):
    """What became of a row of a batch."""

    CREATED = "created"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One log to write."""

    habit_id: uuid.UUID
    day: date
    entry: Entry


@dataclass(slots=True)
class RowResult:
    """What became of one row: an outcome, or the faults for which it was refused."""

    row: BatchRow
    outcome: Outcome | None = None
    faults: Sequence[FieldError] = ()


@dataclass(slots=True)
class _Work:
    """One habit of a batch: its logs that the batch names, as they become, and the days that changed, before and after."""

    habit: Habit
    plan: Plan
    today: date
    logs: dict[date, HabitLog] = field(default_factory=dict)
    before: dict[date, DayLog | None] = field(default_factory=dict)
    changes: dict[date, DayLog | None] = field(default_factory=dict)


@dataclass(slots=True)
class _Batch:
    """The habits of a batch that the actor may log, those that the actor only sees, and each owner's next change number."""

    actor: User
    work: dict[uuid.UUID, _Work]
    only_visible: set[uuid.UUID]
    numbers: dict[uuid.UUID, int]

    def get(self, habit_id: uuid.UUID) -> _Work:
        """Return the work on a habit; raises NotFound and Forbidden as the grants say."""
        if habit_id in self.only_visible:
            raise Forbidden
        if habit_id not in self.work:
            raise NotFound
        return self.work[habit_id]


def write_logs(*, actor: User, rows: Sequence[BatchRow], is_partial: bool) -> list[RowResult]:
    """Write the rows in their order and return what became of each.

    All or nothing: the first fault of any row stores none and raises InvalidInput that names the rows; with `is_partial` each
    row stands for itself.
    """
    with transaction.atomic():
        batch = _lock_habits(actor, rows)
        _load_logs(batch.work, rows)
        results = [_apply(batch, row) for row in rows]
        faults = [
            FieldError(f"{index}.{fault.attr}", fault.code, fault.detail)
            for index, result in enumerate(results)
            for fault in result.faults
        ]
        if faults and not is_partial:
            raise InvalidInput("No row was stored.", errors=faults)
        _store([item for item in batch.work.values() if item.changes])
    return results


def _lock_habits(actor: User, rows: Sequence[BatchRow]) -> _Batch:
    """Lock the owners of the habits that the actor may log, in the order of ids, and read those habits as they are then."""
    visible = holding(Habit.objects.filter(pk__in={row.habit_id for row in rows}), actor, VIEW)
    found = list(mark_held(visible, actor, LOG, "may_log").values_list("pk", "owner_id", "may_log"))
    owner_of = {habit_id: owner_id for habit_id, owner_id, may_log in found if may_log}
    counts = Counter(owner_of[row.habit_id] for row in rows if row.habit_id in owner_of)
    kept = lock_owners(counts) if counts.keys() - {actor.pk} else counts.keys()
    numbers = {owner_id: ChangeCounter.objects.take(owner_id, counts[owner_id]) for owner_id in sorted(kept)}
    # Asked again under the lock: what was shared may not be any more.
    habits = holding(Habit.objects.filter(pk__in=owner_of), actor, LOG).select_related("stats", "owner")
    work = {habit.pk: _Work(habit, habit.plan, today_for(habit.owner)) for habit in habits}
    return _Batch(actor, work, {habit_id for habit_id, _, may_log in found if not may_log}, numbers)


def _load_logs(work: Mapping[uuid.UUID, _Work], rows: Sequence[BatchRow]) -> None:
    days: dict[uuid.UUID, set[date]] = {}
    for row in rows:
        if row.habit_id in work:
            days.setdefault(row.habit_id, set()).add(row.day)
    if not days:
        return
    named = reduce(or_, (Q(habit=habit_id, date__in=dates) for habit_id, dates in days.items()))
    for log in HabitLog.objects.filter(named):
        work[log.habit_id].logs[log.date] = log


def _apply(batch: _Batch, row: BatchRow) -> RowResult:
    """Check one row and take it into the work, in memory."""
    try:
        item = batch.get(row.habit_id)
        check_day(item.habit, row.day, item.today)
        day_log = settle(item.plan, row.day, row.entry)
        log = item.logs.get(row.day)
        note = note_for(batch.actor, item.habit, row.entry, log)
    except DomainError as error:
        return RowResult(row, faults=error.errors or [FieldError("habit", error.code, error.detail)])
    if log is not None and _says_so_already(log, day_log, note, batch.actor):
        return RowResult(row, Outcome.UNCHANGED)
    outcome = Outcome.CREATED if log is None else Outcome.REPLACED
    owner_id = item.habit.owner_id
    item.before.setdefault(row.day, log.day_log if log else None)
    log = log or HabitLog(habit=item.habit, owner_id=owner_id, date=row.day)
    item.logs[row.day] = fill(log, day_log, note, batch.numbers[owner_id])
    mark(log, batch.actor)
    item.changes[row.day] = day_log
    batch.numbers[owner_id] += 1
    return RowResult(row, outcome)


def _says_so_already(log: HabitLog, day_log: DayLog, note: str, actor: User) -> bool:
    """Return whether nothing is to be written; what a partner has logged becomes the owner's when the owner says the same."""
    is_taken_over = log.source == BY_PARTNER and log.owner_id == actor.pk
    return log.day_log == day_log and log.note == note and not is_taken_over


def _store(work: Sequence[_Work]) -> None:
    logs = [item.logs[day] for item in work for day in item.changes]
    HabitLog.objects.bulk_create(logs, update_conflicts=True, unique_fields=["habit", "date"], update_fields=LOG_COLUMNS)
    follow_many_logs([(item.habit, item.changes) for item in work])
    changes = [LogChanges(item.habit, item.before, item.changes) for item in work]
    run(*statements_with(changes))
    logs_changed.send(sender=HabitLog, changes=changes)
