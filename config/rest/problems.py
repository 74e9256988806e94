"""Every refusal as RFC 9457 problem details, wherever in the request's way it arises."""

import math
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from django.apps import apps
from django.core import exceptions as django_exceptions
from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.module_loading import autodiscover_modules
from drf_standardized_errors.formatter import flatten_errors
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions as rest_exceptions
from rest_framework.response import Response

from config.errors import DETAIL_MAX_LENGTH, FAULTS_SHOWN, DomainError, FieldError, Forbidden, InvalidInput, NotFound
from config.events import security_event
from config.rest import errors
from config.rest.renderers import ORJSONRenderer
from config.text import quoted

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
BEARER_CHALLENGE: Final = 'Bearer realm="api"'
WHOLE_INPUT: Final = "non_field_errors"

# Of the classes that fit, the first one counts.
KINDS: Final[Mapping[type[Exception], type[DomainError]]] = {
    rest_exceptions.NotAuthenticated: errors.NotAuthenticated,
    rest_exceptions.AuthenticationFailed: errors.AuthenticationFailed,
    rest_exceptions.PermissionDenied: Forbidden,
    rest_exceptions.NotFound: NotFound,
    rest_exceptions.MethodNotAllowed: errors.MethodNotAllowed,
    rest_exceptions.NotAcceptable: errors.NotAcceptable,
    rest_exceptions.UnsupportedMediaType: errors.UnsupportedMediaType,
    rest_exceptions.ParseError: errors.MalformedBody,
    rest_exceptions.Throttled: errors.Throttled,
    Http404: NotFound,
    django_exceptions.PermissionDenied: Forbidden,
    RequestDataTooBig: errors.BodyTooLarge,
    MultiPartParserError: errors.MalformedBody,
    UnreadablePostError: errors.MalformedBody,
    SuspiciousOperation: errors.BadRequest,
    django_exceptions.BadRequest: errors.BadRequest,
    OperationalError: errors.Unavailable,
    InterfaceError: errors.Unavailable,
}

# Refusals that an operator looks for: security events of the same name. A failed login is told by who checks the password.
EVENTS: Final = frozenset({"authentication_failed", "invalid_token", "permission_denied", "throttled"})

logger: Final[structlog.stdlib.BoundLogger] = structlog.stdlib.get_logger(__name__)


def all_codes() -> dict[str, tuple[int, str]]:
    """Return the status and title of every `code` that an answer may carry, in the order of statuses."""
    return {kind.code: (kind.status, kind.title) for kind in all_kinds()}


@cache
def all_kinds() -> tuple[type[DomainError], ...]:
    """Return everything that an answer may say, in the order of statuses; what it means is the class's docstring."""
    return tuple(sorted(_kinds(), key=lambda kind: (kind.status, kind.code)))


def _kinds() -> Iterator[type[DomainError]]:
    autodiscover_modules("errors")
    homes = {"config.rest.errors", *(f"{app.name}.errors" for app in apps.get_app_configs())}
    found = list(DomainError.__subclasses__())
    while found:
        kind = found.pop()
        found.extend(kind.__subclasses__())
        if kind.__module__ in homes and "code" in vars(kind):
            yield kind


