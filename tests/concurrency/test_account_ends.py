"""An account that is deleted while its user, and somebody else, still write."""

import time
from threading import Event

import pytest
from rest_framework.test import APIClient

from config.access import grant_to_user
from habits.models import ChangeCounter, Habit, HabitLog
from habits.permissions import LOG, VIEW
from tests.concurrency.conftest import run_together
from tests.factories.habits import HabitFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.world import client_of
from users.models import Job, Session, User
from users.services import accounts
from users.services.accounts import delete_account, update_profile

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

V1 = "/api/v1"


def send(client: APIClient, method: str, path: str, body: object = None) -> int:
    return getattr(client, method)(f"{V1}/{path}", body, format="json").status_code


def test_an_end_and_a_new_time_zone_wait_for_each_other_in_one_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both take the user's row before the lock of the habits; the one that changes the zone is held between the two."""
    ada = UserFactory()
    HabitFactory(owner=ada)
    ChangeCounter.objects.take(ada.pk, 0)
    is_between, tell = Event(), accounts.day_boundary_changed.send

    def tell_slowly(**arguments: object) -> object:
        is_between.set()
        time.sleep(0.5)
        return tell(**arguments)

    def end() -> None:
        is_between.wait(timeout=30)
        delete_account(user_id=ada.pk, current_password=PASSWORD)

    monkeypatch.setattr(accounts.day_boundary_changed, "send", tell_slowly)
    moved, ended = run_together([lambda: update_profile(user_id=ada.pk, changes={"timezone": "Asia/Tokyo"}), end])
    assert (moved, ended) == (ada, None)
    assert not User.objects.exists()


@pytest.mark.parametrize("round_", range(5))
def test_nothing_is_left_behind_and_nobody_gets_a_5xx(round_: int) -> None:
    ada, ben = UserFactory(), UserFactory()
    habit = HabitFactory(owner=ada)
    grant_to_user(habit, ben.pk, [VIEW, LOG])
    own, other = client_of(ada), client_of(ben)
    path = f"habits/{habit.pk}/logs/"
    statuses = run_together(
        [
            *[lambda: send(own, "post", path, {})] * 3,
            *[lambda: send(other, "post", path, {})] * 2,
            lambda: send(own, "delete", "users/me/", {"current_password": PASSWORD}),
            lambda: send(own, "post", "habits/", {"name": "Late", "frequency": "daily"}),
            lambda: send(own, "post", "users/me/export/"),
            lambda: send(APIClient(), "post", "auth/token/", {"username": ada.username, "password": PASSWORD}),
        ]
    )
    assert statuses[5] == 204
    assert set(statuses) <= {200, 201, 202, 204, 401, 404, 409}, statuses
    for model in (Habit, HabitLog, ChangeCounter, Job, Session):
        owner = "user" if model is Session else "owner"
        assert not model.objects.filter(**{owner: ada.pk}).exists(), model
    assert list(User.objects.all()) == [ben]
