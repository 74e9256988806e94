"""Accounts, tokens and jobs in JSON."""

from typing import Any, ClassVar

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
from users.models import DAY_START_HOUR_MAX, DISPLAY_NAME_MAX_LENGTH, EMAIL_MAX_LENGTH, JobState, LeaderboardVisibility

# Far above what anybody types, far below what would be a burden to hash.
PASSWORD_MAX_LENGTH = 1000
TOKEN_MAX_LENGTH = 4096


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
        """Return the name in its normal form."""
        return normalize_username(super().to_internal_value(data))


class PasswordField(TextField):
    """A password, to the letter: spaces at its ends belong to it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=PASSWORD_MAX_LENGTH, trim_whitespace=False, write_only=True, style={"input_type": "password"}, **kwargs
        )


class RegistrationSerializer(StrictSerializer):
    """What a new user says."""

    username = UsernameField(help_text="3 to 30 letters, digits, `.`, `_` or `-`, in any script; unique in any case.")
    email = EmailField(help_text="Unique in any case; it works as username at login.")
    password = PasswordField()
    timezone = TimeZoneNameField(required=False, help_text="Default: UTC.")
    display_name = TextField(
        max_length=DISPLAY_NAME_MAX_LENGTH, single_line=True, required=False, help_text="Default: the username."
    )

    def validate_email(self, value: str) -> str:
        """Refuse an address whose key outgrows its column, as a few symbols that stand for whole words can make it."""
        if len(key_of(value)) > EMAIL_MAX_LENGTH:
            raise serializers.ValidationError("Enter a shorter email address.", code="max_length")
        return value


class UserSerializer(StrictSerializer):
    """A user as seen by the user."""

    id = IdField(read_only=True)
    username = UsernameField(help_text="What one logs in with.")
    email = EmailField(read_only=True)
    email_verified = FlagField(read_only=True)
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


class LoginSerializer(StrictSerializer):
    """Credentials."""

    username = TextField(
        max_length=EMAIL_MAX_LENGTH, single_line=True, help_text="The username or the email address, in any case."
    )
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    """The token that renews a session."""

    refresh = TextField(max_length=TOKEN_MAX_LENGTH, single_line=True)


class TokenPairSerializer(StrictSerializer):
    """The tokens of a session."""

    access = TextField(max_length=TOKEN_MAX_LENGTH, read_only=True, help_text="For `Authorization: Bearer …`, for 15 minutes.")
    refresh = TextField(max_length=TOKEN_MAX_LENGTH, read_only=True, help_text="For the next pair, for 14 days.")


class JobErrorSerializer(StrictSerializer):
    """Why a job was given up."""

    code = TextField(max_length=60, read_only=True)
    detail = TextField(max_length=2000, read_only=True)


class JobSerializer(StrictSerializer):
    """A job as seen by its owner."""

    id = IdField(read_only=True)
    kind = TextField(max_length=40, read_only=True, help_text="What the job does, such as `import`.")
    state = ChoiceField(choices=JobState.choices, read_only=True)
    progress = WholeNumberField(min_value=0, max_value=100, read_only=True, help_text="Percent.")
    result_url = TextField(max_length=2000, read_only=True, allow_null=True, help_text="Where the result is, once it is there.")
    error = JobErrorSerializer(source="failure", read_only=True, allow_null=True)
    created_at = InstantField(read_only=True)
    started_at = InstantField(read_only=True, allow_null=True)
    finished_at = InstantField(read_only=True, allow_null=True)
