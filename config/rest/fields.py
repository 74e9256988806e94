"""Fields that take exactly what the contract says, and nothing that only looks like it."""

import datetime as dt
import math
import re
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID
from zoneinfo import available_timezones

from django.core.validators import EmailValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MIN_DATE: Final = dt.date(1970, 1, 1)
MAX_DATE: Final = dt.date(9998, 12, 31)  # a day and a time zone away from where arithmetic overflows
MILLI_MAX: Final = 10**12
UNIT_MAX: Final = MILLI_MAX // 1000
COUNT_MAX: Final = 2**31 - 1
# Names that zone databases list and that are none: two follow the machine, one means "not set".
NO_TIME_ZONES: Final = frozenset({"localtime", "posixrules", "Factory"})

CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
DECIMAL: Final = re.compile(r"-?\d{1,16}(\.\d{1,16})?", re.ASCII)
CANONICAL_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# The characters of a text, of a single line, and what is neither blank nor refused, as JSON Schema says them.
_TEXT: Final = r"([^\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\r\n)"
_LINE: Final = r"[^\u0000-\u001f\u007f-\u009f]"
_INK: Final = r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
TEXT_PATTERN: Final = f"^{_TEXT}*$"
LINE_PATTERN: Final = f"^{_LINE}*$"
DATE_PATTERN: Final = "^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
MILLI_PATTERN: Final = r"^((0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?|1000000000(\.0{1,3})?)$"
MILLI_MAX_LENGTH: Final = len(f"{UNIT_MAX}.000")
# Sums are as large as a column of 64 bits.
MILLI_SUM_PATTERN: Final = r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,3})?$"
MILLI_SUM_MAX_LENGTH: Final = 20
TIME_ZONE_PATTERN: Final = "^[A-Za-z0-9_+/-]+$"


def milli_text(milli: int) -> str:
    """Return whole thousandths as a decimal without needless digits: 7500 is "7.5", 30000 is "30"."""
    sign, (whole, thousandths) = "-" * (milli < 0), divmod(abs(milli), 1000)
    return f"{sign}{whole}.{thousandths:03}".rstrip("0").rstrip(".")


def instant_text(instant: dt.datetime) -> str:
    """Return an aware instant per RFC 3339 in UTC, as the renderer writes it."""
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


@cache
def time_zone_names() -> frozenset[str]:
    """Return the names of the time zones that a user may live in."""
    return frozenset(available_timezones()) - NO_TIME_ZONES


class TextField(serializers.CharField):
    """A text without control characters, trimmed; tabs and line breaks stay unless it is a single line."""

    default_error_messages: ClassVar[dict[str, "StrOrPromise"]] = {
        "control_character": "Control characters are not allowed.",
        "line_break": "Line breaks and tabs are not allowed.",
    }

    # What is refused elsewhere for being too short: for the schema.
    shortest: int | None = None

    def __init__(self, *, max_length: int, single_line: bool = False, **kwargs: Any) -> None:
        self.single_line = single_line
        super().__init__(max_length=max_length, **kwargs)

    @property
    def pattern(self) -> str:
        """What a text matches that is taken, as JSON Schema says it."""
        any_text = f"{_LINE if self.single_line else _TEXT}*"
        return f"^{any_text}{_INK}{any_text}$" if self.trim_whitespace and not self.allow_blank else f"^{any_text}$"

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the text; only a text is compared with the empty one, whatever else the body holds."""
        if not (data is serializers.empty or data is None or isinstance(data, str)):
            self.fail("invalid")
        if isinstance(data, str) and self.allow_blank:  # before what is trimmed away makes it blank
            self._check_characters(data)
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> str:
        """Return the text with line feeds for all line breaks."""
        self._check_characters(data)
        return super().to_internal_value(data.replace("\r\n", "\n"))

    def _check_characters(self, data: str) -> None:
        """Refuse what the pattern does not have, also where it would be trimmed away."""
        text = data.replace("\r\n", "\n")
        if CONTROL_CHARACTERS.search(text):
            self.fail("control_character")
        if self.single_line and ("\n" in text or "\t" in text):
            self.fail("line_break")


class EmailField(TextField):
    """An email address."""

    def __init__(self, *, max_length: int = 254, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, single_line=True, **kwargs)
        self.validators.append(EmailValidator())


class UniqueListField(serializers.ListField):
    """A list that the service refuses with the same item twice."""


class WholeNumberField(serializers.IntegerField):
    """An integer of JSON, between bounds: neither a text of digits nor true; 5.0 is the integer 5, as in JSON Schema."""

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Return the integer."""
        is_whole = isinstance(data, int) and not isinstance(data, bool)
        if not is_whole and not (isinstance(data, float) and data.is_integer()):
            self.fail("invalid")
        return int(data)


