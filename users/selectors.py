"""Named reads of users and their jobs."""

import uuid
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.timezone import now

from config.addresses import site_of
from config.errors import NotFound
from config.prepared import Parameter, PreparedQuery
from config.text import key_of
from users.domain.clock import local_today
from users.errors import InvalidToken
from users.models import Export, Job, PersonalToken, Session, User

ACTORS: Final = PreparedQuery(
    lambda: User.objects.admitted(Parameter("user", User._meta.pk), Parameter("session", Session._meta.pk)).defer(
        "password", "known_sites"
    )
)


def today_for(user: User) -> date:
    """Return the user's date at this moment."""
    return local_today(user.timezone, user.day_start_hour, now())


def get_actor(user_id: uuid.UUID, session_id: uuid.UUID) -> User:
    """Return the user of a session, without the password hash; raises InvalidToken where it is not admitted."""
    actor = ACTORS.first(user=user_id, session=session_id)
    if actor is None:
        raise InvalidToken
    return actor


def claim_actor(user_id: object, session_id: object) -> User:
    """Return the user whom a token names as a claim, which the first look at it makes good or refuses with InvalidToken."""
    try:
        user_key, session_key = uuid.UUID(str(user_id)), uuid.UUID(str(session_id))
    except ValueError:
        raise InvalidToken from None
    return User.claim(user_key, session_key, lambda: get_actor(user_key, session_key))


def list_sessions(actor: User) -> QuerySet[Session]:
    """Return where the actor is logged in."""
    return Session.objects.filter(user=actor, expires_at__gt=now())


def is_known_address(account: str, address: str) -> bool:
    """Tell whether the user with this key, of the name or the email address, has logged in at the same site."""
    owner = Q(email_key=account) if "@" in account else Q(username_key=account)
    sites = User.objects.filter(owner).values_list("known_sites", flat=True).first()
    return site_of(address) in (sites or ())


def list_personal_tokens(actor: User) -> QuerySet[PersonalToken]:
    """Return the actor's personal tokens."""
    return PersonalToken.objects.filter(user=actor)


def list_users() -> QuerySet[User]:
    """Return all accounts: for staff."""
    return User.objects.all()


def find_by_username(username: str) -> User:
    """Return the active user with exactly this name, in any case; NotFound where there is none."""
    user = User.objects.filter(username_key=key_of(username), is_active=True).first()
    if user is None:
        raise NotFound
    return user


def get_account(actor: User, user_id: uuid.UUID) -> User:
    """Return an account: the actor's own, or for staff who are logged in anybody's; NotFound otherwise.

    A personal token is for its user's own things, whatever its scopes.
    """
    if user_id == actor.pk:
        return actor
    user = User.objects.filter(pk=user_id).first() if actor.is_staff and actor.session_id is not None else None
    if user is None:
        raise NotFound
    return user


def get_export(actor: User, job_id: uuid.UUID) -> Export:
    """Return the actor's export that a job made; NotFound for anybody else's, one that is not done, and an expired one."""
    export = Export.objects.filter(pk=job_id, job__owner=actor, expires_at__gt=now()).first()
    if export is None:
        raise NotFound
    return export


def get_job(user: User, job_id: uuid.UUID) -> Job:
    """Return a job of this user; NotFound for anybody else's."""
    job = Job.objects.filter(owner=user, pk=job_id).first()
    if job is None:
        raise NotFound
    return job
