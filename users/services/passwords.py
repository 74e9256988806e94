"""Setting passwords, and the mail that helps whoever has forgotten one."""

import uuid

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from config.errors import FieldError, InvalidInput, NotFound
from config.events import security_event
from config.identifiers import new_id
from config.jobs import enqueue
from config.text import key_of
from users.errors import LinkExpired, WrongPassword
from users.models import User
from users.services.locking import lock_user
from users.services.sessions import end_all_access


def set_password(user: User, password: str, *, attr: str) -> None:
    """Give the user a password, stored with the next save; InvalidInput, with faults of the field `attr`, for a weak one."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        faults = [FieldError(attr, fault.code or "invalid", fault.messages[0]) for fault in refusal.error_list]
        raise InvalidInput("The password is too weak.", errors=faults) from refusal
    user.set_password(password)


def check_password(user: User, password: str | None) -> None:
    """Raise WrongPassword unless this is the user's present password."""
    if password is None or not user.check_password(password):
        raise WrongPassword(errors=[FieldError("current_password", WrongPassword.code, WrongPassword.title)])


@transaction.atomic
def change_password(*, user_id: uuid.UUID, current_password: str, new_password: str) -> None:
    """Change a user's password, which ends sessions, personal tokens and a pending address; WrongPassword and InvalidInput."""
    user = lock_user(user_id)
    check_password(user, current_password)
    _replace_password(user, new_password)


def request_password_reset(email: str) -> None:
    """Have a link mailed to whoever has this address.

    Where nobody has, a job is enqueued for nobody, in the same time: neither that nor the address is to be found in the queue.
    """
    owner_id = User.objects.filter(email_key=key_of(email)).values_list("pk", flat=True).first()
    enqueue("users.jobs.send_password_reset", user_id=str(owner_id or new_id()))


@transaction.atomic
def reset_password(*, user_id: uuid.UUID, token: str, new_password: str) -> None:
    """Set a new password by the token of a mail; it ends what a changed one ends. LinkExpired and InvalidInput.

    Whoever reads the mail of an address has shown that it is right.
    """
    try:
        user = lock_user(user_id)
    except NotFound:
        raise LinkExpired from None
    if not user.is_active or not default_token_generator.check_token(user, token):
        raise LinkExpired
    if not user.email_verified:
        user.email_verified = True
        user.version += 1
    _replace_password(user, new_password)


def _replace_password(user: User, new_password: str) -> None:
    set_password(user, new_password, attr="new_password")
    if user.pending_email is not None:
        # Whoever had the old password may have put it there, and would come back in by it.
        user.pending_email = None
        user.version += 1
    user.save(update_fields=["password", "email_verified", "pending_email", "version"])
    end_all_access(user)
    security_event("password_changed", user=user.pk)
