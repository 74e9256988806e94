"""How many have which scores, on the boards of everybody: what a rank is counted from without a look at everybody."""

from typing import ClassVar

from django.db import models

from leaderboards.domain.boards import Board, Kind


class Bucket(models.Model):
    """How many users who are shown have a score of a range: on level 0 one score each, on each further level 64 times as many."""

    pk = models.CompositePrimaryKey("kind", "starts_on", "level", "number")
    kind = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    count = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.count} in {self.number} of level {self.level}"


class Shift(models.Model):
    """One more or one less with a score, to be taken into the buckets: writers only add such rows, and never wait for each other.

    `user_id` says whose place has become another.
    """

    user_id = models.UUIDField()
    kind = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    score = models.BigIntegerField()
    change = models.SmallIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "starts_on", "score", "change"], name="shift_of_board"),
        ]

    def __str__(self) -> str:
        return f"{self.change:+} at {self.score}"

    @property
    def board(self) -> Board:
        """The board of everybody that it concerns."""
        return Board(Kind(self.kind), self.starts_on)
