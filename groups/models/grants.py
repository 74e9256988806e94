"""The projection of the roles: a group of users for each role, and what its members may do."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import Group as UserGroup
from django.db import models

from config.access import GroupGrant
from groups.domain.roles import ROLES
from groups.models.groups import Group


class RoleHolders(models.Model):
    """The users who have a role in a group, as a group of Django's, to which permissions are granted."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="role_holders", db_index=False)
    role = models.CharField(max_length=6, choices=[(role.value, role.value) for role in ROLES])
    users = models.OneToOneField(UserGroup, on_delete=models.CASCADE, related_name="role_holders")

    group_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "role"], name="role_holders_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.group_id}"


class GroupRoleGrant(GroupGrant):
    """A permission of a role's holders on their group."""

    content_object = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="role_grants", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["content_object", "group", "permission"], name="group_role_grant_once"),
        ]
