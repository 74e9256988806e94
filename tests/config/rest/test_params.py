import datetime as dt

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from config.rest.errors import InvalidParameter
from config.rest.params import MAX_RANGE_DAYS, PERIODS, RangeParams

TODAY = dt.date(2026, 11, 22)  # a Sunday


def resolve(query: str, today: dt.date = TODAY) -> tuple[str, str]:
    return tuple(map(str, RangeParams.read(QueryDict(query)).resolve(today)))


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", "2026-10-24", "2026-11-22"),
        ("period=last_7_days", "2026-11-16", "2026-11-22"),
        ("period=last_30_days", "2026-10-24", "2026-11-22"),
        ("period=this_week", "2026-11-16", "2026-11-22"),
        ("period=last_week", "2026-11-09", "2026-11-15"),
        ("period=this_month", "2026-11-01", "2026-11-30"),
        ("period=last_month", "2026-10-01", "2026-10-31"),
        ("period=this_year", "2026-01-01", "2026-12-31"),
        ("from=2026-01-01&to=2026-01-01", "2026-01-01", "2026-01-01"),
        ("from=2024-01-01&to=2024-12-31", "2024-01-01", "2024-12-31"),
        ("from=2026-11-20", "2026-11-20", "2026-11-22"),
        ("to=2026-01-30", "2026-01-01", "2026-01-30"),
        ("to=2030-01-30&from=2030-01-30", "2030-01-30", "2030-01-30"),
        ("from=&to=", "2026-10-24", "2026-11-22"),
        ("to=1970-01-03", "1970-01-01", "1970-01-03"),
    ],
)
def test_ranges(query, first, last):
    assert resolve(query) == (first, last)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("from=2026-02-01&to=2026-01-31", "from"),
        ("from=2026-11-23", "from"),
        ("from=2024-01-01&to=2025-01-01", "to"),
        ("from=1970-01-01", "to"),
        ("from=1970-01-01&to=9998-12-31", "to"),
        ("period=this_week&from=2026-11-01", "period"),
        ("period=this_week&to=2026-11-01", "period"),
        ("period=tomorrow", "period"),
    ],
)
def test_refused_ranges(query, name):
    with pytest.raises(InvalidParameter) as caught:
        resolve(query)
    assert [fault.attr for fault in caught.value.errors] == [name]


@given(st.dates(dt.date(1970, 1, 1), dt.date(9998, 12, 31)), st.sampled_from(list(PERIODS)))
def test_periods(today, name):
    first, last = PERIODS[name](today)
    assert 0 <= (last - first).days < MAX_RANGE_DAYS
    if name.startswith("this") or name.endswith("days"):
        assert first <= today <= last
    if name.endswith("week"):
        assert (first.isoweekday(), last.isoweekday()) == (1, 7)
    if name.endswith("month"):
        assert first.day == 1
        assert (last + dt.timedelta(days=1)).day == 1
