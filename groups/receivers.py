"""Which events of other apps groups follow."""

import uuid
from typing import Any

from django.dispatch import receiver

from groups.services.accounts import leave_all_groups
from groups.services.feed import tell_milestone
from habits.models import Habit, Milestone
from habits.signals import milestone_reached
from users.signals import account_ending


@receiver(account_ending)
def on_account_ending(user_id: uuid.UUID, **_: Any) -> None:
    """Have the user leave every group, and object where it would be left without an owner."""
    leave_all_groups(user_id)


@receiver(milestone_reached)
def on_milestone_reached(habit: Habit, milestone: Milestone, **_: Any) -> None:
    """Tell the groups that see the habit."""
    tell_milestone(habit, milestone)
