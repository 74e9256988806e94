"""What strangers see of a public link: a page, and the card that social media show beside it.

Both are the same for everybody. Caches may keep them and have to ask each time, so that a link ends at once; what has not changed
is then answered in a few bytes.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from config.errors import NotFound
from config.events import security_event
from config.rest.conditional import is_known
from config.rest.errors import Throttled
from config.rest.limits import By, Limit, count
from config.rest.middleware import OwnErrorPage
from config.rest.problems import problem_response
from habits.domain.pictures.text import coordinate
from sharing.api.serializers.links import page_url, picture_url
from sharing.domain import cards, grids
from sharing.domain.shown import Shown, YearShown
from sharing.domain.wording import PRODUCT, day_text, description_of, wording_of
from sharing.selectors.links import get_shown
from sharing.services.cards import digest_of, find_card, render_card

PUBLIC: Final = "public, no-cache"
PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# A browser that shows nothing but a picture styles it by itself.
CARD_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
CSP: Final = "Content-Security-Policy"
# The address is a secret, and the page is for those who were given it.
HEADERS: Final = {CSP: PAGE_POLICY, "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
# Of cards that nobody has asked for lately: each costs some hundredths of a second.
DRAWING: Final = Limit(setting="LIMIT_CARD_ADDRESS", by=By.ADDRESS)

View = Callable[[HttpRequest, str], HttpResponse]


def _of_shown(answer: Callable[[HttpRequest, Shown, str], HttpResponse]) -> View:
    """Return the view that gives an answer about what a link shows; the same page to whoever asks for one that shows nothing."""

    @require_safe
    def view(request: HttpRequest, share_key: str) -> HttpResponse:
        try:
            return answer(request, get_shown(share_key), share_key)
        except NotFound:
            page = render_to_string("sharing/gone.html", {"product": PRODUCT})
            return OwnErrorPage(page, status=HTTPStatus.NOT_FOUND, headers={**HEADERS, "Cache-Control": "no-store"})

    return view


@_of_shown
def page(request: HttpRequest, shown: Shown, token: str) -> HttpResponse:
    """Answer the page of a link."""
    html = render_to_string("sharing/link.html", _words(shown, token))
    return _unless_known(request, digest_of(html), lambda: HttpResponse(html))


@_of_shown
def picture(request: HttpRequest, shown: Shown, token: str) -> HttpResponse:
    """Answer the card of a link as a PNG; Throttled where an address has too many drawn."""
    drawing = cards.draw_card(shown)
    return _unless_known(request, digest_of(drawing), lambda: _drawn(request, drawing))


def _drawn(request: HttpRequest, drawing: str) -> HttpResponse:
    card = find_card(drawing)
    if card is None:
        try:
            count(DRAWING, request)
        except Throttled as refusal:
            security_event(refusal.code)
            return problem_response(refusal)
        card = render_card(drawing)
    return HttpResponse(card, content_type="image/png", headers={CSP: CARD_POLICY})


def _unless_known(request: HttpRequest, digest: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the answer, or 304 to whoever has it: it is not made then."""
    tag = f'"{digest}"'
    if is_known(tag, request.META.get("HTTP_IF_NONE_MATCH")):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
    else:
        response = make()
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["ETag"], response.headers["Cache-Control"] = tag, PUBLIC
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _words(shown: Shown, token: str) -> dict[str, Any]:
    return {
        "shown": shown,
        "words": wording_of(shown),
        "description": description_of(shown),
        "grid": _grid(shown.figures) if isinstance(shown.figures, YearShown) else None,
        "url": page_url(token),
        "image_url": picture_url(token),
        "card": {"width": cards.WIDTH, "height": cards.HEIGHT},
        "product": PRODUCT,
    }


def _grid(year: YearShown) -> dict[str, Any]:
    grid = grids.grid_of(year)
    months = [{"x": coordinate(month.x), "text": month.text} for month in grid.months]
    label = f"{day_text(year.first)} to {day_text(year.last)}, a square for each day, darker for more"
    # Above the squares there is room for the months.
    return {"width": grids.WIDTH, "height": grids.HEIGHT + 34, "levels": grid.levels, "months": months, "label": label}
