"""An owner with a habit, and people to share it with."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from habits.models import Habit
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.world import API, client_of
from users.models import User


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(username="ada", display_name="Ada", password="!")


@pytest.fixture
def ben(db, wednesday) -> User:
    return UserFactory(username="Ben", display_name="Benjamin", password="!")


@pytest.fixture
def eva(db, wednesday) -> User:
    return UserFactory(username="eva", display_name="Eva", password="!")


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def habit(ada: User) -> Habit:
    """Return a daily habit of Ada's."""
    return HabitFactory(owner=ada, name="Read", description="Before bed", start_date=date(2026, 6, 1))


@pytest.fixture
def send() -> Callable[..., tuple[int, Any]]:
    """Return a function that sends a request of somebody and returns the status, and the code of a refusal or the document.

    The code of a body that is not valid is that of its first fault, with its field: `user.not_found`.
    """

    def send(user: User, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = getattr(client_of(user), method)(f"{API}/{path}", body, headers=names)
        document = answer.json() if answer.content else None
        if answer.status_code < 400:
            return answer.status_code, document
        faults = [f"{fault['attr']}.{fault['code']}" for fault in document.get("errors", ())]
        return answer.status_code, faults[0] if faults else document["code"]

    return send
