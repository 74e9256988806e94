"""The real web server with the settings of production, and raw bytes that are sent to it."""

import json
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30
PASSWORD = "correct horse battery"
KEYS = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SIGNING_KEY")}
PRODUCTION = {
    **KEYS,
    "ENVIRONMENT": "production",
    "DEBUG": "false",
    "ALLOWED_HOSTS": "habits.example",
    "CORS_ALLOWED_ORIGINS": "https://app.example",
    "TRUSTED_PROXY_HOPS": "1",
    "HOST": "127.0.0.1",
    "WEB_CONCURRENCY": "1",
    "LOG_LEVEL": "INFO",
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_problem(self) -> bool:
        return self.headers.get("content-type") == "application/problem+json"

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A running server; its log is what it has written so far."""

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log

    def send(self, request: bytes, *, is_cut: bool = False) -> Answer:
        """Send the bytes, and nothing after them where they are cut; return what is answered until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(request)
            if is_cut:
                connection.shutdown(socket.SHUT_WR)
            head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        return Answer(int(first.split()[1]), {name.lower(): value for name, _, value in pairs}, body)

    def ask(self, line: str, *headers: str, body: bytes = b"", host: str = "habits.example", is_cut: bool = False) -> Answer:
        """Send a request as the proxy in front does; the length of the body goes with it unless the headers say otherwise."""
        sent = [f"{line} HTTP/1.1", f"Host: {host}", "X-Forwarded-Proto: https", "Connection: close", *headers]
        if body and not any(header.lower().startswith(("content-length", "transfer-encoding")) for header in headers):
            sent.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join([*sent, "", ""]).encode("latin-1") + body, is_cut=is_cut)

    def post(self, path: str, value: Any, *headers: str) -> Answer:
        """Send JSON."""
        return self.ask(f"POST /api/v1/{path}", "Content-Type: application/json", *headers, body=json.dumps(value).encode())


@contextmanager
def serving(folder: Path, database: str) -> Iterator[Server]:
    """Run the server on this database, as it is."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    env = {"PATH": os.environ["PATH"], **PRODUCTION, "DATABASE_URL": database, "PORT": str(port)}
    log = folder / "server.log"
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    server, deadline = Server(port, log), time.monotonic() + START_SECONDS
    try:
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            try:
                assert server.ask("GET /healthz/").status == 200
                break
            except ConnectionError:
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(40)


def migrate(database: str) -> None:
    """Make the tables."""
    env = {"PATH": os.environ["PATH"], **PRODUCTION, "DATABASE_URL": database}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=env, check=True)


def register(server: Server) -> str:
    """Register a user and return the header that proves it."""
    assert server.post("users/", {"username": "ada", "email": "ada@example.org", "password": PASSWORD}).status == 201
    token = server.post("auth/token/", {"username": "ada", "password": PASSWORD}).json()["access"]
    return f"Authorization: Bearer {token}"


@pytest.fixture(scope="session")
def database(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated database."""
    return Path(shutil.copy(migrated, tmp_path_factory.mktemp("database")))


@pytest.fixture(scope="session")
def server(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server that waits one second for a lock."""
    with serving(tmp_path_factory.mktemp("server"), f"sqlite:///{database}?timeout=1") as running:
        yield running


@pytest.fixture(scope="session")
def bearer(server: Server) -> str:
    """Return the header of a registered user."""
    return register(server)


@pytest.fixture
def locked(database: Path) -> Iterator[None]:
    """Hold the one lock for writing."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()
