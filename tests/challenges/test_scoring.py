"""Scores, and when they were reached: examples, and against a slow, obvious reference."""

from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenges.domain.holdings import Held, decode_holdings, encode_holdings
from challenges.domain.scoring import NO_SCORE, judged_calendar, standing_of
from challenges.domain.terms import Scoring, Terms
from habits.domain.logs import DayLog, LogStatus
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target
from tests.challenges import reference
from tests.challenges.strategies import held_data, holdings_of, terms_data, terms_of
from tests.habits.adapters import unit_data

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
DONE, SKIPPED, MISSED = (DayLog(status) for status in (LogStatus.COMPLETED, LogStatus.SKIPPED, LogStatus.MISSED))
DAILY = Schedule.of(Frequency.DAILY)


def june(day: int) -> date:
    return date(2026, 6, day)


def terms(scoring: Scoring, schedule: Schedule = DAILY, *, skips: bool = False, last: int = 30) -> Terms:
    return Terms(schedule, june(1), june(last), scoring, 1, skips)


def held(*logs: tuple[int, DayLog]) -> dict[date, Held]:
    """Logs by their day, each received at noon of the day after the one before."""
    return {june(day): Held(log, NOON + timedelta(days=number)) for number, (day, log) in enumerate(logs)}


def noon(number: int) -> datetime:
    return NOON + timedelta(days=number)


class TestExamples:
    def test_completions_count_completed_days(self) -> None:
        standing = standing_of(terms(Scoring.COMPLETIONS), held((1, DONE), (2, DONE), (3, MISSED), (4, SKIPPED)), june(5))
        assert (standing.score, standing.reached_at, standing.last_completed_on) == (2, noon(1), june(2))
        assert (standing.rate.expected, standing.rate.achieved, standing.current_streak) == (4, 2, 0)

    def test_a_streak_is_the_longest_and_was_reached_by_its_last_log_whenever_that_came(self) -> None:
        logs = held((1, DONE), (3, DONE), (4, DONE), (6, DONE), (2, DONE))
        standing = standing_of(terms(Scoring.STREAK), logs, june(6))
        assert (standing.score, standing.reached_at, standing.current_streak) == (4, noon(4), 1)

    def test_skips_count_only_where_they_are_allowed(self) -> None:
        logs = held((1, DONE), (2, SKIPPED), (3, DONE))
        assert standing_of(terms(Scoring.STREAK), logs, june(3)).score == 1
        assert standing_of(terms(Scoring.STREAK, skips=True), logs, june(3)).score == 2
        assert standing_of(terms(Scoring.SUCCESS_RATE), logs, june(4)).score == 6_667
        assert standing_of(terms(Scoring.SUCCESS_RATE, skips=True), logs, june(4)).score == 10_000

    def test_a_rate_does_not_exist_before_anything_is_expected(self) -> None:
        for day in (june(1) - timedelta(days=1), june(1)):
            assert standing_of(terms(Scoring.SUCCESS_RATE), {}, day)[:2] == (NO_SCORE, None)
        assert standing_of(terms(Scoring.SUCCESS_RATE), {}, june(2))[:2] == (0, None)

    def test_a_total_adds_values_up_and_is_not_raised_by_nothing(self) -> None:
        schedule = Schedule.of(Frequency.WEEKLY, target=Target(20_000, Direction.AT_LEAST, Scope.UNIT))
        logs = held(*((day, DayLog(LogStatus.COMPLETED, value)) for day, value in ((1, 8_000), (2, 7_500), (3, 0))))
        logs |= {june(4): Held(DayLog(LogStatus.SKIPPED, 9_000), noon(9))}
        standing = standing_of(terms(Scoring.TOTAL, schedule), logs, june(4))
        assert (standing.score, standing.reached_at) == (15_500, noon(1))

    def test_the_target_is_that_of_the_challenge(self) -> None:
        """Whatever the habit makes of twenty minutes, the challenge asks for thirty."""
        schedule = Schedule.of(Frequency.DAILY, target=Target(30_000))
        logs = held((1, DayLog(LogStatus.COMPLETED, 20_000)), (2, DayLog(LogStatus.MISSED, 45_000)))
        assert standing_of(terms(Scoring.COMPLETIONS, schedule), logs, june(2)).score == 1

    def test_days_outside_and_after_today_do_not_count(self) -> None:
        logs = held((1, DONE), (3, DONE), (5, DONE)) | {date(2026, 5, 31): Held(DONE, noon(9))}
        assert standing_of(terms(Scoring.COMPLETIONS, last=4), logs, june(2)).score == 1
        assert standing_of(terms(Scoring.COMPLETIONS, last=4), logs, june(9)).score == 2

    @pytest.mark.parametrize(("today", "moves_on"), [(june(1), True), (june(30), True), (date(2026, 7, 1), False)])
    def test_it_moves_on_until_it_is_over(self, today: date, moves_on: bool) -> None:
        assert standing_of(terms(Scoring.COMPLETIONS), held((1, DONE)), today).moves_on is moves_on


def test_a_year_of_logs_that_raise_nothing_is_counted_quickly() -> None:
    """The longest streak was in January: each of the logs since is looked at, and none counts the year anew."""
    rules = Terms(DAILY, date(2026, 1, 1), date(2026, 12, 31), Scoring.STREAK, 1, allow_skips=False)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365) if number != 60 and number % 50 != 49]
    logs = {day: Held(DONE, NOON + timedelta(days=number)) for number, day in enumerate(days)}
    began = process_time()
    standing = standing_of(rules, logs, date(2026, 12, 31))
    assert (standing.score, standing.reached_at) == (49, noon(48))
    assert process_time() - began < 0.5


@pytest.mark.slow
@settings(max_examples=500)
@given(data=st.data(), data_of_terms=terms_data())
def test_standings_are_those_of_the_reference(data: st.DataObject, data_of_terms: dict[str, object]) -> None:
    known = data.draw(held_data(data_of_terms))
    rules, holdings = terms_of(data_of_terms), holdings_of(known)
    today = rules.start + timedelta(days=data.draw(st.integers(-1, (rules.end - rules.start).days + 2)))
    standing = standing_of(rules, holdings, today)
    expected = reference.figures(data_of_terms, known, today)
    found = (standing.score, standing.reached_at, *standing.rate, standing.current_streak, standing.last_completed_on)
    assert found == tuple(expected)
    units = reference.reference.units(
        reference.habit_of(data_of_terms),
        {day: log for day, log in reference.judged(data_of_terms, known).items() if day <= today},
        today,
    )
    assert [unit_data(unit) for unit in judged_calendar(rules, holdings, today).units] == units
    if not standing.moves_on:
        assert standing_of(rules, holdings, today + timedelta(days=90)) == standing


@given(data=st.data(), data_of_terms=terms_data(longest=20))
def test_holdings_survive_being_stored(data: st.DataObject, data_of_terms: dict[str, object]) -> None:
    holdings = holdings_of(data.draw(held_data(data_of_terms)))
    moved = {day: Held(known.log, known.received_at + timedelta(microseconds=day.day)) for day, known in holdings.items()}
    assert decode_holdings(encode_holdings(moved)) == moved
