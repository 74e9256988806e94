"""The mails to users: made by jobs, so that no token lies in the queue and no request waits for a mail server."""

import uuid
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string

from users.models import User
from users.services.verification import EMAIL_TOKENS

VERIFY_PATH: Final = "/account/verify-email/"
RESET_PATH: Final = "/account/reset-password/"


def send_verification(user_id: uuid.UUID) -> None:
    """Ask the address of a user that waits to be verified; nothing where none does any more."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or (user.pending_email is None and user.email_verified):
        return
    link = _link(VERIFY_PATH, user, EMAIL_TOKENS.make_token(user))
    _send("verify_email", "Is this your email address?", user.pending_email or user.email, link)


def send_password_reset(user_id: uuid.UUID) -> None:
    """Mail a link to set a new password to an active user; nothing where there is none."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    _send("reset_password", "A new password", user.email, _link(RESET_PATH, user, default_token_generator.make_token(user)))


def _send(template: str, subject: str, address: str, link: str) -> None:
    # Nothing that the user has written goes in: the address may be a stranger's, chosen to be sent it.
    text = render_to_string(f"users/mail/{template}.txt", {"link": link})
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [address])


def _link(path: str, user: User, token: str) -> str:
    """Return an address of the front end, or of our own page; what it carries stands in the fragment, which no server logs."""
    return f"{settings.FRONTEND_URL or settings.PUBLIC_URL}{path}#{urlencode({'uid': user.pk, 'token': token})}"
