"""One user with a client, and a way to send what is to be refused."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.world import API, client_of, stored
from users.models import User

Refused = Callable[..., None]


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(username="ada", password="!")


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def refused(client: APIClient) -> Refused:
    """Return a function that sends a request and holds that it is refused for these faults alone, and that nothing is stored."""

    def send(
        method: str,
        path: str,
        body: Any = None,
        *faults: tuple[str, str],
        status: int = 400,
        code: str | None = None,
        **extra: Any,
    ) -> None:
        before = stored() if method != "GET" else None
        answer = getattr(client, method.lower())(f"{API}/{path}", body, **extra)
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), (path, answer.content)
        problem = answer.json()
        assert problem["status"] == status
        assert {(fault["attr"], fault["code"]) for fault in problem.get("errors", ())} == set(faults)
        assert code in (None, problem["code"])
        if before is not None:
            assert stored() == before

    return send
