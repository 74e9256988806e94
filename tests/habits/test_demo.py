"""The demo data: all kinds of schedules, a year of them, the same for the same day."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from habits.domain.goals import GoalKind, GoalState
from habits.management.demo.life import live
from habits.management.demo.loading import DEMO_PASSWORD
from habits.management.demo.people import ADA, BEN, CLEO, PEOPLE
from habits.models import Goal, Habit, HabitLog, HabitPause, HabitStats, ScheduleVersion
from habits.services.stats import recount
from tests.factories.users import UserFactory
from users.models import User
from users.selectors import today_for
from users.services.sessions import log_in

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
STORIES = [(person, story) for person in PEOPLE for story in person.habits]


def load(*options: str) -> str:
    output = StringIO()
    call_command("load_demo", *options, stdout=output)
    return output.getvalue()


@pytest.fixture
def demo(db):
    with time_machine.travel(NOON, tick=False):
        yield load()


@pytest.mark.slow
def test_everybody_of_the_demo_can_log_in(demo):
    for person in PEOPLE:
        assert person.username in demo
        assert log_in(login=person.username, password=DEMO_PASSWORD).access
    assert DEMO_PASSWORD in demo
    assert User.objects.get(username="ben").day_start_hour == 4
    assert len(set(User.objects.values_list("timezone", flat=True))) == 3


@pytest.mark.slow
def test_goals_of_all_kinds_are_reached_missed_and_on_their_way(demo):
    goals = list(Goal.objects.all())
    assert {goal.kind for goal in goals} == set(GoalKind)
    assert {goal.state_on(TODAY, goal.reached_on) for goal in goals} == {GoalState.REACHED, GoalState.MISSED, GoalState.ACTIVE}
    assert all(goal.value_milli > 0 for goal in goals if goal.state_on(TODAY, goal.reached_on) is not GoalState.MISSED)


@pytest.mark.slow
def test_all_kinds_of_schedules_are_shown(demo):
    kinds = {
        (habit.frequency, habit.interval > 1, habit.target_days is not None, habit.target_direction, habit.target_scope)
        for habit in Habit.objects.all()
    }
    assert kinds >= {
        ("daily", False, False, "", ""),
        ("daily", False, True, "", ""),
        ("daily", True, False, "", ""),
        ("daily", False, False, "at_least", "day"),
        ("daily", False, False, "at_most", "day"),
        ("weekly", False, False, "", ""),
        ("weekly", False, True, "", ""),
        ("weekly", False, False, "at_least", "unit"),
        ("weekly", False, False, "at_most", "unit"),
        ("monthly", False, False, "", ""),
        ("monthly", False, True, "", ""),
        ("monthly", True, False, "", ""),
    }
    assert Habit.objects.filter(archived_on__isnull=False).count() == 1
    assert Habit.objects.filter(end_date__lt=TODAY).count() == 1
    assert HabitPause.objects.filter(start__gt=TODAY).exists()
    assert ScheduleVersion.objects.count() == Habit.objects.count() + 1
    assert any(-1 in habit.target_days for habit in Habit.objects.filter(frequency="monthly", target_days__isnull=False))


@pytest.mark.slow
def test_a_year_is_logged_and_counted_right(demo):
    logs = HabitLog.objects.all()
    assert logs.count() > 3000
    assert logs.earliest("date").date < TODAY - timedelta(days=350)
    assert {status for (status,) in logs.values_list("status").distinct()} == {"completed", "skipped", "missed"}
    assert logs.exclude(note="").count() > 50
    assert HabitStats.objects.filter(current_streak__gt=6).exists()
    assert HabitStats.objects.filter(is_due=True).exists()
    assert list(recount(repair=False)) == []


@pytest.mark.slow
def test_nothing_is_added_where_there_are_users(demo):
    before = HabitLog.objects.count()

    assert DEMO_PASSWORD in load("--if-empty")
    with pytest.raises(CommandError, match="there already"):
        load()

    assert (User.objects.count(), HabitLog.objects.count()) == (len(PEOPLE), before)


@pytest.mark.django_db
def test_a_stranger_keeps_the_demo_away_and_hears_of_no_password():
    UserFactory()

    assert load("--if-empty") == ""
    assert Habit.objects.count() == 0


@pytest.mark.django_db
def test_a_taken_name_leaves_nothing_half_done():
    UserFactory(username="cleo")

    with pytest.raises(CommandError):
        load()

    assert User.objects.count() == 1


@pytest.mark.django_db
def test_production_takes_no_known_password_unless_forced(settings):
    settings.IS_DEVELOPMENT = False

    with pytest.raises(CommandError, match="--force"):
        load("--if-empty")

    assert User.objects.count() == 0


@pytest.mark.parametrize(("person", "story"), STORIES, ids=[f"{person.username}: {story.name}" for person, story in STORIES])
def test_a_story_is_the_same_for_the_same_day_and_ends_today(person, story):
    days = dict(live(person, story, TODAY))

    assert days == dict(live(person, story, TODAY))
    assert len(days) >= 4
    assert min(days) >= TODAY - timedelta(days=story.days_old)
    assert (TODAY in days) is story.is_done_today
    assert max(days) <= TODAY
    if story.days_to_end is not None:
        assert max(days) <= TODAY + timedelta(days=story.days_to_end)


def test_little_gets_done_on_holiday_and_in_a_slump():
    def share(stretches):
        days = dict(live(ADA, ADA.habits[0], TODAY))
        covered = [ago for ago in range(1, 365) if any(stretch.covers(ago) for stretch in stretches)]
        done = [ago for ago in covered if (log := days.get(TODAY - timedelta(days=ago))) and log.status == "completed"]
        return len(done) / len(covered)

    assert share(ADA.holidays) < 0.3
    assert share([ADA.slump]) < 0.6


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 2, 29), date(2026, 6, 30)], ids=str)
def test_any_day_is_good_to_begin_from(day):
    with time_machine.travel(datetime(day.year, day.month, day.day, 2, tzinfo=UTC), tick=False):
        load()
        todays = {person.username: today_for(User.objects.get(username=person.username)) for person in (ADA, BEN, CLEO)}
        assert todays == {"ada": day, "ben": day - timedelta(days=1), "cleo": day}
        assert HabitStats.objects.filter(next_change_at__lte=timezone.now()).count() == 0