class CountField(WholeNumberField):
    """How many there are of something, in an answer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=COUNT_MAX, read_only=True, **kwargs)


class ShapeField(serializers.RegexField):
    """A text of one shape, which is no longer than `longest`: for the schema."""

    def __init__(self, regex: str, *, longest: int, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(regex, **kwargs)


class FlagField(serializers.BooleanField):
    """true or false of JSON, and nothing that could be taken for one."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class IdField(serializers.UUIDField):
    """A UUID in its canonical form, in either case."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the UUID."""
        if not (isinstance(data, str) and CANONICAL_UUID.fullmatch(data)):
            self.fail("invalid", value=data)
        return UUID(data)


class ChoiceField(serializers.ChoiceField):
    """One of some words."""

    default_error_messages: ClassVar[dict[str, "StrOrPromise"]] = {"invalid_choice": "Choose one of: {words}."}

    def to_internal_value(self, data: Any) -> str:
        """Return the word."""
        if not (isinstance(data, str) and data in self.choices):
            self.fail("invalid_choice", words=", ".join(map(str, self.choices)))
        return data


@extend_schema_field({"type": "string", "format": "date", "pattern": DATE_PATTERN})
class CalendarDateField(serializers.Field[dt.date, str, str, Any]):
    """A date as `YYYY-MM-DD`, from 1970-01-01 to 9998-12-31."""

    default_error_messages: ClassVar[dict[str, "StrOrPromise"]] = {
        "invalid": "Write the date as YYYY-MM-DD.",
        "out_of_range": f"Choose a date from {MIN_DATE} to {MAX_DATE}.",
    }

    def to_internal_value(self, data: Any) -> dt.date:
        """Return the date."""
        if not (isinstance(data, str) and DATE.fullmatch(data)):
            self.fail("invalid")
        try:
            date = dt.date.fromisoformat(data)
        except ValueError:
            self.fail("invalid")
        if not MIN_DATE <= date <= MAX_DATE:
            self.fail("out_of_range")
        return date

    def to_representation(self, value: dt.date) -> str:
        """Return `YYYY-MM-DD`."""
        return value.isoformat()


@extend_schema_field({"type": "string", "format": "date-time"})
class InstantField(serializers.Field[dt.datetime, str, str, Any]):
    """An instant per RFC 3339: any offset comes in, `Z` goes out."""

    default_error_messages: ClassVar[dict[str, "StrOrPromise"]] = {
        "invalid": "Write the instant as in RFC 3339, such as 2026-01-31T08:30:00Z.",
        "out_of_range": f"Choose an instant from {MIN_DATE} to {MAX_DATE}.",
    }

    def to_internal_value(self, data: Any) -> dt.datetime:
        """Return the instant in UTC."""
        if not (isinstance(data, str) and INSTANT.fullmatch(data)):
            self.fail("invalid")
        try:
            instant = dt.datetime.fromisoformat(data.upper())
        except ValueError:
            self.fail("invalid")
        if not MIN_DATE <= instant.date() <= MAX_DATE:
            self.fail("out_of_range")
        return instant.astimezone(dt.UTC)

    def to_representation(self, value: dt.datetime) -> str:
        """Return the instant with `Z`."""
        return instant_text(value)


class MilliField(serializers.Field[int, str, str, Any]):
    """A decimal from 0 to 10⁹ with at most three decimals, as text or as number; inside it is whole thousandths."""

    default_error_messages: ClassVar[dict[str, "StrOrPromise"]] = {
        "invalid": "Write a decimal number, such as 7.5.",
        "max_decimal_places": "At most three decimals are kept.",
        "min_value": "Ensure this value is greater than or equal to 0.",
        "max_value": f"Ensure this value is less than or equal to {UNIT_MAX}.",
    }

    def to_internal_value(self, data: Any) -> int:
        """Return whole thousandths."""
        milli = self._decimal(data) * 1000
        if milli < 0:
            self.fail("min_value")
        if milli > MILLI_MAX:
            self.fail("max_value")
        if milli != int(milli):
            self.fail("max_decimal_places")
        return int(milli)

    def _decimal(self, data: Any) -> Decimal:
        if isinstance(data, str) and DECIMAL.fullmatch(data):
            return Decimal(data)
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        if isinstance(data, float):
            # The tail of binary arithmetic (0.1 + 0.2) is no fourth decimal.
            rounded = round(data, 3)
            return Decimal(repr(rounded if math.isclose(data, rounded, rel_tol=1e-14) else data))
        return Decimal(data)

    def to_representation(self, value: int) -> str:
        """Return the decimal as text."""
        return milli_text(value)


@extend_schema_field({"type": "string", "maxLength": 64, "pattern": TIME_ZONE_PATTERN, "examples": ["Europe/Berlin"]})
class TimeZoneNameField(serializers.Field[str, str, str, Any]):
    """The name of a time zone of the IANA database."""

    default_error_messages: ClassVar[dict[str, "StrOrPromise"]] = {
        "invalid": "Choose a time zone of the IANA database, such as Europe/Berlin."
    }

    def to_internal_value(self, data: Any) -> str:
        """Return the name."""
        if not (isinstance(data, str) and data in time_zone_names()):
            self.fail("invalid")
        return data

    def to_representation(self, value: str) -> str:
        """Return the name."""
        return value
