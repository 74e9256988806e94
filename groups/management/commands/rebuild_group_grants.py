"""Rebuild or check the grants that follow from roles."""

from collections.abc import Iterator

from config.comparing import ComparingCommand
from groups.services.grants import rebuild_all_grants


class Command(ComparingCommand):
    """Rebuild the grants; with `--check` only report."""

    help = "Compare the grants on groups with the roles in them, report differences, and repair them unless --check is given."
    fault = "Grants differ from the roles."

    def compare(self, *, repair: bool) -> Iterator[str]:
        """Compare all groups."""
        return rebuild_all_grants(repair=repair)
