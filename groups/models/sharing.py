"""Habits that are shared with a group."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from groups.models.groups import Group
from groups.models.members import Membership
from habits.models import Habit


class SharedHabit(models.Model):
    """A member's own habit that the group sees; the grants on it follow, and go with it.

    Written under the lock of the group and that of the habit's owner, so that either holds it back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="shared_habits", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="shared_habits")
    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="+")
    shared_at = models.DateTimeField(default=timezone.now, editable=False)

    group_id: uuid.UUID
    membership_id: uuid.UUID
    habit_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "habit"], name="shared_habit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.habit_id} in {self.group_id}"
