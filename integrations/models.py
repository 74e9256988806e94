"""Imports and the files that they come from."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from config.identifiers import new_id
from integrations.domain.reports import Report
from users.models import CLOSED_JOB_STATES, Job

FORMAT_MAX_LENGTH = 20
FILE_NAME_MAX_LENGTH = 255


class Import(models.Model):
    """A file that its owner wants taken over, and what became of it.

    `habits_done` habits of the file are taken and told in `report`: both are written with them, so that a run that was killed
    is continued where it stood.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(max_length=FORMAT_MAX_LENGTH)
    file_name = models.CharField(max_length=FILE_NAME_MAX_LENGTH)
    dry_run = models.BooleanField()
    habits_done = models.PositiveIntegerField(default=0)
    fruitless_runs = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    touched_at = models.DateTimeField(default=timezone.now)

    owner_id: uuid.UUID
    job_id: uuid.UUID

    def __str__(self) -> str:
        return f"{self.file_name} ({self.format})"

    @property
    def final_report(self) -> Report | None:
        """The report of an import that is done or given up."""
        return self.report if self.job.state in CLOSED_JOB_STATES else None


class Upload(models.Model):
    """The bytes of an import that is not done; the database is the one place that web and worker share.

    An owner has one at a time: two imports at once could not tell which habits the other has just made.
    """

    item = models.OneToOneField(Import, on_delete=models.CASCADE, primary_key=True, related_name="upload")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner"], name="upload_one_per_owner"),
        ]

    def __str__(self) -> str:
        return f"the file of {self.item_id}"
