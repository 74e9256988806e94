"""Milestones of habits that the actor may see."""

import uuid

from django.db.models import QuerySet

from habits.models import Milestone
from habits.permissions import VIEW
from habits.selectors.habits import get_habit
from users.models import User


def list_milestones(actor: User, habit_id: uuid.UUID, *, needed: str = VIEW) -> QuerySet[Milestone]:
    """Return the milestones that a habit has reached, as the grants allow."""
    return Milestone.objects.filter(habit=get_habit(actor, habit_id, needed=needed))
