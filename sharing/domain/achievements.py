"""What somebody has achieved, as it is told to somebody else."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habits.domain.milestones import MilestoneKind


class AchievementDirection(StrEnum):
    """Which way an achievement went, from where the one stands who asks."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feat:
    """A streak or a number of completions; `unit` is what the length of a streak counts, and empty for completions.

    A streak that is told by itself has a first day, a milestone has none.
    """

    kind: MilestoneKind
    count: int
    unit: str
    started_on: date | None
    reached_on: date
