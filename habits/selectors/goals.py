"""Goals, which their owner alone sees, as far as the grants on their habits allow."""

import uuid
from datetime import date
from typing import Final

from django.db.models import OuterRef, QuerySet

from config.access import held_on
from config.errors import Forbidden, NotFound
from habits.domain.calendar import calendar_of
from habits.domain.goals import Progress, progress_of
from habits.models import Goal, Habit
from habits.permissions import VIEW
from habits.selectors.habits import get_habit
from users.models import User

# Of the habit, what the goals are counted with where their day has ended since.
COUNTED_WITH: Final = ("habit__plan_text", "habit__stats__as_of", "habit__stats__history")


def list_goals(actor: User) -> QuerySet[Goal]:
    """Return all goals of the actor's."""
    return _with_stats(Goal.objects.filter(owner=actor))


def list_goals_of_habit(actor: User, habit_id: uuid.UUID, *, needed: str = VIEW) -> QuerySet[Goal]:
    """Return the goals of a habit of the actor's, as the grants allow; Forbidden for one of somebody else's that is visible."""
    habit = get_habit(actor, habit_id, needed=needed)
    if habit.owner_id != actor.pk:
        raise Forbidden
    return _with_stats(Goal.objects.filter(habit=habit))


def get_goal(actor: User, goal_id: uuid.UUID) -> Goal:
    """Return a goal of the actor's, if the actor may see its habit."""
    visible = list_goals(actor).filter(held_on(Habit, OuterRef("habit"), actor, VIEW))
    goal = visible.filter(pk=goal_id).first()
    if goal is None:
        raise NotFound
    return goal


def get_progress(goal: Goal, today: date) -> Progress:
    """Return how far a goal has come by `today`, whatever day it was counted on; no query."""
    stats = goal.habit.stats
    if stats.as_of == today:
        return goal.progress
    calendar = calendar_of(goal.habit.plan, stats.past.recent, stats.past.checkpoint.day, today, today)
    return progress_of(goal.terms, calendar, goal.tally)


def _with_stats(goals: QuerySet[Goal]) -> QuerySet[Goal]:
    columns = [field.name for field in Goal._meta.concrete_fields]
    return goals.select_related("habit__stats").only(*columns, *COUNTED_WITH)
