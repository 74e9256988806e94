"""Statistics as of the owner's today, whatever day the stored row is of."""

from datetime import date

from habits.domain.stats import History, begin, look
from habits.domain.streaks import Streak
from habits.models import Habit, HabitStats
from habits.selectors.logs import read_logs


def get_stats(habit: Habit, today: date) -> HabitStats:
    """Return the stored statistics if they are of `today`, else those of today, not stored; no query either way."""
    row = habit.stats
    if row.as_of == today:
        return row
    return HabitStats.of(habit.pk, row.past, look(habit.plan, row.past, today))


def get_current_streak(habit: Habit, today: date) -> Streak | None:
    """Return the streak that runs today, None where none does; no query."""
    return look(habit.plan, habit.stats.past, today).current


def rebuild(habit: Habit, today: date) -> History:
    """Return the history of a habit from all its logs."""
    return begin(habit.plan, read_logs(habit), today)
