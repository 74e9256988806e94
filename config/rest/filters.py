"""Filters and orders of lists: allow-lists both, the same on every database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from django import forms
from django.db.models import Model, Q, QuerySet
from django_filters.constants import EMPTY_VALUES
from django_filters.filters import Filter
from django_filters.filterset import FilterSet
from drf_standardized_errors.formatter import flatten_errors
from rest_framework.exceptions import ValidationError
from rest_framework.fields import Field
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from config.errors import FieldError
from config.rest.errors import InvalidParameter
from config.rest.fields import DATE_PATTERN, CalendarDateField, ChoiceField, IdField
from config.rest.params import TextParameter, invalid_parameter
from config.text import key_of

SEARCH_MAX_LENGTH: Final = 120
SEARCH_MAX_WORDS: Final = 10


class _FormField(forms.Field):
    """Takes what a field of the API takes, and refuses the rest in its words."""

    def __init__(self, *, reading: Callable[[str], Any], **kwargs: Any) -> None:
        self.reading = reading
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if value in EMPTY_VALUES:
            return None
        try:
            return self.reading(value)
        except ValidationError as error:
            code, detail = next(iter((fault.code, fault.detail) for fault in flatten_errors(error.detail)))
            raise forms.ValidationError(detail, code=code) from error


def _reading(taken: Field[Any, Any, Any, Any]) -> Callable[[str], Any]:
    """Return how a field reads a text: filters are copied for each request, and fields with them, but no functions."""

    def read(text: str) -> Any:
        return taken.run_validation(text)

    return read


class ParameterFilter(Filter):
    """A filter whose parameter takes what a field of the API takes; `parameter_schema` says so to clients."""

    field_class = _FormField  # type: ignore[assignment] # annotated with the field that it happens to be

    def __init__(self, taken: Field[Any, Any, Any, Any], schema: Mapping[str, Any], **kwargs: Any) -> None:
        self.parameter_schema = schema
        super().__init__(reading=_reading(taken), **kwargs)  # type: ignore[no-untyped-call]


class CalendarDateFilter(ParameterFilter):
    """A date as `YYYY-MM-DD`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(CalendarDateField(), {"type": "string", "format": "date", "pattern": DATE_PATTERN}, **kwargs)


class ChoiceFilter(ParameterFilter):
    """One of some words."""

    def __init__(self, words: Sequence[str], **kwargs: Any) -> None:
        super().__init__(ChoiceField(choices=words), {"type": "string", "enum": [str(word) for word in words]}, **kwargs)


class _FlagWord(ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) == "true"


class FlagFilter(ParameterFilter):
    """The word `true` or `false`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(_FlagWord(choices=["true", "false"]), {"type": "boolean"}, **kwargs)


class IdFilter(ParameterFilter):
    """A UUID."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(IdField(), {"type": "string", "format": "uuid"}, **kwargs)


class TextFilter(ParameterFilter):
    """A line of limited length."""

    def __init__(self, **kwargs: Any) -> None:
        taken = TextParameter(max_length=SEARCH_MAX_LENGTH)
        super().__init__(taken, {"type": "string", "maxLength": SEARCH_MAX_LENGTH, "pattern": taken.pattern}, **kwargs)


class KeyFilter(TextFilter):
    """A part of a name, in any case and script; `field_name` is the column of the name's key (`config.text.key_of`)."""

    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        """Return the rows whose key contains that of the text."""
        key = key_of(value or "")
        return qs.filter(**{f"{self.field_name}__contains": key}) if key else qs


class _SearchFormField(_FormField):
    def clean(self, value: Any) -> list[str]:
        words = key_of(super().clean(value) or "").split()
        if len(words) > SEARCH_MAX_WORDS:
            raise forms.ValidationError(f"Search for at most {SEARCH_MAX_WORDS} words.", code="too_many_words")
        return words


