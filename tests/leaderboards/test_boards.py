"""Which board a caller means, which boards a log counts for, and until when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboards.domain.boards import (
    ALWAYS,
    DATED,
    Board,
    Kind,
    Metric,
    Period,
    StreakUnit,
    board_of,
    boards_counting,
    earliest_start,
    endless,
    open_boards,
)

WEDNESDAY = date(2026, 6, 17)
INSTANTS = st.datetimes(datetime(1970, 3, 1), datetime(9000, 1, 1), timezones=st.just(UTC))
ZONES = st.integers(-12 - 6, 14).map(lambda hours: timedelta(hours=hours))


@pytest.mark.parametrize(
    ("period", "kind", "first", "last"),
    [
        (Period.TODAY, Kind.COMPLETIONS_OF_DAY, WEDNESDAY, WEDNESDAY),
        (Period.THIS_WEEK, Kind.COMPLETIONS_OF_WEEK, date(2026, 6, 15), date(2026, 6, 21)),
        (Period.LAST_WEEK, Kind.COMPLETIONS_OF_WEEK, date(2026, 6, 8), date(2026, 6, 14)),
        (Period.THIS_MONTH, Kind.COMPLETIONS_OF_MONTH, date(2026, 6, 1), date(2026, 6, 30)),
        (Period.LAST_MONTH, Kind.COMPLETIONS_OF_MONTH, date(2026, 5, 1), date(2026, 5, 31)),
        (Period.ALL_TIME, Kind.COMPLETIONS, ALWAYS, None),
    ],
)
def test_periods_are_those_of_the_callers_date(period: Period, kind: Kind, first: date, last: date | None) -> None:
    board = board_of(Metric.COMPLETIONS, period, StreakUnit.DAY, WEDNESDAY)
    assert (board, board.ends_on) == (Board(kind, first), last)


def test_a_period_closes_48_hours_after_its_end_in_utc() -> None:
    board = board_of(Metric.COMPLETIONS, Period.THIS_WEEK, StreakUnit.DAY, WEDNESDAY)
    assert board.closes_at == datetime(2026, 6, 24, tzinfo=UTC)
    assert board.is_open_at(datetime(2026, 6, 23, 23, 59, 59, tzinfo=UTC))
    assert not board.is_open_at(datetime(2026, 6, 24, tzinfo=UTC))
    assert endless(Kind.LONGEST_DAYS).is_open_at(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("unit", StreakUnit)
def test_streaks_of_each_unit_have_boards_of_their_own(unit: StreakUnit) -> None:
    for metric in (Metric.CURRENT_STREAK, Metric.LONGEST_STREAK):
        board = board_of(metric, Period.ALL_TIME, unit, WEDNESDAY)
        assert (board.kind.streak_unit, board.kind.is_streak, board.starts_on) == (unit, True, ALWAYS)


def test_counts_have_no_unit() -> None:
    assert {kind.streak_unit for kind in (Kind.COMPLETIONS, *DATED)} == {None}


def test_a_late_log_counts_for_what_is_open_alone() -> None:
    first_of_july = datetime(2026, 7, 2, 23, tzinfo=UTC)
    assert boards_counting(date(2026, 6, 30), first_of_july) == (
        Board(Kind.COMPLETIONS_OF_WEEK, date(2026, 6, 29)),
        Board(Kind.COMPLETIONS_OF_MONTH, date(2026, 6, 1)),
    )
    later = first_of_july + timedelta(hours=1)
    assert boards_counting(date(2026, 6, 30), later) == (Board(Kind.COMPLETIONS_OF_WEEK, date(2026, 6, 29)),)
    assert boards_counting(date(2026, 6, 28), later) == ()


@given(present=INSTANTS, offset=ZONES, period=st.sampled_from([period for period in Period if period is not Period.ALL_TIME]))
def test_whatever_anybody_may_see_and_is_open_is_counted(present: datetime, offset: timedelta, period: Period) -> None:
    today = (present + offset).date()
    board = board_of(Metric.COMPLETIONS, period, StreakUnit.DAY, today)
    assert board.starts_on >= earliest_start(board.kind, present)
    assert board.is_open_at(present) == (board in open_boards(present))
    for day in (board.starts_on, board.ends_on):
        assert board.is_open_at(present) == (board in boards_counting(day, present))


@given(present=INSTANTS, ago=st.integers(-2, 80))
def test_what_a_log_counts_for_is_open_and_holds_its_day(present: datetime, ago: int) -> None:
    day = present.date() - timedelta(days=ago)
    boards = boards_counting(day, present)
    assert set(boards) <= set(open_boards(present)) or ago < 0
    for board in boards:
        assert board.holds(day)
        assert present < board.closes_at
