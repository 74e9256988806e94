"""What follows from logs beside the statistics, in the same transaction."""

from collections.abc import Sequence
from typing import Any

from config.prepared import Statement
from habits.models import Habit, HabitLog
from habits.services.milestones import note_milestones
from habits.services.tallies import follow_goals
from habits.signals import LogChanges, logs_changing


def statements_with(changes: Sequence[LogChanges]) -> list[Statement]:
    """Return what the apps above want to be run with logs, once the statistics that follow are stored."""
    answers: list[tuple[Any, list[Statement]]] = logs_changing.send(sender=HabitLog, changes=changes)  # type: ignore[assignment] # the stubs know no answers
    return [statement for _, statements in answers for statement in statements]


def note_outcomes(habits: Sequence[Habit]) -> None:
    """Note the milestones that habits have passed, and how far their goals have come; their statistics are stored."""
    for habit in habits:
        note_milestones(habit)
    follow_goals(habits)
