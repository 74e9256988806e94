"""How the members of a group get on with the habits that they share."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from groups.models import Membership, SharedHabit
from groups.permissions import VIEW
from groups.selectors.groups import CLOCK_COLUMNS, GROUPS, with_people
from groups.selectors.habits import HIDDEN_COLUMNS, seen_habits
from habits.domain.calendar import HabitCalendar
from habits.domain.rates import Rate
from habits.models import Habit, HabitStats
from habits.selectors.insights import judge_as_of
from habits.selectors.stats import get_stats
from users.models import User
from users.selectors import today_for


class HabitProgress(NamedTuple):
    """A shared habit in a range, with its statistics as of its owner's today."""

    habit: Habit
    stats: HabitStats
    calendar: HabitCalendar
    completions: int
    rate: Rate


class MemberProgress(NamedTuple):
    """A member's shared habits in a range, and what they add up to."""

    user: User
    habits: list[HabitProgress]
    completions: int
    rate: Rate


def list_progressing(actor: User, group_id: uuid.UUID) -> QuerySet[Membership]:
    """Return the members of a group of the actor's, with what tells their days."""
    group = GROUPS.fetch(actor, group_id, needed=VIEW)
    return with_people(Membership.objects.filter(group=group), more=CLOCK_COLUMNS)


def get_progress(actor: User, members: Sequence[Membership], first: date, last: date) -> list[MemberProgress]:
    """Return how members get on in a range with what they share: one query for the habits of all, one for the logs.

    Habits are judged as of their owners' todays. Archived ones are left out.
    """
    todays = {member.pk: today_for(member.user) for member in members}
    shares = _current_shares(actor, members)
    calendars = judge_as_of([(shared.habit, todays[shared.membership_id]) for shared in shares], first, last)
    habits: dict[uuid.UUID, list[HabitProgress]] = {member.pk: [] for member in members}
    for shared, calendar in zip(shares, calendars, strict=True):
        stats = get_stats(shared.habit, calendar.today)
        habits[shared.membership_id].append(HabitProgress(shared.habit, stats, calendar, len(calendar.completed), calendar.rate))
    return [_sum_up(member.user, habits[member.pk]) for member in members]


def _current_shares(actor: User, members: Iterable[Membership]) -> list[SharedHabit]:
    shares = seen_habits(actor).filter(membership__in=members, habit__archived_on=None).select_related("habit__stats")
    return list(shares.defer(*(f"habit__{column}" for column in HIDDEN_COLUMNS)).order_by("habit__name_key", "habit"))


def _sum_up(user: User, habits: list[HabitProgress]) -> MemberProgress:
    rate = Rate()
    for habit in habits:
        rate = rate.plus(habit.rate)
    return MemberProgress(user, habits, sum(habit.completions for habit in habits), rate)
