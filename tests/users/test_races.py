"""Accounts under concurrency: constraints and row locks decide, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from tests.factories.users import PASSWORD, UserFactory
from tests.world import client_of
from users.errors import UsernameTaken
from users.models import PersonalToken, User
from users.services.accounts import register_user, update_profile
from users.services.passwords import change_password

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]  # not each, but all of them


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


def test_a_personal_token_does_not_outlive_a_new_password_that_came_first() -> None:
    user = UserFactory()
    thief = client_of(user)
    body = {"name": "Back door", "scopes": ["account:write"]}
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change_password(user_id=user.pk, current_password=PASSWORD, new_password="staple the next horse")
            # The session is there for whoever looks now.
            making = pool.submit(lambda: in_thread(lambda: thief.post("/api/v1/auth/personal-tokens/", body)))
            assert wait([making], timeout=0.5).not_done  # it waits for the row
        answer = making.result(timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert not PersonalToken.objects.exists()


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
