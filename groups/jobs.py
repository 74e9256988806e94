"""Background jobs of groups; each may be repeated."""

import uuid

from groups.services import invitations, mails


def send_invitation(invitation_id: str) -> None:
    """Mail an invitation to its address."""
    mails.send_invitation(uuid.UUID(invitation_id))


def forget_expired_invitations() -> None:
    """Delete the invitations whose time is over."""
    invitations.forget_expired_invitations()
