"""Making, changing and ending public links: all under the lock of their owner's row."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import now

from config.claims import claimed
from config.errors import FieldError, IdConflict, IdDeleted, InvalidInput, LimitReached, NotFound
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from habits.models import Habit, Milestone
from habits.permissions import CHANGE
from habits.services.locking import locked_habit
from sharing.domain.shown import LinkKind
from sharing.models import DeletedShareLink, ShareLink
from users.models import User
from users.services.locking import lock_user

MAX_LINKS: Final = 100
LONGEST_LIFE: Final = timedelta(days=5 * 365)
CHANGEABLE: Final = ("title", "show_name", "expires_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """What makes a link; one of the kind `milestone` names which."""

    habit_id: uuid.UUID
    kind: LinkKind
    milestone_id: uuid.UUID | None = None
    title: str = ""
    show_name: bool = False
    expires_at: datetime | None = None


def create_link(*, actor: User, draft: LinkDraft, link_id: uuid.UUID | None = None) -> tuple[ShareLink, bool]:
    """Store a link to a habit that the actor may change; return it and whether it is new.

    The same `link_id` again from the same user returns the link as it is now. Raises InvalidInput, Forbidden, IdConflict,
    IdDeleted and LimitReached.
    """
    with claimed(ShareLink, link_id), transaction.atomic():
        lock_user(actor.pk)
        if link_id is not None and (known := _known(actor, link_id)) is not None:
            return known, False
        _check_expiry(draft.expires_at)
        _check_room(actor)
        return _insert(actor, draft, link_id or new_id()), True


def _known(actor: User, link_id: uuid.UUID) -> ShareLink | None:
    """Return the actor's link with this id, if there is one; raises for an id that cannot be had."""
    found = ShareLink.objects.filter(pk=link_id).first()
    if found is not None and found.owner_id != actor.pk:
        raise IdConflict
    if found is None and DeletedShareLink.objects.filter(owner=actor, link_id=link_id).exists():
        raise IdDeleted
    return found


def _check_room(actor: User) -> None:
    if ShareLink.objects.owned_by(actor.pk).count() >= MAX_LINKS:
        raise LimitReached(f"There are {MAX_LINKS} public links already, with those that are expired.")


def _check_expiry(expires_at: datetime | None) -> None:
    present = now()
    if expires_at is not None and expires_at <= present:
        raise InvalidInput(errors=[FieldError("expires_at", "in_the_past", "Use an instant to come.")])
    if expires_at is not None and expires_at > present + LONGEST_LIFE:
        detail = f"Use an instant within {LONGEST_LIFE.days} days, or none."
        raise InvalidInput(errors=[FieldError("expires_at", "out_of_range", detail)])


def _insert(actor: User, draft: LinkDraft, link_id: uuid.UUID) -> ShareLink:
    """Store a link while nobody else writes the habit, which may therefore not be deleted meanwhile."""
    try:
        with locked_habit(actor, draft.habit_id, needed=CHANGE) as (habit, _):
            return ShareLink.objects.create(
                id=link_id,
                owner=actor,
                habit=habit,
                kind=draft.kind,
                milestone=_milestone(habit, draft),
                title=draft.title,
                show_name=draft.show_name,
                expires_at=draft.expires_at,
            )
    except NotFound as error:
        raise InvalidInput(errors=[FieldError("habit", "not_found", "This is no habit of yours.")]) from error


def _milestone(habit: Habit, draft: LinkDraft) -> Milestone | None:
    """Return the milestone that the link is to show, one of the habit's; None where it shows none."""
    if draft.kind != LinkKind.MILESTONE or draft.milestone_id is None:
        return None
    milestone = Milestone.objects.filter(habit=habit, pk=draft.milestone_id).first()
    if milestone is None:
        raise InvalidInput(errors=[FieldError("milestone", "not_found", "This is no milestone of the habit.")])
    return milestone


def update_link(
    *, actor: User, link_id: uuid.UUID, changes: Mapping[str, Any], precondition: Precondition = UNCONDITIONAL
) -> ShareLink:
    """Change what `changes` names of a link's title, name and end; return the link. Raises InvalidInput, PreconditionFailed."""
    with transaction.atomic():
        link = _locked(actor, link_id, precondition)
        changed = [name for name in CHANGEABLE if name in changes and changes[name] != getattr(link, name)]
        if not changed:
            return link
        if "expires_at" in changed:
            _check_expiry(changes["expires_at"])
        for name in changed:
            setattr(link, name, changes[name])
        link.version += 1
        link.save(force_update=True)
    return link


def delete_link(*, actor: User, link_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """End a link: it shows nothing from the next request on, and its id stays its owner's. Raises PreconditionFailed."""
    with transaction.atomic():
        link = _locked(actor, link_id, precondition)
        DeletedShareLink.objects.create(owner=actor, link_id=link.pk)
        link.delete()


def _locked(actor: User, link_id: uuid.UUID, precondition: Precondition) -> ShareLink:
    """Lock a link of the actor's, after the actor; NotFound for any other."""
    lock_user(actor.pk)
    link = ShareLink.objects.owned_by(actor.pk).select_for_update().filter(pk=link_id).first()
    if link is None:
        raise NotFound
    precondition.check(link.version)
    return link
