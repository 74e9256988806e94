"""How scores look in JSON: for the API of this app, and for those above."""

from typing import Any, Final

from challenges.domain.scoring import NO_SCORE, RATE_STEPS
from challenges.domain.terms import Scoring
from config.rest.fields import ShapeField, milli_text

SCORE_PATTERN: Final = r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?$"
SCORE_MAX_LENGTH: Final = 21


class ScoreField(ShapeField):
    """A score in an answer: a count, a sum, or a rate with four decimals; null where there is none yet."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(SCORE_PATTERN, longest=SCORE_MAX_LENGTH, read_only=True, allow_null=True, **kwargs)


def score_text(scoring: str, score: int | None) -> str | None:
    """Return a score as clients see it."""
    if score is None or score == NO_SCORE:
        return None
    if scoring == Scoring.TOTAL:
        return milli_text(score)
    if scoring == Scoring.SUCCESS_RATE:
        return f"{score // RATE_STEPS}.{score % RATE_STEPS:04}"
    return str(score)
