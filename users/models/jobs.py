"""Background jobs, as their owners see them."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.timezone import now

from config.identifiers import new_id
from users.models.users import User

ERROR_DETAIL_MAX_LENGTH = 2_000


class JobState(models.TextChoices):
    """How far a job is."""

    QUEUED = "queued", "waiting for a worker"
    RUNNING = "running", "at work"
    FINISHED = "finished", "done"
    FAILED = "failed", "given up"


OPEN_JOB_STATES = (JobState.QUEUED, JobState.RUNNING)
CLOSED_JOB_STATES = (JobState.FINISHED, JobState.FAILED)


class Job(models.Model):
    """Work in the background that a user asked for and may watch."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    result_url = models.TextField(null=True)  # noqa: DJ001 - null is what clients see until there is a result
    error_code = models.CharField(max_length=60, default="", blank=True)
    error_detail = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    owner_id: uuid.UUID

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(progress__range=(0, 100)), name="job_progress_range"),
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN_JOB_STATES, finished_at=None)
                | models.Q(state__in=CLOSED_JOB_STATES, finished_at__isnull=False),
                name="job_closed_has_finished_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def failure(self) -> dict[str, str] | None:
        """Why the job was given up: `code` and `detail`."""
        return {"code": self.error_code, "detail": self.error_detail} if self.state == JobState.FAILED else None


class Export(models.Model):
    """Everything about a user, as the job made it: web and worker share nothing but the database."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, primary_key=True, related_name="export")
    content = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"everything, until {self.expires_at}"
