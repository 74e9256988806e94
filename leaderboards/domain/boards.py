"""Boards: what is ranked, over which days, and until when what is logged counts.

Days are the local dates of those who log; a period is closed 48 hours after its end in UTC. Source: the product's domain rules,
"Goals, challenges, boards".
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from challenges.domain.course import LATEST_DAY_START, WESTMOST, latest_today
from habits.domain.schedule import ONE_DAY

CLOSES_AFTER: Final = timedelta(hours=48)
ONE_WEEK: Final = timedelta(days=7)

ALWAYS: Final = date(1970, 1, 1)
"""When a board begins that never ends."""


class Metric(StrEnum):
    """What is ranked."""

    CURRENT_STREAK = "current_streak"
    LONGEST_STREAK = "longest_streak"
    COMPLETIONS = "completions"
    SUCCESS_RATE = "success_rate"

    @property
    def is_streak(self) -> bool:
        """Whether a user's score is the best of several habits, in a unit, of all time."""
        return self in (Metric.CURRENT_STREAK, Metric.LONGEST_STREAK)

    @property
    def is_public(self) -> bool:
        """Whether everybody is ranked by it: a rate tells of those who have agreed upon what is done."""
        return self is not Metric.SUCCESS_RATE


class Period(StrEnum):
    """The days over which it is counted, as a caller names them."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    ALL_TIME = "all_time"


class StreakUnit(StrEnum):
    """What streaks are counted in; those of different units are not mixed."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Kind(IntEnum):
    """What tells boards apart but for their first day, as it is stored: tens are the metric, ones its span or unit."""

    COMPLETIONS = 10
    COMPLETIONS_OF_DAY = 11
    COMPLETIONS_OF_WEEK = 12
    COMPLETIONS_OF_MONTH = 13
    CURRENT_DAYS = 21
    CURRENT_WEEKS = 22
    CURRENT_MONTHS = 23
    LONGEST_DAYS = 31
    LONGEST_WEEKS = 32
    LONGEST_MONTHS = 33
    RATE = 40
    RATE_OF_DAY = 41
    RATE_OF_WEEK = 42
    RATE_OF_MONTH = 43

    @property
    def is_streak(self) -> bool:
        """Whether a user's score is the best of several habits, not what they add up to."""
        return Kind.CURRENT_DAYS <= self <= Kind.LONGEST_MONTHS

    @property
    def is_rate(self) -> bool:
        """Whether a score is a rate, in ten-thousandths."""
        return self >= Kind.RATE

    @property
    def streak_unit(self) -> StreakUnit | None:
        """The unit of a board of streaks, None of any other."""
        return STREAK_UNITS_BY_KIND.get(self)


# The boards of rates, by those of completions over the same days.
RATES: Final[Mapping[Kind, Kind]] = {
    Kind.COMPLETIONS: Kind.RATE,
    Kind.COMPLETIONS_OF_DAY: Kind.RATE_OF_DAY,
    Kind.COMPLETIONS_OF_WEEK: Kind.RATE_OF_WEEK,
    Kind.COMPLETIONS_OF_MONTH: Kind.RATE_OF_MONTH,
}
# The kinds of boards that have an end.
DATED: Final = tuple(kind for kinds in RATES.items() for kind in kinds if kind not in (Kind.COMPLETIONS, Kind.RATE))
# By the unit.
CURRENT: Final[Mapping[str, Kind]] = {
    StreakUnit.DAY: Kind.CURRENT_DAYS,
    StreakUnit.WEEK: Kind.CURRENT_WEEKS,
    StreakUnit.MONTH: Kind.CURRENT_MONTHS,
}
LONGEST: Final[Mapping[str, Kind]] = {
    StreakUnit.DAY: Kind.LONGEST_DAYS,
    StreakUnit.WEEK: Kind.LONGEST_WEEKS,
    StreakUnit.MONTH: Kind.LONGEST_MONTHS,
}


STREAK_UNITS_BY_KIND: Final = {kind: StreakUnit(unit) for kinds in (CURRENT, LONGEST) for unit, kind in kinds.items()}


