"""The headers of answers: what guards browsers and caches, and which origins may call."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from config.documentation import CONTENT_SECURITY_POLICY, PAGE_POLICY
from config.rest.middleware import HEADERS
from config.rest.pages import PAGE_POLICY as LINK_PAGE_POLICY
from habits.api.views.pictures import HEADERS as PICTURE_HEADERS
from sharing.api.views.pages import CARD_POLICY
from sharing.api.views.pages import PAGE_POLICY as SHARE_PAGE_POLICY
from tests.contract.matrix import MATRIX, Row
from tests.contract.test_matrix import call
from tests.world import API, World

pytestmark = pytest.mark.slow  # not each test, but all of them

CSP = "Content-Security-Policy"
PAGES = {
    "/api/docs/": CONTENT_SECURITY_POLICY,
    "/api/redoc/": CONTENT_SECURITY_POLICY,
    "/docs/errors": PAGE_POLICY,
    "/s/{share_key}/": SHARE_PAGE_POLICY,
    "/s/{share_key}.png": CARD_POLICY,
    **dict.fromkeys(("/account/verify-email/", "/account/reset-password/", "/invitations/"), LINK_PAGE_POLICY),
    f"{API}/insights/trends.svg": PICTURE_HEADERS[CSP],
    f"{API}/habits/{{habit}}/heatmap.svg": PICTURE_HEADERS[CSP],
}
# What is the same for everybody, whoever asks.
SHARED = {"/s/{share_key}/", "/s/{share_key}.png", f"{API}/shared/{{share_key}}/"}
# What is the same for all who send no token.
BOARD = f"{API}/leaderboards/{{metric}}/"
OURS = "https://app.example"
FOREIGN = [
    "https://evil.example",
    "https://app.example.evil",
    "https://evilapp.example",
    "https://sub.app.example",
    "https://APP.example",
    "http://app.example",
    "https://app.example:8443",
    "null",
    "*",
    "http://[",
    "https://app.example, https://evil.example",
]


@pytest.fixture
def world(standing_world: World) -> World:
    return standing_world


def assert_guarded(answer: HttpResponse, path: str) -> None:
    policy = PAGES.get(path, HEADERS[CSP]) if answer.status_code == 200 else HEADERS[CSP]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    # The address of such a page is a secret.
    referrer = "no-referrer" if path.startswith("/s/") else HEADERS["Referrer-Policy"]
    expected = {**HEADERS, CSP: policy, "Referrer-Policy": referrer}
    assert {name: answer.headers.get(name) for name in HEADERS} == expected
    assert answer["X-Request-ID"]


@pytest.mark.parametrize("row", MATRIX, ids=str)
def test_every_answer_is_guarded(world: World, row: Row) -> None:
    for role in ("owner", "outsider", "anonymous"):
        answer = call(world.client(role), row, world)
        assert_guarded(answer, row.path)
        if row.path in SHARED:
            assert (answer["Cache-Control"], "cookie" in answer.get("Vary", "").lower()) == ("public, no-cache", False)
        elif (row.path, role) == (BOARD, "anonymous"):
            assert (answer["Cache-Control"], "authorization" in answer["Vary"].lower()) == ("public, max-age=5", True)
        elif row.path.startswith(f"{API}/") or answer.status_code >= 400:
            assert answer["Cache-Control"] == "no-store"


def refusals(client: Client) -> Iterator[HttpResponse]:
    """Yield an answer of each part that may refuse a request before any view."""
    yield client.get("/nowhere")
    yield client.get("/api/nowhere")
    yield client.get("/static/nowhere.css")
    yield client.post("/healthz/")
    yield client.get(f"{API}/habits/", headers={"host": "evil.example"})
    yield client.get(f"{API}/habits/?name=%00")
    yield client.post(f"{API}/habits/", CONTENT_LENGTH=str(2**30))
    yield client.post(f"{API}/habits/", headers={"transfer-encoding": "chunked"})


def test_every_refusal_is_guarded_and_a_problem_whoever_refuses() -> None:
    for answer in refusals(Client(raise_request_exception=False)):
        assert_guarded(answer, "")
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Type"] == "application/problem+json", answer.wsgi_request
        assert answer.json()["status"] == answer.status_code


class TestDebug:
    @pytest.fixture(autouse=True)
    def debug(self, settings) -> None:
        settings.DEBUG = True

    @pytest.mark.parametrize("headers", [{}, {"host": "evil.example"}])
    def test_the_api_shows_nothing_but_problems(self, headers: dict[str, str]) -> None:
        answer = Client().get("/api/nowhere", headers=headers)
        assert (answer.status_code, answer["Content-Type"]) == (400 if headers else 404, "application/problem+json")
        assert_guarded(answer, "")

    def test_a_fault_in_the_api_shows_no_trace(self, monkeypatch) -> None:
        def fail(self, request):
            raise RuntimeError("the secret of the trace")

        monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fail)
        answer = Client(raise_request_exception=False).get(f"{API}/habits/", headers={"origin": OURS})
        assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
        assert b"secret" not in answer.content
        assert answer["Access-Control-Allow-Origin"] == OURS

    def test_a_database_that_is_away_is_503_elsewhere_too(self, monkeypatch) -> None:
        def fail(*_: object) -> None:
            raise OperationalError("the database is away")

        monkeypatch.setattr("config.documentation.render", fail)
        answer = Client().get("/docs/errors")
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        assert_guarded(answer, "")

    def test_elsewhere_a_developer_sees_djangos_page(self) -> None:
        answer = Client().get("/nowhere")
        assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


class TestOrigins:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    def test_ours_may_ask_for_anything(self, method: str) -> None:
        asked = {"access-control-request-method": method, "access-control-request-headers": "authorization, if-match"}
        answer = Client().options(f"{API}/habits/", headers={"origin": OURS, **asked})
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, OURS)
        assert method in answer["Access-Control-Allow-Methods"].split(", ")
        assert {"authorization", "content-type", "if-match"} <= set(answer["Access-Control-Allow-Headers"].split(", "))
        assert_guarded(answer, "")

    def test_ours_may_read_answers_and_errors(self, world: World) -> None:
        for answer in (
            world.client("owner").get(f"{API}/habits/", headers={"origin": OURS}),
            Client().get(f"{API}/habits/", headers={"origin": OURS}),
            Client().get("/api/nowhere", headers={"origin": OURS}),
            Client().post(f"{API}/habits/", CONTENT_LENGTH=str(2**30), headers={"origin": OURS}),
        ):
            assert answer["Access-Control-Allow-Origin"] == OURS
            exposed = set(answer["Access-Control-Expose-Headers"].split(", "))
            assert exposed == {"ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "Location", "X-Request-ID"}
            assert "origin" in answer["Vary"]

    @pytest.mark.parametrize("origin", FOREIGN)
    def test_no_other_may(self, world: World, origin: str) -> None:
        asked = {"origin": origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization"}
        for answer in (
            Client().options(f"{API}/habits/", headers=asked),
            Client().get(f"{API}/habits/", headers={"origin": origin}),
            world.client("owner").get(f"{API}/habits/", headers={"origin": origin, "cookie": "a=b"}),
        ):
            assert "Access-Control-Allow-Origin" not in answer
            assert "Access-Control-Allow-Methods" not in answer

    def test_no_cookie_is_ever_taken_or_set(self, world: World) -> None:
        for headers in ({"origin": OURS}, {"origin": OURS, "cookie": "a=b", "access-control-request-method": "GET"}):
            for send in (world.client("owner").get, world.client("owner").options):
                answer = send(f"{API}/habits/", headers=headers)
                assert "Access-Control-Allow-Credentials" not in answer
                assert not answer.cookies

    def test_outside_of_the_api_no_origin_may(self) -> None:
        for path in ("/healthz/", "/docs/errors", "/nowhere"):
            assert "Access-Control-Allow-Origin" not in Client().get(path, headers={"origin": OURS})
