"""Which events of other apps habits follow."""

from typing import Any

from django.dispatch import receiver

from habits.services.stats import wake_stats
from users.models import User
from users.signals import day_boundary_changed


@receiver(day_boundary_changed)
def on_day_boundary_changed(user: User, **_: Any) -> None:
    """Have the statistics of a user who moved swept."""
    wake_stats(user)
