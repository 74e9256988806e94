"""What is told of a person: who they are, what they set out to do, and how it went."""

from dataclasses import dataclass, field
from typing import Any

from habits.domain.goals import GoalKind
from habits.domain.schedule import Direction, Frequency, Schedule, Scope, Target

Weights = tuple[float, float, float, float, float, float, float]

EVERY_DAY_ALIKE: Weights = (1, 1, 1, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much is done on a day, in whole thousandths: on average, and how far days differ; kept in steps."""

    mean: int
    spread: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChange:
    """A schedule that was another one later on."""

    days_ago: int
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalStory:
    """What somebody set out to reach with a habit; days are counted back from today (negative: to come)."""

    kind: GoalKind
    title: str
    target_milli: int
    days_ago: int
    days_to_deadline: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitStory:
    """A habit and its life; `chance` is how likely it is done on a day that calls for it, by `weekdays` (Monday first).

    Without target days a day calls for it once `gap` days have passed since it was last done; the greater the gap, the rarer
    it is done on other days.
    """

    name: str
    schedule: Schedule
    chance: float
    color: str
    icon: str
    weekdays: Weights = EVERY_DAY_ALIKE
    gap: int = 1
    unit: str = ""
    amount: Amount | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    days_old: int = 364
    days_to_end: int | None = None
    change: ScheduleChange | None = None
    is_archived: bool = False
    is_done_today: bool = False
    goals: tuple[GoalStory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days between two points in time, both included, counted back from today (negative: to come)."""

    first: int
    last: int

    def covers(self, days_ago: int) -> bool:
        """Return whether a day lies in it."""
        return self.first >= days_ago >= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user and their year: holidays are pauses of all habits, illness is skipped day by day, in a slump little gets done."""

    username: str
    display_name: str
    timezone: str
    day_start_hour: int = 0
    habits: tuple[HabitStory, ...]
    holidays: tuple[Stretch, ...] = ()
    illness: Stretch
    slump: Stretch
    illness_note: str = field(default="Down with a cold")


def every(frequency: Frequency, interval: int = 1, *, days: tuple[int, ...] | None = None, count: int | None = None) -> Schedule:
    """Return a yes/no schedule."""
    return Schedule.of(frequency, interval, days, count)


def measured(
    frequency: Frequency, milli: int, *, direction: Direction = Direction.AT_LEAST, scope: Scope = Scope.DAY
) -> Schedule:
    """Return a schedule with a target in whole thousandths, each day or in all."""
    return Schedule.of(frequency, target=Target(milli, direction, scope))
