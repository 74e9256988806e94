"""What everybody has on every board."""

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import connections, models, router

from leaderboards.domain.boards import Board, Kind

PUBLIC: Final = ""
"""The scope of the boards of everybody. Those of others begin with a letter: keys of groups and of challenges may be the same."""
SCOPE_MAX_LENGTH: Final = 37


class Score(models.Model):
    """A user's score on a board: derived from what was logged, written with each log under the user's lock as an owner.

    Everybody has scores, those who are not shown too: who shows up later has been counted all the time, and on boards that were
    closed meanwhile. A board is a scope, a kind (`Kind`) and a first day.

    `negative` is the score below zero, so that the order of a board (better scores first, then those reached earlier, then by the
    user's key) ascends in every column: one comparison of rows finds what comes before and after. `reached_at` is when the score
    last rose.
    """

    pk = models.CompositePrimaryKey("user", "scope", "kind", "starts_on")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    scope = models.CharField(max_length=SCOPE_MAX_LENGTH, blank=True, default=PUBLIC)
    kind = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    negative = models.BigIntegerField()
    reached_at = models.DateTimeField()
    is_shown = models.BooleanField()

    user_id: uuid.UUID

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["scope", "kind", "starts_on", "negative", "reached_at", "user"],
                name="score_ranking",
                condition=models.Q(is_shown=True, negative__lt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} of {self.user_id}"

    @property
    def score(self) -> int:
        """The score as it is shown."""
        return -self.negative

    @property
    def board(self) -> Board:
        """The board in its scope."""
        return Board(Kind(self.kind), self.starts_on)

    @property
    def is_ranked(self) -> bool:
        """Whether the row has a place on its board."""
        return self.is_shown and self.negative < 0


def group_scope(group_id: uuid.UUID) -> str:
    """Return the scope of a group's boards, as the database makes it of the key."""
    return f"g{_as_stored(group_id)}"


def challenge_scope(challenge_id: uuid.UUID) -> str:
    """Return the scope of a challenge's boards, as the database makes it of the key."""
    return f"c{_as_stored(challenge_id)}"


def _as_stored(key: uuid.UUID) -> object:
    return models.UUIDField().get_db_prep_value(key, connections[router.db_for_write(Score)])
