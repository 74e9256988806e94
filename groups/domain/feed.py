"""What the feed of a group tells."""

from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """What has happened in a group."""

    JOINED = "joined"
    SHARED = "shared"
    MILESTONE = "milestone"
    CHALLENGE = "challenge"


class ChallengeStep(StrEnum):
    """What has happened to a challenge of the group."""

    CREATED = "created"
    JOINED = "joined"
    FINISHED = "finished"


EVENT_KINDS: Final = tuple(EventKind)
CHALLENGE_STEPS: Final = tuple(ChallengeStep)
