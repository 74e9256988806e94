"""Accounts in JSON."""

from typing import Any, ClassVar

from django.contrib.auth.password_validation import MinimumLengthValidator
from rest_framework import serializers

from config.rest.fields import (
    ChoiceField,
    EmailField,
    FlagField,
    IdField,
    InstantField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from config.rest.serializers import StrictSerializer
from config.text import key_of
from users.domain.names import USERNAME_MAX_LENGTH, USERNAME_MIN_LENGTH, is_username, normalize_username
from users.models import DAY_START_HOUR_MAX, DISPLAY_NAME_MAX_LENGTH, EMAIL_MAX_LENGTH, LeaderboardVisibility

# Far above what anybody types, far below what would be a burden to hash.
PASSWORD_MAX_LENGTH = 1000
# At most four characters become one.
UNNORMALIZED_MAX_LENGTH = 4 * USERNAME_MAX_LENGTH
PASSWORD_MIN_LENGTH = MinimumLengthValidator().min_length
LINK_TOKEN_MAX_LENGTH = 200


class UsernameField(TextField):
    """A name to log in with, in its normal form."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_username": "Use letters, digits, dots, underscores or hyphens, and start with a letter or digit."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=USERNAME_MIN_LENGTH, max_length=USERNAME_MAX_LENGTH, single_line=True, **kwargs)

    def run_validators(self, value: str) -> None:
        """Check the length, then the letters."""
        super().run_validators(value)
        if not is_username(value):
            self.fail("invalid_username")

    def to_internal_value(self, data: Any) -> str:
        """Return the name in its normal form; what is too long for one in any form stays as it is, and is refused for its length.

        The time of normalising grows with the square of the length.
        """
        name = super().to_internal_value(data)
        return normalize_username(name) if len(name) <= UNNORMALIZED_MAX_LENGTH else name


class PasswordField(TextField):
    """A password, to the letter: spaces at its ends belong to it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=PASSWORD_MAX_LENGTH, trim_whitespace=False, write_only=True, style={"input_type": "password"}, **kwargs
        )


class NewPasswordField(PasswordField):
    """A password to set, which the validators of passwords have their say about."""

    shortest = PASSWORD_MIN_LENGTH


class UniqueEmailField(EmailField):
    """An address whose key fits its column: a few symbols that stand for whole words can make it longer."""

    def run_validators(self, value: str) -> None:
        """Check the form, then the key."""
        super().run_validators(value)
        if len(key_of(value)) > EMAIL_MAX_LENGTH:
            raise serializers.ValidationError("Enter a shorter email address.", code="max_length")


class RegistrationSerializer(StrictSerializer):
    """What a new user says."""

    username = UsernameField(help_text="3 to 30 letters, digits, `.`, `_` or `-`, in any script; unique in any case.")
    email = UniqueEmailField(help_text="Unique in any case; it works as username at login.")
    password = NewPasswordField()
    timezone = TimeZoneNameField(required=False, help_text="Default: UTC.")
    display_name = TextField(
        max_length=DISPLAY_NAME_MAX_LENGTH, single_line=True, required=False, help_text="Default: the username."
    )


class UserSerializer(StrictSerializer):
    """A user as seen by the user, and by staff."""

    id = IdField(read_only=True)
    username = UsernameField(help_text="What one logs in with.")
    email = UniqueEmailField(
        required=False, help_text="A new one is asked by mail and pending until then; for the own account it takes the password."
    )
    pending_email = EmailField(read_only=True, allow_null=True, help_text="A new address that is not verified yet.")
    email_verified = FlagField(read_only=True)
    current_password = PasswordField(required=False, help_text="Goes with a new email address.")
    display_name = TextField(max_length=DISPLAY_NAME_MAX_LENGTH, single_line=True, help_text="What other people see.")
    timezone = TimeZoneNameField(help_text="Where the user's days are counted.")
    day_start_hour = WholeNumberField(
        min_value=0,
        max_value=DAY_START_HOUR_MAX,
        help_text="The local hour at which a day begins: before it, it is still yesterday.",
    )
    leaderboard_visibility = ChoiceField(
        choices=LeaderboardVisibility.choices,
        help_text="Who sees the user on leaderboards: everybody, members of the same groups, nobody.",
    )
    date_joined = InstantField(read_only=True)


class LookupSerializer(StrictSerializer):
    """A person who was found by name."""

    id = IdField(read_only=True)
    display_name = TextField(max_length=DISPLAY_NAME_MAX_LENGTH, read_only=True)


class PasswordChangeSerializer(StrictSerializer):
    """The present password and the next one."""

    current_password = PasswordField()
    new_password = NewPasswordField()


class AccountDeletionSerializer(StrictSerializer):
    """The present password, which the end of the own account takes."""

    current_password = PasswordField(required=False, help_text="Of the own account; staff delete those of others without one.")


class EmailSerializer(StrictSerializer):
    """An email address."""

    email = EmailField()


class LinkSerializer(StrictSerializer):
    """What the link of a mail carries."""

    uid = IdField(help_text="The user whom the mail was for.")
    token = TextField(max_length=LINK_TOKEN_MAX_LENGTH, single_line=True)


class PasswordResetSerializer(LinkSerializer):
    """What the link of a mail carries, and the next password."""

    new_password = NewPasswordField()
