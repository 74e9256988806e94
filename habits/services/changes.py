"""What a deletion leaves behind."""

import uuid
from collections.abc import Iterable

from django.utils import timezone

from habits.models import Tombstone, TombstoneKind


def bury(owner_id: uuid.UUID, kind: TombstoneKind, keys: Iterable[str], first_change_no: int) -> None:
    """Leave a tombstone for each deleted row, numbered from `first_change_no` on; a key has one, of its latest death."""
    stones = [
        Tombstone(owner_id=owner_id, kind=kind, key=key, change_no=number, deleted_at=timezone.now())
        for number, key in enumerate(keys, start=first_change_no)
    ]
    Tombstone.objects.bulk_create(
        stones, update_conflicts=True, unique_fields=["owner", "kind", "key"], update_fields=["change_no", "deleted_at"]
    )


def log_key(habit_id: uuid.UUID, day: object) -> str:
    """Return the key of the log of a day."""
    return f"{habit_id}/{day}"
