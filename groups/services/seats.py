"""Becoming a member and ceasing to be one: every way in and out leads through here."""

import uuid
from typing import Final

from django.utils.timezone import now

from config.errors import LimitReached
from groups.domain.roles import Role
from groups.errors import Banned, GroupFull
from groups.models import Ban, Group, Invitation, JoinRequest, Membership, RequestState, SharedHabit
from groups.permissions import assign_role, withdraw_role, withdraw_shared
from groups.services.feed import tell_joined
from groups.services.locking import lock_concerned
from groups.signals import membership_ended
from users.errors import LastOwner

MAX_GROUPS: Final = 100


def add_member(group: Group, user_id: uuid.UUID, role: Role = Role.MEMBER) -> Membership:
    """Make somebody a member, with the grants of the role; Banned, GroupFull and LimitReached. It approves a request of theirs.

    The rows of the user and of the group are locked, so that neither has more of the other than there may be.
    """
    check_not_banned(group, user_id)
    check_seat(group)
    check_groups_of(user_id)
    JoinRequest.objects.filter(group=group, user=user_id, state=RequestState.PENDING).update(state=RequestState.APPROVED)
    membership = Membership.objects.create(group=group, user_id=user_id, role=role)
    assign_role(membership)
    tell_joined(membership)
    return membership


def remove_member(membership: Membership) -> None:
    """End a membership with its grants and all that was shared by it, under the lock of the group.

    Raises LastOwner where nobody could run the group any more.
    """
    check_owner_stays(membership)
    end_invitations_by(membership)
    lock_concerned([membership])
    withdraw_shared(SharedHabit.objects.filter(membership=membership))
    withdraw_role(membership)
    membership_ended.send(sender=Membership, membership=membership)
    membership.delete()


def end_invitations_by(membership: Membership) -> None:
    """End the invitations of a member who does not manage the group any more: nobody comes in by a power that is gone."""
    Invitation.objects.filter(group=membership.group_id, created_by=membership.user_id).end(now())


def check_not_banned(group: Group, user_id: uuid.UUID) -> None:
    """Raise Banned for whom the group has banned."""
    if Ban.objects.filter(group=group, user=user_id).exists():
        raise Banned


def check_seat(group: Group) -> None:
    """Raise GroupFull where no seat is left."""
    if Membership.objects.filter(group=group).count() >= group.seats:
        raise GroupFull


def check_groups_of(user_id: uuid.UUID) -> None:
    """Raise LimitReached for whoever is a member of as many groups as one may be."""
    if Membership.objects.filter(user=user_id).count() >= MAX_GROUPS:
        raise LimitReached(f"Nobody is a member of more than {MAX_GROUPS} groups.")


def check_owner_stays(membership: Membership) -> None:
    """Raise LastOwner if no other active user owns the group of an owner who is about to be one no more."""
    if membership.role != Role.OWNER:
        return
    others = Membership.objects.filter(group=membership.group_id, role=Role.OWNER, user__is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise LastOwner
