"""The service as `make run` sets it up and serves it, in processes of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """Make a database of the kind that the tests run on; yield its URL."""
    given = os.environ["DATABASE_URL"]
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder}/service.sqlite3"
        return
    name = f"service_{os.getpid()}"
    server = psycopg2.connect(given)
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield given.replace("@/postgres?", f"@/{name}?")
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def served_with_demo_data(database_url: str, folder: Path) -> Iterator[str]:
    """Set the service up and serve it, by what `make run` calls; yield its host and port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {"DATABASE_URL": database_url, "HOST": "127.0.0.1", "PORT": str(port)}
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--noinput", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    subprocess.run([*manage, "load_demo", "--if-empty"], cwd=ROOT, env=environment, check=True)
    log = folder / "serve.log"
    with log.open("w") as output:
        service = subprocess.Popen([sys.executable, "scripts/serve.py"], cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz/", service, log)
            yield f"127.0.0.1:{port}"
        finally:
            service.terminate()
            service.wait()


def wait_until_ready(url: str, service: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The service did not start:\n{log.read_text()}")
