"""The rules of sharing that a request may break."""

from config.errors import Conflict


class ShareExists(Conflict):
    """The habit is shared with this user already, with another permission: `PATCH` changes that of the share."""

    code = "share_exists"
    title = "The habit is shared with this user already."


class NoStreak(Conflict):
    """No streak runs that could be told: name a milestone."""

    code = "no_streak"
    title = "The habit has no current streak."
