"""Logs: one for each habit and local calendar date."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from habits.domain.logs import DayLog, LogStatus
from habits.models.changes import OwnedRow
from habits.models.habits import Habit

SOURCE_MAX_LENGTH = 40
# What is no name of another tracker: logged here, by the owner or by somebody whom the owner lets log.
BY_OWNER = "api"
BY_PARTNER = "partner"


class HabitLog(OwnedRow):
    """What happened on a day; `value_milli` in whole thousandths, so that sums are exact on every database."""

    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="logs", db_index=False)
    date = models.DateField()
    status = models.CharField(max_length=9, choices=[(status.value, status.value) for status in LogStatus])
    value_milli = models.BigIntegerField(null=True)
    note = models.TextField(blank=True, default="")
    source = models.CharField(max_length=SOURCE_MAX_LENGTH, default=BY_OWNER)
    # Who has written it last, where that is not the owner; null again when the account has ended.
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    logged_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    id: int
    habit_id: uuid.UUID
    logged_by_id: uuid.UUID | None

    class Meta(OwnedRow.Meta):
        indexes: ClassVar[list[models.Index]] = [
            *OwnedRow.Meta.indexes,
            models.Index(fields=["logged_by"], name="log_of_partner", condition=models.Q(logged_by__isnull=False)),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["habit", "date"], name="log_one_per_day"),
            models.CheckConstraint(condition=models.Q(status__in=list(LogStatus)), name="log_status_known"),
            models.CheckConstraint(
                condition=models.Q(value_milli=None) | models.Q(value_milli__gte=0), name="log_value_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.status}"

    @property
    def day_log(self) -> DayLog:
        """The log as the rules see it."""
        return DayLog(LogStatus(self.status), self.value_milli)


class LogAddition(models.Model):
    """An amount that was added to a log under a client's id: repeating the id adds nothing."""

    habit = models.ForeignKey(Habit, on_delete=models.CASCADE, related_name="+", db_index=False)
    request_id = models.UUIDField()
    date = models.DateField()
    amount_milli = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["habit", "request_id"], name="addition_once_per_id"),
        ]

    def __str__(self) -> str:
        return f"{self.date}: + {self.amount_milli}"
