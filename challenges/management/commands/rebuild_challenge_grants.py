"""Rebuild or check the grants that follow from parts in challenges."""

from collections.abc import Iterator

from challenges.services.grants import rebuild_all_grants
from config.comparing import ComparingCommand


class Command(ComparingCommand):
    """Rebuild the grants; with `--check` only report."""

    help = "Compare the grants on challenges with the parts in them, report differences, and repair them unless --check is given."
    fault = "Grants differ from the parts."

    def compare(self, *, repair: bool) -> Iterator[str]:
        """Compare all challenges."""
        return rebuild_all_grants(repair=repair)
