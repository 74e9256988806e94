"""The rules of habits that a request may break."""

from config.errors import Conflict, InvalidInput


class HabitArchived(Conflict):
    """An archived habit takes no logs: unarchive it first."""

    code = "habit_archived"
    title = "The habit is archived."


class LogExists(Conflict):
    """There is a log for this day already: `PUT` replaces it."""

    code = "log_exists"
    title = "There is a log for this day already."


class LogsOutsideRange(Conflict):
    """The new dates would leave logs of the habit outside."""

    code = "logs_outside_range"
    title = "The habit has logs outside of these dates."


class HabitNotMeasured(Conflict):
    """An amount cannot be added to a yes/no habit."""

    code = "habit_not_measured"
    title = "The habit takes no values."


class PauseOfArchive(Conflict):
    """The pause belongs to an archived habit: unarchive it instead."""

    code = "pause_of_archive"
    title = "This pause belongs to the archived habit: unarchive it instead."


class DateOutOfRange(InvalidInput):
    """The habit takes no log on this date: after today, before its start or after its end."""

    code = "date_out_of_range"
    title = "The habit takes no log on this date."
