"""Named reads of users and their jobs."""

import uuid
from datetime import date
from typing import Final

from django.utils.timezone import now

from config.errors import NotFound
from config.prepared import Parameter, PreparedQuery
from users.domain.clock import local_today
from users.errors import InvalidToken
from users.models import Job, User

ACTORS: Final = PreparedQuery(lambda: User.objects.admitted(Parameter("user", User._meta.pk)).defer("password"))


def today_for(user: User) -> date:
    """Return the user's date at this moment."""
    return local_today(user.timezone, user.day_start_hour, now())


def get_actor(subject: object) -> User:
    """Return the user whom a token names, without the password hash; raises InvalidToken where no such user is admitted."""
    actor = ACTORS.first(user=_user_id(subject))
    if actor is None:
        raise InvalidToken
    return actor


def claim_actor(subject: object) -> User:
    """Return the user whom a token names as a claim, which the first look at it makes good or refuses with InvalidToken."""
    user_id = _user_id(subject)
    return User.claim(user_id, lambda: get_actor(user_id))


def _user_id(subject: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(subject))
    except ValueError:
        raise InvalidToken from None


def get_job(user: User, job_id: uuid.UUID) -> Job:
    """Return a job of this user; NotFound for anybody else's."""
    job = Job.objects.filter(owner=user, pk=job_id).first()
    if job is None:
        raise NotFound
    return job
