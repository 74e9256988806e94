"""Making and changing accounts."""

import uuid
from typing import TypedDict

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from config.errors import Conflict, FieldError, InvalidInput, NotFound
from config.versions import UNCONDITIONAL, Precondition
from users.errors import EmailTaken, UsernameTaken
from users.models import User
from users.signals import day_boundary_changed


class ProfileChanges(TypedDict, total=False):
    """What a user may change of the own account at once; a key left out stays as it is."""

    username: str
    display_name: str
    timezone: str
    day_start_hour: int
    leaderboard_visibility: str


def register_user(*, username: str, email: str, password: str, timezone: str = "UTC", display_name: str = "") -> User:
    """Store a new account and return it; InvalidInput for a weak password, a taken name or a taken address."""
    user = User(timezone=timezone)
    user.set_username(username)
    user.set_email(email)
    user.display_name = display_name or user.username
    _set_password(user, password)
    _save(user, force_insert=True)
    return user


@transaction.atomic
def update_profile(*, user_id: uuid.UUID, changes: ProfileChanges, precondition: Precondition = UNCONDITIONAL) -> User:
    """Change a user's own settings and return the user; InvalidInput for a taken name, PreconditionFailed."""
    user = _lock(user_id)
    precondition.check(user.version)
    user.version += 1
    boundary = (user.timezone, user.day_start_hour)
    _apply(user, changes)
    if (user.timezone, user.day_start_hour) != boundary:
        # Before the name may change too: that would wait for whoever logs, and the listeners' lock for this row.
        day_boundary_changed.send(sender=User, user=user)
    _save(user)
    return user


def _lock(user_id: uuid.UUID) -> User:
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _apply(user: User, changes: ProfileChanges) -> None:
    if "username" in changes:
        user.set_username(changes["username"])
    if "display_name" in changes:
        user.display_name = changes["display_name"]
    if "timezone" in changes:
        user.timezone = changes["timezone"]
    if "day_start_hour" in changes:
        user.day_start_hour = changes["day_start_hour"]
    if "leaderboard_visibility" in changes:
        user.leaderboard_visibility = changes["leaderboard_visibility"]


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        faults = [FieldError("password", fault.code or "invalid", fault.messages[0]) for fault in refusal.error_list]
        raise InvalidInput("The password is too weak.", errors=faults) from refusal
    user.set_password(password)


def _save(user: User, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=force_insert)
    except IntegrityError as error:
        raise _taken(user) from error


def _taken(user: User) -> InvalidInput | Conflict:
    """Say which unique keys of `user` others hold. The constraint has refused the write: this only finds the words for it."""
    rivals = User.objects.exclude(pk=user.pk)
    rows = list(
        rivals.filter(Q(username_key=user.username_key) | Q(email_key=user.email_key)).values_list("username_key", "email_key")
    )
    has_name = any(username_key == user.username_key for username_key, _ in rows)
    has_email = any(email_key == user.email_key for _, email_key in rows)
    name_fault = FieldError("username", UsernameTaken.code, UsernameTaken.title)
    email_fault = FieldError("email", EmailTaken.code, EmailTaken.title)
    if has_name and has_email:
        return InvalidInput(errors=[name_fault, email_fault])
    if has_name:
        return UsernameTaken(errors=[name_fault])
    if has_email:
        return EmailTaken(errors=[email_fault])
    # The rival was renamed or deleted in between: the same request will pass now.
    return Conflict("Another user had this name or address a moment ago. Try again.")
