"""The rules of habits that a request may break."""

from config.errors import Conflict, InvalidInput


class HabitArchived(Conflict):
    """A log for an archived habit."""

    code = "habit_archived"
    title = "The habit is archived."


class LogExists(Conflict):
    """A second log for the same day."""

    code = "log_exists"
    title = "There is a log for this day already."


class LogsOutsideRange(Conflict):
    """Dates that would leave logs outside."""

    code = "logs_outside_range"
    title = "The habit has logs outside of these dates."


class IdConflict(Conflict):
    """A client's id that is somebody else's."""

    code = "id_conflict"
    title = "This id is taken."


class IdDeleted(Conflict):
    """A client's id of an own object that was deleted."""

    code = "id_deleted"
    title = "The object with this id was deleted."


class HabitNotMeasured(Conflict):
    """An amount for a yes/no habit."""

    code = "habit_not_measured"
    title = "The habit takes no values."


class PauseOfArchive(Conflict):
    """An edit of the pause that archiving opened."""

    code = "pause_of_archive"
    title = "This pause belongs to the archived habit: unarchive it instead."


class DateOutOfRange(InvalidInput):
    """A date for which no log can be made."""

    code = "date_out_of_range"
    title = "The habit takes no log on this date."
