"""Boards under parallel writes: who hides is not shown, nothing is counted twice or lost, nobody waits for another for good."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from challenges.domain.terms import Visibility
from habits.models import Habit
from leaderboards.models import PUBLIC, Score, Shift
from leaderboards.services import ranking, showing
from leaderboards.services.ranking import fold_shifts, list_miscounted
from leaderboards.services.recounting import recount
from tests.concurrency.conftest import call, run_together, shows
from tests.factories.challenges import ChallengeFactory, take_part
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from users.models import User
from users.selectors import today_for

pytestmark = pytest.mark.slow


@pytest.fixture
def people(transactional_db) -> list[User]:
    users = [UserFactory(password="!", leaderboard_visibility="public") for _ in range(8)]
    for user in users:
        HabitFactory(owner=user, start_date=today_for(user) - timedelta(days=30))
    return users


@pytest.fixture(autouse=True)
def wide_board_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass between what is changed of who is shown and the commit."""
    note_shifts = showing.note_shifts

    def slowly(**rows: Any) -> None:
        note_shifts(**rows)
        time.sleep(0.02)

    monkeypatch.setattr(showing, "note_shifts", slowly)


def log(user: User, *, ago: int = 0, status: str = "completed") -> Callable[[], int]:
    habit, day = Habit.objects.get(owner=user), today_for(user) - timedelta(days=ago)
    return lambda: call(user, "put", f"habits/{habit.pk}/logs/{day}/", {"status": status}).status_code


def is_shown_though_hidden(user: User) -> bool:
    """Have a user hide while logging; return whether a board shows what nobody wanted to be seen."""
    for ago in range(2):
        log(user, ago=ago, status="missed")()
    call(user, "patch", "users/me/", {"leaderboard_visibility": "public"})
    user.refresh_from_db()
    hide = lambda: call(user, "patch", "users/me/", {"leaderboard_visibility": "hidden"}).status_code  # noqa: E731
    assert set(run_together([log(user), log(user, ago=1), hide])) <= {200, 201}
    return Score.objects.filter(user=user, scope=PUBLIC, is_shown=True).exists()


def test_who_hides_while_logging_is_shown_nowhere(people: list[User]) -> None:
    assert not any(is_shown_though_hidden(user) for user in people * 3)
    assert list_miscounted() == []


@pytest.mark.postgres
def test_without_the_lock_a_log_goes_by_settings_of_before(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    without = SimpleNamespace(objects=SimpleNamespace(take=lambda *_: 0))
    monkeypatch.setattr(showing, "ChangeCounter", without)
    assert shows(lambda: is_shown_though_hidden(people[0]))


@pytest.mark.postgres
def test_who_logs_while_a_group_ends_leaves_nothing_behind_on_boards_of_its_challenges(people: list[User]) -> None:
    """And waits for nobody who waits: the end of a group takes the locks of all who take part in its challenges."""
    ada, *others = people
    for _ in range(5):
        group = GroupFactory(owner=ada)
        races = [ChallengeFactory(owner=ada, group_id=group.pk, visibility=Visibility.GROUP) for _ in range(2)]
        for user in others[:3]:
            enter(group, user)
            for race in races:
                take_part(race, user, Habit.objects.get(owner=user))
        end = lambda group=group: call(ada, "delete", f"groups/{group.pk}/").status_code  # noqa: E731
        logs = [log(user, status=status) for user in others[:3] for status in ("completed", "missed")]
        assert set(run_together([*logs, end])) <= {200, 201, 204}
        assert not Score.objects.exclude(scope=PUBLIC).exists()


def is_miscounted(people: list[User], round_no: int) -> bool:
    """Have everybody log, and shifts be taken in by several at a time; return whether the buckets are not those of the scores."""
    status = "completed" if round_no % 2 else "missed"
    answers = run_together(
        [*(log(user, ago=round_no // 2 % 5, status=status) for user in people), fold_shifts, fold_shifts, fold_shifts]
    )
    assert {answer for answer in answers if answer in (200, 201)} <= {200, 201}
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    return bool(list_miscounted())


def test_nothing_is_counted_twice_or_lost(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "SHIFTS_AT_ONCE", 7)
    assert not any(is_miscounted(people, number) for number in range(10))
    while fold_shifts():
        pass
    assert not Shift.objects.exists()
    assert list(recount(repair=False)) == []


@pytest.mark.postgres
def test_without_the_locks_of_shifts_they_are_counted_twice(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(Shift.objects.all()), "select_for_update", lambda self, **_: self)
    rounds = iter(range(1_000))
    assert shows(lambda: is_miscounted(people, next(rounds)))


def test_many_writers_on_one_board_lose_no_log(people: list[User]) -> None:
    works: list[Callable[[], Any]] = [log(user, ago=ago) for user in people for ago in range(2)]
    assert run_together(works) == [201] * len(works)
    assert {row.score for row in Score.objects.filter(scope=PUBLIC, kind=10)} == {2}
    assert list(recount(repair=False)) == []
