"""Telling a group what happens in it, in the transaction of what happens.

What members do in challenges is told, and taken back, under the lock of the group.
"""

import uuid

from groups.domain.feed import ChallengeStep, EventKind
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


def tell_challenge_created(group_id: uuid.UUID, user_id: uuid.UUID, challenge_id: uuid.UUID, title: str) -> None:
    """Tell that an admin has made a challenge for the group."""
    _tell_challenge(ChallengeStep.CREATED, group_id, challenge_id, title, user_id)


def tell_challenge_joined(group_id: uuid.UUID, user_id: uuid.UUID, challenge_id: uuid.UUID, title: str) -> None:
    """Tell that a member takes part in a challenge of the group."""
    _tell_challenge(ChallengeStep.JOINED, group_id, challenge_id, title, user_id)


def tell_challenge_finished(group_id: uuid.UUID, challenge_id: uuid.UUID, title: str) -> None:
    """Tell that the standings of a challenge are final."""
    _tell_challenge(ChallengeStep.FINISHED, group_id, challenge_id, title, None)


def _tell_challenge(
    step: ChallengeStep, group_id: uuid.UUID, challenge_id: uuid.UUID, title: str, user_id: uuid.UUID | None
) -> None:
    membership = None if user_id is None else Membership.objects.get(group=group_id, user=user_id)
    FeedEvent.objects.create(
        group_id=group_id,
        membership=membership,
        kind=EventKind.CHALLENGE,
        challenge_id=challenge_id,
        challenge_title=title,
        challenge_step=step,
    )


def retitle_challenge(group_id: uuid.UUID, challenge_id: uuid.UUID, title: str) -> None:
    """Have everything that was told of a challenge name it by its present title."""
    FeedEvent.objects.filter(group=group_id, challenge_id=challenge_id).update(challenge_title=title)


def forget_challenge(group_id: uuid.UUID, challenge_id: uuid.UUID) -> None:
    """Take back what was told of a challenge that is about to be deleted."""
    FeedEvent.objects.filter(group=group_id, challenge_id=challenge_id).delete()


def forget_challenge_of(group_id: uuid.UUID, user_id: uuid.UUID, challenge_id: uuid.UUID) -> None:
    """Take back that a member takes part in a challenge."""
    events = FeedEvent.objects.filter(group=group_id, challenge_id=challenge_id, challenge_step=ChallengeStep.JOINED)
    events.filter(membership__user=user_id).delete()
