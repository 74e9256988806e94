"""When challenges begin, end and settle: for every zone on earth."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenges.domain.course import State, course_of, first_instant, last_instant, latest_today, state_of
from config.rest.fields import NO_TIME_ZONES
from users.domain.clock import local_today, start_of_day

ZONES = sorted(available_timezones() - NO_TIME_ZONES)
DAYS = st.integers(0, 8 * 365).map(lambda number: date(2024, 1, 1) + timedelta(days=number))
HOURS = st.integers(0, 6)
SECOND = timedelta(seconds=1)


@settings(max_examples=400)
@given(zone=st.sampled_from(ZONES), hour=HOURS, day=DAYS)
def test_nobodys_day_lies_outside(zone: str, hour: int, day: date) -> None:
    assert first_instant(day) <= start_of_day(day, zone, hour)
    assert start_of_day(day + timedelta(days=1), zone, hour) <= last_instant(day)


@settings(max_examples=300)
@given(zone=st.sampled_from(ZONES), hour=HOURS, seconds=st.integers(0, 8 * 365 * 86_400))
def test_nobodys_today_is_later_than_the_latest(zone: str, hour: int, seconds: int) -> None:
    instant = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    assert local_today(zone, hour, instant) <= latest_today(instant)
    assert local_today("Pacific/Kiritimati", 0, instant) == latest_today(instant)


def test_the_ends_are_reached_by_those_who_live_there() -> None:
    day = date(2026, 6, 1)
    assert first_instant(day) == datetime(2026, 6, 1, tzinfo=ZoneInfo("Pacific/Kiritimati"))
    assert last_instant(day) == datetime(2026, 6, 2, 6, tzinfo=ZoneInfo("Etc/GMT+12"))


@pytest.mark.parametrize("late_days", [0, 1, 31])
def test_it_settles_when_the_last_zones_late_days_are_over(late_days: int) -> None:
    start, end = date(2026, 6, 1), date(2026, 6, 30)
    course = course_of(start, end, late_days)
    last = end + timedelta(days=late_days)
    assert course.settles_at == last_instant(last)
    assert local_today("Etc/GMT+12", 6, course.settles_at - SECOND) == last
    assert local_today("Etc/GMT+12", 6, course.settles_at) > last


def test_states_follow_each_other() -> None:
    course = course_of(date(2026, 6, 1), date(2026, 6, 30), 1)

    def state(present: datetime, *, is_finished: bool = False, is_cancelled: bool = False) -> State:
        return state_of(course, present, is_finished=is_finished, is_cancelled=is_cancelled)

    instants = [course.starts_at - SECOND, course.starts_at, course.ends_at - SECOND, course.ends_at, course.settles_at]
    states = [State.UPCOMING, State.ACTIVE, State.ACTIVE, State.SETTLING, State.SETTLING]
    assert [state(instant) for instant in instants] == states
    assert state(course.settles_at, is_finished=True) is State.FINISHED
    assert state(course.starts_at, is_cancelled=True) is State.CANCELLED
