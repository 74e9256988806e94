"""Logs as the rules see them, and how the status of a measured log follows from its value."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from habits.domain.schedule import Direction, Scope, Target


class LogStatus(StrEnum):
    """What a log says of its day."""

    COMPLETED = "completed"
    SKIPPED = "skipped"
    MISSED = "missed"


LOG_STATUSES = tuple(status.value for status in LogStatus)


class DayLog(NamedTuple):
    """The log of one local calendar date; `value_milli` in whole thousandths, None for yes/no habits and unmeasured skips."""

    status: LogStatus
    value_milli: int | None = None

    @property
    def counted_milli(self) -> int | None:
        """The value as far as it counts: that of a skipped day does not."""
        return None if self.status is LogStatus.SKIPPED else self.value_milli


Logs = Mapping[date, DayLog]


def status_of(value_milli: int, target: Target) -> LogStatus:
    """Return what a measured value makes of its day under the target in force on it."""
    if target.scope is Scope.UNIT:
        is_done = value_milli > 0 or target.direction is Direction.AT_MOST
    elif target.direction is Direction.AT_LEAST:
        is_done = value_milli >= target.value_milli
    else:
        is_done = value_milli <= target.value_milli
    return LogStatus.COMPLETED if is_done else LogStatus.MISSED
