"""Making, changing and ending accounts."""

import uuid
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import Q

from config.errors import Conflict, FieldError, InvalidInput
from config.events import security_event
from config.jobs import enqueue
from config.text import key_of
from config.versions import UNCONDITIONAL, Precondition
from users.errors import EmailTaken, UsernameTaken
from users.models import User
from users.services.locking import lock_user
from users.services.passwords import check_password, set_password
from users.services.sessions import end_all_access
from users.signals import account_ending, day_boundary_changed, visibility_changed


class ProfileChanges(TypedDict, total=False):
    """What may be changed of an account; a key left out stays as it is, and a new email waits until it is verified."""

    username: str
    email: str
    display_name: str
    timezone: str
    day_start_hour: int
    leaderboard_visibility: str


def register_user(
    *, username: str, email: str, password: str, timezone: str = "UTC", display_name: str = "", email_verified: bool = False
) -> User:
    """Store a new account and return it; InvalidInput for a weak password, a taken name or a taken address.

    A mail asks whether the address is right, unless that is known.
    """
    user = User(timezone=timezone, email_verified=email_verified)
    user.set_username(username)
    user.set_email(email)
    user.display_name = display_name or user.username
    set_password(user, password, attr="password")  # takes its time: nobody waits for it, as SQLite's other writers would
    with transaction.atomic():
        _save(user, force_insert=True)
        if not email_verified:
            enqueue("users.jobs.send_verification", user_id=str(user.pk))
    return user


@transaction.atomic
def update_profile(
    *,
    user_id: uuid.UUID,
    changes: ProfileChanges,
    current_password: str | None = None,
    is_own: bool = True,
    is_replacement: bool = False,
    precondition: Precondition = UNCONDITIONAL,
) -> User:
    """Change an account and return it; InvalidInput for a taken name or address, and for a new address without the password.

    The new address is asked by mail whether it is right, and is pending until then. Staff change the account of somebody else
    (`is_own` false) without a password. The present address takes a pending one back, unless all that was read is sent back
    (`is_replacement`). Raises PreconditionFailed.
    """
    user = lock_user(user_id)
    precondition.check(user.version)
    user.version += 1
    boundary, visibility = (user.timezone, user.day_start_hour), user.leaderboard_visibility
    if "username" in changes:
        user.set_username(changes["username"])
    for name in ("display_name", "timezone", "day_start_hour", "leaderboard_visibility"):
        setattr(user, name, changes.get(name, getattr(user, name)))
    if "email" in changes:
        _change_email(user, changes["email"], current_password, is_own=is_own, is_replacement=is_replacement)
    if (user.timezone, user.day_start_hour) != boundary:
        # Before the name may change too: that would wait for whoever logs, and the listeners' lock for this row.
        day_boundary_changed.send(sender=User, user=user)
    if user.leaderboard_visibility != visibility:
        visibility_changed.send(sender=User, user=user)
    _save(user)
    return user


def _change_email(user: User, email: str, current_password: str | None, *, is_own: bool, is_replacement: bool) -> None:
    """Have a new address wait for its verification; the present one again takes back what waits, but not in a replacement."""
    if key_of(email) == user.email_key:
        if not is_replacement:
            user.pending_email = None
        return
    if user.pending_email is not None and key_of(email) == key_of(user.pending_email):
        return
    if is_own:
        check_password(user, current_password)
    if User.objects.filter(email_key=key_of(email)).exists():
        raise EmailTaken(errors=[FieldError("email", EmailTaken.code, EmailTaken.title)])
    user.pending_email = email
    enqueue("users.jobs.send_verification", user_id=str(user.pk))


@transaction.atomic
def confirm_email(user: User) -> None:
    """Take a pending address over, or the present one as verified; EmailTaken if somebody else has it by now."""
    if user.pending_email is not None:
        user.set_email(user.pending_email)
        user.pending_email = None
    user.email_verified = True
    user.version += 1
    _save(user)


@transaction.atomic
def delete_account(
    *,
    user_id: uuid.UUID,
    current_password: str | None = None,
    is_own: bool = True,
    precondition: Precondition = UNCONDITIONAL,
) -> None:
    """Delete an account with everything that is its user's; staff delete that of somebody else without a password.

    Apps above may object: they raise a DomainError. They lock what they write under locks of their own: after the user's row, as
    when a day boundary changes, and before it is locked for deletion, for which such writes need it at their end.
    """
    lock_user(user_id)
    account_ending.send(sender=User, user_id=user_id)
    user = lock_user(user_id, for_deletion=True)
    precondition.check(user.version)
    if is_own:
        check_password(user, current_password)
    user.delete()
    security_event("account_deleted", user=user_id)


@transaction.atomic
def set_active(user: User, *, is_active: bool) -> None:
    """Deactivate an account, which ends all its sessions and tokens at once, or have it served again."""
    locked = lock_user(user.pk)
    locked.is_active = is_active
    visibility_changed.send(sender=User, user=locked)
    locked.save(update_fields=["is_active"])
    if not is_active:
        end_all_access(locked)
    security_event("account_activated" if is_active else "account_deactivated", user=user.pk)


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
