"""Rebuild or check the grants that follow from shares."""

from collections.abc import Iterator

from config.comparing import ComparingCommand
from sharing.services.grants import rebuild_all_grants


class Command(ComparingCommand):
    """Rebuild the grants; with `--check` only report."""

    help = "Compare the grants of single users with the shares, report differences, and repair them unless --check is given."
    fault = "Grants differ from the shares."

    def compare(self, *, repair: bool) -> Iterator[str]:
        """Compare all habits that are shared, or granted."""
        return rebuild_all_grants(repair=repair)
