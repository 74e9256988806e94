"""`manage.py recount` finds what is derived and wrong, and repairs it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from habits.domain.codec import decode_history, encode_history
from habits.domain.schedule import Frequency, Schedule
from habits.models import Habit, HabitLog, HabitStats
from habits.selectors.stats import get_stats
from habits.services.editing import update_habit
from tests.factories.habits import HabitFactory, MeasuredHabitFactory, days_until, log_days
from users.services.accounts import update_profile

pytestmark = [pytest.mark.django_db, pytest.mark.slow]  # not each test, but all of them

TODAY = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 6, 10, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def habit():
    """A daily habit with 400 days of history, which lies on both sides of its checkpoint."""
    made = HabitFactory(start_date=date(2025, 5, 1))
    log_days(made, days_until(TODAY, 400))
    return made


def recount(*options: str) -> list[str]:
    output = StringIO()
    call_command("recount", *options, stdout=output)
    return output.getvalue().splitlines()


def check() -> list[str]:
    """Return what the command reports as it fails."""
    output = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("recount", "--check", stdout=output)
    assert failure.value.returncode == 1
    return output.getvalue().splitlines()


def assert_found_and_repaired(habit: Habit, *fields: str) -> None:
    line = f"habit {habit.pk}: {', '.join(fields)}"
    found, *scores, total = check()
    assert (found, total) == (line, f"{1 + len(scores)} differences.")
    assert all(score.startswith(f"score of {habit.owner_id}") for score in scores)  # by statistics that are wrong
    assert check() == [found, *scores, total]  # nothing was changed
    assert recount() == [line, "1 differences, now repaired."]
    assert recount("--check") == ["0 differences."]
    assert get_stats(Habit.objects.get(pk=habit.pk), TODAY).current_streak == 400


def test_nothing_differs_after_writes_and_days(habit, clock):
    MeasuredHabitFactory()
    assert recount("--check") == ["0 differences."]
    clock.shift(100 * 24 * 3600)
    assert recount("--check") == ["0 differences."]


def test_a_wrong_streak(habit):
    HabitStats.objects.filter(pk=habit.pk).update(current_streak=3, longest_streak=77)
    assert_found_and_repaired(habit, "current_streak", "longest_streak")


def test_a_wrong_strength_and_count(habit):
    HabitStats.objects.filter(pk=habit.pk).update(strength=0.5, completions=1)
    assert_found_and_repaired(habit, "completions", "strength")


def test_a_wrong_plan(habit):
    other = HabitFactory(start_date=habit.start_date, schedule=Schedule.of(Frequency.WEEKLY))
    Habit.objects.filter(pk=habit.pk).update(plan_text=other.plan_text)
    assert_found_and_repaired(habit, "plan")


def test_a_schedule_that_is_not_that_of_the_last_version(habit):
    Habit.objects.filter(pk=habit.pk).update(frequency="weekly")
    assert_found_and_repaired(habit, "plan")


def test_statistics_that_are_missing(habit):
    HabitStats.objects.filter(pk=habit.pk).delete()
    assert_found_and_repaired(habit, "stats")


def test_a_log_that_went_behind_the_back_of_the_services(habit):
    HabitLog.objects.filter(habit=habit, date=date(2025, 12, 24)).delete()
    assert check()[0] == f"habit {habit.pk}: current_streak, longest_streak, completions, strength, history"
    recount()
    assert recount("--check") == ["0 differences."]
    assert HabitStats.objects.get(pk=habit.pk).completions == 399


def test_a_history_that_would_go_wrong_tomorrow(habit):
    """What is shown is right as of today; what it is to be carried on from is not."""
    history = decode_history(HabitStats.objects.get(pk=habit.pk).history)
    wrong = replace(history, checkpoint=history.checkpoint._replace(completions=7))
    HabitStats.objects.filter(pk=habit.pk).update(history=encode_history(wrong))
    assert_found_and_repaired(habit, "history")


def test_statistics_that_no_sweep_would_find(habit):
    HabitStats.objects.filter(pk=habit.pk).update(next_change_at=None)
    assert_found_and_repaired(habit, "next_change_at")


def test_every_habit_of_every_owner_is_counted(habit):
    others = [HabitFactory(), HabitFactory()]
    HabitStats.objects.update(completions=12_345)
    assert len([line for line in check() if line.startswith("habit ")]) == 3
    assert recount()[-1] == "3 differences, now repaired."
    assert not HabitStats.objects.filter(completions=12_345).exists()
    assert {str(other.pk) for other in others}.isdisjoint(recount("--check"))


def test_nothing_differs_for_an_archived_habit_whose_owner_flies_west(habit, clock):
    """What rests for good as of the day that is stored does not as of the day before."""
    update_habit(actor=habit.owner, habit_id=habit.pk, changes={"archived_on": TODAY})
    update_profile(user_id=habit.owner_id, changes={"timezone": "Pacific/Niue", "day_start_hour": 6})
    assert recount("--check") == ["0 differences."]
