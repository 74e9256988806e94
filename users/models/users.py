"""Users."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, router
from django.utils.timezone import now

from config.identifiers import new_id
from config.text import key_of
from users.domain.names import USERNAME_MAX_LENGTH, is_username, normalize_username

EMAIL_MAX_LENGTH = 254
DISPLAY_NAME_MAX_LENGTH = 80
DAY_START_HOUR_MAX = 6


def validate_username(value: str) -> None:
    """Raise ValidationError for a name that the domain refuses."""
    if not is_username(value):
        raise ValidationError(
            "Use 3 to 30 letters, digits, dots, underscores or hyphens, and start with a letter or digit.",
            code="invalid_username",
        )


class UserManager(BaseUserManager["User"]):
    """Makes users and finds them by what they log in with."""

    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a checked user whose display name is the username unless given; without a password nobody can log in."""
        user = self.model(**fields)
        user.set_username(username)
        user.set_email(email)
        user.display_name = user.display_name or user.username
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, username_key: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store an operator; `createsuperuser` hands the name over under that of `USERNAME_FIELD`."""
        return self.create_user(username_key, email, password, is_staff=True, is_superuser=True, **fields)

    def admitted(self, user: Any, session: Any) -> "models.QuerySet[User]":
        """Return the user with these keys (or Parameters) whose session's requests are served: here alone is said whose are."""
        return self.filter(pk=user, is_active=True, sessions=session)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this name or email address in any case; a username holds no `@`, so it is never both."""
        login = username or ""
        return self.get(email_key=key_of(login)) if "@" in login else self.get(username_key=key_of(login))


class LeaderboardVisibility(models.TextChoices):
    """Who may see a user on leaderboards."""

    PUBLIC = "public", "everybody"
    GROUPS = "groups", "members of the same groups"
    HIDDEN = "hidden", "nobody"


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account."""

    # Sessions know when they were used; a write to this row at each login would serve nobody.
    last_login = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=USERNAME_MAX_LENGTH, validators=[validate_username])
    # Folding a letter's case makes at most three letters of it.
    username_key = models.CharField("username", max_length=3 * USERNAME_MAX_LENGTH)
    email = models.EmailField(max_length=EMAIL_MAX_LENGTH)
    email_key = models.CharField(max_length=EMAIL_MAX_LENGTH)
    email_verified = models.BooleanField(default=False)
    pending_email = models.EmailField(max_length=EMAIL_MAX_LENGTH, null=True, blank=True)  # noqa: DJ001 - null is what clients see where none is
    display_name = models.CharField(max_length=DISPLAY_NAME_MAX_LENGTH)
    timezone = models.CharField(max_length=64, default="UTC")
    day_start_hour = models.PositiveSmallIntegerField(default=0)
    leaderboard_visibility = models.CharField(
        max_length=6, choices=LeaderboardVisibility.choices, default=LeaderboardVisibility.GROUPS
    )
    # Of the settings: one more with each change that the user makes.
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    date_joined = models.DateTimeField(default=now, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Where the account has been used: the sites (`config.addresses.site_of`) of its logins, the latest first.
    known_sites = models.JSONField(default=list, db_default=[], blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    # Of a claim: the session that a token is of, and how to look the user up, which raises where the claim is void.
    session_id: uuid.UUID | None = None
    admit: "Callable[[], User] | None" = None

    USERNAME_FIELD = "username_key"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["username_key"], name="user_username_unique"),
            models.UniqueConstraint(fields=["email_key"], name="user_email_unique"),
            models.CheckConstraint(condition=~models.Q(username__contains="@"), name="user_username_is_no_email"),
            models.CheckConstraint(condition=~models.Q(display_name=""), name="user_display_name_not_empty"),
            models.CheckConstraint(
                condition=models.Q(day_start_hour__range=(0, DAY_START_HOUR_MAX)), name="user_day_start_hour_range"
            ),
            models.CheckConstraint(
                condition=models.Q(leaderboard_visibility__in=LeaderboardVisibility.values),
                name="user_leaderboard_visibility_known",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @classmethod
    def claim(cls, user_id: uuid.UUID, session_id: uuid.UUID, admit: "Callable[[], User]") -> "User":
        """Return whom a token names: nothing but a key until a column is asked for, which looks the user up or refuses the token.

        So a query that needs no more than the key can decide itself, in one trip, whether the user is admitted.
        """
        claimed = cls.from_db(router.db_for_read(cls), ["id"], [user_id])
        claimed.session_id, claimed.admit = session_id, admit
        return claimed

    @property
    def is_claim(self) -> bool:
        """Whether nobody has looked yet if this user is admitted."""
        return self.admit is not None

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Read the columns anew; those of a claim are read for the first time."""
        if self.admit is None:
            super().refresh_from_db(using, fields, from_queryset)
        else:
            vars(self).update(vars(self.admit()), admit=None, session_id=self.session_id)

    def set_username(self, username: str) -> None:
        """Take the name and the key by which it is unique."""
        self.username = normalize_username(username)
        self.username_key = key_of(username)

    def set_email(self, email: str) -> None:
        """Take the address and the key by which it is unique."""
        self.email = email
        self.email_key = key_of(email)
