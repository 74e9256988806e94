"""Pauses: holidays and illness, future ones too."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Count

from config.access import holding
from config.errors import FieldError, InvalidInput, LimitReached, NotFound
from config.versions import UNCONDITIONAL, Precondition
from habits.domain.codec import encode_plan
from habits.domain.schedule import Pause, merged
from habits.domain.validation import date_faults, order_faults
from habits.errors import PauseOfArchive
from habits.models import ChangeCounter, Habit, HabitPause, TombstoneKind
from habits.permissions import CHANGE
from habits.services.changes import bury
from habits.services.checks import raise_faults
from habits.services.locking import locked_habit
from habits.services.plans import store_plan
from habits.services.stats import follow_plan, follow_plans
from users.models import User
from users.selectors import today_for

MAX_PAUSES: Final = 200


def create_pause(*, actor: User, habit_id: uuid.UUID, start: date, end: date | None) -> HabitPause:
    """Have a habit rest from `start` to `end`, both included, or until further notice."""
    with locked_habit(actor, habit_id) as (habit, change_no):
        _check_dates(actor, start, end)
        return _insert(habit, start, end, change_no)


def create_pauses(*, actor: User, start: date, end: date | None, habit_ids: Sequence[uuid.UUID] | None) -> list[HabitPause]:
    """Have the actor's habits rest, all that are not archived or those named."""
    with transaction.atomic():
        _check_dates(actor, start, end)
        ChangeCounter.objects.take(actor.pk, 0)
        habits = _choose(actor, habit_ids)
        _check_room(habits)
        first = ChangeCounter.objects.take(actor.pk, len(habits))
        pauses = [
            HabitPause(habit=habit, owner=actor, start=start, end=end, change_no=number)
            for number, habit in enumerate(habits, start=first)
        ]
        HabitPause.objects.bulk_create(pauses)
        for habit in habits:
            plan = habit.plan
            habit.plan_text = encode_plan(replace(plan, pauses=merged((*plan.pauses, Pause(start, end)))))
        Habit.objects.bulk_update(habits, ["plan_text"], batch_size=500)
        follow_plans(habits, changed_from=start)
    return pauses


def change_pause(
    *,
    actor: User,
    habit_id: uuid.UUID,
    pause_id: uuid.UUID,
    changes: Mapping[str, date | None],
    precondition: Precondition = UNCONDITIONAL,
) -> HabitPause:
    """Give a pause another `start`, another `end` (None: until further notice), or both; raises PreconditionFailed."""
    with locked_habit(actor, habit_id) as (habit, change_no):
        pause = _get(habit, pause_id)
        precondition.check(pause.change_no)
        start, end = changes.get("start") or pause.start, changes.get("end", pause.end)
        _check_dates(actor, start, end)
        changed_from = min(start, pause.start)
        pause.start, pause.end, pause.change_no = start, end, change_no
        pause.save(force_update=True)
        _follow(habit, changed_from)
    return pause


def delete_pause(*, actor: User, habit_id: uuid.UUID, pause_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """Take a pause back; raises PreconditionFailed."""
    with locked_habit(actor, habit_id) as (habit, change_no):
        pause = _get(habit, pause_id)
        precondition.check(pause.change_no)
        bury(habit.owner_id, TombstoneKind.PAUSE, [str(pause.pk)], change_no)
        pause.delete()
        _follow(habit, pause.start)


def _check_dates(actor: User, start: date, end: date | None) -> None:
    today = today_for(actor)
    raise_faults(date_faults("start", start, today) + date_faults("end", end, today) + order_faults(start, end, "end"))


def _choose(actor: User, habit_ids: Sequence[uuid.UUID] | None) -> list[Habit]:
    own = Habit.objects.owned_by(actor.pk).select_related("stats", "owner").order_by("id")
    named = own.filter(archived_on=None) if habit_ids is None else own.filter(pk__in=habit_ids)
    habits = list(holding(named, actor, CHANGE))
    found = {habit.pk for habit in habits}
    faults = [
        FieldError(f"habits.{index}", "not_found", "This is no habit of yours.")
        for index, habit_id in enumerate(habit_ids or ())
        if habit_id not in found
    ]
    if faults:
        raise InvalidInput(errors=faults)
    return habits


def _check_room(habits: Sequence[Habit]) -> None:
    counts = HabitPause.objects.filter(habit__in=habits).values("habit").annotate(pauses=Count("pk"))
    if counts.filter(pauses__gte=MAX_PAUSES).exists():
        raise LimitReached(f"A habit takes at most {MAX_PAUSES} pauses.")


def _insert(habit: Habit, start: date, end: date | None, change_no: int) -> HabitPause:
    _check_room([habit])
    pause = HabitPause(habit=habit, owner_id=habit.owner_id, start=start, end=end, change_no=change_no)
    pause.save(force_insert=True)
    _follow(habit, start)
    return pause


def _get(habit: Habit, pause_id: uuid.UUID) -> HabitPause:
    pause = HabitPause.objects.filter(habit=habit, pk=pause_id).first()
    if pause is None:
        raise NotFound
    if pause.is_archive:
        raise PauseOfArchive
    return pause


def _follow(habit: Habit, changed_from: date) -> None:
    store_plan(habit)
    habit.save(update_fields=["plan_text"])
    follow_plan(habit, changed_from=changed_from)
