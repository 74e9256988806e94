"""Scores and ranks through any history, against counting all logs by hand.

People log, change and delete logs and habits, let days pass, share habits with groups, take part in challenges, leave both, hide,
show up, are deactivated, and end their accounts. After each step every board equals what a count of the logs gives that were
received before it closed; nothing else is remembered than what a board said last while it was open.
"""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from random import Random
from typing import Any
from uuid import UUID

import pytest
import time_machine

from challenges.models import Participation
from challenges.services.joining import join_challenge, leave_challenge
from config.errors import DomainError
from groups.models import Membership, SharedHabit
from groups.services.habits import share_habit, unshare_habit
from groups.services.joining import leave_group
from habits.domain.logs import LogStatus
from habits.domain.schedule import Frequency, Schedule
from habits.models import Habit, HabitLog, HabitStats
from habits.services.batches import BatchRow, write_logs
from habits.services.editing import update_habit
from habits.services.habits import delete_habit
from habits.services.logs import Entry, delete_log, put_log
from habits.services.stats import sweep
from leaderboards.domain.boards import CURRENT, DATED, LONGEST, Board, Kind, endless, open_boards, open_rate_boards
from leaderboards.jobs import fold_shifts, forget_old_boards
from leaderboards.models import PUBLIC, Score, challenge_scope, group_scope
from leaderboards.selectors.engines import ranking_of
from leaderboards.services.recounting import recount
from tests.factories.challenges import ChallengeFactory
from tests.factories.groups import GroupFactory, enter
from tests.factories.habits import HabitFactory
from tests.factories.users import UserFactory
from tests.habits.reference import units
from tests.habits.stored import stored_habit, stored_logs
from users.models import User
from users.selectors import today_for
from users.services.accounts import delete_account, set_active, update_profile

pytestmark = pytest.mark.slow

STEPS = 50
SCHEDULES = [Schedule.of(Frequency.DAILY), Schedule.of(Frequency.WEEKLY), Schedule.of(Frequency.DAILY, interval=2)]
ZONES = ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"]
VISIBILITIES = ["public", "public", "groups", "hidden"]

Address = tuple[str, Board]


