"""Sharing a habit with a user: offered and changed by the owner, accepted by the user, ended by either."""

import uuid
from typing import Final

from django.utils.timezone import now

from config.claims import claimed
from config.errors import Forbidden, IdConflict, LimitReached
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from habits.models import Habit
from sharing.domain.shares import SharePermission, ShareState
from sharing.errors import ShareExists
from sharing.models import Share
from sharing.permissions import project_share, withdraw_share
from sharing.selectors.shares import get_share
from sharing.services.ids import check_not_spent, spend_id
from sharing.services.locking import check_recipient, locked_habit_and_user, locked_share
from users.models import User

MAX_SHARES_OF_HABIT: Final = 50
MAX_PENDING_OF_USER: Final = 100


def create_share(
    *, actor: User, habit_id: uuid.UUID, username: str, permission: SharePermission, share_id: uuid.UUID | None = None
) -> tuple[Share, bool]:
    """Offer a habit to the user of this name; return the share and whether it is new. Nothing is granted before it is accepted.

    The same `share_id`, or the same user and permission, return the share as it is now. Raises InvalidInput, ShareExists,
    LimitReached, IdConflict and IdDeleted.
    """
    with claimed(Share, share_id), locked_habit_and_user(actor, habit_id, username) as (habit, named):
        known = None if share_id is None else _find_by_id(habit, share_id)
        if known is not None:
            return get_share(actor, known.pk), False
        user = check_recipient(habit, named)
        known = _find_by_user(habit, user, permission)
        if known is not None:
            return get_share(actor, known.pk), False
        return _insert(habit, user, permission, share_id or new_id()), True


def _find_by_id(habit: Habit, share_id: uuid.UUID) -> Share | None:
    """Return the share of the habit with this id, if there is one; raises for an id that cannot be had."""
    share = Share.objects.filter(pk=share_id).first()
    if share is None:
        check_not_spent(habit.owner_id, share_id)
    elif share.habit_id != habit.pk:
        raise IdConflict
    return share


def _find_by_user(habit: Habit, user: User, permission: SharePermission) -> Share | None:
    share = Share.objects.filter(habit=habit, user=user).first()
    if share is not None and share.permission != permission:
        raise ShareExists
    return share


def _insert(habit: Habit, user: User, permission: SharePermission, share_id: uuid.UUID) -> Share:
    if Share.objects.filter(habit=habit).count() >= MAX_SHARES_OF_HABIT:
        raise LimitReached(f"The habit is shared with {MAX_SHARES_OF_HABIT} users already.")
    if Share.objects.filter(user=user, state=ShareState.PENDING).count() >= MAX_PENDING_OF_USER:
        raise LimitReached(f"{MAX_PENDING_OF_USER} shares wait for this user's answer already.")
    share = Share(id=share_id, habit=habit, user=user, permission=permission)
    share.save(force_insert=True)
    return share


def change_share(
    *, actor: User, share_id: uuid.UUID, permission: SharePermission | None, precondition: Precondition = UNCONDITIONAL
) -> Share:
    """Give a share that the actor has made another permission, unless it is None, and return it; it holds at once.

    Raises NotFound, Forbidden and PreconditionFailed.
    """
    with locked_share(actor, share_id) as share:
        if not share.is_given:
            raise Forbidden
        precondition.check(share.version)
        if permission is not None and permission != share.permission:
            share.permission = permission
            _store(share)
    return share


def accept_share(*, actor: User, share_id: uuid.UUID) -> Share:
    """Accept what is shared with the actor, with all its grants; doing it again changes nothing. NotFound and Forbidden."""
    with locked_share(actor, share_id) as share:
        if share.user_id != actor.pk:
            raise Forbidden
        if share.state == ShareState.PENDING:
            share.state, share.accepted_at = ShareState.ACCEPTED, now()
            _store(share)
    return share


def _store(share: Share) -> None:
    share.version += 1
    share.save(force_update=True)
    project_share(share)


def end_share(*, actor: User, share_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """End a share with its grants, from either side; its id stays its maker's. Raises NotFound and PreconditionFailed."""
    with locked_share(actor, share_id) as share:
        precondition.check(share.version)
        withdraw_share(share)
        spend_id(share.habit.owner_id, share.pk)
        share.delete()
