"""Shares in JSON."""

from typing import Any

from config.rest.fields import ChoiceField, IdField, InstantField, TextField
from config.rest.params import QueryParams
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from habits.shapes import HabitReferenceSerializer, habit_reference
from sharing.domain.shares import SHARE_PERMISSIONS, SHARE_STATES, ShareDirection
from sharing.models import Share
from users.domain.names import USERNAME_MAX_LENGTH


class RecipientField(TextField):
    """Somebody's exact username."""

    def __init__(self) -> None:
        super().__init__(max_length=USERNAME_MAX_LENGTH, single_line=True, help_text="The exact username, in any case.")


class NewShareSerializer(StrictSerializer):
    """With whom a habit is to be shared."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request makes no second share.")
    user = RecipientField()
    permission = ChoiceField(choices=list(SHARE_PERMISSIONS), help_text="Whether the user may see the habit, or log it too.")


class ShareSerializer(StrictSerializer):
    """A habit that is shared with a user."""

    id = IdField(read_only=True)
    habit = HabitReferenceSerializer(read_only=True)
    owner = UserReferenceSerializer(read_only=True)
    user = UserReferenceSerializer(read_only=True)
    permission = ChoiceField(choices=list(SHARE_PERMISSIONS), help_text="Whether the user may see the habit, or log it too.")
    state = ChoiceField(choices=list(SHARE_STATES), read_only=True, help_text="Nothing can be seen before it is accepted.")
    created_at = InstantField(read_only=True)
    accepted_at = InstantField(read_only=True, allow_null=True)


class ShareListParams(QueryParams):
    """Which shares are listed."""

    direction = ChoiceField(
        choices=list(ShareDirection),
        required=False,
        help_text="What others share with one, or what one shares; both if left out.",
    )


def share_document(share: Share) -> dict[str, Any]:
    """Return a share, the same for both sides."""
    return {
        "id": share.pk,
        "habit": habit_reference(share.habit),
        "owner": user_reference(share.habit.owner),
        "user": user_reference(share.user),
        "permission": share.permission,
        "state": share.state,
        "created_at": share.created_at,
        "accepted_at": share.accepted_at,
    }
