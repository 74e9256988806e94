"""Named reads of users and their jobs."""

import uuid
from datetime import date
from typing import Final

from django.utils.timezone import now

from config.errors import NotFound
from config.prepared import Parameter, PreparedQuery
from users.domain.clock import local_today
from users.models import Job, User

ACTORS: Final = PreparedQuery(lambda: User.objects.defer("password").filter(pk=Parameter("user", User._meta.pk), is_active=True))


def today_for(user: User) -> date:
    """Return the user's date at this moment."""
    return local_today(user.timezone, user.day_start_hour, now())


def get_actor(subject: object) -> User | None:
    """Return the active user whom a token names, without the password hash; None for anything else."""
    try:
        user_id = uuid.UUID(str(subject))
    except ValueError:
        return None
    return ACTORS.first(user=user_id)


def get_job(user: User, job_id: uuid.UUID) -> Job:
    """Return a job of this user; NotFound for anybody else's."""
    job = Job.objects.filter(owner=user, pk=job_id).first()
    if job is None:
        raise NotFound
    return job
