"""The rules of groups that a request may break."""

from config.errors import Conflict, Forbidden


class Banned(Forbidden):
    """Who is banned from a group does not become a member in any way."""

    code = "banned"
    title = "You are banned from this group."


class InvitationRequired(Forbidden):
    """The group takes nobody without an invitation."""

    code = "invitation_required"
    title = "It takes an invitation to join this group."


class RoleAboveOwn(Forbidden):
    """Nobody changes, removes or gives a role above their own."""

    code = "role_above_own"
    title = "This takes a higher role than yours."


class GroupFull(Conflict):
    """Every seat of the group is taken."""

    code = "group_full"
    title = "The group is full."


class RequestDecided(Conflict):
    """The request to join was decided otherwise already."""

    code = "request_decided"
    title = "The request was decided otherwise already."
