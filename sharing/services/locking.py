"""The locks under which is shared: first that of the user who is told, then that of the habit's owner.

Both accounts, and the habit, stay as they are meanwhile: whoever ends one of them takes the same locks.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from config.errors import FieldError, InvalidInput
from habits.models import ChangeCounter, Habit
from habits.permissions import CHANGE
from habits.selectors.habits import HABITS, get_habit
from sharing.models import Share
from sharing.selectors.shares import get_share
from users.models import User
from users.services.locking import hold_user, hold_user_named


@contextmanager
def locked_habit_and_user(actor: User, habit_id: uuid.UUID, username: str) -> Iterator[tuple[Habit, User | None]]:
    """Open a transaction under both locks; give a habit that the actor may change, and the user of this name, if there is one.

    Raises NotFound and Forbidden as the grants say, before anybody is looked for.
    """
    owner_id = get_habit(actor, habit_id, needed=CHANGE).owner_id
    with transaction.atomic():
        user = hold_user_named(username)
        yield HABITS.fetch(actor, habit_id, needed=CHANGE, after=[ChangeCounter.objects.taking(owner_id, 0)]), user


@contextmanager
def locked_share(actor: User, share_id: uuid.UUID) -> Iterator[Share]:
    """Open a transaction under both locks; give a share of the actor's, from either side, as it is then. Raises NotFound."""
    known = get_share(actor, share_id)
    with transaction.atomic():
        hold_user(known.user_id)
        ChangeCounter.objects.take(known.habit.owner_id, 0)
        yield get_share(actor, share_id)


def check_recipient(habit: Habit, user: User | None) -> User:
    """Return the user to whom something of a habit is told; InvalidInput where there is none, or it is the habit's owner."""
    if user is None:
        raise InvalidInput(errors=[FieldError("user", "not_found", "There is no user with this name.")])
    if user.pk == habit.owner_id:
        raise InvalidInput(errors=[FieldError("user", "own_habit", "The habit is this user's own.")])
    return user
