"""What happened in a group."""

import uuid
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from config.access import held_on
from groups.models import Cheer, FeedEvent
from groups.permissions import VIEW
from groups.selectors.groups import GROUPS, with_people
from habits.models import Habit
from habits.permissions import VIEW as VIEW_HABIT
from users.models import User


def seen(events: QuerySet[FeedEvent], actor: User) -> QuerySet[Any]:
    """Return the events that the actor may see, as grants on their habits decide, with the cheers and the actor's own."""
    cheers = Cheer.objects.filter(event=OuterRef("pk"))
    counted = cheers.order_by().values("event").annotate(count=Count("pk")).values("count")
    additions: dict[str, Any] = {
        "cheers_count": Coalesce(Subquery(counted), 0),
        "is_cheered": Exists(cheers.filter(membership__user=actor.pk)),
    }
    visible = events.filter(Q(shared=None) | held_on(Habit, OuterRef("shared__habit"), actor, VIEW_HABIT))
    found: QuerySet[FeedEvent] = with_people(visible, "membership__user").select_related("shared__habit", "milestone")
    return found.annotate(**additions)


def list_events(actor: User, group_id: uuid.UUID) -> QuerySet[FeedEvent]:
    """Return what happened in a group of the actor's."""
    group = GROUPS.fetch(actor, group_id, needed=VIEW)
    return seen(FeedEvent.objects.filter(group=group), actor)
