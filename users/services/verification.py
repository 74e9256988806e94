"""Asking an address by mail whether it is right."""

import uuid
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction

from config.errors import NotFound
from config.jobs import enqueue
from users.errors import LinkExpired
from users.models import User
from users.services.accounts import confirm_email
from users.services.locking import lock_user


class EmailTokenGenerator(PasswordResetTokenGenerator):
    """Tokens that hold for an address of a user as long as it is to be verified."""

    key_salt = "users.services.verification.EmailTokenGenerator"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        """Return what the token depends on: once the address is verified or another one waits, it is another token."""
        if not isinstance(user, User):
            raise TypeError
        return f"{user.pk}{timestamp}{user.email_key}{user.email_verified}{user.pending_email}"


EMAIL_TOKENS: Final = EmailTokenGenerator()


def verify_email(*, user_id: uuid.UUID, token: str) -> None:
    """Take the address as verified to which the token was mailed; LinkExpired, and EmailTaken if it is another's by now."""
    with transaction.atomic():
        try:
            user = lock_user(user_id)
        except NotFound:
            raise LinkExpired from None
        if not user.is_active or not EMAIL_TOKENS.check_token(user, token):
            raise LinkExpired
        confirm_email(user)


def resend_verification(user: User) -> None:
    """Have the mail sent again, if an address waits to be verified."""
    if user.pending_email is not None or not user.email_verified:
        enqueue("users.jobs.send_verification", user_id=str(user.pk))
