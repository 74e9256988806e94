"""Somebody who runs a challenge, people who take part, and clients for them."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from challenges.models import Challenge
from tests.factories.challenges import ChallengeFactory
from tests.factories.users import UserFactory
from tests.world import API, client_of
from users.models import User


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(username="ada", display_name="Ada", password="!")


@pytest.fixture
def ben(db, wednesday) -> User:
    return UserFactory(username="ben", display_name="Ben", password="!")


@pytest.fixture
def cleo(db, wednesday) -> User:
    return UserFactory(username="cleo", display_name="Cleo", password="!")


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def race(ada: User) -> Challenge:
    """Return a public challenge of Ada's: two weeks from Wednesday, 17 June 2026, on, every day."""
    return ChallengeFactory(owner=ada, title="A page a day")


Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def send() -> Send:
    """Return a function that sends a request of somebody and returns the status, and the code of a refusal or the document."""

    def send(user: User, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        answer = getattr(client_of(user), method)(f"{API}/{path}", body, headers=headers)
        document = answer.json() if answer.content else None
        return answer.status_code, document["code"] if answer.status_code >= 400 else document

    return send
