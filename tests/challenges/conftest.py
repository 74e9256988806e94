"""Somebody who runs a challenge, people who take part, and clients for them."""

import pytest
from rest_framework.test import APIClient

from challenges.models import Challenge
from tests.factories.challenges import ChallengeFactory
from tests.factories.users import UserFactory
from tests.world import client_of
from users.models import User


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
