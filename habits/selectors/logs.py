"""Logs of a habit that the actor was found to see."""

from datetime import date

from django.db.models import QuerySet

from config.errors import NotFound
from habits.models import Habit, HabitLog


def list_logs(habit: Habit) -> QuerySet[HabitLog]:
    """Return the logs of a habit."""
    return HabitLog.objects.filter(habit=habit)


def get_log(habit: Habit, day: date) -> HabitLog:
    """Return the log of a day; raises NotFound where there is none."""
    log = list_logs(habit).filter(date=day).first()
    if log is None:
        raise NotFound
    return log
