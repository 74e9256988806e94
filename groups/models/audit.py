"""The audit log of a group."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from groups.domain.audit import ACTIONS
from groups.models.groups import Group
from groups.querysets import AuditQuerySet, refuse_change

ACTION_MAX_LENGTH = 20


class AuditEntry(models.Model):
    """Who did what to whom in a group: written with the change itself, and gone with the group alone.

    It names people by their keys, which become null with their accounts, and settings by their names alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="audit_entries", db_index=False)
    # Its place in the log of the group, from 1 on.
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=ACTION_MAX_LENGTH, choices=[(action.value, action.value) for action in ACTIONS])
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    # To whom it was done, if to anybody.
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    old_role = models.CharField(max_length=6, blank=True, default="")
    new_role = models.CharField(max_length=6, blank=True, default="")
    # The names of the settings that were changed.
    changed = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AuditQuerySet.as_manager()

    actor_id: uuid.UUID | None
    subject_id: uuid.UUID | None

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "number"], name="audit_entry_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.action}"

    def save(self, *args: Any, **options: Any) -> None:
        """Store a new entry; nothing else."""
        if not self._state.adding:
            refuse_change()
        super().save(*args, **options)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        refuse_change()
