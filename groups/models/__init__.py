"""The tables of groups."""

from groups.models.audit import AuditEntry
from groups.models.feed import Cheer, FeedEvent
from groups.models.grants import GroupRoleGrant, RoleHolders
from groups.models.groups import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, SEATS_MAX, DeletedGroup, Group
from groups.models.invitations import Invitation
from groups.models.members import Ban, JoinRequest, Membership, RequestState
from groups.models.sharing import SharedHabit

__all__ = [
    "DESCRIPTION_MAX_LENGTH",
    "NAME_MAX_LENGTH",
    "SEATS_MAX",
    "AuditEntry",
    "Ban",
    "Cheer",
    "DeletedGroup",
    "FeedEvent",
    "Group",
    "GroupRoleGrant",
    "Invitation",
    "JoinRequest",
    "Membership",
    "RequestState",
    "RoleHolders",
    "SharedHabit",
]
