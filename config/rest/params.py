"""Query parameters of what is no plain list, as values."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final

from django.http import QueryDict
from drf_standardized_errors.formatter import flatten_errors
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from config.errors import FieldError
from config.rest.errors import InvalidParameter, RepeatedParameter, UnknownParameter
from config.rest.fields import MIN_DATE, CalendarDateField, ChoiceField, FlagField, TextField, WholeNumberField
from config.rest.serializers import UNKNOWN_NAME_LENGTH, StrictSerializer
from config.text import quoted

MAX_RANGE_DAYS: Final = 366
# What a page is worked out for: the longest range for as many rows as a page holds where nothing is said.
MAX_PAGE_DAYS: Final = 20 * MAX_RANGE_DAYS
DEFAULT_PERIOD: Final = "last_30_days"
MAX_PARAMETER_DIGITS: Final = 9


def check_parameter_names(query: QueryDict, known: frozenset[str]) -> None:
    """Raise UnknownParameter or RepeatedParameter unless each given name is known and given once."""
    unknown = [name for name in query if name not in known]
    if unknown:
        raise UnknownParameter(errors=[_fault(name, UnknownParameter) for name in unknown])
    repeated = [name for name, values in query.lists() if len(values) > 1]
    if repeated:
        raise RepeatedParameter(errors=[_fault(name, RepeatedParameter) for name in repeated])


def _fault(name: str, kind: type[UnknownParameter | RepeatedParameter]) -> FieldError:
    return FieldError(quoted(name, UNKNOWN_NAME_LENGTH), kind.code, kind.title)


def invalid_parameter(name: str, detail: str) -> InvalidParameter:
    """Return the error that says what is wrong with one parameter."""
    return InvalidParameter(errors=[FieldError(name, InvalidParameter.code, detail)])


def parse_whole_number(name: str, text: str, *, min_value: int, max_value: int) -> int:
    """Return the integer that the digits of a parameter write; raise InvalidParameter."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_PARAMETER_DIGITS
    if not is_number or not min_value <= int(text) <= max_value:
        raise invalid_parameter(name, f"Choose a whole number from {min_value} to {max_value}.")
    return int(text)


class FlagParameter(FlagField):
    """The word `true` or `false`."""

    words: ClassVar[Mapping[str, bool]] = MappingProxyType({"true": True, "false": False})

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        return super().to_internal_value(self.words.get(data, data))


class WholeNumberParameter(WholeNumberField):
    """An integer between bounds, in digits."""

    def to_internal_value(self, data: Any) -> int:
        """Return the integer."""
        if not (data.isascii() and data.removeprefix("-").isdigit() and len(data) <= MAX_PARAMETER_DIGITS):
            self.fail("invalid")
        return int(data)


class TextParameter(TextField):
    """A line, taken without the spaces at its ends, which count for its length: a link to another page repeats them."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, single_line=True, trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the line; nothing but spaces is the same as nothing."""
        return super().run_validation(data).strip()


class QueryParams(StrictSerializer):
    """The query parameters of one operation; declared fields take texts. `values` are those that are given or have a default."""

    values: Mapping[str, Any]

    unknown_code = UnknownParameter.code
    unknown_detail = UnknownParameter.title

    @classmethod
    @cache
    def names(cls) -> frozenset[str]:
        """Return the names of the parameters."""
        return frozenset(cls().fields)

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> "QueryParams":
        """Return the checked parameters of a query string; raise InvalidParameter."""
        params = cls()
        try:
            # An empty value is a parameter left out, as forms send it.
            params.values = cls._reader().run_validation({name: value for name, value in query.items() if value})
        except ValidationError as error:
            faults = [FieldError(fault.attr or "", fault.code, fault.detail) for fault in flatten_errors(error.detail)]
            raise InvalidParameter(errors=faults) from None
        return params

    @classmethod
    @cache
    def _reader(cls) -> "QueryParams":
        """Return the one that checks, for all requests: its fields are made once, and hold nothing of any."""
        return cls()


def _week(day: dt.date) -> tuple[dt.date, dt.date]:
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


def _month(day: dt.date) -> tuple[dt.date, dt.date]:
    first = day.replace(day=1)
    next_first = (first + dt.timedelta(days=31)).replace(day=1)
    return first, next_first - dt.timedelta(days=1)


PERIODS: Final[Mapping[str, Callable[[dt.date], tuple[dt.date, dt.date]]]] = {
    "last_7_days": lambda today: (today - dt.timedelta(days=6), today),
    "last_30_days": lambda today: (today - dt.timedelta(days=29), today),
    "this_week": _week,
    "last_week": lambda today: _week(today - dt.timedelta(days=7)),
    "this_month": _month,
    "last_month": lambda today: _month(today.replace(day=1) - dt.timedelta(days=1)),
    "this_year": lambda today: (today.replace(month=1, day=1), today.replace(month=12, day=31)),
}


class RangeParams(QueryParams):
    """A range of days: `from` and `to`, both included, or a `period` by name, which reaches to its end, past today."""

    period = ChoiceField(
        choices=list(PERIODS), required=False, help_text="A range by name, instead of `from` and `to`; default: last_30_days."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields; the names of two are no Python names."""
        ends: dict[str, serializers.Field[Any, Any, Any, Any]] = {
            "from": CalendarDateField(required=False, help_text="First day; without it 29 days before `to`."),
            "to": CalendarDateField(required=False, help_text="Last day, at most 366 days in all; without it today."),
        }
        return {**ends, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a period beside the ends of a range."""
        if "period" in attrs and ("from" in attrs or "to" in attrs):
            raise serializers.ValidationError({"period": "Give either a period, or from and to."}, code="invalid")
        return attrs

    def resolve(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of the range; raise InvalidParameter for one that is empty or too long."""
        if not {"from", "to"} & self.values.keys():
            return PERIODS[self.values.get("period", DEFAULT_PERIOD)](today)
        last = self.values.get("to", today)
        first = self.values.get("from", max(MIN_DATE, last - dt.timedelta(days=29)))
        if first > last:
            raise invalid_parameter("from", f"The range ends on {last}, before it begins.")
        if (last - first).days >= MAX_RANGE_DAYS:
            raise invalid_parameter("to", f"A range holds at most {MAX_RANGE_DAYS} days.")
        return first, last


class PagedRangeParams(RangeParams):
    """A range of days, the shorter the more rows a page holds."""

    def resolve_page(self, today: dt.date, page_size: int) -> tuple[dt.date, dt.date]:
        """Return the first and the last day of the range; raise InvalidParameter for one too long for so many rows."""
        first, last = self.resolve(today)
        longest = MAX_PAGE_DAYS // page_size
        if (last - first).days >= longest:
            raise invalid_parameter("page_size", f"With {page_size} results on a page, a range holds at most {longest} days.")
        return first, last
