"""Rebuild or check what is derived from the logs."""

from collections.abc import Iterator

from config.comparing import ComparingCommand
from habits.services.recounting import recount_all


class Command(ComparingCommand):
    """Rebuild what is derived; with `--check` only report."""

    help = "Recompute all that follows from the logs, report differences, and repair them unless --check is given."
    fault = "Stored figures differ from the logs."

    def compare(self, *, repair: bool) -> Iterator[str]:
        """Recount all habits, and what apps above derive from their logs."""
        return recount_all(repair=repair)
