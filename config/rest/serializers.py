"""The base of all serializers: what is not known is not ignored."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from config.rest.errors import UnknownField
from config.text import quoted

# Enough to see the mistake; a body may hold a hundred thousand.
UNKNOWN_NAMES_SHOWN: Final = 20
UNKNOWN_NAME_LENGTH: Final = 100


class StrictSerializer(serializers.Serializer[Any]):
    """Shape and fields of an object: unknown fields are errors, known read-only ones are ignored, at any depth."""

    # What answers leave out for everybody but the owner of the object: for the schema.
    owner_only: ClassVar[frozenset[str]] = frozenset()

    unknown_code: ClassVar[str] = UnknownField.code
    unknown_detail: ClassVar[str] = "This field is not known here."

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the validated fields; unknown names are reported together with the faults of the known ones."""
        faults = self._unknown_names(data)
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except ValidationError as error:
            if not faults:
                raise
            known: Any = error.detail
            raise ValidationError({**known, **faults}) from error
        if faults:
            raise ValidationError(faults)
        return values

    def _unknown_names(self, data: Any) -> dict[str, list[ErrorDetail]]:
        if not isinstance(data, Mapping):
            return {}
        unknown = [name for name in data if name not in self.fields][:UNKNOWN_NAMES_SHOWN]
        return {quoted(str(name), UNKNOWN_NAME_LENGTH): [ErrorDetail(self.unknown_detail, self.unknown_code)] for name in unknown}


def rows(kind: type[StrictSerializer], *, most: int, **options: Any) -> serializers.BaseSerializer[Any]:
    """Return a list of objects in an answer, which holds no more than `most` of them: for the schema."""
    return kind(many=True, max_length=most, read_only=True, **options)  # type: ignore[call-arg] # the list's argument
