"""Clients for the addresses of these tests."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from config.rest.problems import all_codes

PROBLEM_MEDIA_TYPE = "application/problem+json"


@pytest.fixture(autouse=True)
def addresses_of_these_tests(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.config.rest.urls"


def client_of(*, is_active: bool = True, is_staff: bool = False) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(
        SimpleNamespace(is_authenticated=True, is_active=is_active, is_staff=is_staff, is_claim=False, pk=1)
    )
    return client


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture
def user() -> APIClient:
    return client_of()


@pytest.fixture
def staff() -> APIClient:
    return client_of(is_staff=True)


@pytest.fixture
def raw() -> Client:
    """A client that sends bytes as they are."""
    return Client(raise_request_exception=False)


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Assert that the answer is this problem, with all its members; return it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == PROBLEM_MEDIA_TYPE
    assert response["Cache-Control"] == "no-store"
    problem = response.json()
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"] == f"/docs/errors#{code}"
    assert all_codes()[code] == (status, problem["title"])
    assert isinstance(problem["detail"], str)
    assert ("errors" in problem) == (status == 400)
    assert ("WWW-Authenticate" in response) == (status == 401)
    return problem


def faults_of(problem: dict[str, Any]) -> dict[str, str]:
    """Return the codes of the problem's faults by path."""
    return {fault["attr"]: fault["code"] for fault in problem["errors"]}
