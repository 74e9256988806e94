"""Everything that follows from the logs, recounted: the statistics of habits, and what apps above have declared."""

from collections.abc import Iterator
from typing import Protocol

from habits.services import stats


class Recount(Protocol):
    """Yields a line for each difference between what is stored and what the logs give, repaired if asked."""

    def __call__(self, *, repair: bool) -> Iterator[str]:
        """Compare everything of one kind."""
        ...


_recounts: list[Recount] = []


def declare_recount(recount: Recount) -> None:
    """Declare, in an app's `ready`, what else `manage.py recount` compares."""
    _recounts.append(recount)


def recount_all(*, repair: bool) -> Iterator[str]:
    """Yield every difference, habits first."""
    for difference in stats.recount(repair=repair):
        yield f"habit {difference.habit.pk}: {', '.join(difference.fields)}"
    for recount in _recounts:
        yield from recount(repair=repair)
