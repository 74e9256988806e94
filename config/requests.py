"""What is written down about each request: its id, in every line on the way, and one line at the end."""

import re
from collections.abc import Callable
from time import perf_counter
from typing import Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from config.addresses import client_address
from config.identifiers import new_id

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")

_logger: Final[structlog.stdlib.BoundLogger] = structlog.stdlib.get_logger("access")


class RequestLog:
    """Gives each request an id, which its lines, its jobs and its answer carry, and writes one line about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer with the id."""
        started = perf_counter()
        request_id = request_id_of(request)
        # Whoever authenticates the request names the actor; both are forgotten at the end.
        with structlog.contextvars.bound_contextvars(request_id=request_id, actor=None):
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            _logger.info(
                "request",
                method=request.method,
                route=request.resolver_match and request.resolver_match.route,
                status=response.status_code,
                duration_ms=round(1000 * (perf_counter() - started), 2),
                client=client_address(request),
            )
        return response


def request_id_of(request: HttpRequest) -> str:
    """Return the id that a proxy of ours has given the request, or a new one."""
    if settings.ENVIRONMENT.trusted_proxy_hops:
        given: str = request.META.get("HTTP_X_REQUEST_ID", "")
        if REQUEST_ID.fullmatch(given):
            return given
    return str(new_id())
