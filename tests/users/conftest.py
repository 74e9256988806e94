"""A user who is logged in."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.factories.users import UserFactory
from tests.world import client_of
from users.models import User

V1 = "/api/v1"


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory(username="ada")


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def bearer() -> Callable[[str], APIClient]:
    """Return a function that makes a client with a token."""

    def client(token: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return client
