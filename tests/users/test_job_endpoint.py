"""GET /jobs/{id}/."""

import uuid

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.factories.users import JobFactory, UserFactory
from users.models import Job
from users.services.jobs import fail_job, finish_job
from users.services.sessions import open_session

pytestmark = pytest.mark.django_db


def url(job_id: object) -> str:
    return f"/api/v1/jobs/{job_id}/"


@pytest.fixture
def job() -> Job:
    return JobFactory(kind="import")


@pytest.fixture
def owner(api: APIClient, job: Job) -> APIClient:
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {open_session(job.owner).access}")
    return api


def test_the_owner_watches_a_job(owner: APIClient, job: Job, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):  # the user of the token, the job
        answer = owner.get(url(job.pk))
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(job.pk),
        "kind": "import",
        "state": "queued",
        "progress": 0,
        "result_url": None,
        "error": None,
        "created_at": job.created_at.isoformat().replace("+00:00", "Z"),
        "started_at": None,
        "finished_at": None,
    }


def test_a_finished_job_names_its_result(owner: APIClient, job: Job) -> None:
    finish_job(job_id=job.pk, result_url="/api/v1/imports/1/")
    body = owner.get(url(job.pk)).json()
    assert (body["state"], body["progress"], body["result_url"]) == ("finished", 100, "/api/v1/imports/1/")
    assert body["finished_at"].endswith("Z")


def test_a_failed_job_says_why(owner: APIClient, job: Job) -> None:
    fail_job(job_id=job.pk, code="bad_file", detail="This is no backup.")
    body = owner.get(url(job.pk)).json()
    assert (body["state"], body["error"]) == ("failed", {"code": "bad_file", "detail": "This is no backup."})


def test_a_foreign_job_is_missing_byte_for_byte(api: APIClient, job: Job) -> None:
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {open_session(UserFactory(is_staff=True)).access}")
    foreign, missing = api.get(url(job.pk)), api.get(url(uuid.uuid4()))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content


def test_jobs_need_a_login(api: APIClient, job: Job) -> None:
    assert api.get(url(job.pk)).status_code == 401


@pytest.mark.parametrize("job_id", ["1", "x", "019a9e5c-7a31-7c4e-9d52-3f1b6d0c8e210", "%00"])
def test_what_is_no_id_is_not_found(owner: APIClient, job_id: str) -> None:
    answer = owner.get(url(job_id))
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
