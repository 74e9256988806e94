"""The sweep brings statistics up to date that change because a day has ended."""

import pydoc
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from config.jobs import get_schedules
from habits import jobs
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule
from habits.jobs import sweep_stats
from habits.models import Goal, Habit, HabitStats
from habits.services.pauses import create_pause
from habits.services.stats import recount, sweep
from tests.factories.habits import HabitFactory, days_until, log_days, new_goal
from tests.factories.users import UserFactory
from tests.habits.reference_schedule import DAY
from tests.habits.stored import figures_by_reference, figures_of, stored_habit, stored_logs
from users.selectors import today_for
from users.services.accounts import update_profile

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
# What is shown without regard to the day that it is of.
LASTING = ("current_streak", "longest_streak", "completions", "strength")


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(clock):
    return UserFactory(password="!")


def running_habit(owner, count=10, **draft) -> Habit:
    """A habit done on each of the last days, today included."""
    habit = HabitFactory(owner=owner, **draft)
    log_days(habit, days_until(today_for(owner), count))
    return habit


def stored(habit: Habit) -> HabitStats:
    return HabitStats.objects.get(pk=habit.pk)


def listed(owner) -> list[dict]:
    client = APIClient()
    client.force_authenticate(owner)
    return client.get("/api/v1/habits/").json()["results"]


class TestWhatIsDue:
    def test_a_streak_ends_without_a_write(self, ada, clock):
        habit = running_habit(ada)
        clock.shift(DAY)
        sweep_stats()
        assert (stored(habit).as_of, stored(habit).current_streak) == (date(2026, 6, 11), 10)
        clock.shift(DAY)
        assert stored(habit).current_streak == 10
        sweep_stats()
        assert (stored(habit).as_of, stored(habit).current_streak) == (date(2026, 6, 12), 0)

    def test_the_instant_is_the_beginning_of_the_owners_next_day(self, clock):
        owner = UserFactory(password="!", timezone="Asia/Tokyo", day_start_hour=3)
        habit = running_habit(owner)
        assert stored(habit).as_of == date(2026, 6, 10)
        assert stored(habit).next_change_at == datetime(2026, 6, 10, 18, tzinfo=UTC)

    def test_others_are_left_alone(self, ada, clock):
        early, late = running_habit(ada), running_habit(UserFactory(password="!", timezone="America/Los_Angeles"))
        before = HabitStats.objects.filter(pk=late.pk).values().get()
        clock.move_to(datetime(2026, 6, 11, 0, 0, 1, tzinfo=UTC))
        assert sweep() == 1
        assert stored(early).as_of == date(2026, 6, 11)
        assert HabitStats.objects.filter(pk=late.pk).values().get() == before
        clock.move_to(datetime(2026, 6, 11, 7, tzinfo=UTC))
        assert sweep() == 1
        assert stored(late).as_of == date(2026, 6, 11)

    def test_it_goes_on_in_chunks_until_nothing_is_due(self, ada, clock, monkeypatch):
        for _ in range(5):
            running_habit(ada, 1)
        running_habit(UserFactory(password="!"), 1)
        clock.shift(DAY)
        assert sweep(limit=4) == 4
        assert HabitStats.objects.filter(as_of=date(2026, 6, 11)).count() == 4
        clock.shift(DAY)
        monkeypatch.setattr(jobs, "SWEEP_LIMIT", 2)
        sweep_stats()
        assert set(HabitStats.objects.values_list("as_of", flat=True)) == {date(2026, 6, 12)}
        assert not HabitStats.objects.filter(next_change_at__lte=NOW + 2 * DAY).exists()

    def test_one_that_cannot_be_computed_keeps_no_other_from_being_swept(self, ada, clock, caplog):
        broken, sound = running_habit(ada), running_habit(ada)
        HabitStats.objects.filter(pk=broken.pk).update(history="no history")
        clock.shift(DAY)
        sweep_stats()
        assert stored(sound).as_of == date(2026, 6, 11)
        assert stored(broken).next_change_at == NOW + DAY + HOUR
        assert str(broken.pk) in caplog.text
        assert [difference.habit for difference in recount(repair=True)] == [broken]
        assert stored(broken).as_of == date(2026, 6, 11)

    def test_goals_that_cannot_be_counted_keep_no_other_habit_from_being_swept(self, ada, clock, caplog):
        broken, sound = running_habit(ada), running_habit(ada)
        goals = [new_goal(habit, 30) for habit in (broken, sound)]
        Goal.objects.filter(pk=goals[0].pk).update(tally_text="no tally")
        clock.shift(DAY)
        sweep_stats()
        assert (stored(broken).as_of, stored(sound).as_of) == (date(2026, 6, 10), date(2026, 6, 11))
        assert stored(broken).next_change_at == NOW + DAY + HOUR
        assert str(broken.pk) in caplog.text
        assert [difference.fields for difference in recount(repair=True)] == [["goals"]]
        assert list(recount(repair=False)) == []

    def test_a_chunk_takes_the_same_statements_for_one_habit_and_for_twenty(self, ada, clock):
        counts = []
        for habits in (1, 1, 20):  # from the second on, with streaks that end: those of the first
            for _ in range(habits):
                running_habit(ada, 1)
            clock.shift(DAY)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                sweep()
            counts.append(len(queries))
        assert counts[1] == counts[2]

    def test_what_cannot_change_is_not_due(self, ada, clock):
        never_logged, paused = HabitFactory(owner=ada), running_habit(ada)
        ended = running_habit(ada, end_date=date(2026, 6, 10))
        create_pause(actor=ada, habit_id=paused.pk, start=date(2026, 6, 11), end=None)
        assert stored(never_logged).next_change_at is None
        clock.shift(DAY)
        assert sweep() == 2
        for habit in (paused, ended):
            assert (stored(habit).current_streak, stored(habit).next_change_at) == (10, None)

    def test_a_second_sweep_finds_nothing(self, ada, clock):
        running_habit(ada)
        clock.shift(DAY)
        assert (sweep(), sweep()) == (1, 0)


