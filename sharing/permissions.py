"""Which grants come with which share: this module alone writes them, in the transaction that writes the share."""

import uuid
from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from config.access import grant_to_user
from habits.models import Habit, HabitUserGrant
from habits.permissions import LOG, VIEW
from sharing.domain.shares import SharePermission, ShareState
from sharing.models import Share

CODENAMES: Final[Mapping[SharePermission, tuple[str, ...]]] = {
    SharePermission.VIEW: (VIEW,),
    SharePermission.LOG: (VIEW, LOG),
}


def project_share(share: Share) -> None:
    """Make the user's grants on the habit those that the share says, which are none until it is accepted."""
    expected = _codenames(share)
    _grants(share).exclude(permission__codename__in=expected).delete()
    grant_to_user(share.habit, share.user_id, expected)


def withdraw_share(share: Share) -> None:
    """Take the user's grants on the habit away; what a group lets the user do is another matter."""
    _grants(share).delete()


def rebuild_grants(habit: Habit, *, repair: bool) -> list[str]:
    """Return how the grants of single users on a habit, whose owner is locked, differ from its shares; `repair` makes them equal.

    Those of the owner come with the habit, and are left alone.
    """
    stored = HabitUserGrant.objects.filter(content_object=habit).exclude(user=habit.owner_id)
    found: set[tuple[uuid.UUID, str]] = set(stored.values_list("user", "permission__codename"))
    shares = list(Share.objects.filter(habit=habit).select_related("habit"))
    expected = {(share.user_id, codename) for share in shares for codename in _codenames(share)}
    surplus, lacking = len(found - expected), len(expected - found)
    if not surplus and not lacking:
        return []
    if repair:
        stored.exclude(user__in=[share.user_id for share in shares]).delete()
        for share in shares:
            project_share(share)
    return [f"{surplus} grants too many, {lacking} too few"]


def _codenames(share: Share) -> tuple[str, ...]:
    return CODENAMES[SharePermission(share.permission)] if share.state == ShareState.ACCEPTED else ()


def _grants(share: Share) -> QuerySet[HabitUserGrant]:
    return HabitUserGrant.objects.filter(content_object=share.habit_id, user=share.user_id)
