"""Invitations in JSON."""

from typing import Any

from config.rest.converters import SECRET_LENGTH, SECRET_SHAPE
from config.rest.fields import CountField, EmailField, IdField, InstantField, ShapeField, WholeNumberField
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer
from groups.models import SEATS_MAX, Invitation


class InvitationSerializer(StrictSerializer):
    """An invitation, without its token."""

    id = IdField(required=False, help_text="May be made by the client, once, so that a repeated request invites nobody twice.")
    email = EmailField(allow_null=True, default=None, help_text="Whom to mail it; null: it is a link to hand on.")
    max_uses = WholeNumberField(
        min_value=1, max_value=SEATS_MAX, allow_null=True, default=None, help_text="Null: as many as there are seats."
    )
    uses = CountField(help_text="How many have accepted it.")
    expires_at = InstantField(required=False, help_text="At most a year ahead; a week if left out.")
    created_by = UserReferenceSerializer(read_only=True, allow_null=True, help_text="Null if the account has ended.")
    created_at = InstantField(read_only=True)


class NewInvitationSerializer(InvitationSerializer):
    """An invitation that was just made: the one time that its token is told."""

    token = ShapeField(f"^{SECRET_SHAPE}$", longest=SECRET_LENGTH, read_only=True, help_text="For `/invitations/{token}/`.")


def invitation_document(invitation: Invitation) -> dict[str, Any]:
    """Return an invitation."""
    return {
        "id": invitation.pk,
        "email": invitation.email or None,
        "max_uses": invitation.max_uses,
        "uses": invitation.uses,
        "expires_at": invitation.expires_at,
        "created_by": invitation.created_by and user_reference(invitation.created_by),
        "created_at": invitation.created_at,
    }
