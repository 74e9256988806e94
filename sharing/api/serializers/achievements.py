"""Achievements in JSON."""

from typing import Any

from config.rest.fields import CalendarDateField, ChoiceField, CountField, IdField, InstantField, TextField
from config.rest.params import QueryParams
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from habits.domain.milestones import MILESTONE_KINDS
from habits.domain.schedule import STREAK_UNITS
from habits.models.habits import NAME_MAX_LENGTH
from sharing.api.serializers.shares import RecipientField
from sharing.domain.achievements import AchievementDirection
from sharing.models import Achievement


class NewAchievementSerializer(StrictSerializer):
    """What is to be told to whom."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request tells nothing twice.")
    habit = IdField(help_text="An own habit.")
    user = RecipientField()
    milestone = IdField(allow_null=True, default=None, help_text="One that the habit has reached; null: its current streak.")


class AchievementSerializer(StrictSerializer):
    """What somebody has told somebody of a habit: as it was then."""

    id = IdField(read_only=True)
    sender = UserReferenceSerializer(read_only=True)
    recipient = UserReferenceSerializer(read_only=True)
    habit_name = TextField(max_length=NAME_MAX_LENGTH, read_only=True)
    kind = ChoiceField(choices=list(MILESTONE_KINDS), read_only=True)
    count = CountField(help_text="The length of the streak, or how many completions.")
    unit = ChoiceField(
        choices=list(STREAK_UNITS), read_only=True, allow_null=True, help_text="What the length counts; null for completions."
    )
    started_on = CalendarDateField(
        read_only=True, allow_null=True, help_text="The first day of a streak that was told while it ran; null for a milestone."
    )
    reached_on = CalendarDateField(read_only=True, help_text="The last day of the streak, or when the milestone was reached.")
    created_at = InstantField(read_only=True)


class AchievementListParams(QueryParams):
    """Which achievements are listed."""

    direction = ChoiceField(
        choices=list(AchievementDirection),
        required=False,
        help_text="What others have told one, or what one has told others; both if left out.",
    )


def achievement_document(achievement: Achievement) -> dict[str, Any]:
    """Return an achievement, the same for both sides."""
    return {
        "id": achievement.pk,
        "sender": user_reference(achievement.sender),
        "recipient": user_reference(achievement.recipient),
        "habit_name": achievement.habit_name,
        "kind": achievement.kind,
        "count": achievement.count,
        "unit": achievement.unit or None,
        "started_on": achievement.started_on,
        "reached_on": achievement.reached_on,
        "created_at": achievement.created_at,
    }
