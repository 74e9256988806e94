"""Statistics as of the owner's today, whatever day the stored row is of."""

from datetime import date

from habits.domain.stats import History, begin, look
from habits.models import Habit, HabitStats
from habits.selectors.logs import read_logs


def get_stats(habit: Habit, today: date) -> HabitStats:
    """Return the stored statistics if they are of `today`, else those of today, not stored; no query either way."""
    row = habit.stats
    if row.as_of == today:
        return row
    return HabitStats.of(habit.pk, row.past, look(habit.plan, row.past, today))


def rebuild(habit: Habit, today: date) -> History:
    """Return the history of a habit from all its logs."""
    return begin(habit.plan, read_logs(habit), today)
