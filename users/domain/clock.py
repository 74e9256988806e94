"""When a user's day begins and which day it is: time zones and instants in, dates and instants out."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def local_today(timezone_name: str, day_start_hour: int, now: datetime) -> date:
    """Return the date of the instant `now` in the zone, or the day before while the local hour is below `day_start_hour`."""
    local = now.astimezone(ZoneInfo(timezone_name))
    return local.date() - timedelta(days=1) if local.hour < day_start_hour else local.date()


def start_of_day(day: date, timezone_name: str, day_start_hour: int) -> datetime:
    """Return, in UTC, the first instant at which `local_today` is `day` (or later, where the zone leaves that day out).

    A wall clock that repeats the hour has its first pass taken; one that jumps over it begins the day with the jump.
    """
    zone = ZoneInfo(timezone_name)
    wall = datetime.combine(day, time(day_start_hour))
    # PEP 495: the two folds differ at a change of the clock alone. Where the hour is skipped, fold 1 names an instant before the
    # jump and fold 0 one after it; where it is repeated, fold 0 is the first pass.
    late = wall.replace(tzinfo=zone).astimezone(UTC)
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > _SECOND:
        middle = early + (late - early) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    return late
