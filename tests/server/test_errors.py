"""What is answered on the wire, with the settings of production: to what clients get wrong, and where the database is away."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from config.rest.middleware import HEADERS
from tests.server.conftest import PASSWORD, Answer, Server, migrate, register, serving

pytestmark = pytest.mark.slow

JSON = "Content-Type: application/json"
HABIT = b'{"name": "Read", "frequency": "daily"}'
MIB = 2**20


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.is_problem) == (status, True), answer
    assert answer.json()["code"] == code
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS
    assert answer.headers["x-request-id"]
    assert ("retry-after" in answer.headers) == (status == 503)
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/", "/api/v1/habits", "/%ff", "/a%00b", "/..%2f..%2fetc/passwd", "//"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_unknown_addresses(server: Server, method: str, path: str) -> None:
    assert_problem(server.ask(f"{method} {path}"), 404, "not_found")


def test_options_of_the_server_as_a_whole(server: Server) -> None:
    assert_problem(server.ask("OPTIONS *"), 404, "not_found")


@pytest.mark.parametrize(
    "host", ["evil.example", "habits.example.evil", "habits.example:x", "a b", "[::1", "", "127.0.0.1", "\xff"]
)
@pytest.mark.parametrize("path", ["/api/v1/habits/", "/nowhere"])
def test_hosts_that_are_not_ours(server: Server, path: str, host: str) -> None:
    answer = server.ask(f"GET {path}", host=host)
    assert (answer.status, answer.json()["code"]) == (400, "bad_request")
    assert answer.is_problem
    assert {name: answer.headers[name.lower()] for name in HEADERS} == HEADERS


def test_a_host_in_another_header_counts_for_nothing(server: Server) -> None:
    assert_problem(server.ask("GET /nowhere", "X-Forwarded-Host: habits.example", host="evil.example"), 400, "bad_request")
    assert_problem(server.ask("GET /nowhere", "X-Forwarded-Host: evil.example"), 404, "not_found")


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        ([f"Content-Length: {MIB + 1}"], b"", 413, "body_too_large"),
        ([f"Content-Length: {10**30}"], b"", 413, "body_too_large"),
        ([], b" " * (MIB + 1), 413, "body_too_large"),
        (["Transfer-Encoding: chunked"], b"5\r\nhello\r\n0\r\n\r\n", 411, "length_required"),
        ([], b"{", 400, "malformed_json"),
        ([], b"[" * 100_000, 400, "malformed_json"),
        ([], b'{"name": "a", "name": "b"}', 400, "malformed_json"),
        ([], b"\xff", 400, "malformed_json"),
        ([], b'{"name": "\\ud800"}', 400, "malformed_json"),
        ([], b"", 400, "validation_error"),
    ],
)
def test_bodies(server: Server, bearer: str, headers: list[str], body: bytes, status: int, code: str) -> None:
    assert_problem(server.ask("POST /api/v1/habits/", JSON, bearer, *headers, body=body), status, code)


def test_a_body_that_is_cut(server: Server, bearer: str) -> None:
    answer = server.ask("POST /api/v1/habits/", JSON, bearer, "Content-Length: 100", body=b'{"name": "Re', is_cut=True)
    assert_problem(answer, 400, "malformed_json")


def test_what_follows_a_body_is_no_part_of_it(server: Server, bearer: str) -> None:
    answer = server.ask("POST /api/v1/habits/", JSON, bearer, "Content-Length: 2", body=b"{}" + b"x" * 5000)
    assert_problem(answer, 400, "validation_error")


def test_two_media_types_in_one_header(server: Server, bearer: str) -> None:
    answer = server.ask("POST /api/v1/habits/", f"{JSON}, text/plain", bearer, body=HABIT)
    assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Accept: text/html", 406),
        ("Accept: ;;,/;q=\xff", 406),
        ("Accept: application/json;q=x", 200),
        ("Origin: http://[", 200),
        ("Origin: \xff", 200),
        ("Cookie: =;;=\xff;csrftoken=x", 200),
        ("Referer: http://[", 200),
        ("X-HTTP-Method-Override: DELETE", 200),
        ("X-Method-Override: DELETE", 200),
        ("X-Forwarded-For: \xff, ,,'", 200),
        ("Range: bytes=9-1", 200),
        ("If-Modified-Since: yesterday", 200),
        ("Accept-Language: \xff", 200),
    ],
)
def test_headers_of_any_kind(server: Server, bearer: str, header: str, status: int) -> None:
    answer = server.ask("GET /api/v1/habits/", bearer, header)
    assert answer.status == status, answer
    assert answer.headers["cache-control"] == "no-store"
    assert answer.is_problem == (status >= 400)


@pytest.mark.parametrize(
    "credentials", ["Bearer", "Bearer \xff", "Bearer a.b.c", "Basic YTpi", "Bearer " + "x" * 7000, "\xfc", "Bearer a, Bearer b"]
)
def test_credentials_that_are_none(server: Server, credentials: str) -> None:
    answer = server.ask("GET /api/v1/habits/", f"Authorization: {credentials}")
    assert (answer.status, answer.is_problem) == (401, True)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_credentials_twice(server: Server, bearer: str) -> None:
    assert server.ask("GET /api/v1/habits/", bearer, bearer).status == 401


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "CONNECT", "PROPFIND", "FOO"])
def test_methods_that_there_are_not(server: Server, bearer: str, method: str) -> None:
    answer = server.ask(f"{method} /api/v1/habits/", bearer)
    assert_problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("trick", ["?_method=DELETE", "?method=DELETE", "?x-http-method-override=DELETE"])
def test_a_method_in_the_query(server: Server, bearer: str, trick: str) -> None:
    assert_problem(server.ask(f"GET /api/v1/habits/{trick}", bearer), 400, "unknown_parameter")
    assert_problem(server.ask(f"POST /api/v1/habits/{trick}", JSON, bearer, body=HABIT), 400, "unknown_parameter")


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/api/v1/habits/", 401), ("/healthz/", 200), ("/docs/errors", 200)]
)
def test_head_is_get_without_the_body(server: Server, path: str, status: int) -> None:
    head, get = server.ask(f"HEAD {path}"), server.ask(f"GET {path}")
    assert (head.status, get.status, head.body) == (status, status, b"")
    changing = {"date", "x-request-id", "content-length", "transfer-encoding"}
    assert {**head.headers, **dict.fromkeys(changing)} == {**get.headers, **dict.fromkeys(changing)}


def test_options_tells_the_methods(server: Server) -> None:
    answer = server.ask("OPTIONS /api/v1/habits/")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["allow"] == "GET, POST, HEAD, OPTIONS"


def test_what_is_to_be_read_alone(server: Server) -> None:
    for path in ("/healthz/", "/readyz/", "/docs/errors"):
        answer = server.ask(f"POST {path}")
        assert_problem(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD"


def test_plain_requests_are_led_to_tls(server: Server) -> None:
    answer = server.send(b"GET /api/v1/habits/ HTTP/1.1\r\nHost: habits.example\r\nConnection: close\r\n\r\n")
    assert (answer.status, answer.headers["location"]) == (301, "https://habits.example/api/v1/habits/")


# What the web server answers itself, before the service is asked: short pages, and no more.

HOST = b"Host: habits.example\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 400),
        (b"G\xffT / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Bad Name: 1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X: 1\r\n" * 200 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Type: text/plain\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: nonsense\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Expect: nonsense\r\n\r\n", 417),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_no_request(server: Server, request_bytes: bytes, status: int) -> None:
    answer = server.send(request_bytes)
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "text/html"
    assert b"Traceback" not in answer.body
    assert len(answer.body) < 10_000


# A database that is away.


@pytest.fixture(scope="module", params=["refused", "missing", "garbage"])
def without_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server whose database refuses connections, or is a file that cannot be opened, or one of something else."""
    folder: Path = tmp_path_factory.mktemp("away")
    (folder / "garbage").write_bytes(b"no database" * 1000)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        port = closed.getsockname()[1]
        urls = {
            "refused": f"postgres://habits:pass-word@127.0.0.1:{port}/habits",
            "missing": f"sqlite:///{folder}/missing/db.sqlite3",
            "garbage": f"sqlite:///{folder}/garbage",
        }
        with serving(folder, urls[request.param]) as running:
            yield running


