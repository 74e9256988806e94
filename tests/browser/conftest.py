"""A real server of the project, and Debian's Chromium that looks at it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.tools import report_missing

ROOT = Path(__file__).resolve().parents[2]
SERVER = ("-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi")
START_SECONDS = 30
PATIENCE = 20_000  # milliseconds: a browser on a busy machine takes its time
FLAGS = (
    "--no-sandbox",  # a container's root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz/", timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def server_environment(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of the server."""
    database = shutil.copy(migrated, tmp_path_factory.mktemp("database"))
    own = {"DATABASE_URL": f"sqlite:///{database}", "HOST": "127.0.0.1", "PORT": str(free_port()), "WEB_CONCURRENCY": "1"}
    return {**os.environ, **own}


@pytest.fixture(scope="session")
def server(server_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a running server with an empty database."""
    folder, env, port = tmp_path_factory.mktemp("server"), server_environment, server_environment["PORT"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *SERVER], cwd=ROOT, env=env, stdout=log, stderr=log)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    try:
        while not is_ready(url):
            assert process.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, (folder / "server.log").read_text()
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(40)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium; its event loop, in which Django refuses to query, ends with the module."""
    expect.set_options(timeout=PATIENCE)
    path = shutil.which("chromium") or report_missing("Chromium is missing: `make chromium` installs it.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """Return an empty page, which must ask the server alone and have nothing to complain about."""
    complaints: list[str] = []
    with browser.new_context(base_url=server, viewport={"width": 1280, "height": 1000}) as context:
        opened = context.new_page()

        def note_request(request: Request) -> None:
            address = urlsplit(request.url)
            if address.scheme not in {"data", "blob"} and f"{address.scheme}://{address.netloc}" != server:
                complaints.append(f"asked {request.url}")

        def note_message(message: ConsoleMessage) -> None:
            # The browser notes every refusal; what becomes of one of the API is the page's own affair.
            if message.type in {"error", "warning"} and f"{server}/api/v1/" not in message.location["url"]:
                complaints.append(f"{message.type}: {message.text} {message.location}")

        opened.on("request", note_request)
        opened.on("requestfailed", lambda request: complaints.append(f"failed: {request.url} {request.failure}"))
        opened.on("console", note_message)
        opened.on("pageerror", lambda error: complaints.append(f"raised: {error}"))
        yield opened
    assert complaints == []


def send(server: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
    """Post to the API, as an app does; without a body, read."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{server}/api/v1/{path}", data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
