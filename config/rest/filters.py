"""Filters and orders of lists: allow-lists both, the same on every database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from django import forms
from django.db.models import Model, Q, QuerySet
from django_filters.constants import EMPTY_VALUES
from django_filters.filters import CharFilter, ChoiceFilter, Filter, TypedChoiceFilter
from django_filters.filterset import FilterSet
from drf_standardized_errors.formatter import flatten_errors
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from config.errors import FieldError
from config.rest.errors import InvalidParameter
from config.rest.fields import DATE_PATTERN, CalendarDateField
from config.rest.params import invalid_parameter
from config.text import key_of

SEARCH_MAX_LENGTH: Final = 120
SEARCH_MAX_WORDS: Final = 10


class _CalendarDateFormField(forms.Field):
    def to_python(self, value: Any) -> dt.date | None:
        if value in EMPTY_VALUES:
            return None
        try:
            date: dt.date = CalendarDateField().run_validation(value)
        except ValidationError as error:
            code, detail = next(iter((fault.code, fault.detail) for fault in flatten_errors(error.detail)))
            raise forms.ValidationError(detail, code=code) from error
        return date


class CalendarDateFilter(Filter):
    """A date as `YYYY-MM-DD`."""

    field_class = _CalendarDateFormField
    parameter_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "format": "date", "pattern": DATE_PATTERN}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]


class FlagFilter(TypedChoiceFilter):
    """The word `true` or `false`; django-filter's own takes any other word for no filter."""

    parameter_schema: ClassVar[Mapping[str, Any]] = {"type": "boolean"}

    def __init__(self, **kwargs: Any) -> None:
        words = [("true", "true"), ("false", "false")]
        super().__init__(choices=words, coerce=lambda word: word == "true", **kwargs)  # type: ignore[no-untyped-call]


class TextFilter(CharFilter):
    """A text of limited length."""

    parameter_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "maxLength": SEARCH_MAX_LENGTH}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=SEARCH_MAX_LENGTH, **kwargs)  # type: ignore[no-untyped-call]


class KeyFilter(TextFilter):
    """A part of a name, in any case and script; `field_name` is the column of the name's key (`config.text.key_of`)."""

    def filter(self, qs: QuerySet[Model], value: str) -> QuerySet[Model]:
        """Return the rows whose key contains that of the text."""
        key = key_of(value or "")
        return qs.filter(**{f"{self.field_name}__contains": key}) if key else qs


class _SearchFormField(forms.CharField):
    def clean(self, value: Any) -> list[str]:
        words = key_of(super().clean(value)).split()
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
    schema = dict(getattr(item, "parameter_schema", {"type": "string"}))
    if isinstance(item, ChoiceFilter):
        schema["enum"] = [word for word, _ in item.extra["choices"]]
    description = str(item.extra.get("help_text") or item.label or "")
    return {"name": name, "in": "query", "allowEmptyValue": True, "schema": schema} | (
        {"description": description} if description else {}
    )


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
        schema = {"type": "string", "default": ordering.default, "pattern": f"^{name}(,{name})*$"}
        description = f"Some of {', '.join(ordering.columns)}, `-` for descending; equal ones by id."
        parameter = {"name": "ordering", "in": "query", "description": description}
        return [{**parameter, "allowEmptyValue": True, "schema": schema}]
