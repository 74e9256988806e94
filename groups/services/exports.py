"""What groups contribute to the export of everything about a user."""

from groups.models import AuditEntry, Ban, Cheer, FeedEvent, Group, Invitation, JoinRequest, Membership, SharedHabit
from users.models import User
from users.services.exports import Rows, export_section, rows_of


def declare_sections() -> None:
    """Declare the files of the archive."""
    export_section("groups", group_rows)
    export_section("memberships", membership_rows)
    export_section("join_requests", request_rows)
    export_section("group_bans", ban_rows)
    export_section("group_actions", action_rows)
    export_section("invitations", invitation_rows)
    export_section("group_habits", shared_rows)
    export_section("group_events", event_rows)
    export_section("group_cheers", cheer_rows)


def group_rows(user: User) -> Rows:
    """Yield the groups that the user has made."""
    columns = ("id", "name", "description", "visibility", "join_policy", "max_members", "created_at", "updated_at")
    return rows_of(Group.objects.filter(creator=user), *columns)


def membership_rows(user: User) -> Rows:
    """Yield the groups to which the user belongs."""
    return rows_of(Membership.objects.filter(user=user), "group_id", "group__name", "role", "joined_at")


def request_rows(user: User) -> Rows:
    """Yield the groups that the user has asked to join."""
    return rows_of(JoinRequest.objects.filter(user=user), "group_id", "state", "created_at")


def ban_rows(user: User) -> Rows:
    """Yield the groups from which the user is banned."""
    return rows_of(Ban.objects.filter(user=user), "group_id", "banned_at")


def action_rows(user: User) -> Rows:
    """Yield what the user has done in groups, without those to whom it was done."""
    columns = ("group_id", "action", "old_role", "new_role", "changed", "created_at")
    return rows_of(AuditEntry.objects.filter(actor=user), *columns)


def invitation_rows(user: User) -> Rows:
    """Yield the invitations that the user has made; their tokens are known to nobody."""
    columns = ("id", "group_id", "email", "max_uses", "uses", "expires_at", "created_at")
    return rows_of(Invitation.objects.filter(created_by=user), *columns)


def shared_rows(user: User) -> Rows:
    """Yield the habits that the user shares with groups."""
    return rows_of(SharedHabit.objects.filter(membership__user=user), "group_id", "habit_id", "shared_at")


def event_rows(user: User) -> Rows:
    """Yield what groups were told of the user."""
    columns = ("id", "group_id", "kind", "shared__habit_id", "milestone_id", "challenge_id", "challenge_step", "created_at")
    return rows_of(FeedEvent.objects.filter(membership__user=user), *columns)


def cheer_rows(user: User) -> Rows:
    """Yield the events at which the user cheers, without those whose they are."""
    return rows_of(Cheer.objects.filter(membership__user=user), "event__group_id", "event_id", "event__kind", "created_at")
