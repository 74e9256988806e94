"""The lock under which an owner's habits are written."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from config.access import Gate
from habits.models import ChangeCounter, Habit, HabitLog
from habits.permissions import CHANGE
from habits.selectors.habits import LOCKED_HABITS
from users.models import User

Concern = Callable[[uuid.UUID], Iterable[uuid.UUID]]

_concerns: list[Concern] = []


class _OtherOwnerError(Exception):
    """The lock that was taken is not that of the habit's owner."""

    def __init__(self, owner_id: uuid.UUID) -> None:
        super().__init__(owner_id)
        self.owner_id = owner_id


@contextmanager
def locked_habit(
    actor: User, habit_id: uuid.UUID, *, needed: str = CHANGE, gate: Gate[Any] = LOCKED_HABITS
) -> Iterator[tuple[Habit, int]]:
    """Open a transaction under the lock of the habit's owner; give the habit as it is then, and the change number of the write.

    Mostly the actor is the owner, so that lock is taken before anybody has looked. Where the habit is another's, the transaction
    ends and one under the owner's lock begins: nobody holds two locks, so users who log on each other's habits never block each
    other for good. Raises NotFound and Forbidden as the grants say.
    """
    try:
        with transaction.atomic():
            habit = _lock(actor.pk, actor, habit_id, needed, gate)
            _check_owner(habit, actor)
            yield habit, habit.last_change_no
            return
    except _OtherOwnerError as other:
        owner_id = other.owner_id
    with transaction.atomic():
        habit = _lock(owner_id, actor, habit_id, needed, gate)
        yield habit, habit.last_change_no


def lock_owners(owner_ids: Iterable[Any]) -> set[uuid.UUID]:
    """Lock owners, named or yielded by a query, until the transaction ends; return those that there are.

    In the order of their ids: whoever locks several locks them at once, and a user's row or a group's before. Who owns a habit
    has a row to lock; who has ended the account by now is not made to have one anew.
    """
    counters = ChangeCounter.objects.select_for_update(no_key=True).filter(owner__in=owner_ids).order_by("owner")
    return set(counters.values_list("owner", flat=True))


def declare_concern(owners: Concern) -> None:
    """Declare, in an app's `ready`, whose locks the end of an account takes besides: owners with rows that go with it."""
    _concerns.append(owners)


def owners_concerned(user_id: uuid.UUID) -> set[uuid.UUID]:
    """Return a user, and the owners whose habits the user was granted or has logged, or whom an app above has named."""
    granted = Habit.objects.filter(user_grants__user=user_id).values_list("owner", flat=True)
    logged = HabitLog.objects.filter(logged_by=user_id).values_list("owner", flat=True)
    return {user_id, *granted.union(logged), *(owner_id for owners in _concerns for owner_id in owners(user_id))}


def lock_owners_concerned(user_id: uuid.UUID) -> None:
    """Lock a user whose account ends as an owner, and all others whose rows go with it or are written."""
    ChangeCounter.objects.bulk_create([ChangeCounter(owner_id=user_id, last_change_no=0)], ignore_conflicts=True)
    lock_owners(owners_concerned(user_id))


def _lock(owner_id: uuid.UUID, actor: User, habit_id: uuid.UUID, needed: str, gate: Gate[Any]) -> Any:
    """Take the lock and a change number of an owner and, on the same trip, read the habit as it is then."""
    return gate.fetch(actor, habit_id, needed=needed, after=[ChangeCounter.objects.taking(owner_id)])


def _check_owner(habit: Habit, actor: User) -> None:
    if habit.owner_id != actor.pk:
        raise _OtherOwnerError(habit.owner_id)
