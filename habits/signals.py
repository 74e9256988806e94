"""What the apps above may listen to; every signal is sent inside the transaction of the change."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.dispatch import Signal

from habits.domain.logs import DayLog
from habits.models import Habit


class LogChanges(NamedTuple):
    """What logs of a habit were and what they have become, by date; None where there was, or is, none.

    The statistics of the habit follow already, and `habit.stats.before` are those before; not where logs are judged anew.
    """

    habit: Habit
    before: Mapping[date, DayLog | None]
    after: Mapping[date, DayLog | None]


# Logs are about to be written or deleted, or just were. Arguments: changes, a sequence of LogChanges. Receivers return the
# Statements that travel with them, and run after the statistics are stored.
logs_changing = Signal()
# Logs were written or deleted. Arguments: changes.
logs_changed = Signal()
# Statistics are other ones without a log: a day has ended, or a plan has changed. Arguments: habits.
stats_changed = Signal()
# A habit is about to be deleted with all that belongs to it. Arguments: habit.
habit_deleting = Signal()
# A habit has reached a milestone, once. Arguments: habit, milestone.
milestone_reached = Signal()
# A goal is reached for the first time. Arguments: habit, goal.
goal_reached = Signal()
