"""Imports in JSON, and the form that starts one."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.errors import CODE_MAX_LENGTH, CODE_PATTERN
from config.rest.fields import ChoiceField, CountField, FlagField, IdField, InstantField, ShapeField, TextField, WholeNumberField
from config.rest.middleware import body_limit
from config.rest.params import FlagParameter
from config.rest.serializers import StrictSerializer, rows
from integrations.domain.findings import LISTED_LIMIT
from integrations.domain.formats import AUTO, FORMATS
from integrations.domain.imported import Reason
from integrations.domain.reports import HABIT_COUNTS, LOG_COUNTS
from integrations.models import FILE_NAME_MAX_LENGTH, FORMAT_MAX_LENGTH
from users.models import ERROR_DETAIL_MAX_LENGTH, JobState

FORMAT_CHOICES = [AUTO, *FORMATS]
IMPORTS = "/api/v1/imports/"


@extend_schema_field({"type": "string", "format": "binary", "minLength": 1, "maxLength": body_limit(IMPORTS)})
class UploadField(serializers.FileField):
    """A file, as large as the body may be that it comes in."""


class ImportFormSerializer(StrictSerializer):
    """A file to take over; an empty field of the form is one left out."""

    file = UploadField(max_length=FILE_NAME_MAX_LENGTH, help_text="The backup or export, up to 50 MiB.")
    format = ChoiceField(
        choices=FORMAT_CHOICES, default=AUTO, help_text="The format of the file; `auto` finds it by what the file holds."
    )
    dry_run = FlagParameter(default=False, help_text="Report what would be done, and store nothing.")


class CountsSerializer(StrictSerializer):
    """Numbers by name."""

    names: tuple[str, ...] = ()

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each name."""
        return {name: CountField() for name in self.names}


class HabitCountsSerializer(CountsSerializer):
    """Habits by what became of them; `archived` are those among the created ones."""

    names = HABIT_COUNTS


class LogCountsSerializer(CountsSerializer):
    """Logs by what became of them; `kept_own` are those in whose place a log made by hand stays."""

    names = LOG_COUNTS


class ReportRowSerializer(StrictSerializer):
    """Something that was not taken as it stood."""

    where = TextField(
        max_length=200,
        single_line=True,
        allow_blank=True,
        read_only=True,
        help_text="The place in the file, or the habit and the day.",
    )
    reason = ChoiceField(choices=[reason.value for reason in Reason], read_only=True)
    detail = TextField(max_length=300, allow_blank=True, read_only=True)


class ReportSerializer(StrictSerializer):
    """What became of a file. All is counted; of the rows, the first thousand of a kind are listed."""

    format = TextField(max_length=FORMAT_MAX_LENGTH, read_only=True, help_text="The format that the file was read as.")
    habits = HabitCountsSerializer(read_only=True)
    logs = LogCountsSerializer(read_only=True)
    derived = CountField(help_text="Entries that the other tracker computed itself.")
    empty = CountField(help_text="Entries that say nothing.")
    rejected_count = CountField()
    rejected = rows(ReportRowSerializer, most=LISTED_LIMIT, help_text="What was not taken.")
    adjusted_count = CountField()
    adjusted = rows(ReportRowSerializer, most=LISTED_LIMIT, help_text="What was taken, but not as it stood.")


class FailureSerializer(StrictSerializer):
    """Why an import was given up."""

    code = ShapeField(CODE_PATTERN, longest=CODE_MAX_LENGTH, read_only=True)
    detail = TextField(max_length=ERROR_DETAIL_MAX_LENGTH, single_line=True, read_only=True)


class ImportSerializer(StrictSerializer):
    """An import as seen by its owner."""

    id = IdField(read_only=True)
    job = IdField(source="job_id", read_only=True)
    state = ChoiceField(source="job.state", choices=JobState.choices, read_only=True)
    progress = WholeNumberField(source="job.progress", min_value=0, max_value=100, read_only=True, help_text="Percent.")
    file_name = TextField(max_length=FILE_NAME_MAX_LENGTH, single_line=True, allow_blank=True, read_only=True)
    format = ChoiceField(choices=FORMAT_CHOICES, read_only=True, help_text="As it was asked for.")
    dry_run = FlagField(read_only=True)
    error = FailureSerializer(source="job.failure", read_only=True, allow_null=True)
    created_at = InstantField(read_only=True)
    report = ReportSerializer(
        source="final_report",
        read_only=True,
        allow_null=True,
        help_text="What became of the file, once the state is `finished`; what was done before it `failed`, if anything.",
    )
