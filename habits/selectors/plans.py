"""The plan of a habit from its rows."""

from habits.domain.schedule import Pause, Plan, Version, merged
from habits.models import Habit, HabitPause, ScheduleVersion


def read_versions(habit: Habit) -> tuple[Version, ...]:
    """Return the versions of the habit's schedule, ascending."""
    rows = ScheduleVersion.objects.filter(habit=habit).order_by("effective_from")
    return tuple(Version(row.effective_from, row.schedule) for row in rows)


def read_plan(habit: Habit) -> Plan:
    """Return the plan that the habit's versions and pauses give."""
    pauses = HabitPause.objects.filter(habit=habit).values_list("start", "end")
    return Plan(
        habit.start_date,
        habit.end_date,
        read_versions(habit),
        merged(Pause(start, end) for start, end in pauses),
        is_archived=habit.archived_on is not None,
    )
