"""The today screen: every habit on one day, judged as of today."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from habits.domain.calendar import HabitCalendar
from habits.domain.judging import JudgedUnit, is_due
from habits.domain.logs import LogStatus
from habits.models import Habit, HabitLog, HabitStats
from habits.selectors.habits import list_habits
from habits.selectors.insights import judge_range
from habits.selectors.stats import get_stats
from users.models import User


class AgendaItem(NamedTuple):
    """A habit on the day of an agenda; `unit` is None where the day belongs to none."""

    habit: Habit
    stats: HabitStats
    is_due: bool
    status: str
    value_milli: int | None
    note: str
    unit: JudgedUnit | None

    @property
    def is_done(self) -> bool:
        """Whether the day is completed."""
        return self.status == LogStatus.COMPLETED


def get_agenda(actor: User, day: date, today: date) -> list[AgendaItem]:
    """Return the actor's habits on `day`, up to today: those that are not archived and whose dates hold it."""
    own = list_habits(actor).filter(archived_on=None, start_date__lte=day).exclude(end_date__lt=day)
    habits = list(own.order_by("position", "id"))
    for habit in habits:
        habit.owner = actor
    notes = dict(HabitLog.objects.filter(habit__in=habits, date=day).exclude(note="").values_list("habit_id", "note"))
    calendars = judge_range(habits, day, day, today)
    return [
        _item(habit, get_stats(habit, today), calendar, day, notes.get(habit.pk, ""))
        for habit, calendar in zip(habits, calendars, strict=True)
    ]


def _item(habit: Habit, stats: HabitStats, calendar: HabitCalendar, day: date, note: str) -> AgendaItem:
    judged = _unit_on(calendar.units, day)
    log = calendar.logs.get(day)
    return AgendaItem(
        habit,
        stats,
        is_due(calendar.plan, judged, calendar.logs, day, calendar.today),
        calendar.status_of(day),
        log.value_milli if log else None,
        note,
        judged,
    )


def _unit_on(units: Sequence[JudgedUnit], day: date) -> JudgedUnit | None:
    return next((judged for judged in units if judged.unit.start <= day <= judged.unit.end), None)
