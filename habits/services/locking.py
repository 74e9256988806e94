"""The lock under which an owner's habits are written."""

import uuid
from typing import Final

from config.errors import NotFound
from config.prepared import Parameter, PreparedQuery
from habits.models import ChangeCounter, Habit
from habits.permissions import CHANGE
from habits.selectors.habits import get_owner_id
from users.models import User

LOCKED: Final = PreparedQuery(lambda: Habit.objects.select_related("stats").filter(pk=Parameter("habit", Habit._meta.pk)))


def lock_habit(actor: User, habit_id: uuid.UUID, *, needed: str = CHANGE) -> tuple[Habit, int]:
    """Lock the habit's owner; return the habit with its stats as they are now, and the change number of the write to come.

    Within the caller's transaction, which the lock lasts for. Raises NotFound and Forbidden as the grants say.
    """
    owner_id = get_owner_id(actor, habit_id, needed=needed)
    change_no = ChangeCounter.objects.take(owner_id)
    habit = LOCKED.first(habit=habit_id)
    if habit is None:
        raise NotFound
    if owner_id == actor.pk:
        habit.owner = actor
    return habit, change_no
