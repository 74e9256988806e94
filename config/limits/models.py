"""The counts that lie in the database."""

from typing import ClassVar

from django.db import models


class Window(models.Model):
    """How often something has happened in the period that began when it first did."""

    # A keyed digest: of whom this tells cannot be read here.
    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    # Milliseconds since 1970: plain numbers are compared alike by both databases.
    ends_ms = models.BigIntegerField(db_index=True)

    objects: ClassVar[models.Manager["Window"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
