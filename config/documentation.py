"""The OpenAPI document, the two pages that show it, and the one that explains the codes of errors; all assets are our own."""

from collections.abc import Callable
from functools import wraps
from inspect import getdoc
from threading import Lock
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import render
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control, cache_page
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

from config.rest.problems import all_kinds

View = Callable[..., HttpResponseBase]

# Both pages know addresses of other hosts (a logo, a validator): the browser is told to ask this one alone.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
PAGE_POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
DOCUMENT_SECONDS: Final = 600


def own_assets_only(view: View) -> View:
    """Return the view with the policy in its answers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    return guarded


def in_two_variants(view: View) -> View:
    """Return the view, deaf to all that is asked but whether for JSON or YAML: the cache would make and keep each variant."""

    @wraps(view)
    def deaf(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        suffix = "+json" if "json" in request.META.get("HTTP_ACCEPT", "") else ""
        request.META["HTTP_ACCEPT"] = f"application/vnd.oai.openapi{suffix}"
        request.META["QUERY_STRING"] = ""
        request.GET = QueryDict()
        return view(request, *args, **kwargs)

    return deaf


def one_at_a_time(view: View) -> View:
    """Return the view, for one thread at a time: the library's generator fails where two of them start."""
    lock = Lock()

    @wraps(view)
    def alone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with lock:
            return view(request, *args, **kwargs)

    return alone


def answered_once(view: View) -> View:
    """Return the view with a tag of the content, and 304 for whoever has it; Django's decorator lets go of a cached answer's."""

    @wraps(view)
    def tagged(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: Any = view(request, *args, **kwargs)
        return ConditionalGetMiddleware(lambda _: response.render())(request)  # type: ignore[return-value] # no coroutine

    return tagged


# The document changes with a deployment alone, is the same for everybody, and costs half a second to make.
schema = in_two_variants(answered_once(cache_page(DOCUMENT_SECONDS)(one_at_a_time(SpectacularAPIView.as_view()))))
swagger = own_assets_only(SpectacularSwaggerSplitView.as_view())
redoc = own_assets_only(SpectacularRedocView.as_view(template_name="config/redoc.html"))


@require_safe
@cache_control(public=True, max_age=DOCUMENT_SECONDS)
def error_codes(request: HttpRequest) -> HttpResponse:
    """Answer the page to which the `type` of every problem document leads: each code with its status and meaning."""
    kinds = [{"code": kind.code, "status": kind.status, "meaning": _marked(getdoc(kind) or "")} for kind in all_kinds()]
    page = render(request, "config/errors.html", {"kinds": kinds})
    page["Content-Security-Policy"] = PAGE_POLICY
    return page


def _marked(text: str) -> SafeString:
    """Return the text as HTML, what stands in backticks as code."""
    parts = text.split("`")
    return format_html_join("", "{}<code>{}</code>", zip(parts[:-1:2], parts[1::2], strict=True)) + escape(parts[-1])
