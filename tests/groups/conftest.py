"""An owner with a group, and people with clients."""

import pytest
from rest_framework.test import APIClient

from groups.domain.joining import JoinPolicy, Visibility
from groups.models import Group
from tests.factories.groups import GroupFactory
from tests.world import client_of
from users.models import User


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def group(ada: User) -> Group:
    """Return a public group of Ada's that anybody may join."""
    return GroupFactory(owner=ada, name="Early birds", visibility=Visibility.PUBLIC, join_policy=JoinPolicy.OPEN)
