"""Background jobs of habits; each may be repeated."""

from habits.services.stats import sweep

SWEEP_LIMIT = 500


def sweep_stats() -> None:
    """Bring the statistics up to date whose day has ended."""
    while sweep(limit=SWEEP_LIMIT) == SWEEP_LIMIT:
        pass
