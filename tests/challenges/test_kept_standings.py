"""The standings that are kept, through any sequence of joins, logs, edits, late logs, moves and leaves: against a slow reference.

After each step: what is stored of each participant equals the reference on all that was received, as of the day of the row;
`recount` finds nothing; places are those of the reference. Once the standings are frozen, nothing changes them any more.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from challenges.errors import ChallengeOver
from challenges.jobs import settle_challenges, sweep_standings
from challenges.models import Challenge, Participation
from challenges.selectors.standings import get_standings
from challenges.services.challenges import ChallengeDraft, create_challenge, update_challenge
from challenges.services.joining import join_challenge, leave_challenge, remove_from_challenge
from challenges.services.recounting import recount
from challenges.signals import challenge_finished, standing_changed
from config.errors import InvalidInput
from habits.domain.logs import LogStatus
from habits.domain.schedule import Schedule, Target
from habits.models import Habit, HabitLog
from habits.services.batches import BatchRow, write_logs
from habits.services.editing import update_habit
from habits.services.habits import HabitDraft, create_habit, delete_habit
from habits.services.logs import Entry, delete_log, put_log
from tests.challenges import reference
from tests.challenges.strategies import STATUSES, VALUES, terms_data, terms_of
from tests.factories.users import UserFactory
from users.models import User
from users.selectors import today_for
from users.services.accounts import delete_account, update_profile

START = date(2026, 3, 20)
USERS = 4
WHO = st.integers(0, USERS - 1)
ZONES = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/New_York", "Asia/Kolkata")
ENTRIES = st.tuples(STATUSES, VALUES)


class KeptStandings(RuleBasedStateMachine):
    """A challenge, people with a habit each, and a clock."""

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.now = datetime(2026, 3, 19, 6, tzinfo=UTC)
        self.users = [UserFactory(username=f"user{number}", timezone=ZONES[number % 3], password="!") for number in range(USERS)]
        self.received: dict[UUID, reference.Received] = {}
        self.begun_with: dict[UUID, reference.Held] = {}
        self.departed: dict[UUID, reference.Held] = {}
        self.written: dict[tuple[UUID, date], datetime] = {}
        self.final: Any = None
        self.finished: list[UUID] = []
        self.scores: dict[UUID, int] = {}
        challenge_finished.connect(self.hear_end)
        standing_changed.connect(self.hear_score)

    def teardown(self) -> None:
        challenge_finished.disconnect(self.hear_end)
        standing_changed.disconnect(self.hear_score)
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    def hear_end(self, challenge: Challenge, **_: Any) -> None:
        self.finished.append(challenge.pk)

    def hear_score(self, participation: Participation, old_score: int, **_: Any) -> None:
        assert old_score == self.scores[participation.pk] != participation.score
        self.scores[participation.pk] = participation.score

    # What the steps need

    @property
    def challenge(self) -> Challenge:
        return Challenge.objects.get(pk=self.challenge_id)

    def at_now(self) -> Any:
        return time_machine.travel(self.now, tick=False)

    def user(self, number: int) -> User | None:
        return User.objects.filter(pk=self.users[number].pk).first()

    def habit(self, user: User) -> Habit | None:
        return Habit.objects.filter(owner=user).first()

    def rows(self) -> list[Participation]:
        return list(Participation.objects.of(self.challenge_id).select_related("user"))

    def loggable(self, user: User, age: int) -> tuple[Habit, date] | None:
        habit = self.habit(user)
        if habit is None or habit.archived_on is not None:
            return None
        return habit, today_for(user) - timedelta(days=age)

    def receive(self, user: User, day: date, log: tuple[str, int | None] | None) -> None:
        self.received.setdefault(user.pk, []).append((self.now, today_for(user), day, log))
        self.written[user.pk, day] = self.now

    def entry(self, drawn: tuple[str, int]) -> Entry:
        status, value = drawn
        if self.terms["schedule"]["target"] is None:
            return Entry(status=LogStatus(status))
        return Entry(status=LogStatus.SKIPPED) if status == "skipped" else Entry(value_milli=value)

    def stored(self, habit: Habit, day: date) -> tuple[str, int | None]:
        return HabitLog.objects.values_list("status", "value_milli").get(habit=habit, date=day)

    def known(self, user: User, habit: Habit) -> reference.Held:
        """Return what is known of before: what was in time where the user lives now, and what was held of days that are over."""
        found: reference.Held = {}
        before = self.departed.get(user.pk, {})
        for log in HabitLog.objects.filter(habit=habit):
            value, instant = (log.status, log.value_milli), self.written[user.pk, log.date]
            local_day = instant.astimezone(ZoneInfo(user.timezone)).date()
            if reference.is_in_time(self.terms, log.date, local_day):
                is_said_again = log.date in before and reference.says_the_same(self.terms, before[log.date][0], value)
                found[log.date] = before[log.date] if is_said_again else (value, instant)
        for day, kept in before.items():
            if day not in found and not reference.is_in_time(self.terms, day, today_for(user)):
                found[day] = kept
        return found

    # Steps

    @initialize(data=st.data(), goal=st.sampled_from([1, 1_000, 30_000]))
    def begin(self, data: st.DataObject, goal: int) -> None:
        self.terms = data.draw(terms_data(start=START, longest=12))
        terms = terms_of(self.terms)
        draft = ChallengeDraft(
            title="Race",
            schedule=terms.schedule,
            start_date=terms.start,
            end_date=terms.end,
            scoring=terms.scoring,
            late_log_days=terms.late_days,
            allow_skips=terms.allow_skips,
        )
        own = terms.schedule
        if own.target is not None:  # its own target is another one
            target = Target(goal, own.target.direction, own.target.scope)
            own = Schedule(own.frequency, own.interval, own.target_days, own.target_count, target)
        with self.at_now():
            challenge, _ = create_challenge(actor=self.users[0], draft=draft)
            for user in self.users:
                create_habit(actor=user, draft=HabitDraft(name="Run", schedule=own, start_date=date(2026, 3, 1)))
        self.challenge_id = challenge.pk
        Challenge.objects.filter(pk=challenge.pk).update(visibility="public")

    @rule(hours=st.sampled_from([1, 5, 11, 24, 30, 60]), runs=st.booleans())
    def pass_time(self, hours: int, runs: bool) -> None:
        self.now += timedelta(hours=hours)
        if runs:
            self.work()

    @rule()
    def work(self) -> None:
        """The jobs run, and what is swept is up to date."""
        with self.at_now():
            sweep_standings()
            settle_challenges()
            challenge = self.challenge
            for row in self.rows():
                is_over = row.rank is not None or row.as_of > challenge.end_date
                # Before it begins, nothing of it changes with the days.
                is_due = row.user is not None and today_for(row.user) >= challenge.start_date
                assert is_over or not is_due or row.as_of == today_for(row.user)
        if challenge.finished_at is not None and self.final is None:
            self.final = self.told()

    @rule(who=WHO)
    def join(self, who: int) -> None:
        user = self.user(who)
        if user is None or (habit := self.habit(user)) is None or Participation.objects.filter(user=user).exists():
            return
        with self.at_now():
            if self.now >= self.challenge.ends_at or habit.archived_on is not None:
                return
            self.begun_with[user.pk] = self.known(user, habit)
            self.received[user.pk] = []
            join_challenge(actor=user, challenge_id=self.challenge_id, habit_id=habit.pk)
        row = Participation.objects.get(user=user)
        self.scores[row.pk] = row.score

    @rule(who=WHO, by_runner=st.booleans())
    def leave(self, who: int, by_runner: bool) -> None:
        user, runner = self.user(who), self.user(0)
        if user is None or runner is None or not Participation.objects.filter(user=user).exists():
            return
        with self.at_now():
            try:
                self.departed[user.pk] = self.held(user.pk)
                if by_runner and who:
                    remove_from_challenge(actor=runner, challenge_id=self.challenge_id, user_id=user.pk)
                    self.challenge.departures.update(is_barred=False)
                else:
                    leave_challenge(actor=user, challenge_id=self.challenge_id)
            except ChallengeOver:
                assert self.final is not None

    @rule(who=WHO, age=st.integers(0, 4), drawn=ENTRIES)
    def log(self, who: int, age: int, drawn: tuple[str, int]) -> None:
        with self.at_now():
            user = self.user(who)
            if user is None or (found := self.loggable(user, age)) is None:
                return
            habit, day = found
            put_log(actor=user, habit_id=habit.pk, day=day, entry=self.entry(drawn))
            self.receive(user, day, self.stored(habit, day))

    @rule(who=WHO, drawn=st.lists(ENTRIES, min_size=1, max_size=6))
    def log_many(self, who: int, drawn: list[tuple[str, int]]) -> None:
        with self.at_now():
            user = self.user(who)
            if user is None or (found := self.loggable(user, 0)) is None:
                return
            habit, today = found
            days = [today - timedelta(days=number) for number in range(len(drawn))]
            before = {day: HabitLog.objects.filter(habit=habit, date=day).values_list("status", "value_milli") for day in days}
            before = {day: tuple(*rows) for day, rows in before.items()}
            entries = [self.entry(item) for item in drawn]
            rows = [BatchRow(habit_id=habit.pk, day=day, entry=entry) for day, entry in zip(days, entries, strict=True)]
            write_logs(actor=user, rows=rows, is_partial=False)
            for day in days:
                if (now := self.stored(habit, day)) != before[day]:
                    self.receive(user, day, now)

    @rule(who=WHO, age=st.integers(0, 4))
    def take_back(self, who: int, age: int) -> None:
        with self.at_now():
            user = self.user(who)
            if user is None or (found := self.loggable(user, age)) is None:
                return
            habit, day = found
            if HabitLog.objects.filter(habit=habit, date=day).exists():
                delete_log(actor=user, habit_id=habit.pk, day=day)
                self.receive(user, day, None)

    @rule(who=WHO, zone=st.sampled_from(ZONES))
    def move(self, who: int, zone: str) -> None:
        with self.at_now():
            if (user := self.user(who)) is not None:
                update_profile(user_id=user.pk, changes={"timezone": zone})

    @rule(who=WHO, what=st.sampled_from(["archive", "delete", "retarget"]), goal=st.sampled_from([500, 7_000]))
    def change_habit(self, who: int, what: str, goal: int) -> None:
        with self.at_now():
            user = self.user(who)
            if user is None or (found := self.loggable(user, 0)) is None or who == 1:
                return
            habit, today = found
            if what == "delete":
                delete_habit(actor=user, habit_id=habit.pk)
            elif what == "archive":
                update_habit(actor=user, habit_id=habit.pk, changes={"archived_on": today})
            elif habit.is_measured:
                changes = {"target_value_milli": goal}
                update_habit(actor=user, habit_id=habit.pk, changes=changes, effective_from=habit.start_date)

    @precondition(lambda self: self.now > datetime(2026, 3, 22, tzinfo=UTC))
    @rule(who=st.integers(1, USERS - 1))
    def end_account(self, who: int) -> None:
        with self.at_now():
            if (user := self.user(who)) is not None:
                delete_account(user_id=user.pk, is_own=False)

    @rule(days=st.integers(-4, 6))
    def move_end(self, days: int) -> None:
        runner, challenge = self.user(0), self.challenge
        end = challenge.end_date + timedelta(days=days)
        with self.at_now(), suppress(InvalidInput, ChallengeOver):
            update_challenge(actor=runner, challenge_id=challenge.pk, changes={"end_date": end})
            self.terms["end"] = end
            sweep_standings()

    # What holds after each of them

    def held(self, user_id: UUID) -> reference.Held:
        """Return what somebody who takes part began with, and what came since."""
        return reference.held(self.terms, self.received.get(user_id, []), self.begun_with[user_id])

    def told(self) -> list[Any]:
        """Return the standings as they are told, without whose they are."""
        standings = get_standings(self.users[0], self.challenge_id)
        return [(row.place, row.score, row.achieved, row.expected, row.reached_at) for row in standings[0:100]]

    @invariant()
    def standings_are_those_of_the_reference(self) -> None:
        if self.final is not None:
            assert self.told() == self.final
            assert self.finished == [self.challenge_id]
            return
        rows = self.rows()
        for row in rows:
            expected = reference.figures(self.terms, self.held(row.user_id), row.as_of)
            figures = (row.score, row.reached_at, row.expected, row.achieved, row.current_streak, row.last_completed_on)
            assert figures == tuple(expected)
            assert row.score == self.scores[row.pk]
        assert self.challenge.participant_count == len(rows)
        keys = [(row.score, row.reached_at, row.joined_at) for row in rows]
        shown = get_standings(self.users[0], self.challenge_id)[0:100]
        ordered = reference.order(keys)
        assert [(row.score, row.reached_at, row.joined_at) for row in shown] == [keys[number] for number in ordered]
        ranks = reference.ranks(keys)
        assert [row.place for row in shown] == [ranks[number] for number in ordered]

    @invariant()
    def a_recount_finds_nothing(self) -> None:
        with self.at_now():
            assert list(recount(repair=False)) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_kept_standings_are_those_of_the_reference_whatever_happens() -> None:
    limits = settings(max_examples=15, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(KeptStandings, settings=limits)
