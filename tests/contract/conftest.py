"""One user with a client, and a way to send what is to be refused."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
import time_machine
from django.db import transaction
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.world import API, NOW, World, build_world, client_of, stored
from users.models import User

Refused = Callable[..., None]


@pytest.fixture(scope="module")
def world_of_the_module(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Return the cast, built once: each test takes back what it changes, and the end of the module all of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            cast = build_world()
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def standing_world(world_of_the_module, db, wednesday) -> World:
    """Return that of the module, for modules whose tests have nothing but a world in common."""
    return deepcopy(world_of_the_module)


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
