"""What the feed of a group tells."""

from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """What has happened in a group."""

    JOINED = "joined"
    SHARED = "shared"
    MILESTONE = "milestone"


EVENT_KINDS: Final = tuple(EventKind)
