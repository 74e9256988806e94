"""Roles in a group, and what each may do: the truth of which grants are the projection."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a member is in a group."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Power(StrEnum):
    """What a role may do with its group."""

    VIEW = "view"
    CHANGE = "change"
    MANAGE = "manage"
    DELETE = "delete"


ROLES: Final = tuple(Role)
POWERS: Final[Mapping[Role, tuple[Power, ...]]] = {
    Role.MEMBER: (Power.VIEW,),
    Role.ADMIN: (Power.VIEW, Power.CHANGE, Power.MANAGE),
    Role.OWNER: (Power.VIEW, Power.CHANGE, Power.MANAGE, Power.DELETE),
}
_RANKS: Final[Mapping[Role, int]] = {Role.MEMBER: 0, Role.ADMIN: 1, Role.OWNER: 2}


def reaches(actor: Role, *roles: Role) -> bool:
    """Tell whether none of the roles is above the actor's: those are the ones to take from somebody and to give."""
    return all(_RANKS[role] <= _RANKS[actor] for role in roles)
