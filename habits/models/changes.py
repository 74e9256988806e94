"""Change numbers: one ascending series for each owner, and what is left of deleted rows.

A number is taken under the owner's row lock, so numbers become visible in their order: what a reader has seen up to a number is
all there ever was up to it. Sequences and transaction ids do not promise that, and SQLite has neither.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from config.prepared import Statement, run


class ChangeCounterManager(models.Manager["ChangeCounter"]):
    """Takes numbers."""

    def taking(self, owner_id: uuid.UUID, count: int = 1) -> Statement:
        """Return the statement that locks the owner until the transaction ends, takes `count` numbers and answers the last.

        One statement on both databases: the upsert locks the row, and makes it with the owner's first write.
        """
        owner = ChangeCounter._meta.get_field("owner").get_db_prep_value(owner_id, connection)
        return Statement(
            connection.alias,
            "INSERT INTO habits_changecounter (owner_id, last_change_no) VALUES (%s, %s) "
            "ON CONFLICT (owner_id) DO UPDATE SET last_change_no = habits_changecounter.last_change_no + %s "
            "RETURNING last_change_no",
            [owner, count, count],
        )

    def take(self, owner_id: uuid.UUID, count: int = 1) -> int:
        """Lock the owner until the transaction ends, take `count` numbers and return the first of them."""
        ((last,),) = run(self.taking(owner_id, count))
        return int(last) - count + 1


class ChangeCounter(models.Model):
    """The last change number of an owner; its row lock is the lock of all that the owner's habits consist of."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_change_no = models.BigIntegerField()

    objects: ClassVar[ChangeCounterManager] = ChangeCounterManager()

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.last_change_no}"


class OwnedRow(models.Model):
    """A row of an owner's, with the number of its last change: its version, and its place in the owner's series."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    change_no = models.BigIntegerField()

    class Meta:
        abstract = True
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["owner", "change_no"], name="%(class)s_changes")]


class TombstoneKind(models.TextChoices):
    """What was deleted."""

    HABIT = "habit", "a habit with all that belonged to it"
    VERSION = "version", "a version of a schedule"
    PAUSE = "pause", "a pause"
    LOG = "log", "the log of a day"
    GOAL = "goal", "a goal"


class Tombstone(OwnedRow):
    """What is left of a deleted row: its key, for those who are to learn of its end."""

    kind = models.CharField(max_length=8, choices=TombstoneKind.choices)
    key = models.CharField(max_length=64)
    deleted_at = models.DateTimeField(default=timezone.now)

    class Meta(OwnedRow.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner", "kind", "key"], name="tombstone_one_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
