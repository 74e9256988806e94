"""What is left of deleted rows."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class SpentId(models.Model):
    """The id of a share that has ended, or of what else was deleted: it stays its maker's, so that a late repeat makes none."""

    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    spent_id = models.UUIDField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["maker", "spent_id"], name="spent_id_once"),
        ]

    def __str__(self) -> str:
        return str(self.spent_id)
