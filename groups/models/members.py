"""Who belongs to a group, who asks to, and who may not."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from groups.domain.roles import ROLES
from groups.models.groups import Group


class Membership(models.Model):
    """A member of a group and the role, of which the member's grants follow."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=6, choices=[(role.value, role.value) for role in ROLES])
    # One more with each change of the role.
    version = models.PositiveIntegerField(default=1, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    user_id: uuid.UUID
    group_id: uuid.UUID

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "joined_at", "id"], name="membership_list")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=list(ROLES)), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"


class Ban(models.Model):
    """Somebody who does not become a member, in any way, until it is lifted."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="bans", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    banned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    banned_at = models.DateTimeField(default=timezone.now, editable=False)

    user_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "user"], name="ban_once"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class RequestState(models.TextChoices):
    """What became of a request to join."""

    PENDING = "pending", "to be decided"
    APPROVED = "approved", "approved"
    DECLINED = "declined", "declined"


class JoinRequest(models.Model):
    """Somebody who asks to become a member; the latest request is kept, so that a decision may be sent twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="requests", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=RequestState.choices, default=RequestState.PENDING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    user_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "user"], name="join_request_latest"),
            models.CheckConstraint(condition=models.Q(state__in=RequestState.values), name="join_request_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.state}"
