"""Habits that something follows are marked, and what follows them is told what became of each log."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from habits.domain.logs import DayLog, LogStatus
from habits.models import ChangeCounter, Habit
from habits.services.following import follow_habit
from habits.signals import LogChanges, logs_changed
from tests.factories.habits import HabitFactory, log_days
from tests.factories.users import UserFactory
from tests.world import API, TODAY, client_of

pytestmark = pytest.mark.django_db

COMPLETED = DayLog(LogStatus.COMPLETED)
START = date(2025, 1, 1)
SKIPPED = DayLog(LogStatus.SKIPPED)
Told = tuple[dict[date, DayLog | None], dict[date, DayLog | None]]


@pytest.fixture
def told() -> Iterator[list[Told]]:
    """What listeners were told of, in its order: what logs were, and what they have become."""
    heard: list[Told] = []

    def listen(changes: Sequence[LogChanges], **_: Any) -> None:
        heard.extend((dict(change.before), dict(change.after)) for change in changes)

    logs_changed.connect(listen)
    yield heard
    logs_changed.disconnect(listen)


def test_a_habit_is_marked_without_a_change_number() -> None:
    habit, other = HabitFactory(), HabitFactory()
    before = ChangeCounter.objects.get(owner=habit.owner).last_change_no, habit.change_no
    for _ in range(2):
        follow_habit(habit)
    habit.refresh_from_db()
    other.refresh_from_db()
    assert (habit.is_followed, other.is_followed) == (True, False)
    assert (ChangeCounter.objects.get(owner=habit.owner).last_change_no, habit.change_no) == before


def test_the_mark_is_shown_nowhere(wednesday: None) -> None:
    habit = HabitFactory()
    follow_habit(habit)
    client = client_of(habit.owner)
    for path in (f"habits/{habit.pk}/", "habits/", "agenda/"):
        assert b"is_followed" not in client.get(f"{API}/{path}").content


def test_listeners_are_told_what_each_log_became(wednesday: None, told: list[Told]) -> None:
    habit = HabitFactory(owner=UserFactory(password="!"))
    client, log = client_of(habit.owner), f"{API}/habits/{habit.pk}/logs/{TODAY}/"
    days = [date(2026, 6, 1), date(2026, 6, 2)]
    client.put(log, {})
    client.put(log, {"note": "Late"})
    client.patch(log, {"status": "skipped"})
    client.delete(log)
    log_days(habit, days)
    for status in ("completed", "skipped"):  # in the distant past
        client.put(f"{API}/habits/{habit.pk}/logs/{START}/", {"status": status})
    assert told == [
        ({TODAY: None}, {TODAY: COMPLETED}),
        ({TODAY: COMPLETED}, {TODAY: COMPLETED}),
        ({TODAY: COMPLETED}, {TODAY: SKIPPED}),
        ({TODAY: SKIPPED}, {TODAY: None}),
        (dict.fromkeys(days), dict.fromkeys(days, COMPLETED)),
        ({START: None}, {START: COMPLETED}),
        ({START: COMPLETED}, {START: SKIPPED}),
    ]
    assert not Habit.objects.get(pk=habit.pk).is_followed
