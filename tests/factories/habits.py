"""Habits for tests, made by the services: with their version, grants and statistics."""

from collections.abc import Iterable
from datetime import date, timedelta

import factory

from habits.domain.goals import GoalKind
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule, Target
from habits.models import Goal, Habit
from habits.services.batches import BatchRow, write_logs
from habits.services.goals import GoalDraft, create_goal
from habits.services.habits import HabitDraft, create_habit
from habits.services.logs import Entry
from tests.factories.users import UserFactory
from users.models import User

EVERY_DAY = Schedule.of(Frequency.DAILY)


class HabitFactory(factory.Factory):
    """A daily yes/no habit `Habit 0`, `Habit 1` … of a new user; everything that a HabitDraft holds may be given."""

    class Meta:
        model = Habit

    owner = factory.SubFactory(UserFactory, password="!")
    name = factory.Sequence(lambda number: f"Habit {number}")
    schedule = EVERY_DAY
    start_date = date(2025, 1, 1)

    @classmethod
    def _create(cls, model_class: type[Habit], /, owner: User, **draft: object) -> Habit:
        habit, _ = create_habit(actor=owner, draft=HabitDraft(**draft))
        return habit


class MeasuredHabitFactory(HabitFactory):
    """30 minutes a day."""

    schedule = Schedule.of(Frequency.DAILY, target=Target(30_000))
    unit = "minutes"


def log_days(habit: Habit, days: Iterable[date], *, value_milli: int | None = None, status: LogStatus | None = None) -> None:
    """Log days of a habit as its owner; measured ones take a value."""
    entry = Entry(status=status, value_milli=value_milli)
    rows = [BatchRow(habit_id=habit.pk, day=day, entry=entry) for day in days]
    write_logs(actor=habit.owner, rows=rows, is_partial=False)


def days_until(last: date, count: int) -> list[date]:
    """Return `count` consecutive days, the last of which is `last`."""
    return [last - timedelta(days=ago) for ago in reversed(range(count))]


def new_goal(habit: Habit, target: float = 30, kind: GoalKind = GoalKind.COMPLETIONS, **draft: object) -> Goal:
    """Store a goal of a habit's owner: thirty completions from the habit's start on, unless it is to be another."""
    terms = {"title": "Thirty", "start_date": habit.start_date, "target_milli": round(target * 1_000)} | draft
    return create_goal(actor=habit.owner, habit_id=habit.pk, draft=GoalDraft(kind=kind, **terms))[0]
