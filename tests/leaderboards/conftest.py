"""People on boards, on that Wednesday."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from habits.models import Habit
from leaderboards.selectors.boards import forget_moments
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.factories.users import UserFactory
from tests.world import TODAY
from users.models import User

START = date(2026, 5, 1)
Player = Callable[..., User]


@pytest.fixture(autouse=True)
def no_moments() -> None:
    """Have nothing at hand of other tests."""
    forget_moments()


@pytest.fixture
def player(db, wednesday) -> Player:
    """Return a function that makes a user with a daily habit who has logged so many days up to today."""

    def make(name: str, days: int, visibility: str = "public", **settings: object) -> User:
        user = UserFactory(username=name, display_name=name.title(), password="!", leaderboard_visibility=visibility, **settings)
        log_days(HabitFactory(owner=user, start_date=START), days_until(TODAY, days))
        return user

    return make


def habit_of(user: User) -> Habit:
    return Habit.objects.get(owner=user)


def days_ago(count: int) -> date:
    return TODAY - timedelta(days=count)
