"""Background jobs of users; each may be repeated."""

import uuid

from users.services import exports, mails, sessions


def send_verification(user_id: str) -> None:
    """Ask an address whether it is right."""
    mails.send_verification(uuid.UUID(user_id))


def send_password_reset(user_id: str) -> None:
    """Mail a link to set a new password."""
    mails.send_password_reset(uuid.UUID(user_id))


def export_account(job_id: str) -> None:
    """Make the archive of everything about a user."""
    exports.make_export(uuid.UUID(job_id))


def forget_expired() -> None:
    """Delete sessions and exports whose time is over."""
    sessions.forget_expired_sessions()
    exports.forget_expired_exports()
