"""Shares, as the owner of the habit and the one it is shared with may read them."""

import uuid
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet

from config.access import held_on
from config.errors import NotFound
from habits.models import Habit
from habits.permissions import CHANGE
from habits.selectors.habits import get_habit
from sharing.domain.shares import ShareDirection
from sharing.models import Share
from users.models import User

# Of a habit and of people, what both sides are told.
SHOWN: Final = ("habit__name", "habit__owner__display_name", "user__display_name")


def list_shares_of_habit(actor: User, habit_id: uuid.UUID) -> QuerySet[Share]:
    """Return the shares of a habit that the actor may change."""
    return _described(Share.objects.filter(habit=get_habit(actor, habit_id, needed=CHANGE)))


def list_shares(actor: User, direction: ShareDirection | None) -> QuerySet[Share]:
    """Return what is shared with the actor, or of the actor's own habits, or both.

    A union where it is both: with an OR over two tables PostgreSQL would look at every share there is.
    """
    received, given = Share.objects.filter(user=actor), Share.objects.filter(habit__owner=actor)
    if direction is None:
        return _described(Share.objects.filter(pk__in=received.values("pk").union(given.values("pk"))))
    return _described(received if direction is ShareDirection.RECEIVED else given)


def get_share(actor: User, share_id: uuid.UUID) -> Share:
    """Return a share with the actor, or of a habit that the grants let the actor change (`is_given`); NotFound for any other."""
    addition: dict[str, Any] = {"is_given": held_on(Habit, OuterRef("habit"), actor, CHANGE)}
    share = _described(Share.objects.annotate(**addition)).filter(Q(user=actor) | Q(is_given=True), pk=share_id).first()
    if share is None:
        raise NotFound
    return share


def _described(shares: QuerySet[Share]) -> QuerySet[Share]:
    columns = [field.name for field in Share._meta.concrete_fields]
    return shares.select_related("habit__owner", "user").only(*columns, *SHOWN)
