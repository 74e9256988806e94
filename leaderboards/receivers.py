"""Which events of other apps leaderboards follow."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from challenges.signals import participation_began, participation_ended
from config.prepared import Statement
from groups.models import Group, Membership
from groups.signals import group_deleting, membership_ended, sharing_changed
from habits.models import Habit
from habits.signals import LogChanges, habit_deleting, logs_changing, stats_changed
from leaderboards.models import challenge_scope, group_scope
from leaderboards.services.counting import count_anew_in, count_without
from leaderboards.services.scores import follow_logs, follow_stats
from leaderboards.services.showing import forget_group, forget_in, forget_user, show_as_set
from users.models import User
from users.signals import account_ending, visibility_changed


@receiver(logs_changing)
def on_logs_changing(changes: Sequence[LogChanges], **_: Any) -> list[Statement]:
    """Have the scores follow logs."""
    return follow_logs(changes)


@receiver(stats_changed)
def on_stats_changed(habits: Sequence[Habit], **_: Any) -> None:
    """Have the scores follow days that end, and plans."""
    follow_stats(habits)


@receiver(habit_deleting)
def on_habit_deleting(habit: Habit, **_: Any) -> None:
    """Count without the habit."""
    count_without(habit)


@receiver(sharing_changed)
def on_sharing_changed(group_id: uuid.UUID, user_id: uuid.UUID, **_: Any) -> None:
    """Count with what is shared with the group now."""
    count_anew_in(group_scope(group_id), user_id)


@receiver(participation_began)
def on_participation_began(challenge_id: uuid.UUID, user_id: uuid.UUID, **_: Any) -> None:
    """Count with the habit that takes part."""
    count_anew_in(challenge_scope(challenge_id), user_id)


@receiver(participation_ended)
def on_participation_ended(challenge_id: uuid.UUID, user_id: uuid.UUID, **_: Any) -> None:
    """Take who takes part no more off the challenge's boards."""
    forget_in(challenge_scope(challenge_id), [user_id])


@receiver(membership_ended)
def on_membership_ended(membership: Membership, **_: Any) -> None:
    """Take who is no member any more off the group's boards."""
    forget_in(group_scope(membership.group_id), [membership.user_id])


@receiver(group_deleting)
def on_group_deleting(group: Group, **_: Any) -> None:
    """Delete the boards of a group and of its challenges."""
    forget_group(group)


@receiver(visibility_changed)
def on_visibility_changed(user: User, **_: Any) -> None:
    """Show the user, or not, as is set now."""
    show_as_set(user)


@receiver(account_ending)
def on_account_ending(user_id: uuid.UUID, **_: Any) -> None:
    """Take the user off all boards."""
    forget_user(user_id)
