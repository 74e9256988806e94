"""Which events of other apps sharing follows."""

import uuid
from typing import Any

from django.dispatch import receiver

from sharing.services.accounts import lock_what_is_shared
from users.signals import account_ending


@receiver(account_ending)
def on_account_ending(user_id: uuid.UUID, **_: Any) -> None:
    """Have whoever ends the other side's account wait, or wait for them."""
    lock_what_is_shared(user_id)
