"""What a share of a habit lets somebody do, how far it has come, and which way it goes."""

from enum import StrEnum
from typing import Final


class SharePermission(StrEnum):
    """What somebody may do with a habit of somebody else's."""

    VIEW = "view"
    LOG = "log"


class ShareState(StrEnum):
    """Whether somebody has agreed to see the habit: nothing is granted before."""

    PENDING = "pending"
    ACCEPTED = "accepted"


class ShareDirection(StrEnum):
    """Which way a share goes, from where the one stands who asks."""

    RECEIVED = "received"
    GIVEN = "given"


SHARE_PERMISSIONS: Final = tuple(SharePermission)
SHARE_STATES: Final = tuple(ShareState)
