"""Logging in and staying logged in."""

from dataclasses import dataclass

from django.contrib.auth import authenticate
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken

from config.events import security_event
from users.errors import InvalidCredentials, InvalidToken
from users.models import User
from users.selectors import get_actor


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A short-lived token for requests and the long-lived one that renews it, both signed and encoded."""

    access: str
    refresh: str


def log_in(*, login: str, password: str) -> TokenPair:
    """Open a session for whom username or email address, in any case, and password name; InvalidCredentials otherwise.

    An unknown, an inactive and a wrongly given user cost one password hash each, so the time tells nothing either.
    """
    user = authenticate(username=login, password=password)
    if not isinstance(user, User):
        security_event("login_failed")
        raise InvalidCredentials
    security_event("login_succeeded", user=user.pk)
    return open_session(user)


def open_session(user: User) -> TokenPair:
    """Return the first tokens of a new session of an active user."""
    refresh = RefreshToken.for_user(user)
    return TokenPair(access=str(refresh.access_token), refresh=str(refresh))


def refresh_session(token: str) -> TokenPair:
    """Return the next tokens of the session; InvalidToken for a forged, expired or wrong token and for a user who is gone."""
    try:
        claims = RefreshToken(token)  # type: ignore[arg-type]  # annotated as a Token, meant as an encoded one
    except TokenError as error:
        raise InvalidToken from error
    return open_session(get_actor(claims.get(api_settings.USER_ID_CLAIM)))
