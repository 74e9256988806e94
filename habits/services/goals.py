"""Making, changing and deleting goals, under the lock of their owner."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone

from config.claims import claimed
from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached, NotFound
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from habits.domain.goals import GoalKind, GoalState, goal_faults
from habits.models import Goal, Habit, Tombstone, TombstoneKind
from habits.permissions import CHANGE
from habits.services.changes import bury
from habits.services.checks import raise_faults
from habits.services.following import follow_habit
from habits.services.locking import locked_habit
from habits.services.tallies import count_goal, tell_reached
from users.models import User
from users.selectors import today_for

MAX_ACTIVE_GOALS: Final = 20
# With those that are reached, missed and cancelled: what a write into the distant past counts anew.
MAX_GOALS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalDraft:
    """What makes a goal; it starts today unless it says otherwise."""

    kind: GoalKind
    title: str
    target_milli: int
    start_date: date | None = None
    deadline: date | None = None
    is_cancelled: bool = False


def create_goal(*, actor: User, habit_id: uuid.UUID, draft: GoalDraft, goal_id: uuid.UUID | None = None) -> tuple[Goal, bool]:
    """Store a goal of the actor's habit; return it and whether it is new.

    The same `goal_id` again from the same user returns the goal as it is now. Raises InvalidInput, IdConflict, IdDeleted and
    LimitReached.
    """
    with claimed(Goal, goal_id), locked_habit(actor, habit_id) as (habit, change_no):
        if habit.owner_id != actor.pk:
            raise Forbidden
        if goal_id is not None and (known := _known(habit, goal_id)) is not None:
            return known, False
        return _insert(habit, draft, goal_id or new_id(), change_no), True


def _known(habit: Habit, goal_id: uuid.UUID) -> Goal | None:
    """Return the habit's goal with this id, if there is one; raises for an id that cannot be had."""
    goal = Goal.objects.filter(pk=goal_id).first()
    if goal is not None and goal.habit_id != habit.pk:
        raise IdConflict("This id stands for another goal.")
    if goal is None and Tombstone.objects.filter(owner=habit.owner_id, kind=TombstoneKind.GOAL, key=str(goal_id)).exists():
        raise IdDeleted
    if goal is not None:
        goal.habit = habit
    return goal


def _insert(habit: Habit, draft: GoalDraft, goal_id: uuid.UUID, change_no: int) -> Goal:
    today = today_for(habit.owner)
    goal = Goal(
        id=goal_id,
        habit=habit,
        owner_id=habit.owner_id,
        change_no=change_no,
        kind=draft.kind.value,
        title=draft.title,
        target_milli=draft.target_milli,
        start_date=draft.start_date or today,
        deadline=draft.deadline,
        is_cancelled=draft.is_cancelled,
    )
    _settle(goal, today)
    if Goal.objects.filter(habit=habit).count() >= MAX_GOALS:
        raise LimitReached(f"The habit has {MAX_GOALS} goals already, with those that have ended.")
    _check_room(goal, today)
    goal.save(force_insert=True)
    follow_habit(habit)
    tell_reached([goal])
    return goal


def update_goal(
    *, actor: User, goal_id: uuid.UUID, changes: Mapping[str, Any], precondition: Precondition = UNCONDITIONAL
) -> Goal:
    """Change what `changes` names and return the goal, counted anew; raises PreconditionFailed, InvalidInput and LimitReached."""
    with _locked_goal(actor, goal_id, precondition) as (goal, change_no):
        today = today_for(goal.habit.owner)
        for name, value in changes.items():
            setattr(goal, name, value)
        _settle(goal, today)
        _check_room(goal, today)
        goal.change_no, goal.updated_at = change_no, timezone.now()
        goal.save(force_update=True)
        tell_reached([goal])
    return goal


def delete_goal(*, actor: User, goal_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """Delete a goal; its tombstone stays. Raises PreconditionFailed."""
    with _locked_goal(actor, goal_id, precondition) as (goal, change_no):
        bury(goal.owner_id, TombstoneKind.GOAL, [str(goal.pk)], change_no)
        goal.delete()


@contextmanager
def _locked_goal(actor: User, goal_id: uuid.UUID, precondition: Precondition) -> Iterator[tuple[Goal, int]]:
    """Lock the owner of a goal of the actor's and give it as it is then, at the expected version; NotFound for any other."""
    own = Goal.objects.filter(owner=actor, pk=goal_id)
    habit_id = own.values_list("habit", flat=True).first()
    if habit_id is None:
        raise NotFound
    with locked_habit(actor, habit_id, needed=CHANGE) as (habit, change_no):
        goal = own.filter(habit=habit).first()
        if goal is None:
            raise NotFound
        precondition.check(goal.change_no)
        goal.habit = habit
        yield goal, change_no


def _settle(goal: Goal, today: date) -> None:
    """Check a goal as it is to be stored, and count it."""
    raise_faults(goal_faults(goal.terms, today, is_measured=goal.habit.is_measured))
    count_goal(goal)


def _check_room(goal: Goal, today: date) -> None:
    """Raise LimitReached for a goal that would be one active goal of its habit too many."""
    if goal.state_on(today, goal.reached_on) is not GoalState.ACTIVE:
        return
    others = Goal.objects.filter(habit=goal.habit).exclude(pk=goal.pk)
    if others.in_state(GoalState.ACTIVE, today).count() >= MAX_ACTIVE_GOALS:
        raise LimitReached(f"The habit has {MAX_ACTIVE_GOALS} goals already that have not ended.")