class TestDaysOfOtherLengths:
    @pytest.mark.parametrize(
        ("zone", "hour", "day", "begins"),
        [
            # The night of the change has 23 or 25 hours, and the hour at which a day begins may be left out or come twice.
            ("Europe/Berlin", 0, date(2026, 3, 29), datetime(2026, 3, 29, 22, tzinfo=UTC)),
            ("Europe/Berlin", 2, date(2026, 3, 28), datetime(2026, 3, 29, 1, tzinfo=UTC)),
            ("Europe/Berlin", 0, date(2026, 10, 25), datetime(2026, 10, 25, 23, tzinfo=UTC)),
            ("Europe/Berlin", 2, date(2026, 10, 24), datetime(2026, 10, 25, 0, tzinfo=UTC)),
            ("Africa/Cairo", 0, date(2026, 4, 23), datetime(2026, 4, 23, 22, tzinfo=UTC)),
        ],
    )
    def test_statistics_are_swept_when_the_day_begins_and_not_before(self, zone, hour, day, begins):
        owner = UserFactory(password="!", timezone=zone, day_start_hour=hour)
        with time_machine.travel(begins - 3 * HOUR, tick=False) as clock:
            assert today_for(owner) == day
            habit = running_habit(owner)
            assert stored(habit).next_change_at == begins
            clock.move_to(begins - timedelta(seconds=1))
            assert sweep() == 0
            clock.move_to(begins)
            assert sweep() == 1
        assert stored(habit).as_of == day + DAY


