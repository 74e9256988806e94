"""Marking the habits whose logs are counted by more than their statistics: the write of a log asks no further of the others."""

from habits.models import Habit


def follow_habit(habit: Habit) -> None:
    """Mark a habit, under its owner's lock, as one whose logs something else counts; shown nowhere, it takes no change number."""
    if not habit.is_followed:
        habit.is_followed = True
        Habit.objects.filter(pk=habit.pk).update(is_followed=True)
