"""Loop's frequencies as schedules: the same block, so that strength is Loop's score."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habits.domain.validation import schedule_faults
from integrations.domain.formats import parse
from integrations.domain.imported import ImportedSchedule, Reason
from integrations.services.taking import schedule_of
from tests.integrations.loop_files import backup

MEASURED = {"type": 1, "unit": "km", "target_value": 5}


def schedule(num, den, **habit):
    data = parse(backup([{"freq_num": num, "freq_den": den} | habit]))
    return data.habits[0].schedule if data.habits else None


@pytest.mark.parametrize(
    ("num", "den", "frequency", "interval", "count"),
    [
        (1, 1, "daily", 1, 1),
        (3, 3, "daily", 1, 1),
        (7, 7, "daily", 1, 1),
        (30, 30, "daily", 1, 1),
        (9, 7, "daily", 1, 1),
        (1, 2, "daily", 2, 1),
        (2, 3, "daily", 3, 2),
        (3, 7, "weekly", 1, 3),
        (3, 14, "weekly", 2, 3),
        (1, 28, "weekly", 4, 1),
        (363, 364, "weekly", 52, 363),
        (1, 30, "monthly", 1, 1),
        (1, 31, "monthly", 1, 1),
        (28, 30, "monthly", 1, 28),
        (29, 30, "daily", 30, 29),
        (30, 31, "daily", 31, 30),
        (1, 90, "monthly", 3, 1),
        (1, 360, "monthly", 12, 1),
        (1, 365, "daily", 365, 1),
    ],
)
def test_counts(num, den, frequency, interval, count):
    assert schedule(num, den) == ImportedSchedule(frequency, interval, target_count=count)


@pytest.mark.parametrize(("num", "den"), [(1, 366), (1, 371), (1, 390), (0, 7), (-1, -1), (1, 0), (0, 0), (None, 1), ("x", 7)])
def test_frequencies_without_a_place(num, den):
    assert schedule(num, den) is None


@pytest.mark.parametrize(
    ("den", "frequency", "interval"),
    [(7, "weekly", 1), (14, "weekly", 2), (30, "monthly", 1), (31, "monthly", 1), (3, "daily", 3)],
)
@pytest.mark.parametrize(("target_type", "direction"), [(0, "at_least"), (1, "at_most")])
def test_measured_habits_total_over_the_block(den, frequency, interval, target_type, direction):
    expected = ImportedSchedule(frequency, interval, None, None, 5000, direction, "unit")
    assert schedule(1, den, target_type=target_type, **MEASURED) == expected


@pytest.mark.parametrize(("num", "den"), [(3, 7), (9, 7)])
def test_changed_frequencies_are_told(num, den):
    data = parse(backup([{"freq_num": num, "freq_den": den} | MEASURED]))
    assert [finding.reason for finding in data.adjusted] == [Reason.FREQUENCY_CHANGED]


@pytest.mark.slow
@settings(deadline=None)
@given(
    num=st.integers(1, 400),
    den=st.integers(1, 400),
    kind=st.sampled_from([{}, MEASURED, MEASURED | {"target_type": 1}]),
    target=st.sampled_from([0, 0.0004, 5, 1e12]),
)
def test_whatever_is_read_can_be_stored(num, den, kind, target):
    found = schedule(num, den, **kind | ({"target_value": target} if kind else {}))
    assert found is None or schedule_faults(schedule_of(found)) == []
