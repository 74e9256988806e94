"""Telling a group what happens in it, in the transaction of what happens."""

from groups.domain.feed import EventKind
from groups.models import FeedEvent, Membership, SharedHabit
from habits.models import Habit, Milestone


def tell_joined(membership: Membership) -> None:
    """Tell that somebody has become a member."""
    FeedEvent.objects.create(group_id=membership.group_id, membership=membership, kind=EventKind.JOINED)


def tell_shared(shared: SharedHabit) -> None:
    """Tell that somebody shares a habit."""
    FeedEvent.objects.create(group_id=shared.group_id, membership_id=shared.membership_id, kind=EventKind.SHARED, shared=shared)


def tell_milestone(habit: Habit, milestone: Milestone) -> None:
    """Tell every group that sees the habit that it has reached a milestone.

    Under the lock of its owner, without which nobody takes it out of a group.
    """
    FeedEvent.objects.bulk_create(
        FeedEvent(
            group_id=shared.group_id,
            membership_id=shared.membership_id,
            kind=EventKind.MILESTONE,
            shared=shared,
            milestone=milestone,
        )
        for shared in SharedHabit.objects.filter(habit=habit).order_by("pk")
    )
