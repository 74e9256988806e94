"""Comparing grants with the roles that they follow from."""

from collections.abc import Iterator

from django.db import transaction

from groups.models import Group
from groups.permissions import rebuild_grants, remove_lost_holders
from groups.services.locking import lock_groups


def rebuild_all_grants(*, repair: bool) -> Iterator[str]:
    """Yield every difference between the grants and the roles, a group at a time; make them the same to `repair`."""
    for group_id in Group.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            differences = [line for group in lock_groups([group_id]) for line in rebuild_grants(group, repair=repair)]
        yield from (f"{group_id}: {line}" for line in differences)
    yield from (f"{name}: of no group" for name in remove_lost_holders(repair=repair))
