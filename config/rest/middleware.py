"""What no view should have to meet."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from config.errors import DomainError, Forbidden, NotFound
from config.events import security_event
from config.rest.errors import (
    BadRequest,
    BodyTooLarge,
    InternalError,
    LengthRequired,
    MalformedQuery,
    MethodNotAllowed,
    Unavailable,
)
from config.rest.problems import domain_error_of, problem_response

# Of what any answer is: the pages say otherwise where they need more. Django's own middleware sets some of these too, but not on
# the answer to what it refuses itself.
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# What Django and others answer with a page of their own.
KINDS_BY_STATUS: Final[Mapping[int, type[DomainError]]] = {
    kind.status: kind for kind in (BadRequest, Forbidden, NotFound, MethodNotAllowed, InternalError)
}
BODY_FAULTS: Final = (BadRequest, BodyTooLarge, LengthRequired)

BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
BODILESS: Final = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class OwnErrorPage(HttpResponse):
    """The page of an error that a view of ours has made: for people, who follow links."""


class SafeAnswers:
    """Lets no answer out without the headers that guard browsers, nor an error as a page that no view of ours has made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, completed; caches keep none that is an error or somebody's own."""
        response = self.get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        if is_error:
            response = without_page(request, response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if is_error or "HTTP_AUTHORIZATION" in request.META:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 for a database that is away, with DEBUG too: a developer's page would be a 500."""
        error = domain_error_of(exception)
        return problem_response(error) if isinstance(error, Unavailable) else None


def without_page(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer, or a problem document in the place of a page; a developer keeps Django's outside of the API."""
    kind = KINDS_BY_STATUS.get(response.status_code)
    is_page = response.headers.get("Content-Type", "").startswith("text/") and not isinstance(response, OwnErrorPage)
    if kind is None or not is_page or (settings.DEBUG and not request.path.startswith("/api/")):
        return response
    problem = problem_response(kind())
    for name, value in response.items():
        problem.headers.setdefault(name, value)
    return problem


class RequestGuard:
    """Refuses bodies without a length or above the limit of their address, and addresses that decode to no clean text.

    Limits in bytes: `BODY_LIMIT`, and `BODY_LIMITS_BY_PREFIX` for the paths that take more.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer of the view, or the problem that keeps the request from it."""
        fault = find_fault(request)
        if fault is None:
            return self.get_response(request)
        security_event("body_refused" if isinstance(fault, BODY_FAULTS) else "address_refused", code=fault.code)
        return problem_response(fault)


def without_empty_lengths(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Take the length that Django gives to every answer from those that have no body by their status (RFC 9110, 8.6)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code in BODILESS:
            del response["Content-Length"]
        return response

    return middleware


def find_fault(request: HttpRequest) -> DomainError | None:
    """Return what is wrong with the request line and the announced body, None if nothing is."""
    if "\0" in request.path:
        return NotFound()
    if not is_clean_query(request.META.get("QUERY_STRING", "")):
        return MalformedQuery()
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return LengthRequired("Send the body with a Content-Length instead of in chunks.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        return BadRequest("The Content-Length is not a number.")
    limit, digits = body_limit(request.path), length.lstrip("0") or "0"
    # The number of digits first: int() refuses thousands of them.
    if len(digits) > len(str(limit)) or int(digits) > limit:
        return BodyTooLarge(f"The body may hold at most {limit} bytes.")
    return None


def body_limit(path: str) -> int:
    """Return how many bytes a body for this path may hold."""
    fitting = (limit for prefix, limit in settings.BODY_LIMITS_BY_PREFIX.items() if path.startswith(prefix))
    limit: int = next(fitting, settings.BODY_LIMIT)
    return limit


def is_clean_query(query: str) -> bool:
    """Tell whether the query string (as WSGI hands it over, in Latin-1) is well escaped UTF-8 without NUL."""
    if "%" not in query and query.isascii():
        return "\0" not in query
    if BROKEN_ESCAPE.search(query):
        return False
    try:
        decoded = unquote_to_bytes(query.encode("latin-1")).decode()
    except UnicodeError:
        return False
    return "\0" not in decoded