def problem_of(error: DomainError) -> dict[str, Any]:
    """Return the members of the problem document that describes the error."""
    found = error.errors[:FAULTS_SHOWN]
    if error.status == HTTPStatus.BAD_REQUEST and not found:
        found = (FieldError(WHOLE_INPUT, error.code, error.detail),)
    problem = {
        "type": type_of(error.code),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    return {**problem, "errors": found} if found else problem


def type_of(code: str) -> str:
    """Return the address at which the code is explained."""
    return f"/docs/errors#{code}"


def headers_of(error: DomainError) -> dict[str, str]:
    """Return the headers that the error's status calls for."""
    headers = {"Cache-Control": "no-store"}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = BEARER_CHALLENGE
    if isinstance(error, errors.Temporary):
        headers["Retry-After"] = str(math.ceil(error.retry_after_seconds))
    return headers


def problem_response(error: DomainError) -> HttpResponse:
    """Return the answer that says so, for what is refused outside of any view."""
    body = orjson.dumps(problem_of(error))
    headers = {**headers_of(error), "Content-Length": str(len(body))}
    return HttpResponse(body, status=error.status, headers=headers, content_type=PROBLEM_MEDIA_TYPE)


def domain_error_of(exc: BaseException | None) -> DomainError | None:
    """Return what the exception means to a client, None for a fault of ours."""
    if isinstance(exc, DomainError):
        return exc
    if isinstance(exc, rest_exceptions.ValidationError):
        return _invalid_input(exc)
    for known, kind in KINDS.items():
        if isinstance(exc, known):
            return _translated(exc, kind)
    # What a driver raises of no special kind: a connection that broke in the middle, a file that is no database any more.
    is_the_drivers = type(exc) is DatabaseError and exc.__cause__ is not None
    return errors.Unavailable() if is_the_drivers else None


def _translated(exc: BaseException, kind: type[DomainError]) -> DomainError:
    """Return an error of this kind, or of a more special one of the same status that the exception names by its code."""
    if not isinstance(exc, rest_exceptions.APIException):
        return kind()
    code = exc.get_codes()
    special = (candidate for candidate in all_kinds() if candidate.code == code and candidate.status == kind.status)
    # The detail may hold what the request did: a method, a media type.
    error = next(special, kind)(quoted(exc.detail, DETAIL_MAX_LENGTH) if isinstance(exc.detail, str) else "")
    if isinstance(error, errors.Temporary):
        error.retry_after_seconds = getattr(exc, "wait", None) or error.retry_after_seconds
    return error


def _invalid_input(exc: rest_exceptions.ValidationError) -> InvalidInput:
    """Return the faults field by field; faults of a single kind that has a name of its own lend it to the whole."""
    detail = exc.detail
    if isinstance(detail, dict):  # the rows of a list by number, of which flatten_errors takes 0 for no name
        detail = {str(name): faults for name, faults in detail.items()}
    found = [FieldError(fault.attr or WHOLE_INPUT, fault.code, fault.detail) for fault in flatten_errors(detail)]
    is_unknown_field = {fault.code for fault in found} == {errors.UnknownField.code}
    return (errors.UnknownField if is_unknown_field else InvalidInput)(errors=found)


class ProblemHandler(ExceptionHandler):
    """Answers whatever a view raises with a problem document, also with DEBUG: an API sends no page of HTML."""

    def run(self) -> Response:
        """Return the answer; a fault of ours is logged and stays unsaid."""
        error = domain_error_of(self.exc) or errors.InternalError()
        self.set_rollback()
        request = self.context["request"]
        if request is not None:  # JSON, also from a view that answers pictures or files
            request.accepted_renderer, request.accepted_media_type = ORJSONRenderer(), PROBLEM_MEDIA_TYPE
        headers = headers_of(error)
        response = Response(problem_of(error), status=error.status, headers=headers, content_type=PROBLEM_MEDIA_TYPE)
        if isinstance(error, errors.InternalError):
            self.report_exception(rest_exceptions.APIException(error.detail), response)
        elif error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error(error.code, reason=str(self.exc))
        elif error.code in EVENTS:
            security_event(error.code)
        return response


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself found wrong with a request."""
    if isinstance(exception, DisallowedHost):
        security_event("host_refused", host=request.META.get("HTTP_HOST"))
    return problem_response(domain_error_of(exception) or errors.BadRequest())


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a refusal from outside of the API's views."""
    return problem_response(Forbidden())


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist."""
    return problem_response(NotFound())


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer a fault outside of the API's views, a database that a middleware missed included."""
    error = domain_error_of(sys.exception())
    return problem_response(error if isinstance(error, errors.Unavailable) else errors.InternalError())
