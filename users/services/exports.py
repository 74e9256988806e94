"""Everything about a user, as a zip of JSON files."""

import io
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import orjson
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from config.errors import NotFound
from config.jobs import enqueue
from users.errors import ExportRunning
from users.models import CLOSED_JOB_STATES, OPEN_JOB_STATES, Export, Job, PersonalToken, Session, User
from users.services.jobs import fail_job, finish_job, open_job, report_progress
from users.services.locking import lock_user

KIND: Final = "export"
KEPT_FOR: Final = timedelta(days=7)
# Well after the last try: there are five, five minutes apart.
GIVEN_UP_AFTER: Final = timedelta(hours=1)
RESULT_URL: Final = "/api/v1/users/me/exports/{}/"

EXPORT_FAILED: Final = "export_failed"

Rows = Iterable[Mapping[str, Any]]
Section = Callable[[User], Rows]

_sections: dict[str, Section] = {}


def export_section(name: str, rows: Section) -> None:
    """Declare, in an app's `ready`, a file `name`.json of the archive and where its rows come from."""
    _sections[name] = rows


def request_export(actor: User) -> Job:
    """Have everything about the actor put together in the background; ExportRunning while an earlier one is not done.

    One that has come to nothing in an hour is given up.
    """
    with transaction.atomic():
        user = lock_user(actor.pk)
        for job in Job.objects.filter(owner=user, kind=KIND, state__in=OPEN_JOB_STATES):
            if job.created_at > now() - GIVEN_UP_AFTER:
                raise ExportRunning
            fail_job(job_id=job.pk, code=EXPORT_FAILED, detail="The export was given up. Ask for another one.")
        job = open_job(owner=user, kind=KIND)
        enqueue("users.jobs.export_account", job_id=str(job.pk))
    return job


def make_export(job_id: uuid.UUID) -> None:
    """Make the archive and close the job, which is the only one of its user's exports from then on.

    Nothing where it was given up, or made by another run, in the meantime.
    """
    job = Job.objects.select_related("owner").filter(pk=job_id, state__in=OPEN_JOB_STATES).first()
    if job is None:
        return
    report_progress(job_id=job_id, progress=0)
    content = _archive(job.owner)
    with suppress(NotFound), transaction.atomic():
        lock_user(job.owner_id)  # first, as whoever ends the account with all its jobs
        if finish_job(job_id=job_id, result_url=RESULT_URL.format(job_id)):
            Job.objects.filter(owner=job.owner_id, kind=KIND, state__in=CLOSED_JOB_STATES).exclude(pk=job_id).delete()
            Export.objects.create(job=job, content=content, expires_at=now() + KEPT_FOR)


def _archive(user: User) -> bytes:
    """Return the archive; rows are written as they are read, so that only the packed bytes are held in memory."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _sections.items():
            with archive.open(f"{name}.json", "w") as file:
                file.write(b"[")
                for number, row in enumerate(rows(user)):
                    file.write((b",\n" if number else b"\n") + orjson.dumps(row, option=orjson.OPT_UTC_Z))
                file.write(b"\n]\n")
    return packed.getvalue()


def forget_expired_exports() -> None:
    """Delete archives that are kept no longer, with their jobs, and jobs of as long ago that failed."""
    Job.objects.filter(kind=KIND, finished_at__lt=now() - KEPT_FOR).delete()


def account_rows(user: User) -> Rows:
    """Yield the account itself."""
    unshown = {"password", "username_key", "email_key"}
    return rows_of(
        User.objects.filter(pk=user.pk), *(field.name for field in User._meta.concrete_fields if field.name not in unshown)
    )


def session_rows(user: User) -> Rows:
    """Yield where the user is logged in."""
    return rows_of(Session.objects.filter(user=user), "id", "user_agent", "address", "created_at", "rotated_at", "expires_at")


def token_rows(user: User) -> Rows:
    """Yield the personal tokens; what they are made of is known to nobody."""
    columns = ("id", "name", "scopes", "created_at", "expires_at", "last_used_at")
    return rows_of(PersonalToken.objects.filter(user=user), *columns)


def job_rows(user: User) -> Rows:
    """Yield the background jobs."""
    columns = ("id", "kind", "state", "progress", "error_code", "error_detail", "created_at", "started_at", "finished_at")
    return rows_of(Job.objects.filter(owner=user), *columns)


def rows_of(rows: QuerySet[Any], *columns: str) -> Rows:
    """Yield some columns of rows in the order of their keys, a chunk at a time."""
    yield from rows.order_by("pk").values(*columns).iterator()
