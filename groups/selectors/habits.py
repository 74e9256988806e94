"""Habits that are shared with a group."""

import uuid
from typing import Any, Final

from django.db.models import OuterRef, QuerySet

from config.access import held_on
from groups.models import SharedHabit
from groups.permissions import VIEW
from groups.selectors.groups import CLOCK_COLUMNS, GROUPS, with_people
from habits.models import Habit
from habits.permissions import VIEW as VIEW_HABIT
from habits.selectors.habits import UNSHOWN_COLUMNS
from users.models import User

# What a member is not shown, and what nobody is.
HIDDEN_COLUMNS: Final = ("description", "tags", "position", *UNSHOWN_COLUMNS)


def seen_habits(actor: User) -> QuerySet[SharedHabit]:
    """Return the habits that are shared with groups and that the actor may see, as the grants on each decide."""
    return SharedHabit.objects.filter(held_on(Habit, OuterRef("habit"), actor, VIEW_HABIT))


def with_habits(shares: QuerySet[SharedHabit]) -> QuerySet[Any]:
    """Return shared habits with their figures, their owners, and the owners' clocks."""
    found = with_people(shares, "habit__owner", more=CLOCK_COLUMNS).select_related("habit__stats")
    return found.defer(*(f"habit__{column}" for column in HIDDEN_COLUMNS))


def list_shared_habits(actor: User, group_id: uuid.UUID) -> QuerySet[SharedHabit]:
    """Return the habits that a group of the actor's sees."""
    group = GROUPS.fetch(actor, group_id, needed=VIEW)
    return with_habits(seen_habits(actor).filter(group=group))
