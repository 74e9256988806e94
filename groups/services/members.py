"""What admins do about members: their roles, their removal, and bans."""

import uuid

from config.errors import NotFound
from config.versions import UNCONDITIONAL, Precondition
from groups.domain.audit import Action
from groups.domain.roles import POWERS, Power, Role, reaches
from groups.errors import RoleAboveOwn
from groups.models import Ban, Group, JoinRequest, Membership
from groups.permissions import MANAGE, assign_role
from groups.selectors.groups import get_membership
from groups.services.audit import record
from groups.services.locking import locked_group
from groups.services.seats import check_owner_stays, end_invitations_by, remove_member
from users.models import User


def change_role(
    *, actor: User, group_id: uuid.UUID, user_id: uuid.UUID, role: Role | None, precondition: Precondition = UNCONDITIONAL
) -> Membership:
    """Give a member another role, unless it is None, and return the membership.

    Raises RoleAboveOwn, LastOwner and PreconditionFailed.
    """
    with locked_group(actor, group_id, needed=MANAGE) as group:
        membership = get_membership(group, user_id)
        precondition.check(membership.version)
        old = Role(membership.role)
        new = role or old
        _check_reach(group, old, new)
        if new == old:
            return membership
        check_owner_stays(membership)
        membership.role = new
        membership.version += 1
        membership.save(force_update=True)
        assign_role(membership)
        if Power.MANAGE not in POWERS[new]:
            end_invitations_by(membership)
        record(group, Action.ROLE_CHANGED, actor_id=actor.pk, subject_id=user_id, roles=(old, new))
    return membership


def remove_from_group(
    *, actor: User, group_id: uuid.UUID, user_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL
) -> None:
    """End somebody's membership; RoleAboveOwn, LastOwner and PreconditionFailed."""
    with locked_group(actor, group_id, needed=MANAGE) as group:
        membership = get_membership(group, user_id)
        precondition.check(membership.version)
        old = Role(membership.role)
        _check_reach(group, old)
        remove_member(membership)
        record(group, Action.REMOVED, actor_id=actor.pk, subject_id=user_id, roles=(old, None))


def ban_from_group(*, actor: User, group_id: uuid.UUID, user_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """End the membership or the request of somebody, who does not come back until the ban is lifted.

    Doing it again changes nothing. Raises RoleAboveOwn, LastOwner and PreconditionFailed.
    """
    with locked_group(actor, group_id, needed=MANAGE, about=user_id) as group:
        if Ban.objects.filter(group=group, user=user_id).exists():
            return
        membership = Membership.objects.filter(group=group, user=user_id).first()
        asked = JoinRequest.objects.filter(group=group, user=user_id)
        if membership is None and not asked.exists():
            raise NotFound
        precondition.check(None if membership is None else membership.version)
        old = None
        if membership is not None:
            old = Role(membership.role)
            _check_reach(group, old)
            remove_member(membership)
        asked.delete()
        Ban.objects.create(group=group, user_id=user_id, banned_by=actor)
        record(group, Action.BANNED, actor_id=actor.pk, subject_id=user_id, roles=(old, None))


def lift_ban(*, actor: User, group_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Let somebody come back who was banned; NotFound for anybody else."""
    with locked_group(actor, group_id, needed=MANAGE, about=user_id) as group:
        lifted, _ = Ban.objects.filter(group=group, user=user_id).delete()
        if not lifted:
            raise NotFound
        record(group, Action.UNBANNED, actor_id=actor.pk, subject_id=user_id)


def _check_reach(group: Group, *roles: Role) -> None:
    """Raise RoleAboveOwn where one of the roles is above that of the one who acts."""
    if group.my_role is None or not reaches(Role(group.my_role), *roles):
        raise RoleAboveOwn
