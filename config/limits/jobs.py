"""Background jobs of limits; each may be repeated."""

from typing import Final

from django.db import transaction

from config.limits.models import Window
from config.limits.stores import now_ms

BATCH: Final = 1000


def forget_windows() -> None:
    """Delete the windows that are over."""
    while _forget(BATCH) == BATCH:
        pass


@transaction.atomic
def _forget(limit: int) -> int:
    # What somebody is counting on at this moment is left alone: who waits for a row while holding others may end in a deadlock.
    over = Window.objects.filter(ends_ms__lte=now_ms()).select_for_update(skip_locked=True)
    keys = list(over.values_list("pk", flat=True)[:limit])
    Window.objects.filter(pk__in=keys).delete()
    return len(keys)
