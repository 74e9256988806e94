"""The rules of challenges that a request may break."""

from config.errors import Conflict, Forbidden


class AlreadyJoined(Conflict):
    """One takes part already, with another habit: leave the challenge before."""

    code = "already_joined"
    title = "You take part already, with another habit."


class ChallengeFull(Conflict):
    """Every seat of the challenge is taken."""

    code = "challenge_full"
    title = "The challenge is full."


class ChallengeOver(Conflict):
    """It is too late: the challenge has ended, its standings are final, or it was cancelled."""

    code = "challenge_over"
    title = "The challenge is over."


class TermsFixed(Conflict):
    """People rely on these terms: the challenge has begun, or somebody has joined it with a habit that fits them."""

    code = "terms_fixed"
    title = "These terms cannot be changed any more."


class RemovedFromChallenge(Forbidden):
    """Whom a runner has removed does not come back without an invitation."""

    code = "removed_from_challenge"
    title = "You were removed from this challenge."
