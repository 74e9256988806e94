"""Comparing the grants on challenges with the parts that they follow from."""

from collections.abc import Iterator

from django.db import transaction

from challenges.models import Challenge
from challenges.permissions import rebuild_grants
from challenges.services.locking import lock_challenges, lock_group_of


def rebuild_all_grants(*, repair: bool) -> Iterator[str]:
    """Yield every difference between the grants and the parts, a challenge at a time; make them the same to `repair`."""
    for challenge_id in Challenge.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            lock_group_of(challenge_id)
            challenges = lock_challenges([challenge_id])
            differences = [line for challenge in challenges for line in rebuild_grants(challenge, repair=repair)]
        yield from (f"{challenge_id}: {line}" for line in differences)
