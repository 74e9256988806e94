"""The tables of groups."""

from groups.models.audit import AuditEntry
from groups.models.grants import GroupRoleGrant, RoleHolders
from groups.models.groups import DESCRIPTION_MAX_LENGTH, NAME_MAX_LENGTH, SEATS_MAX, DeletedGroup, Group
from groups.models.invitations import Invitation
from groups.models.members import Ban, JoinRequest, Membership, RequestState

__all__ = [
    "DESCRIPTION_MAX_LENGTH",
    "NAME_MAX_LENGTH",
    "SEATS_MAX",
    "AuditEntry",
    "Ban",
    "DeletedGroup",
    "Group",
    "GroupRoleGrant",
    "Invitation",
    "JoinRequest",
    "Membership",
    "RequestState",
    "RoleHolders",
]
