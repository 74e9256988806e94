"""Noticing milestones, in the transaction of the write that reaches them and under its owner's lock."""

from habits.domain.milestones import Passed
from habits.models import Habit, Milestone
from habits.signals import milestone_reached


def note_milestones(habit: Habit) -> None:
    """Store what the habit's statistics, stored just now, have passed, and tell the apps above.

    Each once: a streak that falls back and recovers reaches nothing anew, another streak does.
    """
    for passed in habit.stats.passed:
        if _is_known(habit, passed):
            continue
        milestone = Milestone.objects.create(
            habit=habit,
            kind=passed.kind,
            count=passed.count,
            streak_unit=habit.stats.streak_unit if passed.since else "",
            reached_on=habit.stats.as_of,
        )
        milestone_reached.send(sender=Milestone, habit=habit, milestone=milestone)


def _is_known(habit: Habit, passed: Passed) -> bool:
    known = Milestone.objects.filter(habit=habit, kind=passed.kind, count=passed.count)
    if passed.since is not None:
        known = known.filter(reached_on__gte=passed.since)
    return known.exists()
