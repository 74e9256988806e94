"""Logging in, staying logged in, and ending it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.timezone import now
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from config.addresses import site_of
from config.errors import NotFound
from config.events import security_event
from config.text import quoted
from users.domain.rotation import Verdict, judge
from users.errors import InvalidCredentials, InvalidToken
from users.models import USER_AGENT_MAX_LENGTH, PersonalToken, Session, User
from users.services.locking import lock_user

SESSION_CLAIM: Final = "sid"
KNOWN_SITES: Final = 20
MAX_SESSIONS: Final = 100


@dataclass(frozen=True, slots=True)
class TokenPair:
    """A short-lived token for requests and the long-lived one that renews it, both signed and encoded."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Device:
    """Where a login comes from, as its user is to recognise it: what the browser says of itself, and its address."""

    user_agent: str = ""
    address: str | None = None


def log_in(*, login: str, password: str, device: Device | None = None) -> TokenPair:
    """Open a session for whom username or email address, in any case, and password name; InvalidCredentials otherwise.

    Above MAX_SESSIONS it ends the one that has not been used for the longest time.
    An unknown, an inactive and a wrongly given user cost one password hash each, so the time tells nothing either.
    """
    found = authenticate(username=login, password=password)
    if not isinstance(found, User):
        security_event("login_failed")
        raise InvalidCredentials
    with transaction.atomic():
        # A change of the password ends all sessions under this lock: one that came in between is not outrun by the old password.
        try:
            user = lock_user(found.pk)
        except NotFound:  # the account has ended in between
            raise InvalidCredentials from None
        if user.password != found.password or not user.is_active:
            raise InvalidCredentials
        if device is not None and device.address is not None:
            _remember_site(user, site_of(device.address))
        pair = open_session(user, device)
        _end_surplus(user)
    security_event("login_succeeded", user=user.pk)
    return pair


def _remember_site(user: User, site: str) -> None:
    """Note where the account is used, unless it was there that it was used last."""
    if user.known_sites[:1] != [site]:
        user.known_sites = [site, *(one for one in user.known_sites if one != site)][:KNOWN_SITES]
        user.save(update_fields=["known_sites"])


def _end_surplus(user: User) -> None:
    """End those sessions above the limit that have not been used for the longest time."""
    surplus = Session.objects.filter(user=user).order_by("-rotated_at", "-pk").values("pk")[MAX_SESSIONS:]
    Session.objects.filter(pk__in=surplus).delete()


def open_session(user: User, device: Device | None = None) -> TokenPair:
    """Return the first tokens of a new session of an active user."""
    device = device or Device()
    started_at = now()
    session = Session.objects.create(
        user=user,
        rotated_at=started_at,
        expires_at=started_at + api_settings.REFRESH_TOKEN_LIFETIME,
        user_agent=quoted(device.user_agent, USER_AGENT_MAX_LENGTH),
        address=device.address,
    )
    return _tokens_of(session)


def refresh_session(token: str) -> TokenPair:
    """Return the next tokens of a session; InvalidToken for a forged, expired or wrong token and where the session has ended.

    The last token but one is answered with the tokens that it was answered with before, if those have not been used and the
    first answer is not older than half a minute. Any other token of the past ends the session.
    """
    user_id, session_id, generation = _read_refresh(token)
    with transaction.atomic():
        sessions = Session.objects.select_for_update(of=("self",), no_key=True)
        session = sessions.filter(pk=session_id, user=user_id, user__is_active=True).first()
        if session is None:
            raise InvalidToken
        present = now()
        verdict = judge(generation, session.generation, session.rotated_at, present)
        if verdict is Verdict.ROTATE:
            _rotate(session, present)
        elif verdict is Verdict.END:
            session.delete()
    if verdict is Verdict.END:
        security_event("refresh_reused", user=user_id, session=session_id)
        raise InvalidToken
    return _tokens_of(session)


def _rotate(session: Session, present: datetime) -> None:
    session.generation += 1
    session.rotated_at = present
    session.expires_at = present + api_settings.REFRESH_TOKEN_LIFETIME
    session.save(update_fields=["generation", "rotated_at", "expires_at"])


def log_out(token: str) -> None:
    """End the session of a refresh token of any generation, if it has not ended yet; InvalidToken for what is none of ours."""
    user_id, session_id, _ = _read_refresh(token)
    Session.objects.filter(pk=session_id, user=user_id).delete()


def end_session(*, actor: User, session_id: uuid.UUID) -> None:
    """End one of the actor's sessions; NotFound for anybody else's."""
    ended, _ = Session.objects.filter(pk=session_id, user=actor).delete()
    if not ended:
        raise NotFound


def end_all_access(user: User) -> None:
    """End all sessions and personal tokens of a user, whose row is locked: nobody's old token answers any more."""
    Session.objects.filter(user=user).delete()
    PersonalToken.objects.filter(user=user).delete()


def forget_expired_sessions() -> None:
    """Delete what no token can renew any more."""
    Session.objects.filter(expires_at__lt=now()).delete()


def _tokens_of(session: Session) -> TokenPair:
    """Return the tokens of a session's present generation: the same ones, to the letter, whenever it is asked for them."""
    return TokenPair(*(str(_signed(kind(), session)) for kind in (AccessToken, RefreshToken)))


def _signed(token: Token, session: Session) -> Token:
    token.set_iat(at_time=session.rotated_at)
    token.set_exp(from_time=session.rotated_at)
    token[api_settings.JTI_CLAIM] = f"{session.pk}.{session.generation}"
    token[api_settings.USER_ID_CLAIM] = str(session.user_id)
    token[SESSION_CLAIM] = str(session.pk)
    return token


def _read_refresh(token: str) -> tuple[uuid.UUID, uuid.UUID, int]:
    """Return the user, the session and the generation of a refresh token that we have signed and that has not expired."""
    try:
        claims = RefreshToken(token)  # type: ignore[arg-type]  # annotated as a Token, meant as an encoded one
        session_id, _, generation = str(claims[api_settings.JTI_CLAIM]).rpartition(".")
        return uuid.UUID(str(claims[api_settings.USER_ID_CLAIM])), uuid.UUID(session_id), int(generation)
    except (TokenError, ValueError, KeyError) as error:
        raise InvalidToken from error
