"""Success rates on the boards of groups and challenges: of all habits that count there, from seven expected completions on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from groups.models import Group, SharedHabit
from groups.services.habits import share_habit, unshare_habit
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule
from habits.models import Habit, HabitStats
from habits.services.editing import update_habit
from habits.services.habits import delete_habit
from habits.services.logs import Entry, delete_log, put_log
from habits.services.pauses import create_pause
from habits.services.stats import sweep
from leaderboards.domain.rates import Rate, rate_score
from leaderboards.models import HabitRate
from leaderboards.services.ranking import forget_old_boards
from leaderboards.services.recounting import recount
from tests.factories.challenges import ChallengeFactory, take_part
from tests.factories.groups import GroupFactory
from tests.factories.habits import HabitFactory, days_until, log_days
from tests.leaderboards.conftest import Player, habit_of
from tests.world import API, TODAY, client_of
from users.models import User

pytestmark = pytest.mark.slow

RATE = f"{API}/leaderboards/success_rate/"
Share = Callable[[User, Habit], None]


@pytest.fixture
def ada(player: Player) -> User:
    """Somebody who has logged nine of the ten days since the habit began."""
    user = player("ada", 0)
    habit = HabitFactory(owner=user, start_date=TODAY - timedelta(days=9))
    log_days(habit, [day for day in days_until(TODAY, 10) if day != TODAY - timedelta(days=4)])
    Habit.objects.filter(owner=user).exclude(pk=habit.pk).delete()
    return user


@pytest.fixture
def group(ada: User) -> Group:
    group = GroupFactory(owner=ada)
    share_habit(actor=ada, group_id=group.pk, habit_id=habit_of(ada).pk)
    return group


def own(user: User, group: Group, **query: object) -> Any:
    answer = client_of(user).get(f"{RATE}me/", {"scope": f"group:{group.pk}", **query})
    assert answer.status_code == 200, answer.content
    return answer.json()["score"]


def let_days_pass(count: int) -> datetime:
    """Return noon of another day, when the sweep has run."""
    return datetime(2026, 6, 17, 12, tzinfo=UTC) + timedelta(days=count)


@pytest.mark.parametrize(
    ("expected", "achieved", "score"), [(6, 6, 0), (7, 7, 10_000), (7, 6, 8_571), (7, 0, 0), (20_000, 1, 1), (30_000, 1, 0)]
)
def test_a_rate_is_a_score_in_ten_thousandths_rounded_half_up(expected: int, achieved: int, score: int) -> None:
    assert rate_score(Rate(expected, achieved)) == score


def test_the_board_of_a_group(ada: User, group: Group) -> None:
    page = client_of(ada).get(RATE, {"scope": f"group:{group.pk}"}).json()
    assert page["results"] == [
        {"rank": 1, "user": {"id": str(ada.pk), "display_name": "Ada"}, "score": "0.9000", "streak_unit": None}
    ]
    assert own(ada, group, period="this_week") is None  # three days are too few
    assert own(ada, group, period="this_month") == "0.9000"


@pytest.mark.parametrize(("scope", "status"), [("public", 400), ("group:{}", 401)])
def test_nobody_in_particular_sees_no_rates(api, group: Group, scope: str, status: int) -> None:
    answer = api.get(RATE, {"scope": scope.format(group.pk)})
    assert answer.status_code == status
    assert status != 400 or "scope" in str(answer.json()["errors"])


def test_everybody_is_ranked_by_no_rate(ada: User) -> None:
    assert client_of(ada).get(RATE).status_code == 400
    assert client_of(ada).get(f"{RATE}me/", {"scope": "public"}).status_code == 400


def test_each_write_shows(ada: User, group: Group) -> None:
    habit, gap = habit_of(ada), TODAY - timedelta(days=4)
    put_log(actor=ada, habit_id=habit.pk, day=gap, entry=Entry())
    assert own(ada, group) == "1.0000"
    put_log(actor=ada, habit_id=habit.pk, day=gap, entry=Entry(status=LogStatus.SKIPPED))
    assert own(ada, group) == "1.0000"  # nine of nine
    put_log(actor=ada, habit_id=habit.pk, day=TODAY, entry=Entry(status=LogStatus.MISSED))
    assert own(ada, group) == "1.0000"  # eight of eight: today is not over
    delete_log(actor=ada, habit_id=habit.pk, day=gap)
    assert own(ada, group) == "0.8889"
    create_pause(actor=ada, habit_id=habit.pk, start=gap, end=gap)
    assert own(ada, group) == "1.0000"
    assert list(recount(repair=False)) == []


def test_a_day_that_ends_lowers_a_rate_without_a_write(ada: User, group: Group) -> None:
    with time_machine.travel(let_days_pass(2), tick=False):
        sweep()
        assert own(ada, group) == "0.8182"  # tomorrow was missed, and the day after is not over
        assert list(recount(repair=False)) == []


def test_a_habit_without_a_log_counts_with_each_day(ada: User, group: Group) -> None:
    idle = HabitFactory(owner=ada, start_date=TODAY)
    share_habit(actor=ada, group_id=group.pk, habit_id=idle.pk)
    assert own(ada, group) == "0.9000"
    for day, rate in ((1, "0.8182"), (2, "0.6923")):
        with time_machine.travel(let_days_pass(day), tick=False):
            while sweep():
                pass
            assert own(ada, group) == rate
            assert list(recount(repair=False)) == []


def test_all_that_is_shared_counts_together_and_nothing_else(ada: User, group: Group) -> None:
    other, kept_back = (HabitFactory(owner=ada, start_date=TODAY - timedelta(days=9)) for _ in range(2))
    log_days(other, days_until(TODAY, 3))
    log_days(kept_back, days_until(TODAY, 1))
    share_habit(actor=ada, group_id=group.pk, habit_id=other.pk)
    assert own(ada, group) == "0.6000"
    put_log(actor=ada, habit_id=other.pk, day=TODAY - timedelta(days=3), entry=Entry())
    assert own(ada, group) == "0.6500"
    unshare_habit(actor=ada, group_id=group.pk, habit_id=other.pk)
    assert own(ada, group) == "0.9000"
    assert HabitRate.objects.values_list("habit", flat=True).distinct().get() == habit_of_group(group)
    share_habit(actor=ada, group_id=group.pk, habit_id=other.pk)
    delete_habit(actor=ada, habit_id=other.pk)
    assert own(ada, group) == "0.9000"
    assert list(recount(repair=False)) == []


def habit_of_group(group: Group) -> Any:
    return SharedHabit.objects.get(group=group).habit_id


@pytest.mark.parametrize("ago", [60, 200])
def test_what_lies_far_back_counts_too(ada: User, group: Group, ago: int) -> None:
    first, old = habit_of(ada).pk, HabitFactory(owner=ada, start_date=TODAY - timedelta(days=399))
    log_days(old, days_until(TODAY, 100))
    share_habit(actor=ada, group_id=group.pk, habit_id=old.pk)
    unshare_habit(actor=ada, group_id=group.pk, habit_id=first)
    assert own(ada, group) == "0.2500"
    for status in (LogStatus.MISSED, LogStatus.COMPLETED):
        put_log(actor=ada, habit_id=old.pk, day=TODAY - timedelta(days=ago), entry=Entry(status=status))
        assert list(recount(repair=False)) == []
    assert own(ada, group) == ("0.2500" if ago < 100 else "0.2525")


def test_another_plan_is_counted_anew(ada: User, group: Group) -> None:
    habit = habit_of(ada)
    update_habit(
        actor=ada, habit_id=habit.pk, changes={"frequency": Frequency.DAILY, "interval": 2}, effective_from=habit.start_date
    )
    assert own(ada, group) is None  # five are expected in ten days
    update_habit(actor=ada, habit_id=habit.pk, changes={"interval": 1}, effective_from=habit.start_date)
    assert own(ada, group) == "0.9000"
    assert list(recount(repair=False)) == []


def test_a_period_that_is_closed_stays(ada: User, group: Group) -> None:
    habit, monday = habit_of(ada), date(2026, 6, 15)
    with time_machine.travel(datetime(2026, 6, 23, 23, tzinfo=UTC), tick=False):
        sweep()
        assert own(ada, group, period="last_week") == "0.4286"
        put_log(actor=ada, habit_id=habit.pk, day=monday + timedelta(days=3), entry=Entry())
        assert own(ada, group, period="last_week") == "0.5714"
    with time_machine.travel(datetime(2026, 6, 24, 0, 30, tzinfo=UTC), tick=False):
        sweep()
        put_log(actor=ada, habit_id=habit.pk, day=monday + timedelta(days=4), entry=Entry())
        assert own(ada, group, period="last_week") == "0.5714"
        assert list(recount(repair=False)) == []


def test_in_a_challenge_the_habit_that_takes_part_counts(ada: User) -> None:
    race = ChallengeFactory(owner=ada)
    take_part(race, ada, habit_of(ada))
    HabitFactory(owner=ada, start_date=TODAY - timedelta(days=9))
    page = client_of(ada).get(RATE, {"scope": f"challenge:{race.pk}"}).json()
    assert [row["score"] for row in page["results"]] == ["0.9000"]


def test_weeks_are_judged_as_weeks(player: Player) -> None:
    ben = player("ben", 0)
    weekly = HabitFactory(owner=ben, start_date=date(2026, 4, 6), schedule=Schedule.of(Frequency.WEEKLY, target_count=2))
    log_days(weekly, [date(2026, 4, 6) + timedelta(weeks=week, days=day) for week in range(10) for day in range(1 + week % 2)])
    group = GroupFactory(owner=ben)
    share_habit(actor=ben, group_id=group.pk, habit_id=weekly.pk)
    assert own(ben, group) == "0.7500"  # fifteen of twenty; the eleventh week is open


def test_old_boards_are_forgotten(ada: User, group: Group) -> None:
    assert HabitRate.objects.filter(kind=41).exists()
    with time_machine.travel(let_days_pass(120), tick=False):
        forget_old_boards()
        assert list(HabitRate.objects.values_list("kind", flat=True)) == [40]


def test_recount_finds_and_repairs_wrong_rates(ada: User, group: Group) -> None:
    HabitRate.objects.filter(kind=40).update(past_achieved=3, achieved=4)
    HabitRate.objects.filter(kind=43).delete()
    found = list(recount(repair=False))
    assert found[0].startswith(f"rate of {habit_of(ada).pk}: rate 1970-01-01, not 9 of 10")
    assert "rate_of_month 2026-06-01" in "".join(found)
    list(recount(repair=True))
    assert list(recount(repair=False)) == []
    put_log(actor=ada, habit_id=habit_of(ada).pk, day=TODAY - timedelta(days=4), entry=Entry())
    assert own(ada, group) == "1.0000"


def test_what_is_shared_already_is_followed_from_the_migration_on(ada: User, group: Group) -> None:
    Habit.objects.update(is_followed=False)
    HabitStats.objects.update(next_change_at=None)
    migration = import_module("groups.migrations.0006_follow_shared_habits")
    migration.follow(apps, SimpleNamespace(connection=connection))
    assert Habit.objects.get(pk=habit_of_group(group)).is_followed
    assert HabitStats.objects.get(pk=habit_of_group(group)).next_change_at is not None
