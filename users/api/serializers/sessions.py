"""Sessions and personal tokens in JSON."""

import uuid
from typing import Any

from rest_framework import serializers

from config.rest.fields import ChoiceField, FlagField, IdField, InstantField, TextField
from config.rest.serializers import StrictSerializer
from users.api.serializers.accounts import PasswordField
from users.domain.scopes import SCOPES
from users.models import EMAIL_MAX_LENGTH, TOKEN_NAME_MAX_LENGTH, USER_AGENT_MAX_LENGTH, PersonalToken, Session

TOKEN_MAX_LENGTH = 4096
ADDRESS_MAX_LENGTH = 45  # of IPv6, with an address of IPv4 at its end


class LoginSerializer(StrictSerializer):
    """Credentials."""

    username = TextField(
        max_length=EMAIL_MAX_LENGTH, single_line=True, help_text="The username or the email address, in any case."
    )
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    """The last refresh token of a session."""

    refresh = TextField(max_length=TOKEN_MAX_LENGTH, single_line=True)


class TokenPairSerializer(StrictSerializer):
    """The tokens of a session."""

    access = TextField(max_length=TOKEN_MAX_LENGTH, read_only=True, help_text="For `Authorization: Bearer …`, for 15 minutes.")
    refresh = TextField(max_length=TOKEN_MAX_LENGTH, read_only=True, help_text="For the next pair, for 14 days.")


class SessionSerializer(StrictSerializer):
    """Where one is logged in."""

    id = IdField(read_only=True)
    user_agent = TextField(
        max_length=USER_AGENT_MAX_LENGTH,
        single_line=True,
        allow_blank=True,
        read_only=True,
        help_text="What the browser or app called itself.",
    )
    address = TextField(
        max_length=ADDRESS_MAX_LENGTH, single_line=True, read_only=True, allow_null=True, help_text="Where the login came from."
    )
    created_at = InstantField(read_only=True)
    last_used_at = InstantField(read_only=True, help_text="When its tokens were last renewed.")
    expires_at = InstantField(read_only=True)
    is_current = FlagField(read_only=True, help_text="Whether it is the one that asks.")


class PersonalTokenSerializer(StrictSerializer):
    """A personal access token, without the token."""

    id = IdField(read_only=True)
    name = TextField(max_length=TOKEN_NAME_MAX_LENGTH, single_line=True, help_text="What it is for.")
    scopes = serializers.ListField(
        child=ChoiceField(choices=list(SCOPES)),
        min_length=1,
        max_length=len(SCOPES),
        help_text="What it may do: " + " ".join(f"`{scope}`: {meaning}" for scope, meaning in SCOPES.items()),
    )
    expires_at = InstantField(required=False, allow_null=True, default=None, help_text="Null: it does not expire.")
    created_at = InstantField(read_only=True)
    last_used_at = InstantField(read_only=True, allow_null=True, help_text="To the minute.")


class NewPersonalTokenSerializer(PersonalTokenSerializer):
    """A personal access token that was just made: the one time that the token itself is told."""

    token = TextField(max_length=TOKEN_MAX_LENGTH, read_only=True, help_text="For `Authorization: Bearer hab_…`; told only now.")


def session_document(session: Session, current: uuid.UUID | None) -> dict[str, Any]:
    """Return a session; `current` is the id of the one that asks."""
    return {
        "id": session.pk,
        "user_agent": session.user_agent,
        "address": session.address,
        "created_at": session.created_at,
        "last_used_at": session.rotated_at,
        "expires_at": session.expires_at,
        "is_current": session.pk == current,
    }


def personal_token_document(token: PersonalToken) -> dict[str, Any]:
    """Return a personal token."""
    return {
        "id": token.pk,
        "name": token.name,
        "scopes": token.scopes,
        "expires_at": token.expires_at,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    }