class Board(NamedTuple):
    """A kind of board from its first day on."""

    kind: Kind
    starts_on: date

    @property
    def ends_on(self) -> date | None:
        """The last day that counts, None where there is none."""
        match self.kind:
            case Kind.COMPLETIONS_OF_DAY | Kind.RATE_OF_DAY:
                return self.starts_on
            case Kind.COMPLETIONS_OF_WEEK | Kind.RATE_OF_WEEK:
                return self.starts_on + ONE_WEEK - ONE_DAY
            case Kind.COMPLETIONS_OF_MONTH | Kind.RATE_OF_MONTH:
                return _month_after(self.starts_on) - ONE_DAY
        return None

    @property
    def closes_at(self) -> datetime | None:
        """The instant from which nothing that is written counts here any more, None where everything does."""
        last = self.ends_on
        return None if last is None else datetime.combine(last + ONE_DAY, time(), UTC) + CLOSES_AFTER

    def holds(self, day: date) -> bool:
        """Return whether a log of a day counts here."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def is_open_at(self, present: datetime) -> bool:
        """Return whether what is written now counts."""
        return self.closes_at is None or present < self.closes_at


def endless(kind: Kind) -> Board:
    """Return the board of a kind that is over all time."""
    return Board(kind, ALWAYS)


def board_of(metric: Metric, period: Period, unit: StreakUnit, today: date) -> Board:
    """Return the board that a caller means whose date is `today`; streaks have no period but all time."""
    if metric is Metric.CURRENT_STREAK:
        return endless(CURRENT[unit])
    if metric is Metric.LONGEST_STREAK:
        return endless(LONGEST[unit])
    board = _board_over(period, today)
    return rate_board(board) if metric is Metric.SUCCESS_RATE else board


def _board_over(period: Period, today: date) -> Board:
    match period:
        case Period.TODAY:
            return day_board(today)
        case Period.THIS_WEEK:
            return week_board(today)
        case Period.LAST_WEEK:
            return week_board(today - ONE_WEEK)
        case Period.THIS_MONTH:
            return month_board(today)
        case Period.LAST_MONTH:
            return month_board(today.replace(day=1) - ONE_DAY)
    return endless(Kind.COMPLETIONS)


def rate_board(board: Board) -> Board:
    """Return the board of rates over the same days as one of completions."""
    return Board(RATES[board.kind], board.starts_on)


def day_board(day: date) -> Board:
    """Return the board of a day."""
    return Board(Kind.COMPLETIONS_OF_DAY, day)


def week_board(day: date) -> Board:
    """Return the board of the ISO week that holds a day."""
    return Board(Kind.COMPLETIONS_OF_WEEK, day - timedelta(days=day.weekday()))


def month_board(day: date) -> Board:
    """Return the board of the month that holds a day."""
    return Board(Kind.COMPLETIONS_OF_MONTH, day.replace(day=1))


def boards_counting(day: date, present: datetime) -> tuple[Board, ...]:
    """Return the boards with an end for which a log of a day, written now, counts: those still open that anybody may see."""
    # Boards open and close at full hours of UTC.
    return _boards_counting(day, present.astimezone(UTC).replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=1_000)
def _boards_counting(day: date, hour: datetime) -> tuple[Board, ...]:
    boards = (day_board(day), week_board(day), month_board(day))
    return tuple(board for board in boards if board.starts_on >= earliest_start(board.kind, hour) and board.is_open_at(hour))


def open_boards(present: datetime) -> list[Board]:
    """Return all boards of completions with an end for which something written now may count, and which anybody may see."""
    first, last = _last_month(_earliest_today(present)), latest_today(present)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return list(dict.fromkeys(board for day in days for board in boards_counting(day, present)))


def open_rate_boards(present: datetime) -> list[Board]:
    """Return all boards of rates that something written now may change, that of all time among them."""
    return [rate_board(board) for board in (endless(Kind.COMPLETIONS), *open_boards(present))]


def earliest_start(kind: Kind, present: datetime) -> date:
    """Return the first day of the earliest board of a kind that somebody may see, whatever the date is where they are."""
    today = _earliest_today(present)
    match kind:
        case Kind.COMPLETIONS_OF_DAY | Kind.RATE_OF_DAY:
            return today
        case Kind.COMPLETIONS_OF_WEEK | Kind.RATE_OF_WEEK:
            return week_board(today - ONE_WEEK).starts_on
        case Kind.COMPLETIONS_OF_MONTH | Kind.RATE_OF_MONTH:
            return _last_month(today)
    return ALWAYS


def _earliest_today(present: datetime) -> date:
    return (present.astimezone(UTC) + WESTMOST - LATEST_DAY_START).date()


def _last_month(day: date) -> date:
    return (day.replace(day=1) - ONE_DAY).replace(day=1)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
