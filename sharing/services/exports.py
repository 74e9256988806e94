"""What sharing contributes to the export of everything about a user: of the other side, nothing."""

from sharing.models import Achievement, Share, ShareLink
from users.models import User
from users.services.exports import Rows, export_section, rows_of

SHARE: tuple[str, ...] = ("id", "habit_id", "permission", "state", "created_at", "accepted_at")
FEAT: tuple[str, ...] = ("id", "kind", "count", "unit", "started_on", "reached_on", "created_at")


def declare_sections() -> None:
    """Declare the files of the archive."""
    export_section("share_links", link_rows)
    export_section("shares_given", given_rows)
    export_section("shares_received", received_rows)
    export_section("achievements_sent", sent_rows)
    export_section("achievements_received", told_rows)


def link_rows(user: User) -> Rows:
    """Yield the public links, with what their addresses end in."""
    columns = ("id", "habit_id", "kind", "milestone_id", "title", "show_name", "token", "expires_at", "created_at")
    return rows_of(ShareLink.objects.owned_by(user.pk), *columns)


def given_rows(user: User) -> Rows:
    """Yield the shares of the user's habits."""
    return rows_of(Share.objects.filter(habit__owner=user), *SHARE)


def received_rows(user: User) -> Rows:
    """Yield what others share with the user."""
    return rows_of(Share.objects.filter(user=user), *SHARE)


def sent_rows(user: User) -> Rows:
    """Yield what the user has told others."""
    return rows_of(Achievement.objects.filter(sender=user), *FEAT, "habit_id", "habit_name")


def told_rows(user: User) -> Rows:
    """Yield what others have told the user."""
    return rows_of(Achievement.objects.filter(recipient=user), *FEAT)
