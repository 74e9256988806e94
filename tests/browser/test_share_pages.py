"""The pages of public links, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import send

pytestmark = pytest.mark.slow

CREDENTIALS = {"username": "rosa", "password": "correct horse battery"}
TITLES = {
    "latin": "Morning run",
    "long": "W" * 120,
    "arabic": "قراءة عشر صفحات كل يوم قبل النوم",
    "japanese": "漢" * 120,
    "piled": "Z" + "\u0300\u0316\u0335" * 39,
    "markup": "<b>Read</b> & \"write\" 'daily'",
}


@pytest.fixture(scope="session")
def token(server: str) -> str:
    """Register a user; return an access token."""
    send(server, "users/", CREDENTIALS | {"email": "rosa@example.org", "display_name": "Rosa L."})
    return send(server, "auth/token/", CREDENTIALS)["access"]


@pytest.fixture(scope="session")
def share(server: str, token: str) -> Callable[..., str]:
    """Return a function that makes a link to a habit with two days, and returns the path of its page."""
    habit = send(server, "habits/", {"name": "Read", "frequency": "daily", "start_date": "2020-01-01"}, token)["id"]
    send(server, "logs/batch/", [{"habit": habit, "date": f"2026-01-{day:02}"} for day in range(1, 30)], token)  # type: ignore[arg-type]

    def make(**draft: Any) -> str:
        return urlsplit(send(server, "share-links/", {"habit": habit, "kind": "streak", **draft}, token)["url"]).path

    return make


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def luminance(page: Page, selector: str, style: str) -> float:
    """Return how light a colour is, 0 to 1."""
    text = page.locator(selector).first.evaluate(f"found => getComputedStyle(found).{style}")
    channels = [int(number) / 255 for number in re.findall(r"\d+", text)[:3]]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return sum(share * channel for share, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_stranger_sees_what_was_chosen(page: Page, share: Callable[..., str], tmp_path: Path) -> None:
    page.goto(share(title="Books", show_name=True))
    expect(page).to_have_title("Books · Habits")
    expect(page.get_by_role("heading", level=1)).to_have_text("Books")
    expect(page.get_by_text("Longest streak")).to_be_visible()
    expect(page.get_by_text("days in a row")).to_be_visible()
    expect(page.get_by_text("Shared by Rosa L.")).to_be_visible()
    page.screenshot(path=tmp_path / "streak.png")
    page.goto(share(kind="heatmap"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Read")
    expect(page.get_by_role("img", name=re.compile("a square for each day"))).to_be_visible()
    expect(page.get_by_text("Shared by")).to_have_count(0)
    page.screenshot(path=tmp_path / "heatmap.png")


@pytest.mark.parametrize("title", TITLES.values(), ids=list(TITLES))
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_title_breaks_the_page(page: Page, share: Callable[..., str], tmp_path: Path, title: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for kind in ("streak", "heatmap"):
        page.goto(share(title=title, kind=kind))
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(title)
        assert overflow(page) == 0
        box, main = heading.bounding_box(), page.locator("main").bounding_box()
        assert box is not None
        assert main is not None
        assert main["x"] <= box["x"] <= box["x"] + box["width"] <= main["x"] + main["width"]
        page.screenshot(path=tmp_path / f"{kind}.png")


def test_texts_begin_where_they_are_read_from(page: Page, share: Callable[..., str]) -> None:
    for title, direction in {TITLES["latin"]: "ltr", TITLES["arabic"]: "rtl"}.items():
        page.goto(share(title=title))
        assert page.get_by_role("heading", level=1).evaluate("found => getComputedStyle(found).direction") == direction


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_light_or_dark_and_always_readable(browser: Browser, server: str, share: Callable[..., str], scheme: Any) -> None:
    with browser.new_context(base_url=server, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(share(show_name=True, kind="heatmap"))
        surface, ground = luminance(page, "main", "backgroundColor"), luminance(page, "section", "backgroundColor")
        assert (surface > 0.5) == (ground > 0.5) == (scheme == "light")
        pairs = {"h1": surface, ".label": surface, ".figure": ground, "strong": ground, "footer p": ground, ".mark": ground}
        for selector, background in pairs.items():
            darker, lighter = sorted((luminance(page, selector, "color"), background))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, selector


def test_the_card_is_a_picture_that_browsers_show(page: Page, share: Callable[..., str]) -> None:
    page.goto(f"{share(title=TITLES['arabic']).rstrip('/')}.png")
    assert page.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]") == [1200, 630]


def test_a_link_that_shows_nothing_has_a_page_too(browser: Browser, server: str) -> None:
    with browser.new_context(base_url=server) as context:  # the browser itself complains about every 404
        page = context.new_page()
        answer = page.goto(f"/s/{'a' * 43}/")
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to see here")
        assert overflow(page) == 0
