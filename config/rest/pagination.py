"""Pages by number and pages by cursor."""

import datetime as dt
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from config.errors import NotFound
from config.rest.errors import InvalidCursor
from config.rest.fields import COUNT_MAX, DATE
from config.rest.params import parse_whole_number

DEFAULT_PAGE_SIZE: Final = 20
MAX_PAGE_SIZE: Final = 100
MAX_PAGE: Final = 10**8
MAX_CURSOR_LENGTH: Final = 200
CURSOR: Final = re.compile(f"[A-Za-z0-9_-]{{1,{MAX_CURSOR_LENGTH}}}")
GOES_BACK: Final = {"n": False, "p": True}

PAGE_SIZE_PARAMETER: Final = {
    "name": "page_size",
    "in": "query",
    "description": "How many results a page holds.",
    "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
}
# A link repeats the query: three texts at the most, each character in up to twelve, and shorter parameters.
LINK_MAX_LENGTH: Final = 8_192
# The examples are of a page with a single row.
LINK_SCHEMA: Final = {"type": ["string", "null"], "format": "uri", "maxLength": LINK_MAX_LENGTH, "example": None}
COUNT_SCHEMA: Final = {"type": "integer", "minimum": 0, "maximum": COUNT_MAX, "example": 1}


def _results_schema(schema: Any) -> Any:
    """Return the schema of a page's rows; drf-spectacular also asks with what is none, to find their place in examples."""
    return {**schema, "maxItems": MAX_PAGE_SIZE} if isinstance(schema, dict) else schema


def page_size_of(request: Request) -> int:
    """Return how many results a page holds; raise InvalidParameter."""
    text = request.query_params.get("page_size")
    if text is None:
        return DEFAULT_PAGE_SIZE
    return parse_whole_number("page_size", text, min_value=1, max_value=MAX_PAGE_SIZE)


class PagePagination(BasePagination):
    """`page` and `page_size` in, `{count, next, previous, results}` out; rows are counted only where a page follows."""

    page_name = "Page"
    parameters = frozenset({"page", "page_size"})
    can_miss = True
    request: Request
    page: int
    count: int
    has_next: bool

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the rows of the page; raise NotFound past the end. A sequence is as good as a queryset."""
        size, text = page_size_of(request), request.query_params.get("page", "1")
        self.request, self.page = request, parse_whole_number("page", text, min_value=1, max_value=MAX_PAGE)
        offset = (self.page - 1) * size
        rows = self.read(queryset, offset, size)
        if not rows and offset:
            raise NotFound("There is no such page.")
        return rows

    def read(self, queryset: Any, offset: int, size: int) -> list[Any]:
        """Return so many rows after others, and note how many there are and whether a page follows."""
        rows = list(queryset[offset : offset + size + 1])  # one more tells whether a page follows
        self.has_next = len(rows) > size
        self.count = self._count(queryset) if self.has_next else offset + len(rows)
        return rows[:size]

    @staticmethod
    def _count(rows: QuerySet[Any] | Sequence[Any]) -> int:
        return rows.count() if isinstance(rows, QuerySet) else len(rows)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the answer around the serialized rows."""
        return Response({"count": self.count, "next": self._next(), "previous": self._previous(), "results": data})

    def _next(self) -> str | None:
        return replace_query_param(self.request.build_absolute_uri(), "page", self.page + 1) if self.has_next else None

    def _previous(self) -> str | None:
        if self.page == 1:
            return None
        url = self.request.build_absolute_uri()
        return remove_query_param(url, "page") if self.page == 2 else replace_query_param(url, "page", self.page - 1)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of the answer."""
        members = {"count": COUNT_SCHEMA, "next": LINK_SCHEMA, "previous": LINK_SCHEMA, "results": _results_schema(schema)}
        return {"type": "object", "required": list(members), "properties": members}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameters as OpenAPI describes them."""
        number = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 1}
        page = {"name": "page", "in": "query", "description": "The number of the page.", "schema": number}
        return [page, PAGE_SIZE_PARAMETER]


def parse_date(text: str) -> dt.date:
    """Return the date of a cursor; raise ValueError."""
    if not DATE.fullmatch(text):
        raise ValueError(text)
    return dt.date.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class CursorKey:
    """The column that orders a list page by page: unique in it, never null.

    `parse` reads back what `str` makes of a value, and raises ValueError for what the column cannot hold.
    """

    column: str
    parse: Callable[[str], Any] = parse_date
    is_descending: bool = True


class StrictCursorPagination(BasePagination):
    """`cursor` and `page_size` in, `{next, previous, results}` out, by the view's `cursor_key`: no offset, no count.

    A cursor is the key of the row beyond which the page lies, and its direction; so a list may change between two pages
    without rows being shown twice or left out.
    """

    page_name = "CursorPage"
    parameters = frozenset({"cursor", "page_size"})
    can_miss = False
    request: Request
    key: CursorKey

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Return the rows of the page; raise InvalidCursor for a cursor that was not given out here."""
        self.request, self.key, size = request, view.cursor_key, page_size_of(request)
        cursor = request.query_params.get("cursor")
        goes_back, position = (False, None) if cursor is None else _read_cursor(cursor, self.key)
        is_descending = self.key.is_descending != goes_back
        if position is not None:
            queryset = queryset.filter(**{f"{self.key.column}__{'lt' if is_descending else 'gt'}": position})
        rows = list(queryset.order_by(f"{'-' * is_descending}{self.key.column}")[: size + 1])
        has_more, rows = len(rows) > size, rows[:size]
        if goes_back:
            rows.reverse()
        self.next = self._link("n", rows[-1:]) if goes_back or has_more else None
        self.previous = self._link("p", rows[:1]) if (has_more if goes_back else position is not None) else None
        return rows

    def _link(self, direction: str, row: list[Any]) -> str | None:
        if not row:
            return None
        position = row[0][self.key.column] if isinstance(row[0], Mapping) else getattr(row[0], self.key.column)
        cursor = urlsafe_b64encode(f"{direction}{position}".encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_paginated_response(self, data: Any) -> Response:
        """Return the answer around the serialized rows."""
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of the answer."""
        members = {"next": LINK_SCHEMA, "previous": LINK_SCHEMA, "results": _results_schema(schema)}
        return {"type": "object", "required": list(members), "properties": members}

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameters as OpenAPI describes them."""
        text = {"type": "string", "maxLength": MAX_CURSOR_LENGTH, "pattern": f"^{CURSOR.pattern}$"}
        cursor = {"name": "cursor", "in": "query", "description": "From the link to a page.", "schema": text}
        return [cursor, PAGE_SIZE_PARAMETER]


def _read_cursor(cursor: str, key: CursorKey) -> tuple[bool, Any]:
    """Return whether the cursor leads back, and from where."""
    text = _decoded(cursor)
    try:
        return GOES_BACK[text[:1]], key.parse(text[1:])
    except (KeyError, ValueError) as error:
        raise InvalidCursor("This list has not given out such a cursor.") from error


def _decoded(cursor: str) -> str:
    if not CURSOR.fullmatch(cursor):
        return ""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:  # as binascii's and Unicode's errors are
        return ""
