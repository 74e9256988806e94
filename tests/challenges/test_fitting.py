"""Which habits fit a challenge."""

from datetime import date, timedelta

import pytest

from challenges.domain.fitting import Candidate, list_misfits
from challenges.domain.terms import Scoring, Terms
from habits.domain.schedule import Direction, Frequency, Pause, Plan, Schedule, Scope, Target, Version

START, END, TODAY = date(2026, 6, 1), date(2026, 6, 30), date(2026, 6, 10)
DAILY, WEEKLY = Schedule.of(Frequency.DAILY), Schedule.of(Frequency.WEEKLY, target_count=3)
MINUTES = Schedule.of(Frequency.DAILY, target=Target(30_000))
CUPS = Schedule.of(Frequency.DAILY, target=Target(2_000, Direction.AT_MOST))


def misfits(
    asked: Schedule,
    has: Schedule,
    *,
    start: date = START,
    end: date | None = None,
    archived: bool = False,
    unit: str = "",
    today: date = TODAY,
) -> list[str]:
    """Return what does not fit a challenge in `minutes`, or of days, from 1 to 30 June."""
    terms = Terms(asked, START, END, Scoring.COMPLETIONS, 1, allow_skips=False)
    plan = Plan(start, end, (Version(start, has),), (Pause(today, None),) if archived else (), archived)
    asked_unit = "minutes" if asked.target else ""
    return [code for code, _ in list_misfits(terms, asked_unit, Candidate(has, plan, unit), today)]


@pytest.mark.parametrize(
    ("asked", "has", "unit"),
    [
        (DAILY, DAILY, ""),
        (DAILY, Schedule.of(Frequency.DAILY, target_days=[1, 3, 5]), ""),  # logs of other days are logs all the same
        (WEEKLY, Schedule.of(Frequency.WEEKLY, target_days=[2]), ""),
        (MINUTES, Schedule.of(Frequency.DAILY, target=Target(5_000)), "minutes"),  # whatever its own target is
        (
            Schedule.of(Frequency.WEEKLY, target=Target(9, scope=Scope.UNIT)),
            Schedule.of(Frequency.WEEKLY, target=Target(1)),
            "minutes",
        ),
    ],
)
def test_these_fit(asked: Schedule, has: Schedule, unit: str) -> None:
    assert misfits(asked, has, unit=unit) == []


@pytest.mark.parametrize(
    ("asked", "has", "unit", "codes"),
    [
        (DAILY, WEEKLY, "", ["other_frequency"]),
        (DAILY, Schedule.of(Frequency.DAILY, 2), "", ["other_frequency"]),
        (DAILY, MINUTES, "minutes", ["measured"]),
        (MINUTES, DAILY, "", ["not_measured"]),
        (MINUTES, MINUTES, "pages", ["other_unit"]),
        (MINUTES, CUPS, "cups", ["other_direction", "other_unit"]),
        (MINUTES, WEEKLY, "", ["other_frequency", "not_measured"]),
    ],
)
def test_these_are_of_another_kind(asked: Schedule, has: Schedule, unit: str, codes: list[str]) -> None:
    assert misfits(asked, has, unit=unit) == codes


@pytest.mark.parametrize(
    ("start", "end", "codes"),
    [
        (START, END, []),
        (TODAY, None, []),  # the days before have passed
        (TODAY + timedelta(days=1), None, ["starts_later"]),
        (START, END - timedelta(days=1), ["ends_earlier"]),
        (TODAY + timedelta(days=1), TODAY + timedelta(days=1), ["starts_later", "ends_earlier"]),
    ],
)
def test_a_habit_is_there_on_all_days_that_are_left(start: date, end: date | None, codes: list[str]) -> None:
    assert misfits(DAILY, DAILY, start=start, end=end) == codes


def test_before_it_begins_all_days_are_left() -> None:
    before = START - timedelta(days=5)
    assert misfits(DAILY, DAILY, start=START, today=before) == []
    assert misfits(DAILY, DAILY, start=START + timedelta(days=1), today=before) == ["starts_later"]


def test_an_archived_habit_takes_no_logs() -> None:
    assert misfits(DAILY, DAILY, archived=True) == ["archived"]


def test_each_says_what_does_not_fit() -> None:
    terms = Terms(Schedule.of(Frequency.WEEKLY, 2), START, END, Scoring.STREAK, 1, allow_skips=True)
    [misfit] = list_misfits(terms, "", Candidate(DAILY, Plan(START, None, (Version(START, DAILY),)), ""), TODAY)
    assert misfit.detail == "The challenge takes a habit whose schedule is weekly, with the interval 2."
