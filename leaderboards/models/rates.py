"""What habits add to boards of rates."""

import uuid

from django.db import models

from habits.domain.rates import Rate
from habits.models import Habit
from leaderboards.domain.boards import Board, Kind
from leaderboards.domain.rates import Counted


class HabitRate(models.Model):
    """What was expected of a habit over the days of a board, and achieved; kept for habits that count in a group or a challenge.

    What lies before `past_until`, the checkpoint of the habit's statistics, is counted once. Written under the lock of the
    habit's owner.
    """

    pk = models.CompositePrimaryKey("habit", "kind", "starts_on")
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    expected = models.PositiveIntegerField()
    achieved = models.PositiveIntegerField()
    past_expected = models.PositiveIntegerField()
    past_achieved = models.PositiveIntegerField()
    past_until = models.DateField()

    habit_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.achieved} of {self.expected}"

    @property
    def board(self) -> Board:
        """The board in any scope."""
        return Board(Kind(self.kind), self.starts_on)

    @property
    def counted(self) -> Counted:
        """What the habit adds."""
        return Counted(Rate(self.expected, self.achieved), Rate(self.past_expected, self.past_achieved), self.past_until)
