"""What the end of an account means for what is shared."""

from collections.abc import Callable
from typing import Any

import pytest

from habits.models import Habit, HabitLog, HabitUserGrant
from sharing.models import Achievement, Share, SpentId
from sharing.services.grants import rebuild_all_grants
from tests.factories.habits import HabitFactory
from tests.factories.sharing import new_achievement, offer, share_with
from tests.factories.users import PASSWORD, UserFactory
from tests.world import TODAY
from users.models import User

Send = Callable[..., tuple[int, Any]]


@pytest.fixture
def zoe(db, wednesday) -> User:
    return UserFactory(username="zoe")


def end(send: Send, user: User) -> None:
    assert send(user, "delete", "users/me/", {"current_password": PASSWORD}) == (204, None)


def test_the_end_of_the_owner_ends_everything(zoe: User, ben: User, eva: User, send: Send) -> None:
    habit = HabitFactory(owner=zoe)
    share, offered = share_with(habit, ben, "log"), offer(habit, eva)
    told = new_achievement(habit, ben)
    send(ben, "put", f"habits/{habit.pk}/logs/{TODAY}/", {})
    end(send, zoe)
    assert send(ben, "get", f"habits/{habit.pk}/") == (404, "not_found")
    for user, path in ((ben, f"shares/{share.pk}/"), (eva, f"shares/{offered.pk}/"), (ben, f"achievements/{told.pk}/")):
        assert send(user, "get", path) == (404, "not_found")
    assert not any(model.objects.exists() for model in (Share, Achievement, HabitLog, HabitUserGrant))


def test_the_end_of_the_partner_leaves_what_was_logged(zoe: User, ada: User, habit: Habit, send: Send) -> None:
    share_with(habit, zoe, "log")
    new_achievement(habit, zoe)
    send(zoe, "put", f"habits/{habit.pk}/logs/{TODAY}/", {})
    end(send, zoe)
    assert send(ada, "get", "shares/")[1]["count"] == 0
    assert send(ada, "get", "achievements/")[1]["results"] == []
    log = send(ada, "get", f"habits/{habit.pk}/logs/{TODAY}/")[1]
    assert (log["source"], log["logged_by"]) == ("partner", None)
    assert list(rebuild_all_grants(repair=False)) == []


def test_spent_ids_go_with_their_maker(zoe: User, ben: User, send: Send) -> None:
    share = offer(HabitFactory(owner=zoe), ben)
    assert send(ben, "delete", f"shares/{share.pk}/")[0] == 204
    assert SpentId.objects.exists()
    end(send, zoe)
    assert not SpentId.objects.exists()
