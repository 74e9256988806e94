"""Background jobs of challenges; each may be repeated."""

from challenges.services import settling, standings, starting

SWEEP_LIMIT = 500


def start_challenges() -> None:
    """Tell of the challenges that have begun."""
    starting.start_challenges()


def sweep_standings() -> None:
    """Bring the standings up to date whose participants' day has ended, or whose terms have become others."""
    standings.follow_terms(limit=SWEEP_LIMIT)
    while standings.sweep(limit=SWEEP_LIMIT) == SWEEP_LIMIT:
        pass


def settle_challenges() -> None:
    """Freeze the standings of the challenges whose last late log is past."""
    settling.settle_challenges()
