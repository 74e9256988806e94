"""The mail that invites: made by a job, so that neither the token nor the address lies in the queue."""

import uuid
from typing import Final

from django.utils.timezone import now

from groups.models import Invitation
from groups.services.invitations import token_of
from users.services.mails import link_to, send_text

INVITATION_PATH: Final = "/invitations/"


def send_invitation(invitation_id: uuid.UUID) -> None:
    """Mail an invitation to its address; nothing where it cannot be accepted any more."""
    invitation = Invitation.objects.filter(pk=invitation_id).exclude(email="").open(now()).first()
    if invitation is None:
        return
    token = token_of(invitation.pk)
    link = link_to(INVITATION_PATH, token=token)
    send_text("groups/mail/invitation.txt", "An invitation", invitation.email, link=link, token=token)
