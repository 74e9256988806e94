"""Ada with a habit that she did every day in June, and links to it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from habits.models import Habit
from sharing.domain.shown import LinkKind
from sharing.models import ShareLink
from tests.factories.habits import HabitFactory, log_days
from tests.factories.users import UserFactory
from tests.world import TODAY, client_of, new_link
from users.models import User

START = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def no_cards_kept() -> None:
    cache.clear()


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(username="ada.secret", email="ada@example.org", display_name="Ada", password="!")


@pytest.fixture
def client(ada: User) -> APIClient:
    return client_of(ada)


@pytest.fixture
def habit(ada: User) -> Habit:
    """Return a habit that was done on each day from 1 June to yesterday, with texts that are nobody's business."""
    habit = HabitFactory(owner=ada, name="Read", description="Private plans", tags=("Private tag",), start_date=START)
    log_days(habit, [START + timedelta(days=number) for number in range((TODAY - START).days)])
    habit.logs.update(note="Private note")
    return Habit.objects.get(pk=habit.pk)


@pytest.fixture
def link_to(habit: Habit) -> Callable[..., ShareLink]:
    """Return a function that makes a link to the habit."""

    def make(kind: LinkKind = LinkKind.STREAK, **draft: Any) -> ShareLink:
        return new_link(habit, kind, **draft)

    return make


@pytest.fixture
def stranger() -> Client:
    """Return a browser that knows nothing but addresses."""
    return Client()
