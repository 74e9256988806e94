"""Making, changing and deleting groups."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from config.claims import claimed
from config.errors import IdConflict, IdDeleted
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from groups.domain.audit import Action
from groups.domain.joining import JoinPolicy, Visibility
from groups.domain.roles import Role
from groups.models import DeletedGroup, Group, JoinRequest
from groups.permissions import CHANGE, DELETE, grant_roles, withdraw_all
from groups.selectors.groups import get_group
from groups.services.audit import record
from groups.services.locking import lock_all_concerned, locked_group
from groups.services.seats import add_member
from groups.signals import group_deleting
from users.models import User
from users.services.locking import lock_user

SETTINGS: Final = ("name", "description", "visibility", "join_policy", "max_members")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """What makes a group."""

    name: str
    description: str = ""
    visibility: Visibility = Visibility.PRIVATE
    join_policy: JoinPolicy = JoinPolicy.INVITE
    max_members: int | None = None


def create_group(*, actor: User, draft: GroupDraft, group_id: uuid.UUID | None = None) -> tuple[Group, bool]:
    """Store a group that the actor owns; return it and whether it is new.

    The same `group_id` again from the same user returns the group as it is now. Raises IdConflict, IdDeleted and LimitReached.
    """
    with claimed(Group, group_id), transaction.atomic():
        lock_user(actor.pk)
        if group_id is not None and _is_known(actor, group_id):
            return get_group(actor, group_id), False
        group = _insert_group(actor, draft, group_id or new_id())
        return get_group(actor, group.pk), True


def _is_known(actor: User, group_id: uuid.UUID) -> bool:
    """Tell whether the actor has made a group with this id; raises for an id that cannot be had."""
    found = Group.objects.filter(pk=group_id).values("creator").first()
    if found is not None:
        if found["creator"] != actor.pk:
            raise IdConflict
        return True
    if DeletedGroup.objects.filter(creator=actor, group_id=group_id).exists():
        raise IdDeleted
    return False


def _insert_group(actor: User, draft: GroupDraft, group_id: uuid.UUID) -> Group:
    group = Group(
        id=group_id,
        creator=actor,
        visibility=draft.visibility,
        join_policy=draft.join_policy,
        max_members=draft.max_members,
    )
    group.set_texts(draft.name, draft.description)
    group.save(force_insert=True)
    grant_roles(group)
    add_member(group, actor.pk, Role.OWNER)
    record(group, Action.CREATED, actor_id=actor.pk)
    return group


def update_group(
    *, actor: User, group_id: uuid.UUID, changes: Mapping[str, Any], precondition: Precondition = UNCONDITIONAL
) -> Group:
    """Change the settings that `changes` names and return the group; PreconditionFailed.

    Fewer seats than members make nobody leave. A group that becomes private ends the requests to join it, which nobody sees any
    more who has made one.
    """
    with locked_group(actor, group_id, needed=CHANGE, precondition=precondition) as group:
        changed = [name for name in SETTINGS if name in changes and changes[name] != getattr(group, name)]
        if not changed:
            return group
        group.set_texts(changes.get("name", group.name), changes.get("description", group.description))
        for name in ("visibility", "join_policy", "max_members"):
            setattr(group, name, changes.get(name, getattr(group, name)))
        if group.visibility == Visibility.PRIVATE:
            JoinRequest.objects.filter(group=group).delete()
        group.version += 1
        group.updated_at = timezone.now()
        group.save(force_update=True)
        record(group, Action.CHANGED, actor_id=actor.pk, changed=changed)
    return group


def delete_group(*, actor: User, group_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """Delete a group with all that belongs to it, its grants first; its id stays its creator's. Raises PreconditionFailed."""
    with locked_group(actor, group_id, needed=DELETE, precondition=precondition) as group:
        if group.creator_id is not None:
            DeletedGroup.objects.create(creator_id=group.creator_id, group_id=group.pk)
        lock_all_concerned(group)
        group_deleting.send(sender=Group, group=group)
        withdraw_all(group)
        group.delete()
