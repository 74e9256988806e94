"""Ids that clients choose."""

import uuid

from config.errors import IdDeleted
from sharing.models import SpentId


def spend_id(maker_id: uuid.UUID, spent_id: uuid.UUID) -> None:
    """Remember the id of what is deleted."""
    # A share and an achievement may have had the same.
    SpentId.objects.bulk_create([SpentId(maker_id=maker_id, spent_id=spent_id)], ignore_conflicts=True)


def check_not_spent(maker_id: uuid.UUID, new_id: uuid.UUID) -> None:
    """Raise IdDeleted for the id of something of the maker's that was deleted."""
    if SpentId.objects.filter(maker=maker_id, spent_id=new_id).exists():
        raise IdDeleted
