"""The OpenAPI document and the two pages that show it, with assets of our own."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Final

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

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
DOCUMENT_SECONDS: Final = 600


def own_assets_only(view: View) -> View:
    """Return the view with the policy in its answers."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response

    return guarded


def without_query(view: View) -> View:
    """Return the view, deaf to the query: the library would copy a part of it into a header, the cache keep each variant."""

    @wraps(view)
    def deaf(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
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
schema = without_query(answered_once(cache_page(DOCUMENT_SECONDS)(one_at_a_time(SpectacularAPIView.as_view()))))
swagger = own_assets_only(SpectacularSwaggerSplitView.as_view())
redoc = own_assets_only(SpectacularRedocView.as_view(template_name="config/redoc.html"))
