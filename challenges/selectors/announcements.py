"""What the runners of a challenge have to say, for whoever takes part in it or runs it."""

import uuid

from django.db.models import QuerySet

from challenges.models import Announcement
from challenges.selectors.challenges import get_as_insider
from config.errors import Forbidden, NotFound
from groups.selectors.groups import with_people
from users.models import User


def list_announcements(actor: User, challenge_id: uuid.UUID) -> QuerySet[Announcement]:
    """Return the announcements of a challenge; Forbidden for who only sees it."""
    challenge = get_as_insider(actor, challenge_id)
    return with_people(Announcement.objects.filter(challenge=challenge), "author")


def get_announcement(actor: User, announcement_id: uuid.UUID) -> Announcement:
    """Return an announcement of a challenge that the actor takes part in or runs; NotFound for any other."""
    announcement: Announcement | None = with_people(Announcement.objects.filter(pk=announcement_id), "author").first()
    if announcement is None:
        raise NotFound
    try:
        get_as_insider(actor, announcement.challenge_id)
    except Forbidden:
        raise NotFound from None
    return announcement
