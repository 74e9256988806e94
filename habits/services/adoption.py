"""Taking habits over with their history, from another tracker's backup, say.

What is taken over carries its `source`. Taking the same again changes nothing; a later state of the source adds what is new and
corrects its own logs. What was logged here by hand stays, and so does every field of a habit that is here already: its owner may
have changed them. What the owner deleted since comes back, since asking for it again is how to get it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from django.db import transaction

from config.identifiers import new_id
from config.prepared import run
from habits.domain.logs import DayLog
from habits.models import ChangeCounter, Habit, HabitLog
from habits.services.archiving import check_room, set_archived
from habits.services.batches import LOG_COLUMNS
from habits.services.checks import habit_faults, raise_faults
from habits.services.editing import update_habit
from habits.services.habits import HabitDraft, count_room, insert_habit
from habits.services.logs import Entry, fill, settle
from habits.services.outcomes import note_outcomes, statements_with
from habits.services.plans import store_plan
from habits.services.stats import begin_stats, follow_logs
from habits.signals import LogChanges, logs_changed
from users.models import User
from users.selectors import today_for

ROWS_PER_STATEMENT: Final = 1_000


class Fate(StrEnum):
    """What became of an entry."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT_OWN = "kept_own"  # another log of that day was made by hand
    AFTER_TODAY = "after_today"
    AFTER_END = "after_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A habit elsewhere: `draft` names its source and key; `known_key` is the key that it was taken over by before, if it was."""

    draft: HabitDraft
    is_archived: bool
    entries: Mapping[date, Entry]
    known_key: str = ""


@dataclass(slots=True)
class Adoption:
    """A habit that was taken over, and what became of each entry."""

    habit: Habit
    is_created: bool
    is_changed: bool = False
    fates: dict[date, Fate] = field(default_factory=dict)


def adopt_habit(*, owner: User, candidate: Candidate, reserved: int = 0) -> Adoption:
    """Take a habit over with its logs, in a number of statements that depends on the number of its logs alone.

    A new one starts with its first log (today without logs), comes last, and is archived as of today if it is archived there.
    `reserved` counts against the limit as if so many more habits existed. Raises InvalidInput and LimitReached.
    """
    today = today_for(owner)
    first = min((day for day in candidate.entries if day <= today), default=None)
    with transaction.atomic():
        ChangeCounter.objects.take(owner.pk, 0)
        owner = User.objects.get(pk=owner.pk)  # as it is under the lock
        habit = _find(owner, candidate)
        if habit is None:
            adoption = Adoption(_insert(owner, candidate, first or today, today, reserved), is_created=True)
        else:
            adoption = _meet(habit, candidate, first)
        before, after = _write_logs(adoption, candidate, today)
        changes = [LogChanges(adoption.habit, before, after)] if after else []
        if adoption.is_created:
            begin_stats(adoption.habit)
            run(*statements_with(changes))
        elif changes:
            run(follow_logs(adoption.habit, after), *statements_with(changes))
            note_outcomes([adoption.habit])
        if changes:
            adoption.is_changed = True
            logs_changed.send(sender=HabitLog, changes=changes)
    return adoption


def _find(owner: User, candidate: Candidate) -> Habit | None:
    """Return the habit that was taken over before, if it is of the same kind: that never changes."""
    draft = candidate.draft
    keys = {draft.source_key, candidate.known_key} - {""}
    known = Habit.objects.owned_by(owner.pk).filter(source=draft.source, source_key__in=keys).select_related("stats")
    alike = [habit for habit in known.order_by("id") if habit.is_measured == (draft.schedule.target is not None)]
    return next((habit for habit in alike if habit.source_key == draft.source_key), alike[0] if alike else None)


def _insert(owner: User, candidate: Candidate, start: date, today: date, reserved: int) -> Habit:
    draft = candidate.draft
    raise_faults(
        habit_faults(start=start, end=draft.end_date, tags=draft.tags, unit=draft.unit, schedule=draft.schedule, today=today)
    )
    active, position = count_room(owner)
    if not candidate.is_archived:
        check_room(owner.pk, active=active + reserved)
    # Two: for the habit and for the first version of its schedule.
    change_no = ChangeCounter.objects.take(owner.pk, 2)
    habit = insert_habit(owner, draft, start, new_id(), change_no, position=position)
    if candidate.is_archived:
        set_archived(habit, today, today)
        store_plan(habit)
        habit.save(update_fields=["archived_on", "plan_text"])
    return habit


def _meet(habit: Habit, candidate: Candidate, first: date | None) -> Adoption:
    """Make a known habit ready for entries from `first` on."""
    if habit.source_key != candidate.draft.source_key:
        habit.source_key = candidate.draft.source_key
        habit.save(update_fields=["source_key"])
    if first is None or first >= habit.start_date:
        return Adoption(habit, is_created=False)
    moved = update_habit(actor=habit.owner, habit_id=habit.pk, changes={"start_date": first})
    return Adoption(moved, is_created=False, is_changed=True)


def _write_logs(
    adoption: Adoption, candidate: Candidate, today: date
) -> tuple[dict[date, DayLog | None], dict[date, DayLog | None]]:
    """Store the entries that say something new, note the fate of each, and return what changed, before and after."""
    habit, plan = adoption.habit, adoption.habit.plan
    logs = {} if adoption.is_created else {log.date: log for log in HabitLog.objects.filter(habit=habit)}
    written: dict[date, tuple[DayLog, Entry]] = {}
    for day, entry in candidate.entries.items():
        if day > today or not habit.holds(day):
            adoption.fates[day] = Fate.AFTER_TODAY if day > today else Fate.AFTER_END
            continue
        day_log = settle(plan, day, entry)
        adoption.fates[day] = fate = _fate(logs.get(day), day_log, entry, habit.source)
        if fate in (Fate.CREATED, Fate.UPDATED):
            written[day] = day_log, entry
    before = {day: logs[day].day_log if day in logs else None for day in written}
    if written:
        _store(habit, logs, written)
    return before, {day: day_log for day, (day_log, _) in written.items()}


def _fate(log: HabitLog | None, day_log: DayLog, entry: Entry, source: str) -> Fate:
    if log is None:
        return Fate.CREATED
    if log.day_log == day_log and log.note == entry.note:
        return Fate.UNCHANGED
    return Fate.UPDATED if log.source == source else Fate.KEPT_OWN


def _store(habit: Habit, logs: Mapping[date, HabitLog], written: Mapping[date, tuple[DayLog, Entry]]) -> None:
    first_change_no = ChangeCounter.objects.take(habit.owner_id, len(written))
    rows = []
    for change_no, (day, (day_log, entry)) in enumerate(written.items(), start=first_change_no):
        log = logs.get(day) or HabitLog(habit=habit, owner_id=habit.owner_id, date=day)
        log = fill(log, day_log, entry.note, change_no)
        log.source = habit.source
        rows.append(log)
    HabitLog.objects.bulk_create(
        rows,
        batch_size=ROWS_PER_STATEMENT,
        update_conflicts=True,
        unique_fields=["habit", "date"],
        update_fields=LOG_COLUMNS,
    )
