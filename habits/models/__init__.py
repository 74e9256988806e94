"""The tables of habits."""

from habits.models.changes import ChangeCounter, Tombstone, TombstoneKind
from habits.models.goals import Goal
from habits.models.grants import HabitGroupGrant, HabitUserGrant
from habits.models.habits import Habit, HabitPause, ScheduleVersion
from habits.models.logs import HabitLog, LogAddition
from habits.models.milestones import Milestone
from habits.models.stats import HabitStats

__all__ = [
    "ChangeCounter",
    "Goal",
    "Habit",
    "HabitGroupGrant",
    "HabitLog",
    "HabitPause",
    "HabitStats",
    "HabitUserGrant",
    "LogAddition",
    "Milestone",
    "ScheduleVersion",
    "Tombstone",
    "TombstoneKind",
]
