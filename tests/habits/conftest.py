"""One user with a client, on a Wednesday."""

import pytest
from rest_framework.test import APIClient

from tests.world import client_of
from users.models import User


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)
