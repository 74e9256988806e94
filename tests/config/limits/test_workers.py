"""Limits under gunicorn with several workers: exactly so many requests pass."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import psycopg2
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
WORKERS = 4
CLIENTS = 8
LIMIT = 21
REQUESTS = 96
START_SECONDS = 60
LOGIN = "/api/v1/auth/token/"

Serve = Callable[..., int]


@pytest.fixture(scope="module")
def database_url(request, tmp_path_factory) -> Iterator[str]:
    """Return the address of a migrated database, of the kind that the tests run on."""
    given = os.environ["DATABASE_URL"]
    if not given.startswith("postgres"):
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated'), tmp_path_factory.mktemp('limits'))}"
        return
    name = f"limits_{os.getpid()}"
    server = psycopg2.connect(given)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        url = given.replace("@/postgres?", f"@/{name}?")
        migrate(url)
        yield url
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def migrate(url: str) -> None:
    env = os.environ | {"DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "0"], cwd=ROOT, env=env, check=True)


@pytest.fixture
def serve(database_url, tmp_path) -> Iterator[Serve]:
    """Return a function that starts the web server as in production, with other variables, and returns its port."""
    processes = []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def start(**variables: str) -> int:
        own = {"DATABASE_URL": database_url, "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--config", "config/gunicorn.py", "config.wsgi"]
        with (tmp_path / "output").open("wb") as output:
            env = os.environ | own | variables
            processes.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output))
        deadline = time.monotonic() + START_SECONDS
        while not is_ready(port):
            assert processes[-1].poll() is None, (tmp_path / "output").read_text()
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.1)
        return port

    yield start
    for process in processes:
        process.terminate()
        process.wait(START_SECONDS)


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def flood(port: int, send: Callable[[HTTPConnection, int], None]) -> Counter[int]:
    """Let the clients send the requests, each on a connection of its own; return how often each status came."""

    def ask(number: int) -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            send(connection, number)
            return connection.getresponse().status
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(ask, range(REQUESTS)))


def log_in(connection: HTTPConnection, number: int, *, username: str, forwarded: str = "") -> None:
    body = json.dumps({"username": username, "password": "wrong"})
    headers = {"Content-Type": "application/json", "X-Forwarded-For": f"203.0.113.{number}{forwarded}"}
    connection.request("POST", LOGIN, body, headers)


def test_exactly_so_many_logins_of_an_address(serve):
    port = serve(LIMIT_LOGIN_ADDRESS=f"{LIMIT}/1d")
    statuses = flood(port, lambda connection, number: log_in(connection, number, username=f"login {number}"))
    assert statuses == {401: LIMIT, 429: REQUESTS - LIMIT}


def test_behind_a_proxy_forged_addresses_are_none(serve):
    port = serve(LIMIT_LOGIN_ADDRESS=f"{LIMIT}/1d", TRUSTED_PROXY_HOPS="1")
    statuses = flood(
        port, lambda connection, number: log_in(connection, number, username=f"proxied {number}", forwarded=", 198.51.100.1")
    )
    assert statuses == {401: LIMIT, 429: REQUESTS - LIMIT}


def test_exactly_so_many_failures_of_an_account(serve):
    port = serve(LIMIT_LOGIN_ACCOUNT=f"{LIMIT}/1d", TRUSTED_PROXY_HOPS="1")
    statuses = flood(port, lambda connection, number: log_in(connection, number, username="ada"))
    assert statuses == {401: LIMIT, 429: REQUESTS - LIMIT}


def test_exactly_so_many_requests_by_the_cache_server(serve, cache_server):
    port = serve(LIMIT_ADDRESS=f"{LIMIT}/1d", REDIS_URL=cache_server)
    statuses = flood(port, lambda connection, _: connection.request("GET", "/api/v1/users/me/"))
    assert statuses == {401: REQUESTS}  # who may not ask is not counted
    statuses = flood(port, lambda connection, number: log_in(connection, number, username=f"shared {number}"))
    assert statuses == {401: LIMIT, 429: REQUESTS - LIMIT}
