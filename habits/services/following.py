"""Marking the habits whose logs are counted by more than their statistics: the write of a log asks no further of the others."""

from django.utils.timezone import now

from habits.models import Habit, HabitStats


def follow_habit(habit: Habit) -> None:
    """Mark a habit, under its owner's lock, as one whose logs something else counts; shown nowhere, it takes no change number.

    Its statistics are swept with each day from now on: a day that asked for something and got nothing counts elsewhere.
    """
    if not habit.is_followed:
        habit.is_followed = True
        Habit.objects.filter(pk=habit.pk).update(is_followed=True)
        HabitStats.objects.filter(habit=habit.pk, next_change_at=None).update(next_change_at=now())
