"""Achievements, as those on either side may read them."""

import uuid
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from config.errors import NotFound
from habits.domain.milestones import MilestoneKind
from habits.domain.schedule import STREAK_UNIT
from habits.models import Habit, Milestone
from habits.selectors.stats import get_current_streak
from sharing.domain.achievements import AchievementDirection, Feat
from sharing.models import Achievement
from users.models import User

SHOWN: Final = ("sender__display_name", "recipient__display_name")


def list_achievements(actor: User, direction: AchievementDirection | None) -> QuerySet[Achievement]:
    """Return what others have told the actor, or the actor others, or both."""
    received, sent = Achievement.objects.filter(recipient=actor), Achievement.objects.filter(sender=actor)
    if direction is None:
        return _described(Achievement.objects.filter(pk__in=received.values("pk").union(sent.values("pk"))))
    return _described(received if direction is AchievementDirection.RECEIVED else sent)


def get_achievement(actor: User, achievement_id: uuid.UUID) -> Achievement:
    """Return an achievement that the actor has told or been told; NotFound for any other."""
    own = Achievement.objects.filter(Q(sender=actor) | Q(recipient=actor), pk=achievement_id)
    achievement = _described(own).first()
    if achievement is None:
        raise NotFound
    return achievement


def find_milestone(habit: Habit, milestone_id: uuid.UUID) -> Feat | None:
    """Return a milestone that the habit has reached, None where it is none of the habit's."""
    milestone = Milestone.objects.filter(habit=habit, pk=milestone_id).first()
    if milestone is None:
        return None
    return Feat(
        kind=MilestoneKind(milestone.kind),
        count=milestone.count,
        unit=milestone.streak_unit,
        started_on=None,
        reached_on=milestone.reached_on,
    )


def find_running_streak(habit: Habit, today: date) -> Feat | None:
    """Return the habit's current streak, None where none runs."""
    streak = get_current_streak(habit, today)
    if streak is None:
        return None
    return Feat(
        kind=MilestoneKind.STREAK,
        count=streak.length,
        unit=STREAK_UNIT[streak.frequency],
        started_on=streak.start,
        reached_on=streak.end,
    )


def _described(achievements: QuerySet[Achievement]) -> QuerySet[Achievement]:
    columns = [field.name for field in Achievement._meta.concrete_fields]
    return achievements.select_related("sender", "recipient").only(*columns, *SHOWN)
