"""Statistics as of the owner's today, whatever day the stored row is of."""

from collections.abc import Iterable
from datetime import date

from habits.domain.codec import decode_history
from habits.domain.logs import DayLog, LogStatus
from habits.domain.stats import History, begin, look
from habits.models import Habit, HabitLog, HabitStats


def get_stats(habit: Habit, today: date) -> HabitStats:
    """Return the stored statistics if they are of `today`, else those of today, not stored; no query either way."""
    row = habit.stats
    if row.as_of == today:
        return row
    history = decode_history(row.history)
    return HabitStats.of(habit.pk, history, look(habit.plan, history, today))


def read_logs(habit: Habit) -> Iterable[tuple[date, DayLog]]:
    """Yield all logs of a habit, as the rules see them."""
    rows = HabitLog.objects.filter(habit=habit).values_list("date", "status", "value_milli")
    return ((day, DayLog(LogStatus(status), value)) for day, status, value in rows.iterator())


def rebuild(habit: Habit, today: date) -> History:
    """Return the history of a habit from all its logs."""
    return begin(habit.plan, read_logs(habit), today)
