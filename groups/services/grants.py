"""Comparing grants with the roles and the shared habits that they follow from."""

from collections.abc import Iterator

from django.db import transaction

from groups.models import Group, SharedHabit
from groups.permissions import rebuild_grants, remove_lost_holders
from groups.services.locking import lock_groups, lock_sharers


def rebuild_all_grants(*, repair: bool) -> Iterator[str]:
    """Yield every difference between the grants and what they follow from, a group at a time; make them the same to `repair`."""
    for group_id in Group.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            groups = lock_groups([group_id])
            lock_sharers(SharedHabit.objects.filter(group=group_id))
            differences = [line for group in groups for line in rebuild_grants(group, repair=repair)]
        yield from (f"{group_id}: {line}" for line in differences)
    yield from (f"{name}: of no group" for name in remove_lost_holders(repair=repair))
