"""Noting what a habit has come to, once its statistics are stored, in the same transaction."""

from collections.abc import Sequence

from habits.models import Habit
from habits.services.milestones import note_milestones
from habits.services.tallies import follow_goals


def note_outcomes(habits: Sequence[Habit]) -> None:
    """Note the milestones that habits have passed, and how far their goals have come."""
    for habit in habits:
        note_milestones(habit)
    follow_goals(habits)
