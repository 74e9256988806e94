"""An owner with a habit, and people to share it with."""

from datetime import date
from typing import Any

import pytest

from habits.models import Habit
from tests.conftest import Send
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.world import answer_to
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
def habit(ada: User) -> Habit:
    """Return a daily habit of Ada's."""
    return HabitFactory(owner=ada, name="Read", description="Before bed", start_date=date(2026, 6, 1))


@pytest.fixture
def send() -> Send:
    """Return the function `send` of all tests, but for the code of a body that is not valid.

    That is the code of its first fault, with its field: `user.not_found`.
    """

    def send(*request: Any, **headers: str) -> tuple[int, Any]:
        status, document = answer_to(*request, **headers)
        if status < 400:
            return status, document
        faults = [f"{fault['attr']}.{fault['code']}" for fault in document.get("errors", ())]
        return status, faults[0] if faults else document["code"]

    return send
