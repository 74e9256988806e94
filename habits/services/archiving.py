"""Archiving: a pause without an end, from today on."""

import uuid
from datetime import date
from typing import Final

from config.errors import LimitReached
from habits.domain.schedule import ONE_DAY
from habits.domain.validation import Fault
from habits.models import ChangeCounter, Habit, HabitPause, TombstoneKind
from habits.services.changes import bury
from habits.services.checks import raise_faults

MAX_ACTIVE_HABITS: Final = 500
# With those that are archived: what a summary of all of them holds.
MAX_HABITS: Final = 10_000


def set_archived(habit: Habit, archived_on: date | None, today: date) -> None:
    """Archive the habit as of today, or take it back; the caller stores the plan and saves the habit."""
    if archived_on == habit.archived_on:
        return
    if archived_on is None:
        _unarchive(habit, today)
        return
    if habit.archived_on is not None:
        raise_faults([Fault("archived_on", "already_archived", f"The habit was archived on {habit.archived_on}.")])
    if archived_on != today:
        raise_faults([Fault("archived_on", "not_today", f"A habit is archived as of today, {today}.")])
    number = ChangeCounter.objects.take(habit.owner_id)
    HabitPause.objects.create(habit=habit, owner_id=habit.owner_id, start=today, is_archive=True, change_no=number)
    habit.archived_on = today


def check_room(owner_id: uuid.UUID, *, active: int | None = None) -> None:
    """Raise LimitReached if the owner has as many habits that are not archived as there may be."""
    count = Habit.objects.filter(owner=owner_id, archived_on=None).count() if active is None else active
    if count >= MAX_ACTIVE_HABITS:
        raise LimitReached(f"There are {MAX_ACTIVE_HABITS} habits already that are not archived.")


def _unarchive(habit: Habit, today: date) -> None:
    check_room(habit.owner_id)
    habit.archived_on = None
    number = ChangeCounter.objects.take(habit.owner_id)
    pause = HabitPause.objects.get(habit=habit, is_archive=True)
    if pause.start >= today:
        bury(habit.owner_id, TombstoneKind.PAUSE, [str(pause.pk)], number)
        pause.delete()
        return
    pause.end, pause.is_archive, pause.change_no = today - ONE_DAY, False, number
    pause.save(force_update=True)
