"""Shares for tests, made by the services; achievements as if something had been reached."""

from datetime import date

from habits.models import Habit
from sharing.domain.shares import SharePermission
from sharing.models import Achievement, Share
from sharing.services.shares import accept_share, create_share
from users.models import User


def offer(habit: Habit, user: User, permission: str = "view") -> Share:
    """Share a habit with a user, who has not accepted yet."""
    share, _ = create_share(actor=habit.owner, habit_id=habit.pk, username=user.username, permission=SharePermission(permission))
    return share


def share_with(habit: Habit, user: User, permission: str = "view") -> Share:
    """Share a habit with a user, who accepts."""
    return accept_share(actor=user, share_id=offer(habit, user, permission).pk)


def new_achievement(habit: Habit, user: User) -> Achievement:
    """Store an achievement that the owner of a habit has told a user."""
    return Achievement.objects.create(
        habit=habit,
        sender=habit.owner,
        recipient=user,
        habit_name=habit.name,
        kind="streak",
        count=7,
        unit="day",
        reached_on=date(2026, 6, 15),
    )
