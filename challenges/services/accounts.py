"""What the end of an account, and of a membership, means for challenges."""

import uuid

from challenges.models import Challenge, ChallengeInvitation, Participation
from challenges.services.challenges import delete_challenge
from challenges.services.locking import lock_challenges
from challenges.services.participations import leave_open_challenges
from groups.models import Group, Membership


def leave_all_challenges(user_id: uuid.UUID) -> None:
    """Take a user, whose account ends, out of all standings that are not final; of others a former participant stays.

    Challenges of the user's in which nobody takes part go; all others go on, though nobody runs them any more. Groups' challenges
    were left with the groups.
    """
    leave_open_challenges(list(Participation.objects.filter(user=user_id).order_by("challenge")))
    own = Challenge.objects.filter(creator=user_id, group=None, participant_count=0)
    for challenge in lock_challenges(own.values_list("pk", flat=True)):
        if not challenge.participant_count:
            challenge.delete()


def leave_challenges_of_group(membership: Membership) -> None:
    """Take a member who goes out of the group's challenges that are not over; the group is locked."""
    of_group = {"challenge__group": membership.group_id, "user": membership.user_id}
    ChallengeInvitation.objects.filter(**of_group).delete()
    leave_open_challenges(list(Participation.objects.filter(**of_group).order_by("challenge")))


def delete_challenges_of_group(group: Group) -> None:
    """Delete a group's challenges, whose ids stay their creators'; the group is locked."""
    challenges = lock_challenges(Challenge.objects.filter(group=group).values_list("pk", flat=True))
    # In one order, as whoever logs locks them: they go challenge by challenge.
    rows = Participation.objects.filter(challenge__in=challenges).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    for challenge in challenges:
        delete_challenge(challenge)
