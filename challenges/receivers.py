"""Which events of other apps challenges follow."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from challenges.services.accounts import delete_challenges_of_group, leave_all_challenges, leave_challenges_of_group
from challenges.services.standings import follow_logs, wake_user
from groups.models import Group, Membership
from groups.signals import group_deleting, membership_ended
from habits.signals import LogChanges, logs_changed
from users.models import User
from users.signals import account_ending, day_boundary_changed


@receiver(logs_changed)
def on_logs_changed(changes: Sequence[LogChanges], **_: Any) -> None:
    """Have the challenges of habits take what became of their logs."""
    for change in changes:
        follow_logs(change.habit, change.after)


@receiver(day_boundary_changed)
def on_day_boundary_changed(user: User, **_: Any) -> None:
    """Have the standings of a user who moved swept."""
    wake_user(user)


@receiver(account_ending)
def on_account_ending(user_id: uuid.UUID, **_: Any) -> None:
    """Take the user out of all standings that are not final."""
    leave_all_challenges(user_id)


@receiver(membership_ended)
def on_membership_ended(membership: Membership, **_: Any) -> None:
    """Take the member out of the group's challenges."""
    leave_challenges_of_group(membership)


@receiver(group_deleting)
def on_group_deleting(group: Group, **_: Any) -> None:
    """Delete the group's challenges, whose ids stay their creators'."""
    delete_challenges_of_group(group)
