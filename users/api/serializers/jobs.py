"""Background jobs in JSON."""

from config.errors import CODE_MAX_LENGTH, CODE_PATTERN
from config.rest.fields import ChoiceField, IdField, InstantField, ShapeField, TextField, WholeNumberField
from config.rest.serializers import StrictSerializer
from users.models import ERROR_DETAIL_MAX_LENGTH, JobState


class JobErrorSerializer(StrictSerializer):
    """Why a job was given up."""

    code = ShapeField(CODE_PATTERN, longest=CODE_MAX_LENGTH, read_only=True)
    detail = TextField(max_length=ERROR_DETAIL_MAX_LENGTH, single_line=True, read_only=True)


class JobSerializer(StrictSerializer):
    """A job as seen by its owner."""

    id = IdField(read_only=True)
    kind = TextField(max_length=40, read_only=True, help_text="What the job does, such as `import`.")
    state = ChoiceField(choices=JobState.choices, read_only=True)
    progress = WholeNumberField(min_value=0, max_value=100, read_only=True, help_text="Percent.")
    result_url = TextField(max_length=2000, read_only=True, allow_null=True, help_text="Where the result is, once it is there.")
    error = JobErrorSerializer(source="failure", read_only=True, allow_null=True)
    created_at = InstantField(read_only=True)
    started_at = InstantField(read_only=True, allow_null=True)
    finished_at = InstantField(read_only=True, allow_null=True)
