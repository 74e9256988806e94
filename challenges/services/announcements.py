"""Announcements: written by the runners of a challenge."""

import uuid
from typing import Final

from django.utils.timezone import now

from challenges.models import Announcement, Challenge
from challenges.permissions import RUN
from challenges.selectors.announcements import get_announcement
from challenges.services.locking import locked_challenge
from challenges.signals import announced
from config.claims import claimed
from config.errors import IdConflict, LimitReached
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from sharing.services.ids import check_not_spent, spend_id
from users.models import User

MAX_ANNOUNCEMENTS: Final = 500


def announce(
    *, actor: User, challenge_id: uuid.UUID, text: str, announcement_id: uuid.UUID | None = None
) -> tuple[Announcement, bool]:
    """Store an announcement; return it and whether it is new.

    The same `announcement_id` again from the same user returns it as it is now. Raises IdConflict, IdDeleted and LimitReached.
    """
    with claimed(Announcement, announcement_id), locked_challenge(actor, challenge_id, needed=RUN) as challenge:
        if announcement_id is not None and _is_known(actor, challenge, announcement_id):
            return get_announcement(actor, announcement_id), False
        if Announcement.objects.filter(challenge=challenge).count() >= MAX_ANNOUNCEMENTS:
            raise LimitReached(f"There are {MAX_ANNOUNCEMENTS} announcements already.")
        row = Announcement.objects.create(id=announcement_id or new_id(), challenge=challenge, author=actor, text=text)
        announced.send(sender=Announcement, announcement=row)
        return row, True


def _is_known(actor: User, challenge: Challenge, announcement_id: uuid.UUID) -> bool:
    known = Announcement.objects.filter(pk=announcement_id).first()
    if known is None:
        check_not_spent(actor.pk, announcement_id)
        return False
    if known.author_id != actor.pk or known.challenge_id != challenge.pk:
        raise IdConflict
    return True


def change_announcement(
    *, actor: User, announcement_id: uuid.UUID, text: str | None, precondition: Precondition = UNCONDITIONAL
) -> Announcement:
    """Give an announcement another text, unless it is None, and return it; Forbidden for participants, PreconditionFailed."""
    found = get_announcement(actor, announcement_id)
    with locked_challenge(actor, found.challenge_id, needed=RUN):
        row = _again(actor, announcement_id, precondition)
        if text is not None and text != row.text:
            row.text = text
            row.version += 1
            row.updated_at = now()
            row.save(force_update=True)
    return row


def delete_announcement(*, actor: User, announcement_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """Delete an announcement; its id stays its author's. Forbidden for participants, PreconditionFailed."""
    found = get_announcement(actor, announcement_id)
    with locked_challenge(actor, found.challenge_id, needed=RUN, about=found.author_id):
        row = _again(actor, announcement_id, precondition)
        spend_id(row.author_id, row.pk)
        row.delete()


def _again(actor: User, announcement_id: uuid.UUID, precondition: Precondition) -> Announcement:
    """Return the announcement as it is under the lock of its challenge."""
    row = get_announcement(actor, announcement_id)
    precondition.check(row.version)
    return row
