"""Groups, and what is left of deleted ones."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from config.text import key_of
from groups.domain.joining import JoinPolicy, State, Visibility, state_of
from groups.domain.roles import POWERS, Power, Role
from groups.querysets import GroupQuerySet

NAME_MAX_LENGTH = 120
DESCRIPTION_MAX_LENGTH = 2_000
SEATS_MAX = 1_000


class Group(models.Model):
    """A group; its row lock is the lock of all that belongs to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Whose `id` it is, and nothing else: what the creator may do is a matter of the role.
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=NAME_MAX_LENGTH)
    name_key = models.TextField()
    search_key = models.TextField()
    description = models.TextField(blank=True, default="")
    visibility = models.CharField(max_length=7, choices=[(word.value, word.value) for word in Visibility])
    join_policy = models.CharField(max_length=7, choices=[(word.value, word.value) for word in JoinPolicy])
    max_members = models.PositiveIntegerField(null=True)
    # Of the settings: one more with each change.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = GroupQuerySet.as_manager()

    creator_id: uuid.UUID | None

    # What `groups.selectors.groups.described` adds, as it is for the one who asks.
    my_role: str | None
    is_banned: bool
    is_pending: bool
    member_count: int

    class Meta:
        default_permissions = ("view", "change", "delete")
        permissions = (("manage_group", "Can manage group"),)
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["visibility", "name_key", "id"], name="group_public_list")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(name=""), name="group_name_not_empty"),
            models.CheckConstraint(condition=models.Q(visibility__in=list(Visibility)), name="group_visibility_known"),
            models.CheckConstraint(condition=models.Q(join_policy__in=list(JoinPolicy)), name="group_join_policy_known"),
            models.CheckConstraint(
                condition=models.Q(max_members=None) | models.Q(max_members__range=(1, SEATS_MAX)), name="group_max_members_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def set_texts(self, name: str, description: str) -> None:
        """Take the texts, and the keys by which they are found."""
        self.name, self.description = name, description
        self.name_key = key_of(name)
        self.search_key = key_of(f"{name} {description}")

    @property
    def seats(self) -> int:
        """How many members it may have."""
        return SEATS_MAX if self.max_members is None else self.max_members

    @property
    def my_state(self) -> State:
        """How the one who asks stands to it."""
        role = None if self.my_role is None else Role(self.my_role)
        return state_of(role, is_banned=self.is_banned, is_pending=self.is_pending)

    @property
    def my_powers(self) -> tuple[Power, ...]:
        """What the one who asks may do with it."""
        return () if self.my_role is None else POWERS[Role(self.my_role)]


class DeletedGroup(models.Model):
    """What is left of a group: its id, for its creator, who may not use it again."""

    group_id = models.UUIDField()
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["creator", "group_id"], name="deleted_group_once"),
        ]

    def __str__(self) -> str:
        return str(self.group_id)