def test_without_a_database_everything_that_needs_one_is_unavailable(without_database: Server, bearer: str) -> None:
    server, before = without_database, {"username": "ben", "email": "ben@example.org", "password": PASSWORD}
    for answer in (
        server.ask("GET /api/v1/habits/", bearer),
        server.ask("GET /api/v1/users/me/", bearer),
        server.ask("GET /api/v1/agenda/", bearer),
        server.ask("GET /api/v1/insights/trends.svg", bearer),
        server.ask("DELETE /api/v1/habits/01a203b8-4b5f-7a1c-9f0e-5d1c3a7b2e64/", bearer),
        server.ask("GET /api/v1/habits/?unknown=1", bearer),
        server.post("habits/", {"name": "Read", "frequency": "daily"}, bearer),
        server.post("users/", before),
        server.post("auth/token/", {"username": "ada", "password": PASSWORD}),
    ):
        assert_problem(answer, 503, "unavailable")
    ready = server.ask("GET /readyz/")
    assert (ready.status, ready.headers["retry-after"]) == (503, "5")


def test_without_a_database_the_rest_is_answered(without_database: Server) -> None:
    server = without_database
    assert server.ask("GET /healthz/").status == 200
    assert server.ask("GET /docs/errors").status == 200
    assert_problem(server.ask("GET /nowhere"), 404, "not_found")
    assert_problem(server.ask("GET /api/v1/habits/"), 401, "not_authenticated")
    assert "pass-word" not in server.log.read_text()


