"""The tables of challenges."""

from challenges.models.announcements import Announcement
from challenges.models.challenges import DESCRIPTION_MAX_LENGTH, SEATS_MAX, TITLE_MAX_LENGTH, Challenge
from challenges.models.grants import ChallengeGroupGrant, ChallengeUserGrant
from challenges.models.participations import ChallengeInvitation, Departure, Participation

__all__ = [
    "DESCRIPTION_MAX_LENGTH",
    "SEATS_MAX",
    "TITLE_MAX_LENGTH",
    "Announcement",
    "Challenge",
    "ChallengeGroupGrant",
    "ChallengeInvitation",
    "ChallengeUserGrant",
    "Departure",
    "Participation",
]
