"""Terms of every kind, and what is received of the logs that they judge."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from challenges.domain.holdings import Held
from challenges.domain.terms import Scoring, Terms
from habits.domain.logs import DayLog, LogStatus
from tests.challenges.reference import Held as HeldData
from tests.habits.adapters import schedule_of
from tests.habits.strategies import schedules

STATUSES = st.sampled_from(["completed", "completed", "completed", "skipped", "missed"])
VALUES = st.sampled_from([0, 1, 999, 1_000, 2_500, 7_000, 30_000, 60_000])


@st.composite
def terms_data(draw: st.DrawFn, start: date | None = None, longest: int = 80) -> dict[str, Any]:
    is_measured = draw(st.booleans())
    start = start or date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    scorings = ["completions", "streak", "success_rate"] + (["total"] if is_measured else [])
    return {
        "schedule": draw(schedules(measured=is_measured)),
        "start": start,
        "end": start + timedelta(days=draw(st.integers(0, 10) | st.integers(0, longest))),
        "scoring": draw(st.sampled_from(scorings)),
        "late_days": draw(st.sampled_from([0, 1, 1, 2, 5])),
        "allow_skips": draw(st.booleans()),
    }


def terms_of(data: dict[str, Any]) -> Terms:
    schedule, scoring = schedule_of(data["schedule"]), Scoring(data["scoring"])
    return Terms(schedule, data["start"], data["end"], scoring, data["late_days"], data["allow_skips"])


def log_of(draw: st.DrawFn, terms: dict[str, Any]) -> tuple[str, int | None]:
    """A log as a habit has it, whose own target may say something else of the value than the challenge's."""
    status = draw(STATUSES)
    if terms["schedule"]["target"] is None:
        return status, None
    return status, draw(VALUES)


@st.composite
def held_data(draw: st.DrawFn, terms: dict[str, Any]) -> HeldData:
    """What is held of some days, in any order of receipt; some come together."""
    days = [terms["start"] + timedelta(days=number) for number in range((terms["end"] - terms["start"]).days + 1)]
    density = draw(st.sampled_from([2, 6, 9]))
    found: HeldData = {}
    for day in days:
        if draw(st.integers(0, 9)) < density:
            instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 40)))
            found[day] = (log_of(draw, terms), instant)
    return found


def holdings_of(data: HeldData) -> dict[date, Held]:
    return {day: Held(DayLog(LogStatus(status), value), instant) for day, ((status, value), instant) in data.items()}
