"""What the audit log of a group tells."""

from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """A change of who may do what in a group."""

    CREATED = "created"
    CHANGED = "changed"
    JOINED = "joined"
    LEFT = "left"
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"
    BANNED = "banned"
    UNBANNED = "unbanned"
    REQUEST_APPROVED = "request_approved"
    REQUEST_DECLINED = "request_declined"
    INVITED = "invited"
    INVITATION_ENDED = "invitation_ended"
    INVITATION_ACCEPTED = "invitation_accepted"
    HABIT_REMOVED = "habit_removed"


ACTIONS: Final = tuple(Action)
