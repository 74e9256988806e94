"""When a challenge begins, ends and is settled: days all over the world in, instants out.

A day is that of each participant. The first to see it live at UTC+14, the last at UTC-12, and there it may begin as late as six.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from habits.domain.schedule import ONE_DAY

EASTMOST: Final = timedelta(hours=14)
WESTMOST: Final = timedelta(hours=-12)
LATEST_DAY_START: Final = timedelta(hours=6)


class State(StrEnum):
    """How far a challenge is."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    SETTLING = "settling"
    FINISHED = "finished"
    CANCELLED = "cancelled"


STATES: Final = tuple(State)


class Course(NamedTuple):
    """The instants of a challenge: somebody's first day begins, everybody's last day is over, and the last late log is past."""

    starts_at: datetime
    ends_at: datetime
    settles_at: datetime


def course_of(start: date, end: date, late_days: int) -> Course:
    """Return the instants, whatever zones the participants live in or move to."""
    return Course(first_instant(start), last_instant(end), last_instant(end + timedelta(days=late_days)))


def first_instant(day: date) -> datetime:
    """Return when a day begins for the first on earth."""
    return datetime.combine(day, time(), UTC) - EASTMOST


def last_instant(day: date) -> datetime:
    """Return when a day is over for the last on earth."""
    return datetime.combine(day + ONE_DAY, time(), UTC) - WESTMOST + LATEST_DAY_START


def latest_today(present: datetime) -> date:
    """Return the latest date that anybody's today can be."""
    return (present.astimezone(UTC) + EASTMOST).date()


def state_of(course: Course, present: datetime, *, is_finished: bool, is_cancelled: bool) -> State:
    """Return how far a challenge is; settling goes on until the standings are frozen."""
    if is_cancelled:
        return State.CANCELLED
    if is_finished:
        return State.FINISHED
    if present < course.starts_at:
        return State.UPCOMING
    return State.ACTIVE if present < course.ends_at else State.SETTLING
