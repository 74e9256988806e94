"""Changing a habit: its texts, its dates, its schedule as of a day, and whether it is archived."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from config.versions import UNCONDITIONAL, Precondition
from habits.domain.editing import edit_schedule, meaning_faults
from habits.domain.schedule import Plan, Schedule, Version, change_schedule, first_day_in_force, restart
from habits.domain.validation import Fault, target_faults
from habits.errors import LogsOutsideRange
from habits.models import Habit, HabitLog
from habits.services.archiving import set_archived
from habits.services.checks import habit_faults, raise_faults
from habits.services.locking import locked_habit
from habits.services.plans import judge_logs_anew, store_plan, store_versions
from habits.services.stats import follow_plan
from users.models import User
from users.selectors import today_for

# What only the owner sees, and others therefore leave as it is.
PRIVATE_FIELDS = frozenset({"description", "tags", "position"})
PLAIN_FIELDS = ("unit", "start_date", "end_date", "color", "icon", "position")


def update_habit(
    *,
    actor: User,
    habit_id: uuid.UUID,
    changes: Mapping[str, Any],
    effective_from: date | None = None,
    precondition: Precondition = UNCONDITIONAL,
) -> Habit:
    """Change what `changes` names and return the habit with the statistics that follow.

    A change of the schedule holds as of `effective_from`: max(today, start date) if left out, never later, never before the
    start. Raises PreconditionFailed, InvalidInput, LogsOutsideRange and LimitReached.
    """
    with locked_habit(actor, habit_id) as (habit, change_no):
        precondition.check(habit.change_no)
        if habit.owner_id != actor.pk:
            changes = {name: value for name, value in changes.items() if name not in PRIVATE_FIELDS}
        today = today_for(habit.owner)
        old_plan, old_dates = habit.plan, (habit.start_date, habit.end_date)
        raise_faults(meaning_faults(habit.schedule, changes))
        schedule = edit_schedule(habit.schedule, changes)
        for field in PLAIN_FIELDS:
            setattr(habit, field, changes.get(field, getattr(habit, field)))
        habit.set_texts(**{name: changes.get(name, getattr(habit, name)) for name in ("name", "description", "tags")})
        is_described = bool(changes.get("target_direction") or changes.get("target_scope"))
        raise_faults(
            _faults(habit, old_plan.versions[-1].schedule, schedule, effective_from, today)
            + target_faults(schedule, is_described=is_described)
        )
        if (habit.start_date, habit.end_date) != old_dates:
            _check_logs_inside(habit)
        if "archived_on" in changes:
            set_archived(habit, changes["archived_on"], today)
        store_versions(habit, _versions(habit, old_plan, schedule, effective_from, today))
        habit.change_no, habit.updated_at = change_no, timezone.now()
        store_plan(habit)
        habit.save(force_update=True)
        _follow(habit, old_plan, today)
    return habit


def _faults(habit: Habit, old: Schedule, new: Schedule, effective_from: date | None, today: date) -> list[Fault]:
    faults = habit_faults(start=habit.start_date, end=habit.end_date, tags=habit.tags, unit=habit.unit, schedule=new, today=today)
    if (old.target is None) != (new.target is None):
        faults.append(Fault("target_value", "measured_is_fixed", "Whether a habit is measured never changes."))
    latest = max(today, habit.start_date)
    if effective_from is not None and not habit.start_date <= effective_from <= latest:
        faults.append(Fault("effective_from", "date_out_of_range", f"Use a date from {habit.start_date} to {latest}."))
    return faults


def _check_logs_inside(habit: Habit) -> None:
    outside = Q(date__lt=habit.start_date)
    if habit.end_date is not None:
        outside |= Q(date__gt=habit.end_date)
    if HabitLog.objects.filter(outside, habit=habit).exists():
        raise LogsOutsideRange


def _versions(habit: Habit, old: Plan, schedule: Schedule, effective_from: date | None, today: date) -> tuple[Version, ...]:
    """Return the versions that follow from a start date that may be new and from a change that may have been asked for."""
    versions = old.versions if habit.start_date == old.start else restart(old.versions, habit.start_date)
    if schedule == versions[-1].schedule and effective_from is None:
        return versions
    requested = effective_from or max(today, habit.start_date)
    return change_schedule(versions, schedule, first_day_in_force(schedule, requested, habit.start_date))


def _follow(habit: Habit, old: Plan, today: date) -> None:
    """Bring the logs and the statistics in line with a plan that may have changed."""
    new = habit.plan
    if new == old:
        return
    if new.versions != old.versions and habit.is_measured:
        judge_logs_anew(habit, new)
    # Archiving and unarchiving change nothing before today.
    follow_plan(habit, changed_from=today if new.is_same_but_for_pauses(old) else None)
