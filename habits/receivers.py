"""Which events of other apps habits follow."""

import uuid
from typing import Any

from django.dispatch import receiver

from habits.services.locking import lock_owners_concerned
from habits.services.stats import wake_stats
from users.models import User
from users.signals import account_ending, day_boundary_changed


@receiver(day_boundary_changed)
def on_day_boundary_changed(user: User, **_: Any) -> None:
    """Have the statistics of a user who moved swept."""
    wake_stats(user)


@receiver(account_ending)
def on_account_ending(user_id: uuid.UUID, **_: Any) -> None:
    """Have whoever writes the user's habits, or what the user has to do with of others', finish first, and nobody begin."""
    lock_owners_concerned(user_id)
