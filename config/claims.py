"""Ids that clients choose."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.db.models import Model

from config.errors import IdConflict


@contextmanager
def claimed(model: type[Model], chosen_id: uuid.UUID | None) -> Iterator[None]:
    """Raise IdConflict where somebody else takes the id that a client chose, if it chose one; to be around the transaction.

    Two makers share no lock, so that the id may be taken between the look for it and the insert: the primary key decides.
    """
    try:
        yield
    except IntegrityError as error:
        if chosen_id is not None and model._default_manager.filter(pk=chosen_id).exists():
            raise IdConflict from error
        raise