class TestMoving:
    def test_a_user_who_moves_east_is_swept_as_of_the_new_day(self, ada, clock):
        habit = running_habit(ada)
        clock.move_to(NOW + 2 * HOUR)
        update_profile(user_id=ada.pk, changes={"timezone": "Pacific/Kiritimati"})
        assert sweep() == 1
        assert stored(habit).as_of == date(2026, 6, 11)
        assert stored(habit).next_change_at == datetime(2026, 6, 11, 10, tzinfo=UTC)

    def test_a_user_who_moves_west_is_swept_as_of_the_day_before(self, ada, clock):
        clock.move_to(datetime(2026, 6, 10, 1, tzinfo=UTC))
        habit = running_habit(ada)
        update_profile(user_id=ada.pk, changes={"timezone": "America/New_York"})
        assert sweep() == 1
        assert (stored(habit).as_of, stored(habit).current_streak) == (date(2026, 6, 9), 9)
        clock.move_to(datetime(2026, 6, 10, 4, tzinfo=UTC))
        assert sweep() == 1
        assert (stored(habit).as_of, stored(habit).current_streak) == (date(2026, 6, 10), 10)

    def test_a_log_that_is_then_of_tomorrow_is_counted_tomorrow(self, ada, clock):
        clock.move_to(datetime(2026, 6, 10, 1, tzinfo=UTC))
        habit = running_habit(ada, 1)
        update_profile(user_id=ada.pk, changes={"timezone": "America/New_York"})
        sweep()
        assert (stored(habit).strength, stored(habit).completions) == (None, 0)
        clock.move_to(datetime(2026, 6, 10, 4, tzinfo=UTC))
        sweep()
        assert (stored(habit).current_streak, stored(habit).completions) == (1, 1)

    def test_another_hour_at_which_the_day_begins(self, ada, clock):
        habit = running_habit(ada)
        update_profile(user_id=ada.pk, changes={"day_start_hour": 6})
        assert sweep() == 1
        assert stored(habit).next_change_at == datetime(2026, 6, 11, 6, tzinfo=UTC)

    def test_another_name_wakes_nothing(self, ada, clock):
        running_habit(ada)
        update_profile(user_id=ada.pk, changes={"display_name": "Countess"})
        assert sweep() == 0

    def test_other_users_are_not_woken(self, ada, clock):
        running_habit(UserFactory(password="!"))
        update_profile(user_id=ada.pk, changes={"timezone": "Asia/Tokyo"})
        assert sweep() == 0


class TestWhatIsRead:
    def test_lists_are_the_same_before_and_after_a_sweep(self, ada, clock):
        running_habit(ada)
        running_habit(ada, schedule=Schedule.of(Frequency.WEEKLY, target_count=3))
        running_habit(ada, schedule=Schedule.of(Frequency.MONTHLY, target_days=[-1]))
        for days in (1, 2, 5, 20):
            clock.shift(days * DAY)
            before = listed(ada)
            sweep_stats()
            assert listed(ada) == before

    @pytest.mark.slow
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from([*LogStatus, None]), min_size=1, max_size=20), st.integers(1, 3), st.booleans())
    def test_no_change_is_missed_by_the_instant(self, statuses, count, is_weekly):
        """A row that the sweep passes over says what the reference says, day after day."""
        owner = UserFactory(password="!")
        schedule = Schedule.of(Frequency.WEEKLY, target_count=count) if is_weekly else Schedule.of(Frequency.DAILY)
        with time_machine.travel(NOW, tick=False) as clock:
            habit = HabitFactory(owner=owner, start_date=date(2026, 5, 1), schedule=schedule)
            for day, status in zip(days_until(date(2026, 6, 10), len(statuses)), statuses, strict=True):
                if status is not None:
                    log_days(habit, [day], status=status)
            for _ in range(10):
                clock.shift(DAY)
                sweep_stats()
                expected = figures_by_reference(stored_habit(habit.pk), stored_logs(habit.pk), today_for(owner))
                shown = figures_of(stored(habit))
                assert [shown[name] for name in LASTING] == [expected[name] for name in LASTING]


def test_the_sweep_is_scheduled_every_few_minutes():
    assert get_schedules()["habits.jobs.sweep_stats"] <= 15
    assert pydoc.locate("habits.jobs.sweep_stats") is sweep_stats
