"""Habits as their owner, or whoever was granted it, may read them."""

import uuid
from config.access import fetch
from habits.models import Habit
from habits.permissions import VIEW
from habits.querysets import HabitQuerySet
from users.models import User


def list_habits(actor: User) -> HabitQuerySet:
    """Return the actor's own habits with their stats."""
    return Habit.objects.owned_by(actor.pk).select_related("stats")


def get_habit(actor: User, habit_id: uuid.UUID, *, needed: str = VIEW) -> Habit:
    """Return a habit with its stats, as the grants allow."""
    habit = fetch(Habit.objects.select_related("stats"), actor, visible_by=VIEW, needed=needed, pk=habit_id)
    if habit.owner_id == actor.pk:
        habit.owner = actor
    return habit


def get_owner_id(actor: User, habit_id: uuid.UUID, *, needed: str) -> uuid.UUID:
    """Return who owns a habit, as the grants allow: all that a write reads before it locks."""
    return fetch(Habit.objects.only("owner_id"), actor, visible_by=VIEW, needed=needed, pk=habit_id).owner_id


