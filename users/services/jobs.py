"""The life of a background job, as its owner sees it. A job may run twice after a crash: each step may be repeated."""

import uuid
from typing import Any

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from config.text import quoted
from users.models import ERROR_DETAIL_MAX_LENGTH, OPEN_JOB_STATES, Job, JobState, User


def open_job(*, owner: User, kind: str) -> Job:
    """Store a queued job; call it in the transaction that enqueues the work."""
    return Job.objects.create(owner=owner, kind=kind)


def report_progress(*, job_id: uuid.UUID, progress: int) -> None:
    """Note that the job runs and how far it is, in percent; nothing for a job that is closed or gone."""
    _update_open(job_id, state=JobState.RUNNING, progress=progress)


def finish_job(*, job_id: uuid.UUID, result_url: str | None = None) -> bool:
    """Close the job as done, with the address of its result where there is one; return False if it is closed already or gone."""
    return _update_open(job_id, state=JobState.FINISHED, progress=100, result_url=result_url, finished_at=now())


def fail_job(*, job_id: uuid.UUID, code: str, detail: str) -> None:
    """Close the job as given up, with the reason for its owner; nothing if it is closed or gone."""
    detail = quoted(detail, ERROR_DETAIL_MAX_LENGTH)  # which may name a part of a file
    _update_open(job_id, state=JobState.FAILED, error_code=code, error_detail=detail, finished_at=now())


def _update_open(job_id: uuid.UUID, **values: Any) -> bool:
    started_at = Coalesce("started_at", Value(now(), output_field=DateTimeField()))
    return bool(Job.objects.filter(pk=job_id, state__in=OPEN_JOB_STATES).update(started_at=started_at, **values))
