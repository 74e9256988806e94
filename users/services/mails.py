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
    link = link_to(VERIFY_PATH, uid=user.pk, token=EMAIL_TOKENS.make_token(user))
    send_text("users/mail/verify_email.txt", "Is this your email address?", user.pending_email or user.email, link=link)


def send_password_reset(user_id: uuid.UUID) -> None:
    """Mail a link to set a new password to an active user; nothing where there is none."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    link = link_to(RESET_PATH, uid=user.pk, token=default_token_generator.make_token(user))
    send_text("users/mail/reset_password.txt", "A new password", user.email, link=link)


def send_text(template: str, subject: str, address: str, **words: str) -> None:
    """Mail a text, with links and tokens as its words.

    Nothing that a user has written goes in: the address may be a stranger's, chosen to be sent it.
    """
    send_mail(subject, render_to_string(template, words), settings.DEFAULT_FROM_EMAIL, [address])


def link_to(path: str, **carried: object) -> str:
    """Return an address of the front end, or of our own page; what it carries stands in the fragment, which no server logs."""
    return f"{settings.FRONTEND_URL or settings.PUBLIC_URL}{path}#{urlencode(carried)}"