@pytest.mark.usefixtures("locked")
def test_while_somebody_else_writes_reads_go_on_and_writes_are_put_off(server: Server, bearer: str) -> None:
    assert server.ask("GET /api/v1/habits/", bearer).status == 200
    assert_problem(server.post("habits/", {"name": "Read", "frequency": "daily"}, bearer), 503, "unavailable")


@pytest.mark.postgres
def test_a_postgresql_that_stops_and_comes_back(tmp_path: Path) -> None:
    from tests.plugins.postgres import start_server  # starts one for all tests when it is imported

    postgres = start_server()
    try:
        url = f"postgres://postgres@/postgres?host={quote(str(postgres.pgdata))}"
        migrate(url)
        with serving(tmp_path, url) as server:
            bearer = register(server)
            assert server.ask("GET /api/v1/habits/", bearer).status == 200
            postgres.stop()
            for _ in range(6):  # each thread of the server has a connection that has to be found dead
                assert_problem(server.ask("GET /api/v1/habits/", bearer), 503, "unavailable")
                assert_problem(server.post("habits/", {"name": "Read", "frequency": "daily"}, bearer), 503, "unavailable")
            postgres.start()
            assert server.post("habits/", {"name": "Read", "frequency": "daily"}, bearer).status == 201
            assert len(server.ask("GET /api/v1/habits/", bearer).json()["results"]) == 1
    finally:
        postgres.cleanup()


# The log.


def test_every_line_is_json_and_none_holds_a_secret(server: Server, bearer: str) -> None:
    answer = server.ask("GET /api/v1/habits/?search=diary", bearer, "X-Request-ID: given-by-the-proxy")
    assert answer.headers["x-request-id"] == "given-by-the-proxy"
    _, *lines = server.log.read_text().split('{"event":"Starting gunicorn', 1)[1].splitlines()
    entries = [json.loads(line) for line in lines]
    (line,) = [entry for entry in entries if entry.get("request_id") == "given-by-the-proxy"]
    assert (line["event"], line["route"], line["status"]) == ("request", "api/v1/habits/", 200)
    assert line["actor"]
    assert "login_succeeded" in {entry["event"] for entry in entries}
    for secret in ("diary", "horse", "ada@", bearer.rpartition(" ")[2]):
        assert secret not in server.log.read_text()
