"""Grants on habits, with direct foreign keys: they go with the habit, the user or the group."""

from typing import ClassVar

from django.db import models

from config.access import GroupGrant, UserGrant
from habits.models.habits import Habit


class HabitUserGrant(UserGrant):
    """A permission of a user on a habit."""

    content_object = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="user_grants", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "user", "permission"], name="habit_user_grant_once"),
        ]


class HabitGroupGrant(GroupGrant):
    """A permission of a group's members on a habit."""

    content_object = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="group_grants", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "group", "permission"], name="habit_group_grant_once"),
        ]
