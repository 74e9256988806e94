"""Accounts under concurrency: constraints and row locks decide, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from tests.factories.users import PASSWORD, UserFactory
from users.errors import UsernameTaken
from users.models import User
from users.services.accounts import register_user, update_profile

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()


def test_one_of_many_gets_a_name() -> None:
    start = Barrier(6)

    def register(number: int) -> str:
        start.wait()
        try:
            register_user(username="Ada" if number % 2 else "ADA", email=f"ada{number}@example.org", password=PASSWORD)
        except UsernameTaken:
            return "taken"
        return "made"

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: in_thread(lambda: register(number)), range(6)))
    assert sorted(answers) == ["made"] + ["taken"] * 5
    assert User.objects.count() == 1


def test_two_changes_at_once_are_both_kept() -> None:
    user = UserFactory()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            update_profile(user_id=user.pk, changes={"display_name": "Ada"})
            second = pool.submit(lambda: in_thread(lambda: update_profile(user_id=user.pk, changes={"timezone": "Asia/Tokyo"})))
            assert wait([second], timeout=0.3).not_done  # it waits for the row
        second.result(timeout=30)
    user.refresh_from_db()
    assert (user.display_name, user.timezone) == ("Ada", "Asia/Tokyo")
