"""An owner with a group, and people with clients."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from groups.domain.joining import JoinPolicy, Visibility
from groups.models import Group
from tests.factories.groups import GroupFactory
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
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def group(ada: User) -> Group:
    """Return a public group of Ada's that anybody may join."""
    return GroupFactory(owner=ada, name="Early birds", visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)


@pytest.fixture
def send() -> Callable[..., tuple[int, Any]]:
    """Return a function that sends a request of somebody and returns the status, and the code of a refusal or the document."""

    def send(user: User, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = getattr(client_of(user), method)(f"{API}/{path}", body)
        document = answer.json() if answer.content else None
        return answer.status_code, document["code"] if answer.status_code >= 400 else document

    return send
