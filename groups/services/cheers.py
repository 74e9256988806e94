"""Cheering at what happens in a group."""

import uuid

from config.errors import NotFound
from groups.models import Cheer, FeedEvent, SharedHabit
from groups.permissions import VIEW
from groups.selectors.feed import seen
from groups.selectors.groups import get_membership
from groups.services.locking import lock_sharers, locked_group
from users.models import User


def cheer(*, actor: User, group_id: uuid.UUID, event_id: uuid.UUID) -> tuple[FeedEvent, bool]:
    """Have the actor cheer at an event of a group, once; return it as it is then, and whether the cheer is new."""
    with locked_group(actor, group_id, needed=VIEW) as group:
        lock_sharers(SharedHabit.objects.filter(events=event_id, group=group))
        event: FeedEvent | None = seen(FeedEvent.objects.filter(group=group, pk=event_id), actor).first()
        if event is None:
            raise NotFound
        if event.is_cheered:
            return event, False
        Cheer.objects.create(event=event, membership=get_membership(group, actor.pk))
        event.cheers_count += 1
        event.is_cheered = True
        return event, True


def take_cheer_back(*, actor: User, group_id: uuid.UUID, event_id: uuid.UUID) -> None:
    """Take the actor's cheer at an event back; doing it again changes nothing. Raises NotFound for an event of no such group."""
    with locked_group(actor, group_id, needed=VIEW) as group:
        lock_sharers(SharedHabit.objects.filter(events=event_id, group=group))
        if not seen(FeedEvent.objects.filter(group=group, pk=event_id), actor).exists():
            raise NotFound
        Cheer.objects.filter(event=event_id, membership__user=actor).delete()
