"""The page of a public link and its card, over HTTP."""

import struct
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from config.rates import Rate
from habits.models import Habit
from sharing.api.views import pages
from sharing.domain.shown import LinkKind
from sharing.models import ShareLink
from sharing.services import cards
from users.models import User

pytestmark = pytest.mark.slow  # not each test, but all of them

Make = Callable[..., ShareLink]
NASTY = ["<script>alert(1)</script>\"'&", "</title><img src=x onerror=alert(1)>", "{{ shown }}{% load x %}", "]]>--><!--"]


class Page(HTMLParser):
    """What a crawler reads: the properties of the head, and all text and elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.properties: dict[str, str] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag == "meta" and (name := found.get("property") or found.get("name")):
            self.properties[name] = found["content"] or ""

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def read(client: Client, link: ShareLink) -> Page:
    answer = client.get(f"/s/{link.token}/")
    assert answer.status_code == 200
    return Page(answer.content.decode())


class TestPage:
    def test_it_tells_social_media_what_to_show(self, stranger: Client, link_to: Make, settings: Any) -> None:
        settings.PUBLIC_URL = "https://habits.example"
        link = link_to(title="Books", show_name=True)
        page = read(stranger, link)
        url, image = f"https://habits.example/s/{link.token}/", f"https://habits.example/s/{link.token}.png"
        words = "Current streak: 16 days in a row · Since 1 Jun 2026 · The longest so far · Shared by Ada"
        assert (
            page.properties.items()
            >= {
                "og:type": "website",
                "og:site_name": "Habits",
                "og:url": url,
                "og:title": "Books",
                "og:description": words,
                "og:image": image,
                "og:image:type": "image/png",
                "og:image:width": "1200",
                "og:image:height": "630",
                "og:image:alt": f"Books. {words}",
                "twitter:card": "summary_large_image",
                "twitter:title": "Books",
                "twitter:description": words,
                "twitter:image": image,
                "twitter:image:alt": f"Books. {words}",
                "description": words,
                "robots": "noindex",
                "referrer": "no-referrer",
            }.items()
        )
        assert ("link", {"rel": "canonical", "href": url}) in page.elements
        assert ("html", {"lang": "en"}) in page.elements
        assert ("h1", {"dir": "auto"}) in page.elements

    def test_it_says_so_to_people_too(self, stranger: Client, link_to: Make, habit: Habit) -> None:
        streak = read(stranger, link_to())
        assert all(word in streak.text for word in ("Read", "16", "days in a row", "Since 1 Jun 2026"))
        year = read(stranger, link_to(LinkKind.HEATMAP))
        assert all(word in year.text for word in ("The last 12 months", "16", "days done"))
        (grid,) = (found for tag, found in year.elements if tag == "svg")
        assert grid["aria-label"] == "18 Jun 2025 to 17 Jun 2026, a square for each day, darker for more"
        milestone = read(stranger, link_to(LinkKind.MILESTONE, milestone_id=habit.milestones.get(kind="completions").pk))
        assert all(word in milestone.text for word in ("Milestone", "10", "times", "Reached on 17 Jun 2026"))

    def test_the_name_of_the_owner_stands_there_by_choice_alone(self, stranger: Client, link_to: Make) -> None:
        assert "Shared by" not in read(stranger, link_to()).text
        assert "Ada" in read(stranger, link_to(show_name=True)).text

    @pytest.mark.parametrize("text", NASTY)
    def test_what_people_write_stays_text(self, stranger: Client, link_to: Make, ada: User, text: str) -> None:
        plain = read(stranger, link_to(title="Books", show_name=True))
        User.objects.filter(pk=ada.pk).update(display_name=text)
        page = read(stranger, link_to(title=text, show_name=True))
        assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
        assert page.properties["og:title"] == text
        assert page.text.count(text) == 3

    def test_it_asks_for_nothing_but_our_own_assets(self, stranger: Client, link_to: Make) -> None:
        answer = stranger.get(f"/s/{link_to().token}/")
        assert answer["Content-Security-Policy"] == pages.PAGE_POLICY
        assert "script" not in pages.PAGE_POLICY
        loaded = [found.get("src") or found.get("href") for tag, found in Page(answer.content.decode()).elements if tag != "a"]
        assert all(address.startswith(("/static/", "http://127.0.0.1:8000/s/")) for address in loaded if address)
        assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")

    def test_it_is_kept_and_asked_for_each_time(self, stranger: Client, link_to: Make) -> None:
        link = link_to()
        for path in (f"/s/{link.token}/", f"/s/{link.token}.png"):
            first = stranger.get(path)
            assert (first["Cache-Control"], "Vary" in first, bool(first.cookies)) == ("public, no-cache", False, False)
            assert not first["ETag"].startswith("W/")
            again = stranger.get(path, headers={"if-none-match": first["ETag"]})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
            assert (again["Cache-Control"], "Content-Type" in again, "Content-Length" in again) == (
                "public, no-cache",
                False,
                False,
            )
            link.title += "!"
            link.save()
            changed = stranger.get(path, headers={"if-none-match": first["ETag"]})
            assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)

    def test_head_is_get_without_the_body(self, stranger: Client, link_to: Make) -> None:
        link = link_to()
        for path in (f"/s/{link.token}/", f"/s/{link.token}.png", f"/s/{'a' * 43}/"):
            full, head = stranger.get(path), stranger.head(path)
            assert (head.status_code, head.content) == (full.status_code, b"")
            for answer in (full, head):
                del answer["X-Request-ID"]
            assert head.headers == full.headers

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
    def test_it_takes_nothing(self, stranger: Client, link_to: Make, method: str) -> None:
        link = link_to()
        for path in (f"/s/{link.token}/", f"/s/{link.token}.png"):
            answer = getattr(stranger, method)(path)
            assert (answer.status_code, answer["Allow"], answer.json()["code"]) == (405, "GET, HEAD", "method_not_allowed")


class TestNothing:
    def test_a_page_for_people_whatever_they_ask_for(self, stranger: Client, db: None) -> None:
        answers = [stranger.get(f"/s/{'a' * 43}{suffix}") for suffix in ("/", ".png")]
        for answer in answers:
            assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")
            assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
        assert answers[0].content == answers[1].content
        assert "Nothing to see here" in Page(answers[0].content.decode()).text

    @pytest.mark.parametrize(
        "path",
        ["", "short/", "a" * 42 + "/", "a" * 44 + "/", "a" * 43, "a" * 43 + ".svg", "a" * 42 + "%00/", "../" + "a" * 43 + "/"],
    )
    def test_what_is_no_token_is_no_address(self, stranger: Client, db: None, path: str) -> None:
        answer = stranger.get(f"/s/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

    def test_a_token_in_another_case_is_another_one(self, stranger: Client, link_to: Make) -> None:
        assert stranger.get(f"/s/{link_to().token.swapcase()}/").status_code == 404


class TestCard:
    @pytest.mark.parametrize("kind", [LinkKind.STREAK, LinkKind.HEATMAP])
    def test_it_is_a_picture_for_social_media(self, stranger: Client, link_to: Make, kind: LinkKind) -> None:
        answer = stranger.get(f"/s/{link_to(kind).token}.png")
        assert answer["Content-Type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)
        assert len(answer.content) < 100_000

    def test_it_is_drawn_once(self, stranger: Client, link_to: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn = []
        render = cards.resvg_py.svg_to_bytes
        monkeypatch.setattr(cards.resvg_py, "svg_to_bytes", lambda **options: drawn.append(1) or render(**options))
        link = link_to()
        contents = {stranger.get(f"/s/{link.token}.png").content for _ in range(3)}
        tag = stranger.get(f"/s/{link.token}.png")["ETag"]
        stranger.get(f"/s/{link.token}.png", headers={"if-none-match": tag})
        assert (len(contents), len(drawn)) == (1, 1)
        link.title = "Another"
        link.save()
        stranger.get(f"/s/{link.token}.png", headers={"if-none-match": tag})
        assert len(drawn) == 2

    def test_an_address_has_so_many_drawn(self, stranger: Client, link_to: Make, settings: Any) -> None:
        settings.LIMITS = settings.LIMITS | {"LIMIT_CARD_ADDRESS": Rate(2, 60)}
        links = [link_to(title=f"Card {number}") for number in range(3)]
        answers = [stranger.get(f"/s/{link.token}.png") for link in links]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["code"] == "throttled"
        assert 0 < int(answers[2]["Retry-After"]) <= 60
        assert (answers[2]["Cache-Control"], "ETag" in answers[2]) == ("no-store", False)
        # What is kept is not drawn, nor is what one has; and another address has its own count.
        assert stranger.get(f"/s/{links[0].token}.png").status_code == 200
        assert Client(REMOTE_ADDR="203.0.113.9").get(f"/s/{links[2].token}.png").status_code == 200
        assert stranger.get(f"/s/{links[2].token}.png").status_code == 200
        assert stranger.get(f"/s/{links[2].token}/").status_code == 200
