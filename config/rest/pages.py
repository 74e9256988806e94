"""The pages to which the links of mails lead where no front end has its own.

They are the same for everybody: what a link carries stands in its fragment, which browsers keep from servers. Nothing happens
until the reader presses a button, so that a scanner of mails does not use the link up.
"""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

PAGE_SECONDS: Final = 600
PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def link_page(template: str, address: str, **words: Any) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of a page, filled with words, whose script sends what it is asked to the route named `address`."""

    @require_safe
    @cache_control(public=True, max_age=PAGE_SECONDS)
    def view(request: HttpRequest) -> HttpResponse:
        page = render(request, template, {"address": reverse(address), **words})
        page["Content-Security-Policy"] = PAGE_POLICY
        return page

    return view
