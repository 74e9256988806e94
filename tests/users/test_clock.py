"""A user's day (domain.md, section 1): against a slow reference, and where clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from users.domain.clock import local_today, start_of_day

ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "posixrules", "Factory"}))
# Zones that change their clocks at midnight, by half an hour, by a minute past the hour, or by a whole day.
ODD_ZONES = st.sampled_from(
    [
        "America/Sao_Paulo",
        "America/St_Johns",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kwajalein",
        "Africa/Monrovia",
    ]
)
HOURS = st.integers(0, 6)
DATES = st.dates(date(1970, 1, 2), date(2040, 12, 31))
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2040, 12, 31), timezones=st.just(UTC))


def slow_today(zone: str, hour: int, now: datetime) -> date:
    """Say it as the page does: the local date, or the day before while the local hour is less than the day start hour."""
    text = now.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H")
    day = date.fromisoformat(text[:10])
    return date.fromordinal(day.toordinal() - 1) if int(text[11:]) < hour else day


def slow_start(day: date, zone: str, hour: int) -> datetime:
    """Walk through the instants: by quarters of an hour, then by seconds."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=27)
    while slow_today(zone, hour, instant) < day:
        instant += timedelta(minutes=15)
    instant -= timedelta(minutes=15)
    while slow_today(zone, hour, instant) < day:
        instant += timedelta(seconds=1)
    return instant


@given(zone=ZONES, hour=HOURS, now=INSTANTS)
def test_today_is_the_local_date_shifted_by_the_day_start(zone: str, hour: int, now: datetime) -> None:
    assert local_today(zone, hour, now) == slow_today(zone, hour, now)


@settings(max_examples=60, deadline=None)
@given(zone=ZONES | ODD_ZONES, hour=HOURS, day=DATES)
def test_day_starts_at_the_first_instant_that_has_its_date(zone: str, hour: int, day: date) -> None:
    assert start_of_day(day, zone, hour) == slow_start(day, zone, hour)


@given(zone=ZONES | ODD_ZONES, hour=HOURS, now=INSTANTS)
def test_now_lies_in_its_own_day(zone: str, hour: int, now: datetime) -> None:
    assert start_of_day(local_today(zone, hour, now), zone, hour) <= now


@pytest.mark.parametrize(
    ("zone", "hour", "day", "starts_at"),
    [
        ("UTC", 0, date(2026, 5, 1), "2026-05-01T00:00:00"),
        ("UTC", 4, date(2026, 5, 1), "2026-05-01T04:00:00"),
        ("Asia/Kolkata", 0, date(2026, 5, 1), "2026-04-30T18:30:00"),
        # 02:00 jumps to 03:00: the day begins with the jump.
        ("Europe/Berlin", 2, date(2026, 3, 29), "2026-03-29T01:00:00"),
        # 03:00 falls back to 02:00: the day begins with the first 02:00.
        ("Europe/Berlin", 2, date(2026, 10, 25), "2026-10-25T00:00:00"),
        # Midnight does not exist: 00:00 jumps to 01:00.
        ("America/Sao_Paulo", 0, date(2018, 11, 4), "2018-11-04T03:00:00"),
        # 00:01 jumps to 01:01, past the hour at which the day begins.
        ("America/St_Johns", 1, date(2010, 3, 14), "2010-03-14T03:31:00"),
        # 00:01 falls back to 23:01: the day begins twice, and the first time counts.
        ("America/St_Johns", 0, date(2010, 11, 7), "2010-11-07T02:30:00"),
        # Samoa left out 30 December 2011: that day and the next begin together.
        ("Pacific/Apia", 0, date(2011, 12, 30), "2011-12-30T10:00:00"),
        ("Pacific/Apia", 0, date(2011, 12, 31), "2011-12-30T10:00:00"),
        ("Pacific/Apia", 4, date(2011, 12, 30), "2011-12-30T10:00:00"),
        ("Pacific/Apia", 4, date(2011, 12, 31), "2011-12-30T14:00:00"),
    ],
)
def test_day_starts_where_clocks_change(zone: str, hour: int, day: date, starts_at: str) -> None:
    assert start_of_day(day, zone, hour) == datetime.fromisoformat(starts_at).replace(tzinfo=UTC)


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(9998, 12, 31), date(9999, 1, 1)])
def test_dates_at_the_edges_have_a_start(day: date) -> None:
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        assert local_today(zone, 6, start_of_day(day, zone, 6)) == day
