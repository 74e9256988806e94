"""Joining and leaving, and what admins decide about those who ask to join."""

import uuid
from typing import Final

from django.db import transaction

from config.errors import LimitReached, NotFound
from groups.domain.audit import Action
from groups.domain.joining import JoinPolicy
from groups.domain.roles import Role
from groups.errors import Banned, InvitationRequired, RequestDecided
from groups.models import Group, JoinRequest, Membership, RequestState
from groups.permissions import MANAGE
from groups.selectors.groups import get_group
from groups.services.audit import record
from groups.services.locking import locked_group, locked_visible_group
from groups.services.seats import add_member, remove_member
from users.models import User
from users.services.locking import lock_user

MAX_OPEN_REQUESTS: Final = 50


def join_group(*, actor: User, group_id: uuid.UUID) -> Group:
    """Make the actor a member of an open group, or have the actor ask to join; return the group as it is then.

    Doing it again changes nothing. Raises Banned, InvitationRequired, GroupFull and LimitReached.
    """
    with transaction.atomic():
        lock_user(actor.pk)
        with locked_visible_group(actor, group_id) as group:
            if group.my_role is None:
                _come_in(group, actor)
        return get_group(actor, group_id)


def _come_in(group: Group, actor: User) -> None:
    if group.is_banned:
        raise Banned
    if group.join_policy == JoinPolicy.INVITE:
        raise InvitationRequired
    if group.join_policy == JoinPolicy.OPEN:
        add_member(group, actor.pk)
        record(group, Action.JOINED, actor_id=actor.pk)
    elif not group.is_pending:
        _ask(group, actor)


def _ask(group: Group, actor: User) -> None:
    if JoinRequest.objects.filter(user=actor, state=RequestState.PENDING).count() >= MAX_OPEN_REQUESTS:
        raise LimitReached(f"There are {MAX_OPEN_REQUESTS} requests of yours already that wait.")
    JoinRequest.objects.filter(group=group, user=actor).delete()
    JoinRequest.objects.create(group=group, user=actor)


def leave_group(*, actor: User, group_id: uuid.UUID) -> None:
    """End the actor's membership, or take the request for one back; LastOwner. Doing it again changes nothing."""
    with locked_visible_group(actor, group_id) as group:
        membership = Membership.objects.filter(group=group, user=actor).first()
        if membership is None:
            JoinRequest.objects.filter(group=group, user=actor).delete()
            return
        remove_member(membership)
        record(group, Action.LEFT, actor_id=actor.pk, roles=(Role(membership.role), None))


def approve_request(*, actor: User, group_id: uuid.UUID, request_id: uuid.UUID) -> Membership:
    """Make whoever asks a member and return the membership; doing it again returns it too.

    Raises RequestDecided, and GroupFull and LimitReached as for whoever joins.
    """
    with locked_group(actor, group_id, needed=MANAGE, about=_who_asks(group_id, request_id)) as group:
        request = _request(group, request_id)
        if request.state == RequestState.DECLINED:
            raise RequestDecided
        if request.state == RequestState.PENDING:
            add_member(group, request.user_id)
            record(group, Action.REQUEST_APPROVED, actor_id=actor.pk, subject_id=request.user_id)
        membership = Membership.objects.select_related("user").filter(group=group, user=request.user_id).first()
        if membership is None:  # approved, and left since
            raise NotFound
    return membership


def decline_request(*, actor: User, group_id: uuid.UUID, request_id: uuid.UUID) -> None:
    """Decline a request; doing it again changes nothing. Raises RequestDecided."""
    with locked_group(actor, group_id, needed=MANAGE, about=_who_asks(group_id, request_id)) as group:
        request = _request(group, request_id)
        if request.state == RequestState.APPROVED:
            raise RequestDecided
        if request.state == RequestState.PENDING:
            request.state = RequestState.DECLINED
            request.save(force_update=True)
            record(group, Action.REQUEST_DECLINED, actor_id=actor.pk, subject_id=request.user_id)


def _who_asks(group_id: uuid.UUID, request_id: uuid.UUID) -> uuid.UUID | None:
    """Return whose request it is, so that the user is locked before the group."""
    return JoinRequest.objects.filter(pk=request_id, group=group_id).values_list("user", flat=True).first()


def _request(group: Group, request_id: uuid.UUID) -> JoinRequest:
    request = JoinRequest.objects.filter(group=group, pk=request_id).first()
    if request is None:
        raise NotFound
    return request
