"""Grants on challenges, with direct foreign keys: they go with the challenge, the user or the group."""

from typing import ClassVar

from django.db import models

from challenges.models.challenges import Challenge
from config.access import GroupGrant, UserGrant


class ChallengeUserGrant(UserGrant):
    """A permission of a user on a challenge."""

    content_object = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="user_grants", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "user", "permission"], name="challenge_user_grant_once"),
        ]


class ChallengeGroupGrant(GroupGrant):
    """A permission of a role's holders on a challenge of their group."""

    content_object = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="group_grants", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "group", "permission"], name="challenge_group_grant_once"),
        ]
