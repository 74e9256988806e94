"""What habits contribute to the export of everything about a user."""

from habits.models import Goal, Habit, HabitLog, HabitPause, LogAddition, Milestone, ScheduleVersion
from users.models import User
from users.services.exports import Rows, export_section, rows_of

SCHEDULE = ("frequency", "interval", "target_days", "target_count", "target_value_milli", "target_direction", "target_scope")


def declare_sections() -> None:
    """Declare the files of the archive."""
    export_section("habits", habit_rows)
    export_section("schedules", schedule_rows)
    export_section("pauses", pause_rows)
    export_section("logs", log_rows)
    export_section("log_additions", addition_rows)
    export_section("milestones", milestone_rows)
    export_section("goals", goal_rows)
    export_section("partner_logs", partner_log_rows)


def habit_rows(user: User) -> Rows:
    """Yield the habits."""
    texts = ("id", "name", "description", "unit", "tags", "color", "icon", "position", "source")
    dates = ("start_date", "end_date", "archived_on", "created_at", "updated_at")
    return rows_of(Habit.objects.owned_by(user.pk), *texts, *SCHEDULE, *dates)


def schedule_rows(user: User) -> Rows:
    """Yield the versions of the schedules."""
    return rows_of(ScheduleVersion.objects.filter(owner=user), "habit_id", "effective_from", *SCHEDULE, "created_at")


def pause_rows(user: User) -> Rows:
    """Yield the pauses."""
    return rows_of(HabitPause.objects.filter(owner=user), "habit_id", "start", "end", "is_archive", "created_at")


def log_rows(user: User) -> Rows:
    """Yield the logs."""
    columns = ("habit_id", "date", "status", "value_milli", "note", "source", "logged_at", "updated_at")
    return rows_of(HabitLog.objects.filter(owner=user), *columns)


def addition_rows(user: User) -> Rows:
    """Yield what was added to logs."""
    return rows_of(LogAddition.objects.filter(habit__owner=user), "habit_id", "date", "amount_milli", "created_at")


def milestone_rows(user: User) -> Rows:
    """Yield the milestones that the habits have reached."""
    return rows_of(Milestone.objects.filter(habit__owner=user), "habit_id", "kind", "count", "streak_unit", "reached_on")


def goal_rows(user: User) -> Rows:
    """Yield the goals, and how far they have come."""
    terms = ("id", "habit_id", "kind", "title", "target_milli", "start_date", "deadline", "is_cancelled")
    return rows_of(Goal.objects.filter(owner=user), *terms, "value_milli", "reached_on", "created_at", "updated_at")


def partner_log_rows(user: User) -> Rows:
    """Yield the days of other people's habits that the user has logged; what became of them is their owners'."""
    return rows_of(HabitLog.objects.filter(logged_by=user), "habit_id", "date", "updated_at")
