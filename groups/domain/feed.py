"""What the feed of a group tells."""

from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """What has happened in a group."""

    JOINED = "joined"
    SHARED = "shared"
    MILESTONE = "milestone"
    CHALLENGE_CREATED = "challenge_created"
    CHALLENGE_JOINED = "challenge_joined"
    CHALLENGE_FINISHED = "challenge_finished"


EVENT_KINDS: Final = tuple(EventKind)
OF_MEMBERS_IN_CHALLENGES: Final = (EventKind.CHALLENGE_CREATED, EventKind.CHALLENGE_JOINED)
