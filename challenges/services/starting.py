"""Telling that a challenge has begun, once."""

import logging
import uuid

from django.db import transaction
from django.utils.timezone import now

from challenges.models import Challenge
from challenges.signals import challenge_started

logger = logging.getLogger(__name__)


def start_challenges() -> int:
    """Tell of all challenges that have begun and were not told of; return how many there were. One that fails keeps no other."""
    due = Challenge.objects.open().filter(is_start_told=False, starts_at__lte=now()).order_by("starts_at", "pk")
    count = 0
    for challenge_id in list(due.values_list("pk", flat=True)):
        try:
            count += _tell(challenge_id)
        except Exception:
            logger.exception("The start of challenge %s cannot be told.", challenge_id)
    return count


@transaction.atomic
def _tell(challenge_id: uuid.UUID) -> bool:
    locked = Challenge.objects.select_for_update(no_key=True, skip_locked=True)
    challenge = locked.open().filter(pk=challenge_id, is_start_told=False).first()
    if challenge is None:
        return False
    challenge.is_start_told = True
    challenge.save(update_fields=["is_start_told"])
    challenge_started.send(sender=Challenge, challenge=challenge)
    return True
