"""What sharing contributes to the export of everything about a user."""

from sharing.models import ShareLink
from users.models import User
from users.services.exports import Rows, export_section, rows_of


def declare_sections() -> None:
    """Declare the files of the archive."""
    export_section("share_links", link_rows)


def link_rows(user: User) -> Rows:
    """Yield the public links, with what their addresses end in."""
    columns = ("id", "habit_id", "kind", "milestone_id", "title", "show_name", "token", "expires_at", "created_at")
    return rows_of(ShareLink.objects.owned_by(user.pk), *columns)
