"""The pages to which the links of mails lead where no front end has its own.

They are the same for everybody: what a link carries stands in its fragment, which browsers keep from servers. Nothing happens
until the reader presses a button, so that a scanner of mails does not use the link up.
"""

from collections.abc import Callable
from typing import Final

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


def _page(address: str, **words: str | bool) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    @cache_control(public=True, max_age=PAGE_SECONDS)
    def view(request: HttpRequest) -> HttpResponse:
        page = render(request, "users/link.html", {"address": reverse(address), **words})
        page["Content-Security-Policy"] = PAGE_POLICY
        return page

    return view


verify_email = _page(
    "verify-email",
    title="Your email address",
    invitation="Please confirm that this email address is yours.",
    button="Confirm",
    done="Thank you. The address is confirmed.",
)
reset_password = _page(
    "password-reset-confirm",
    title="A new password",
    invitation="All devices are logged out then, and personal tokens end.",
    button="Set the password",
    done="The password is set. You can log in with it now.",
    asks_password=True,
)
