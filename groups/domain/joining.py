"""Who sees a group, how one comes into it, and how one stands to it."""

from enum import StrEnum
from typing import Final

from groups.domain.roles import Role


class Visibility(StrEnum):
    """Who sees that there is the group."""

    PUBLIC = "public"
    PRIVATE = "private"


class JoinPolicy(StrEnum):
    """What it takes to become a member without an invitation."""

    OPEN = "open"
    REQUEST = "request"
    INVITE = "invite"


class State(StrEnum):
    """How somebody stands to a group."""

    NONE = "none"
    PENDING = "pending"
    MEMBER = "member"
    BANNED = "banned"


VISIBILITIES: Final = tuple(Visibility)


def state_of(role: Role | None, *, is_banned: bool, is_pending: bool) -> State:
    """Return how somebody with this role, or without one, stands to the group."""
    if role is not None:
        return State.MEMBER
    if is_banned:
        return State.BANNED
    return State.PENDING if is_pending else State.NONE
