"""What happens in a group, and who cheers."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from groups.domain.feed import CHALLENGE_STEPS, EVENT_KINDS, ChallengeStep, EventKind
from groups.models.groups import Group
from groups.models.members import Membership
from groups.models.sharing import SharedHabit
from habits.models import Milestone

TITLE_MAX_LENGTH = 120


def _of_members(**about: object) -> models.Q:
    """Return the condition of an event about a member, and no challenge."""
    return models.Q(membership__isnull=False, challenge_id=None, challenge_step="", **about)


def _of_challenges(**about: object) -> models.Q:
    """Return the condition of an event about a challenge, and no habit."""
    return models.Q(kind=EventKind.CHALLENGE, challenge_id__isnull=False, shared=None, milestone=None, **about)


class FeedEvent(models.Model):
    """Something that a member did; it goes with the membership, and what is about a habit once that is shared no more.

    Its id is its place in the feed, made in the order of time: milestones are reached under no lock of the group's. Challenges
    are an app above: they are known by id and title, and nobody's who has finished.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="events", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="events")
    kind = models.CharField(max_length=9, choices=[(kind.value, kind.value) for kind in EVENT_KINDS])
    shared = models.ForeignKey(SharedHabit, on_delete=models.CASCADE, null=True, related_name="events", db_index=False)
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, null=True, related_name="+")
    challenge_id = models.UUIDField(null=True)
    challenge_title = models.CharField(max_length=TITLE_MAX_LENGTH, blank=True, default="", db_default="")
    challenge_step = models.CharField(
        max_length=8, blank=True, default="", db_default="", choices=[(step.value, step.value) for step in CHALLENGE_STEPS]
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    group_id: uuid.UUID
    membership_id: uuid.UUID | None

    # What `groups.selectors.feed.seen` adds, as it is for the one who asks.
    cheers_count: int
    is_cheered: bool

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "id"], name="feed_of_group")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=_of_members(kind=EventKind.JOINED, shared=None, milestone=None)
                | _of_members(kind=EventKind.SHARED, shared__isnull=False, milestone=None)
                | _of_members(kind=EventKind.MILESTONE, shared__isnull=False, milestone__isnull=False)
                | _of_challenges(challenge_step__in=[ChallengeStep.CREATED, ChallengeStep.JOINED], membership__isnull=False)
                | _of_challenges(challenge_step=ChallengeStep.FINISHED, membership=None),
                name="event_names_what_it_is_about",
            ),
            models.UniqueConstraint(fields=["membership"], condition=models.Q(kind=EventKind.JOINED), name="event_joined_once"),
            models.UniqueConstraint(fields=["shared"], condition=models.Q(kind=EventKind.SHARED), name="event_shared_once"),
            models.UniqueConstraint(fields=["shared", "milestone"], name="event_milestone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.membership_id}"


class Cheer(models.Model):
    """A member who cheers at an event; once, and gone with either."""

    event = models.ForeignKey(FeedEvent, on_delete=models.CASCADE, related_name="cheers", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="cheers")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "membership"], name="cheer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} at {self.event_id}"
