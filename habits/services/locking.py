"""The lock under which an owner's habits are written."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from config.access import Gate
from habits.models import ChangeCounter, Habit
from habits.permissions import CHANGE
from habits.selectors.habits import LOCKED_HABITS
from users.models import User


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


def lock_owners(owner_ids: Iterable[Any]) -> None:
    """Lock owners, named or yielded by a query, until the transaction ends; in the order of their ids, as all that lock several.

    Who owns a habit has a row to lock. Whoever locks a user's row or a group's too does that first.
    """
    list(ChangeCounter.objects.select_for_update(no_key=True).filter(owner__in=owner_ids).order_by("owner"))


def _lock(owner_id: uuid.UUID, actor: User, habit_id: uuid.UUID, needed: str, gate: Gate[Any]) -> Any:
    """Take the lock and a change number of an owner and, on the same trip, read the habit as it is then."""
    return gate.fetch(actor, habit_id, needed=needed, after=[ChangeCounter.objects.taking(owner_id)])


def _check_owner(habit: Habit, actor: User) -> None:
    if habit.owner_id != actor.pk:
        raise _OtherOwnerError(habit.owner_id)
