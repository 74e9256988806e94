"""Background jobs of leaderboards; each may be repeated."""

from leaderboards.services import ranking, rebuilding


def fold_shifts() -> None:
    """Take in what writers have noted."""
    while ranking.fold_shifts() == ranking.SHIFTS_AT_ONCE:
        pass
    ranking.fold_all()


def repair_rankings() -> None:
    """Have the ranking server, where there is one, hold all that it should."""
    rebuilding.repair()


def forget_old_boards() -> None:
    """Delete the boards of days, weeks and months that nobody can ask for any more."""
    ranking.forget_old_boards()