class History:
    """A few people with habits, two groups and two challenges, and a clock."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = time_machine.travel(datetime(2026, 6, 26, 8, tzinfo=UTC), tick=False)
        self.present = self.clock.start()
        self.users = [
            UserFactory(password="!", timezone=zone, leaderboard_visibility=self.random.choice(VISIBILITIES))
            for zone in [*ZONES, *ZONES]
        ]
        self.groups = [GroupFactory(owner=user) for user in self.users[:2]]
        self.challenges = [ChallengeFactory(owner=user, days=100) for user in self.users[:2]]
        for user in self.users:
            self.add_habit(user)
        # By board what everybody has, shown or not, as it was said last while the board was open.
        self.said: dict[Address, dict[UUID, int]] = defaultdict(dict)
        self.judged: dict[UUID, tuple[Any, ...]] = {}

    def close(self) -> None:
        self.clock.stop()

    # What may happen

    def add_habit(self, user: User) -> None:
        HabitFactory(owner=user, schedule=self.random.choice(SCHEDULES), start_date=today_for(user) - timedelta(days=50))

    def habit(self, user: User) -> Habit | None:
        return self.random.choice([*Habit.objects.filter(owner=user), None])

    def day_of(self, user: User):
        ago = self.random.choice([0, 0, 1, 1, 2, 3, self.random.randint(0, 12), self.random.randint(0, 50)])
        return today_for(user) - timedelta(days=ago)

    def entry(self) -> Entry:
        return Entry(status=self.random.choice([LogStatus.COMPLETED] * 5 + [LogStatus.SKIPPED, LogStatus.MISSED]))

    def log(self, user: User) -> None:
        if habit := self.habit(user):
            put_log(actor=user, habit_id=habit.pk, day=self.day_of(user), entry=self.entry())

    def log_many(self, user: User) -> None:
        rows = [
            BatchRow(habit_id=habit.pk, day=self.day_of(user), entry=self.entry())
            for habit in Habit.objects.filter(owner=user)
            for _ in range(4)
        ]
        write_logs(actor=user, rows=rows, is_partial=True)

    def unlog(self, user: User) -> None:
        logs = list(HabitLog.objects.filter(owner=user).order_by("-date")[:10])
        if logs:
            log = self.random.choice(logs)
            delete_log(actor=user, habit_id=log.habit_id, day=log.date)

    def delete_habit(self, user: User) -> None:
        if habit := self.habit(user):
            delete_habit(actor=user, habit_id=habit.pk)

    def change_plan(self, user: User) -> None:
        if habit := self.habit(user):
            frequency = self.random.choice([{"frequency": Frequency.DAILY}, {"frequency": Frequency.WEEKLY}])
            start = habit.start_date if self.random.random() < 0.5 else None
            update_habit(actor=user, habit_id=habit.pk, changes=frequency, effective_from=start)

    def archive(self, user: User) -> None:
        if habit := self.habit(user):
            archived_on = None if habit.archived_on else today_for(user)
            update_habit(actor=user, habit_id=habit.pk, changes={"archived_on": archived_on})

    def set_visibility(self, user: User) -> None:
        update_profile(user_id=user.pk, changes={"leaderboard_visibility": self.random.choice(VISIBILITIES)})

    def toggle_account(self, user: User) -> None:
        set_active(user, is_active=not User.objects.get(pk=user.pk).is_active)

    def travel(self, user: User) -> None:
        update_profile(user_id=user.pk, changes={"timezone": self.random.choice(ZONES)})
        while sweep():
            pass

    def share(self, user: User) -> None:
        group, habit = self.random.choice(self.groups), self.habit(user)
        if not Membership.objects.filter(group=group, user=user).exists():
            enter(group, user)
        if habit is not None:
            change = share_habit if self.random.random() < 0.7 else unshare_habit
            change(actor=user, group_id=group.pk, habit_id=habit.pk)

    def leave_group(self, user: User) -> None:
        leave_group(actor=user, group_id=self.random.choice(self.groups).pk)

    def join_challenge(self, user: User) -> None:
        habit = self.habit(user)
        join_challenge(actor=user, challenge_id=self.random.choice(self.challenges).pk, habit_id=habit and habit.pk)

    def leave_challenge(self, user: User) -> None:
        leave_challenge(actor=user, challenge_id=self.random.choice(self.challenges).pk)

    def end_account(self, user: User) -> None:
        if len(self.users) > 4:
            delete_account(user_id=user.pk, is_own=False)
            self.users.remove(user)

    def let_time_pass(self, _: User) -> None:
        self.present.shift(timedelta(hours=self.random.choice([0.5, 3, 9, 25, 49])))
        while sweep():
            pass

    def tidy(self, _: User) -> None:
        fold_shifts()
        forget_old_boards()

    def step(self) -> None:
        chances: dict[Callable[[User], None], int] = {
            self.log: 12,
            self.log_many: 4,
            self.unlog: 3,
            self.let_time_pass: 6,
            self.share: 4,
            self.tidy: 2,
            self.set_visibility: 2,
            **dict.fromkeys((self.add_habit, self.delete_habit, self.change_plan, self.archive, self.travel), 1),
            **dict.fromkeys((self.leave_group, self.join_challenge, self.leave_challenge, self.toggle_account), 1),
        }
        if self.random.random() < 0.01:
            chances = {self.end_account: 1}
        (happen,) = self.random.choices(list(chances), list(chances.values()))
        user = User.objects.get(pk=self.random.choice(self.users).pk)
        with suppress(DomainError):  # what is refused changes nothing, which is what is looked at next
            happen(user)

    # What is to be seen then

    def counting(self) -> tuple[dict[tuple[str, UUID], list[UUID]], set[tuple[str, UUID]]]:
        """Return the habits that count, by scope and user (none at the least), and who keeps the scores of one that has gone."""
        stays: set[tuple[str, UUID]] = set()
        found: dict[tuple[str, UUID], list[UUID]] = {}
        for user in self.users:
            found[PUBLIC, user.pk] = list(Habit.objects.filter(owner=user).values_list("pk", flat=True))
        for group_id, user_id in Membership.objects.values_list("group", "user"):
            shared = SharedHabit.objects.filter(group=group_id, membership__user=user_id)
            found[group_scope(group_id), user_id] = list(shared.values_list("habit", flat=True))
        for challenge_id, user_id, habit_id in Participation.objects.values_list("challenge", "user", "habit"):
            if habit_id is not None:
                found[challenge_scope(challenge_id), user_id] = [habit_id]
            else:  # it was deleted: what it has scored stays
                stays.add((challenge_scope(challenge_id), user_id))
        return found, stays

    def count(self) -> None:
        """Say of every board that is open what everybody has."""
        (counting, stays), completed = self.counting(), defaultdict(list)
        for habit_id, day in HabitLog.objects.filter(status=LogStatus.COMPLETED).values_list("habit", "date"):
            completed[habit_id].append(day)
        stats = {row.habit_id: row for row in HabitStats.objects.all()}
        present = datetime.now(UTC)
        boards = [*open_boards(present), *(endless(kind) for kind in Kind if kind not in (*DATED, Kind.RATE))]
        for (scope, user_id), habits in counting.items():
            known = [habit for habit in habits if habit in stats]
            for board in boards:
                self.said[scope, board][user_id] = self.score(board, known, completed, stats)
            if scope != PUBLIC:
                today = today_for(User.objects.get(pk=user_id))
                judged = [self.units_of(habit, today) for habit in known]
                for board in open_rate_boards(present):
                    self.said[scope, board][user_id] = self.rate_score(board, judged, today)
        for (scope, _), scores in self.said.items():
            for user_id in {user_id for user_id in scores if (scope, user_id) not in {*counting, *stays}}:
                del scores[user_id]

    @staticmethod
    def score(board: Board, habits: list[UUID], completed, stats) -> int:
        if board.kind is Kind.COMPLETIONS:
            return sum(len(completed[habit]) for habit in habits)
        for kinds, unit, length in ((CURRENT, "streak_unit", "current_streak"), (LONGEST, "longest_unit", "longest_streak")):
            if board.kind in kinds.values():
                rows = [stats[habit] for habit in habits]
                best = [getattr(row, length) for row in rows if kinds.get(getattr(row, unit)) is board.kind]
                # The longest streak of the present unit may be shorter than that of another one.
                best += [row.current_streak for row in rows if kinds.get(row.streak_unit) is board.kind]
                return max(best, default=0)
        return sum(board.starts_on <= day <= board.ends_on for habit in habits for day in completed[habit])

    def units_of(self, habit_id: UUID, today: date) -> list[dict[str, Any]]:
        """Return the units of a habit by the slow reference, which looks anew where something has changed."""
        habit, logs = stored_habit(habit_id), stored_logs(habit_id)
        if self.judged.get(habit_id, (None,))[:3] != (habit, logs, today):
            self.judged[habit_id] = habit, logs, today, units(habit, logs, today)
        return self.judged[habit_id][3]

    @staticmethod
    def rate_score(board: Board, judged: list[list[dict[str, Any]]], today: date) -> int:
        """Return the rate of the units that belong to a board, of which enough has to be expected."""
        first, last = board.starts_on, board.ends_on or date.max
        expected = achieved = 0
        for unit in (unit for of_habit in judged for unit in of_habit):
            is_open = unit["end"] >= today
            if first <= unit["end"] <= last or (is_open and first <= today <= last):
                broken = unit["clipped"] and unit["status"] == "neutral"
                expected += unit["achieved"] if unit["status"] == "pending" or broken else unit["required"]
                achieved += unit["achieved"]
        return floor(Fraction(achieved * 10_000, expected) + Fraction(1, 2)) if expected >= 7 else 0

    def check(self) -> None:
        self.count()
        people = {user.pk: user for user in User.objects.all()}
        for (scope, board), scores in self.said.items():
            if Score.objects.filter(kind=board.kind, starts_on=board.starts_on).exists():
                wanted = ("public",) if scope == PUBLIC else ("public", "groups")
                visible = {
                    user_id: score
                    for user_id, score in scores.items()
                    if score and people[user_id].is_active and people[user_id].leaderboard_visibility in wanted
                }
                self.check_board(scope, board, visible)
        assert list(recount(repair=False)) == []

    def check_board(self, scope: str, board: Board, visible: dict[UUID, int]) -> None:
        ranking = ranking_of(scope, board)
        places, total = ranking.page(0, 100)
        assert {place.user_id: place.score for place in places} == visible, (scope, board)
        assert total == len(visible) or not visible
        assert [(-place.score, place.reached_at, place.user_id) for place in places] == sorted(
            (-place.score, place.reached_at, place.user_id) for place in places
        )
        for index, place in enumerate(places):
            if self.random.random() < 0.8:
                continue
            rank = 1 + sum(score > place.score for score in visible.values())
            assert ranking.standing_of(place.user_id) == (place, rank, total)
            assert ranking.around(place, 2) == (places[max(0, index - 2) : index], places[index + 1 : index + 3])


@pytest.mark.parametrize("seed", range(3))
def test_boards_are_those_of_the_logs_whatever_happens(db, seed: int) -> None:
    history = History(seed)
    try:
        for _ in range(STEPS):
            history.step()
            history.check()
    finally:
        history.close()
