"""Which grants come with which role on a habit."""

from config.access import grant_to_user
from habits.models import Habit

VIEW = "view_habit"
CHANGE = "change_habit"
DELETE = "delete_habit"
LOG = "log_habit"

OWNER_GRANTS = (VIEW, CHANGE, DELETE, LOG)


def grant_owner(habit: Habit) -> None:
    """Give a habit's owner all there is to grant on it."""
    grant_to_user(habit, habit.owner_id, OWNER_GRANTS)
