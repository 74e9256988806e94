"""What is known of the copy of boards that a ranking server holds."""

import uuid

from django.db import models


class RankingCopy(models.Model):
    """The boards of everybody in the ranking server: one row, which whoever writes there has locked.

    A copy is a generation, whose name all its keys carry; none is the empty text. `run` names the server's life since its start:
    what was written in an earlier one may be gone, or older than it was. Readers take the copy that is whole and not behind.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    run = models.CharField(max_length=64, default="", blank=True)
    generation = models.CharField(max_length=32, default="", blank=True)
    # One that is not whole yet: it has the places of users up to the one with this key, and follows all changes.
    building = models.CharField(max_length=32, default="", blank=True)
    built_to = models.UUIDField(default=uuid.UUID(int=0))
    # Whether shifts wait that the server could not be told.
    is_behind = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.generation or "no copy"

    @property
    def generations(self) -> list[str]:
        """The generations that follow changes."""
        return [generation for generation in (self.generation, self.building) if generation]
