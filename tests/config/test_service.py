import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from html import unescape
from inspect import getdoc
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.urls import reverse
from django.utils.timezone import now
from django_q.models import OrmQ
from drf_spectacular.generators import SchemaGenerator

from config import jobs, service
from config.errors import NotFound
from config.rest.problems import all_kinds, problem_of

ROOT = Path(__file__).resolve().parents[2]
STARTED_WELL_SECONDS = 10  # as in scripts/serve.py


class TestHealth:
    def test_the_process_answers_without_a_database(self, client):
        answer = client.get("/healthz/")  # this test may touch no database
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("address", ["/healthz/", "/readyz/"])
    def test_nothing_can_be_written(self, client, address):
        assert client.post(address).status_code == 405


class TestReadiness:
    @pytest.mark.django_db
    def test_ready_with_database_and_queue(self, client, django_assert_num_queries):
        with django_assert_num_queries(1):
            answer = client.get("/readyz/")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "queue": "ok"})

    @pytest.mark.django_db
    def test_a_queue_without_workers_is_reported_and_stays_in_service(self, client):
        jobs.enqueue("config.jobs.forget_failures")
        OrmQ.objects.update(lock=now() - timedelta(minutes=6))
        answer = client.get("/readyz/")
        assert (answer.status_code, answer.json()["queue"]) == (200, "delayed")

    @pytest.mark.django_db
    def test_without_the_database_it_is_not_ready(self, client, monkeypatch):
        def away():
            raise OperationalError("the database is away")

        monkeypatch.setattr(service, "get_oldest_wait", away)
        monkeypatch.setattr(service.connection, "close", lambda: None)
        answer = client.get("/readyz/")
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
        assert answer["Retry-After"] == "5"


class TestDocumentation:
    @pytest.mark.parametrize("page", ["docs", "redoc", "error-codes"])
    def test_all_assets_are_our_own_and_served(self, client, page):
        answer = client.get(reverse(page))
        addresses = re.findall(r'(?:src|href|spec-url)="([^"#]+)"', answer.content.decode())
        assert len(addresses) >= 2
        for address in addresses:
            assert address.startswith("/"), address
            served = client.get(address)
            assert served.status_code == 200, address
            assert served.getvalue(), address  # reading to the end closes the file

    @pytest.mark.parametrize("page", ["docs", "redoc"])
    def test_the_browser_is_told_to_load_nothing_from_elsewhere(self, client, page):
        policy = client.get(reverse(page))["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy

    def test_every_code_has_its_place_on_the_page_of_errors(self, client):
        answer = client.get(problem_of(NotFound())["type"])  # the fragment stays with the browser
        page = answer.content.decode()
        for kind in all_kinds():
            entry = re.search(rf'<div id="{kind.code}">(.*?)</div>', page, re.DOTALL)[1]
            assert str(kind.status) in entry
            assert unescape(re.sub(r"</?code>", "`", entry)).count(getdoc(kind)) == 1
        assert "<script" not in page
        assert "script-src" not in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "public, max-age=600"

    @pytest.mark.slow
    def test_the_schema_is_openapi_3_1(self, client):
        answer = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"})
        assert answer.json()["openapi"] == "3.1.0"

    def test_the_schema_is_sent_once(self, client):
        tag = client.get("/api/schema/")["ETag"]
        for known in (tag, f'"other", W/{tag}'):
            again = client.get("/api/schema/", headers={"if-none-match": known})
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
            assert "max-age=600" in again["Cache-Control"]
        assert client.get("/api/schema/", headers={"if-none-match": '"other"'}).status_code == 200

    @pytest.mark.slow
    def test_the_schema_is_made_once_as_yaml_and_once_as_json(self, client, monkeypatch):
        made = []
        generate = SchemaGenerator.get_schema
        monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *a, **k: made.append(1) or generate(*a, **k))
        cache.clear()
        for accept in ("*/*", "text/html", "application/json", "application/json;q=0.5", *(f"*/*;q=0.{n}" for n in range(9))):
            answer = client.get("/api/schema/", headers={"accept": accept})
            assert answer.status_code == 200
            assert answer["Content-Type"].startswith(f"application/vnd.oai.openapi{'+json' * ('json' in accept)}")
        assert len(made) == 2

    def test_the_query_reaches_no_header(self, client):
        answer = client.get("/api/schema/?version=a%0D%0AX-Evil:%201&lang=de")
        assert answer.status_code == 200
        assert "evil" not in answer["Content-Disposition"].lower()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def status_of(url: str) -> int | None:
    """Return the status of a GET, None where nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def wait_until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def members_of(session_leaders: list[int]) -> list[int]:
    """Return the living processes in the process groups of these processes."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
            except (OSError, ValueError):
                continue
            if int(group) in session_leaders and state != "Z":
                found.append(int(entry.name))
    return found


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def age_of(pid: int) -> float:
    """Return for how many seconds a process has lived."""
    started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return float(Path("/proc/uptime").read_text().split()[0]) - started


@pytest.mark.slow
class TestServe:
    @pytest.fixture
    def served(self, migrated, tmp_path):
        """Return the process of scripts/serve.py and its address, on a database of its own."""
        port = free_port()
        shutil.copy(migrated, tmp_path / "db.sqlite3")
        env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "PORT": str(port), "HOST": "127.0.0.1"}
        process = subprocess.Popen([sys.executable, "scripts/serve.py"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
        try:
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(40)

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_both_processes_end_with_it(self, served, number):
        process, url = served
        wait_until(lambda: status_of(f"{url}/readyz/") == 200)
        groups = children_of(process.pid)
        assert len(groups) == 2
        process.send_signal(number)
        assert process.wait(40) == 0
        assert members_of(groups) == []

    def test_a_dead_worker_is_replaced_and_leaves_no_orphan(self, served):
        process, url = served
        wait_until(lambda: status_of(f"{url}/readyz/") == 200)
        _, worker = children_of(process.pid)
        wait_until(lambda: age_of(worker) > STARTED_WELL_SECONDS)  # what dies sooner is set up wrongly, and ends both
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: len(children_of(process.pid)) == 2 and worker not in children_of(process.pid))
        wait_until(lambda: members_of([worker]) == [])
        assert status_of(f"{url}/healthz/") == 200

    def test_a_server_that_cannot_start_ends_both(self, served, tmp_path):
        _, url = served
        wait_until(lambda: status_of(f"{url}/healthz/") == 200)
        port = url.rpartition(":")[2]
        env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "PORT": port, "HOST": "127.0.0.1"}
        second = subprocess.run(
            [sys.executable, "scripts/serve.py"], cwd=ROOT, env=env, capture_output=True, timeout=60, check=False
        )
        assert second.returncode != 0
