"""Invitations: made and ended by admins, accepted by whoever holds the token."""

import uuid
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import now

from config.claims import claimed
from config.errors import FieldError, IdConflict, IdDeleted, InvalidInput, LimitReached, NotFound
from config.identifiers import new_id
from config.jobs import enqueue
from config.text import key_of
from groups.domain.audit import Action
from groups.domain.tokens import digest_of
from groups.models import Group, Invitation, Membership
from groups.permissions import MANAGE
from groups.selectors.groups import get_group
from groups.services.audit import record
from groups.services.locking import lock_groups, locked_group
from groups.services.seats import add_member
from users.models import User
from users.services.locking import lock_user

MAX_OPEN_INVITATIONS: Final = 100
USUAL_LIFE: Final = timedelta(days=7)
LONGEST_LIFE: Final = timedelta(days=365)


def create_invitation(
    *,
    actor: User,
    group_id: uuid.UUID,
    email: str | None = None,
    max_uses: int | None = None,
    expires_at: datetime | None = None,
    invitation_id: uuid.UUID | None = None,
) -> tuple[Invitation, bool]:
    """Store an invitation and return it, and whether it is new; one to an address is mailed then, once.

    It holds for a week if nothing else is said; one to an address may be used once. The same `invitation_id` again from the same
    user returns the invitation as it is now. Raises InvalidInput, IdConflict, IdDeleted and LimitReached.
    """
    with claimed(Invitation, invitation_id), locked_group(actor, group_id, needed=MANAGE) as group:
        if invitation_id is not None and (known := _known(actor, group, invitation_id)) is not None:
            return known, False
        return _invite(actor, group, invitation_id or new_id(), email, max_uses, expires_at), True


def _known(actor: User, group: Group, invitation_id: uuid.UUID) -> Invitation | None:
    """Return the actor's invitation with this id, if there is one; raises for an id that cannot be had."""
    found = Invitation.objects.select_related("created_by").filter(pk=invitation_id).first()
    if found is None:
        return None
    if (found.group_id, found.created_by_id) != (group.pk, actor.pk):
        raise IdConflict
    if not Invitation.objects.filter(pk=invitation_id).open(now()).exists():
        raise IdDeleted
    return found


def _invite(
    actor: User, group: Group, invitation_id: uuid.UUID, email: str | None, max_uses: int | None, expires_at: datetime | None
) -> Invitation:
    present = now()
    _check(email, max_uses, expires_at, present)
    if Invitation.objects.filter(group=group).open(present).count() >= MAX_OPEN_INVITATIONS:
        raise LimitReached(f"There are {MAX_OPEN_INVITATIONS} invitations already that can be accepted.")
    invitation = Invitation(
        id=invitation_id,
        group=group,
        email=email or "",
        email_key=key_of(email or ""),
        max_uses=max_uses if email is None else 1,
        expires_at=expires_at or present + USUAL_LIFE,
        created_by=actor,
        digest=digest_of(token_of(invitation_id)),
    )
    invitation.save(force_insert=True)
    record(group, Action.INVITED, actor_id=actor.pk)
    if email is not None:
        enqueue("groups.jobs.send_invitation", invitation_id=str(invitation.pk))
    return invitation


def _check(email: str | None, max_uses: int | None, expires_at: datetime | None, present: datetime) -> None:
    faults = []
    if email is not None and max_uses is not None:
        faults.append(FieldError("max_uses", "not_with_email", "An invitation to an address may be used once."))
    if expires_at is not None and expires_at <= present:
        faults.append(FieldError("expires_at", "in_the_past", "Use an instant to come."))
    if expires_at is not None and expires_at > present + LONGEST_LIFE:
        faults.append(FieldError("expires_at", "out_of_range", f"Use an instant within {LONGEST_LIFE.days} days."))
    if faults:
        raise InvalidInput(errors=faults)


def end_invitation(*, actor: User, group_id: uuid.UUID, invitation_id: uuid.UUID) -> None:
    """End an invitation, at once; NotFound for any other."""
    with locked_group(actor, group_id, needed=MANAGE) as group:
        if not Invitation.objects.filter(group=group, pk=invitation_id).end(now()):
            raise NotFound
        record(group, Action.INVITATION_ENDED, actor_id=actor.pk)


def accept_invitation(*, actor: User, token: str) -> Group:
    """Make the actor a member of the group to which the token invites, and return the group.

    Doing it again uses up nothing. Raises NotFound for a token that invites nobody any more, Banned, GroupFull and LimitReached.
    """
    with transaction.atomic():
        lock_user(actor.pk)
        known = Invitation.objects.filter(digest=digest_of(token), expires_at__gt=now())
        for group in lock_groups(known.values_list("group", flat=True)):
            if not Membership.objects.filter(group=group, user=actor).exists():
                _use(group, known.open(now()).first(), actor)
            return get_group(actor, group.pk)
    raise NotFound


def _use(group: Group, invitation: Invitation | None, actor: User) -> None:
    """Make the actor a member by an invitation that was read under the lock of the group."""
    if invitation is None:
        raise NotFound
    add_member(group, actor.pk)
    invitation.uses += 1
    invitation.forget_address()
    invitation.save(force_update=True)
    record(group, Action.INVITATION_ACCEPTED, actor_id=actor.pk)


def forget_expired_invitations() -> None:
    """Delete what nobody can accept any more."""
    Invitation.objects.filter(expires_at__lte=now()).delete()


def token_of(invitation_id: uuid.UUID) -> str:
    """Return the token of an invitation: made of its id and the secret key, so that a job can mail it and no table holds it."""
    mac = salted_hmac("groups.services.invitations", str(invitation_id), algorithm="sha256")
    return urlsafe_b64encode(mac.digest()).decode().rstrip("=")
