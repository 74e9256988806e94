"""Personal access tokens: made by their users, for programs."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from config.errors import FieldError, InvalidInput, LimitReached, NotFound
from config.events import security_event
from users.errors import InvalidToken
from users.models import PersonalToken, Session, User
from users.services.locking import lock_user

PREFIX: Final = "hab_"
SECRET_BYTES: Final = 32
MAX_TOKENS: Final = 50
USE_NOTED_EVERY: Final = timedelta(minutes=1)


def create_personal_token(
    *, actor: User, name: str, scopes: Sequence[str], expires_at: datetime | None
) -> tuple[PersonalToken, str]:
    """Store a token and return it with its secret, which nobody can be told again.

    Raises InvalidInput, LimitReached, and InvalidToken where the actor's session has ended in the meantime.
    """
    if expires_at is not None and expires_at <= now():
        raise InvalidInput(errors=[FieldError("expires_at", "in_the_past", "Use an instant to come.")])
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        lock_user(actor.pk)
        # A new password ends all access under this lock: one that came first is not outlived by a token made with the old one.
        if actor.session_id is not None and not Session.objects.filter(pk=actor.session_id).exists():
            raise InvalidToken
        if PersonalToken.objects.filter(user=actor).count() >= MAX_TOKENS:
            raise LimitReached(f"There are {MAX_TOKENS} personal tokens already.")
        token = PersonalToken.objects.create(
            user=actor, name=name, scopes=sorted(set(scopes)), digest=_digest(secret), expires_at=expires_at
        )
    security_event("personal_token_made", user=actor.pk, token=token.pk)
    return token, secret


def delete_personal_token(*, actor: User, token_id: uuid.UUID) -> None:
    """Take a token back; NotFound for anybody else's."""
    deleted, _ = PersonalToken.objects.filter(pk=token_id, user=actor).delete()
    if not deleted:
        raise NotFound


def use_personal_token(secret: str) -> PersonalToken:
    """Return the token with its active user, and note that it is used, to the minute; InvalidToken where it is not valid."""
    present = now()
    valid = Q(expires_at=None) | Q(expires_at__gt=present)
    token = (
        PersonalToken.objects.select_related("user")
        .defer("user__password", "user__known_sites")
        .filter(valid, digest=_digest(secret), user__is_active=True)
        .first()
    )
    if token is None:
        raise InvalidToken
    if token.last_used_at is None or present - token.last_used_at >= USE_NOTED_EVERY:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=present - USE_NOTED_EVERY)
        PersonalToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=present)
    return token


def _digest(secret: str) -> str:
    """Return what is stored of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
