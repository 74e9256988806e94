"""The life of a background job, repeated steps included."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from tests.factories.users import JobFactory, UserFactory
from users.models import Job, JobState
from users.services.jobs import fail_job, finish_job, open_job, report_progress

pytestmark = pytest.mark.django_db

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_job_runs_and_finishes() -> None:
    with time_machine.travel(T0, tick=False) as clock:
        job = open_job(owner=UserFactory(), kind="import")
        assert (job.state, job.progress, job.started_at, job.finished_at) == (JobState.QUEUED, 0, None, None)
        clock.shift(timedelta(minutes=1))
        report_progress(job_id=job.pk, progress=40)
        job.refresh_from_db()
        assert (job.state, job.progress, job.started_at) == (JobState.RUNNING, 40, T0 + timedelta(minutes=1))
        clock.shift(timedelta(minutes=1))
        report_progress(job_id=job.pk, progress=70)
        finish_job(job_id=job.pk, result_url="/api/v1/imports/1/")
    job.refresh_from_db()
    assert (job.state, job.progress, job.result_url) == (JobState.FINISHED, 100, "/api/v1/imports/1/")
    assert (job.started_at, job.finished_at) == (T0 + timedelta(minutes=1), T0 + timedelta(minutes=2))


def test_a_job_that_starts_again_after_a_crash_begins_anew() -> None:
    job = JobFactory()
    report_progress(job_id=job.pk, progress=80)
    report_progress(job_id=job.pk, progress=0)
    job.refresh_from_db()
    assert (job.state, job.progress) == (JobState.RUNNING, 0)


def test_a_closed_job_stays_as_it_is() -> None:
    job = JobFactory()
    fail_job(job_id=job.pk, code="bad_file", detail="This is no backup.")
    report_progress(job_id=job.pk, progress=10)
    finish_job(job_id=job.pk, result_url="/late/")
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error_detail) == (JobState.FAILED, "bad_file", "This is no backup.")
    assert (job.progress, job.result_url) == (0, None)
    assert job.finished_at is not None


def test_a_reason_is_as_short_as_its_owner_is_told_it_would_be() -> None:
    job = JobFactory()
    fail_job(job_id=job.pk, code="bad_file", detail=f"{'x' * 65_000} in the zip archive is damaged.")
    job.refresh_from_db()
    assert job.error_detail == "x" * 2_000


def test_a_job_that_is_gone_stays_gone() -> None:
    job = JobFactory()
    Job.objects.all().delete()
    report_progress(job_id=job.pk, progress=10)
    finish_job(job_id=job.pk)
    assert not Job.objects.exists()


@pytest.mark.parametrize("values", [{"progress": 101}, {"state": JobState.FINISHED}, {"state": "lost"}])
def test_the_database_refuses_impossible_jobs(values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="job_"), transaction.atomic():
        JobFactory(**values)
