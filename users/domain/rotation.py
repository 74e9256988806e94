"""What becomes of a refresh token that is presented.

A session counts its refresh tokens: the one given out last is its `generation`. Presenting it makes the next one. An answer may
get lost on the way, and two tabs may ask at once: so the token before is answered with the same successor again, for a while and
as long as that successor has not been used. Whatever else comes is a token that somebody kept: a thief or the robbed.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

REPEAT_FOR = timedelta(seconds=30)


class Verdict(Enum):
    """What to do with a token."""

    ROTATE = auto()
    REPEAT = auto()
    END = auto()


def judge(presented: int, generation: int, rotated_at: datetime, now: datetime) -> Verdict:
    """Return what to do with the token of generation `presented` in a session that is at `generation` since `rotated_at`."""
    if presented == generation:
        return Verdict.ROTATE
    if presented == generation - 1 and now - rotated_at <= REPEAT_FOR:
        return Verdict.REPEAT
    return Verdict.END