class SearchFilter(TextFilter):
    """Words, each of which one of the key columns has to contain."""

    field_class = _SearchFormField  # type: ignore[assignment]

    def __init__(self, *columns: str, **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(**kwargs)

    def filter(self, qs: QuerySet[Model], value: list[str]) -> QuerySet[Model]:
        """Return the rows that hold every word."""
        for word in value:
            anywhere = Q()
            for column in self.columns:
                anywhere |= Q(**{f"{column}__contains": word})
            qs = qs.filter(anywhere)
        return qs


class StrictFilterSet(FilterSet):
    """The filters of a list, each declared by hand."""

    @classmethod
    def apply_defaults(cls, queryset: QuerySet[Any], given: frozenset[str]) -> QuerySet[Any]:
        """Return the rows that are listed where the parameters that would say otherwise are not given."""
        return queryset


def _parameter(name: str, item: Any) -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "allowEmptyValue": True, "schema": dict(item.parameter_schema)}
    description = str(item.extra.get("help_text") or item.label or "")
    return parameter | ({"description": description} if description else {})


class StrictFilterBackend(BaseFilterBackend):
    """Applies the view's `filterset_class`; without a filter in the query string none is built."""

    @staticmethod
    def names(view: Any) -> frozenset[str]:
        """Return the names of the view's filters."""
        filterset_class = getattr(view, "filterset_class", None)
        return frozenset(filterset_class.base_filters) if filterset_class else frozenset()

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Return the rows that fit; raise InvalidParameter."""
        filterset_class: type[StrictFilterSet] | None = getattr(view, "filterset_class", None)
        if filterset_class is None:
            return queryset
        given = frozenset(name for name, value in request.query_params.items() if value) & self.names(view)
        queryset = filterset_class.apply_defaults(queryset, given)
        if not given:
            return queryset
        filterset = filterset_class(request.query_params, queryset, request=request)
        if not filterset.is_valid():  # type: ignore[no-untyped-call]
            faults = filterset.errors.get_json_data().items()
            found = [FieldError(name, item["code"] or "invalid", item["message"]) for name, items in faults for item in items]
            raise InvalidParameter(errors=found)
        return cast("QuerySet[Any]", filterset.qs)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Return the parameters as OpenAPI describes them."""
        filterset_class = getattr(view, "filterset_class", None)
        return [_parameter(*item) for item in filterset_class.base_filters.items()] if filterset_class else []


@dataclass(frozen=True, slots=True)
class OrderingParameter:
    """The orders that a list offers: public names to columns that are never null, and the order without the parameter."""

    columns: Mapping[str, str]
    default: str
    key: str = "id"

    def order_by(self, requested: str | None) -> tuple[str, ...]:
        """Return the arguments of `order_by` for `-created_at,name`; the key comes last, so that the order is total."""
        names = (requested or self.default).split(",")
        bare = [name.removeprefix("-") for name in names]
        if not self.columns.keys() >= set(bare) or len(set(bare)) != len(bare):
            raise invalid_parameter("ordering", f"Order by some of {', '.join(self.columns)}, each once, `-` for descending.")
        columns = tuple(f"{'-' * name.startswith('-')}{self.columns[plain]}" for name, plain in zip(names, bare, strict=True))
        return columns if self.key in [column.removeprefix("-") for column in columns] else (*columns, self.key)


class OrderingBackend(BaseFilterBackend):
    """Applies the view's `ordering`, an OrderingParameter."""

    @staticmethod
    def names(view: Any) -> frozenset[str]:
        """Return the name of the parameter where the view offers orders."""
        return frozenset({"ordering"}) if getattr(view, "ordering", None) else frozenset()

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Return the rows in the requested order; raise InvalidParameter."""
        ordering: OrderingParameter | None = getattr(view, "ordering", None)
        return queryset if ordering is None else queryset.order_by(*ordering.order_by(request.query_params.get("ordering")))

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameter as OpenAPI describes it."""
        ordering: OrderingParameter | None = getattr(view, "ordering", None)
        if ordering is None:
            return []
        name = f"-?({'|'.join(ordering.columns)})"
        longest = len(",".join(f"-{column}" for column in ordering.columns))
        schema = {"type": "string", "default": ordering.default, "maxLength": longest, "pattern": f"^{name}(,{name})*$"}
        description = f"Some of {', '.join(ordering.columns)}, `-` for descending; equal ones by id."
        parameter = {"name": "ordering", "in": "query", "description": description}
        return [{**parameter, "allowEmptyValue": True, "schema": schema}]
