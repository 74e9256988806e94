"""The feed of a group in JSON."""

from typing import Any

from config.rest.fields import ChoiceField, CountField, FlagField, IdField, InstantField, TextField
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from groups.domain.feed import CHALLENGE_STEPS, EVENT_KINDS
from groups.models import FeedEvent
from groups.models.feed import TITLE_MAX_LENGTH
from habits.shapes import HabitReferenceSerializer, MilestoneSerializer, habit_reference, milestone_document


class ChallengeEventSerializer(StrictSerializer):
    """A challenge by its title, and what has happened to it: it was made or joined by the user, or is finished."""

    id = IdField(read_only=True)
    title = TextField(max_length=TITLE_MAX_LENGTH, single_line=True, read_only=True)
    step = ChoiceField(choices=list(CHALLENGE_STEPS), read_only=True)


class FeedEventSerializer(StrictSerializer):
    """Something that a member did: joined the group, shared a habit with it, reached a milestone of a shared habit, made a
    challenge for the group or joined one; or that a challenge is finished.
    """

    id = IdField(read_only=True)
    kind = ChoiceField(choices=list(EVENT_KINDS), read_only=True)
    user = UserReferenceSerializer(read_only=True, allow_null=True, help_text="Null where a challenge is finished.")
    habit = HabitReferenceSerializer(read_only=True, allow_null=True, help_text="Null for all kinds that are about no habit.")
    milestone = MilestoneSerializer(read_only=True, allow_null=True, help_text="Null for all other kinds.")
    challenge = ChallengeEventSerializer(read_only=True, allow_null=True, help_text="Null for all other kinds.")
    cheers = CountField(help_text="How many members cheer.")
    cheered = FlagField(read_only=True, help_text="Whether one does oneself.")
    created_at = InstantField(read_only=True)


def event_document(event: FeedEvent) -> dict[str, Any]:
    """Return an event as it looks to the one who asks."""
    return {
        "id": event.pk,
        "kind": event.kind,
        "user": event.membership and user_reference(event.membership.user),
        "habit": event.shared and habit_reference(event.shared.habit),
        "milestone": event.milestone and milestone_document(event.milestone),
        "challenge": _challenge_document(event) if event.challenge_id else None,
        "cheers": event.cheers_count,
        "cheered": event.is_cheered,
        "created_at": event.created_at,
    }


def _challenge_document(event: FeedEvent) -> dict[str, Any]:
    return {"id": event.challenge_id, "title": event.challenge_title, "step": event.challenge_step}
