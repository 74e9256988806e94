"""Logs of habits that the actor was found to see."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from config.errors import NotFound
from habits.domain.logs import DayLog, LogStatus
from habits.models import Habit, HabitLog
from users.models import User


def list_logs(habit: Habit) -> QuerySet[HabitLog]:
    """Return the logs of a habit."""
    return HabitLog.objects.filter(habit=habit)


def get_log(habit: Habit, day: date) -> HabitLog:
    """Return the log of a day; raises NotFound where there is none."""
    log = list_logs(habit).filter(date=day).first()
    if log is None:
        raise NotFound
    return log


def name_partners(logs: Sequence[HabitLog]) -> None:
    """Read who has written logs in the place of their owner: one query for all, none where nobody has."""
    if any(log.logged_by_id for log in logs):
        prefetch_related_objects(logs, Prefetch("logged_by", User.objects.only("display_name")))


def read_logs(habit: Habit) -> Iterable[tuple[date, DayLog]]:
    """Yield all logs of a habit, as the rules see them."""
    rows = list_logs(habit).values_list("date", "status", "value_milli")
    return ((day, DayLog(LogStatus(status), value)) for day, status, value in rows.iterator())


def read_all_logs(habits: Iterable[Habit]) -> Mapping[uuid.UUID, Mapping[date, DayLog]]:
    """Return all logs of each habit: no query for no habits."""
    chosen = list(habits)
    return read_logs_between(chosen, date.min, date.max) if chosen else {}


def read_logs_between(habits: Iterable[Habit], first: date, last: date) -> Mapping[uuid.UUID, Mapping[date, DayLog]]:
    """Return the logs of each habit from `first` to `last`, as the rules see them: one query for all."""
    logs: dict[uuid.UUID, dict[date, DayLog]] = {habit.pk: {} for habit in habits}
    rows = HabitLog.objects.filter(habit__in=logs, date__range=(first, last))
    for habit_id, day, status, value in rows.values_list("habit_id", "date", "status", "value_milli"):
        logs[habit_id][day] = DayLog(LogStatus(status), value)
    return logs
