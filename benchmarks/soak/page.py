"""The third proof: the page of everybody, which is worked out once for all, against the habit list of a user."""

import re
import shutil
import subprocess
from itertools import repeat
from statistics import median
from typing import Final, NamedTuple

from django.utils.timezone import now

from benchmarks.client import Call, send
from benchmarks.operations import API
from benchmarks.servers import HOST, Application, WebServer, cpu_seconds, web_servers
from benchmarks.world import YEAR, add_logs, analyse, build_person
from habits.services.recounting import recount_all
from leaderboards.domain.boards import Kind, endless
from leaderboards.jobs import fold_shifts
from tests.leaderboards.places import people, put

RANKED: Final = 1_000
ROUNDS: Final = 6
SLOT_SECONDS: Final = 5
CONNECTIONS: Final = 16
LEAST: Final = 3.0
ANSWERED: Final = re.compile(r"(\d+) requests in ([0-9.]+)s")
TROUBLE: Final = re.compile(r"Non-2xx.*|Socket errors.*")
PAGE, LIST = "page of everybody", "habit list"


class Slot(NamedTuple):
    """Requests per second in some seconds, and CPU in milliseconds per request, of gunicorn and PostgreSQL."""

    speed: float
    cpu_ms: float


class Outcome(NamedTuple):
    """The slots of both, by turns, and with what requests were sent."""

    tool: str
    slots: dict[str, list[Slot]]

    @property
    def ratios(self) -> list[float]:
        """How many times as fast the page is, by rounds."""
        return [page.speed / listed.speed for page, listed in zip(self.slots[PAGE], self.slots[LIST], strict=True)]

    @property
    def is_right(self) -> bool:
        """Whether it is fast enough."""
        return median(self.ratios) >= LEAST


def run(database_pid: int) -> Outcome:
    """Measure both by turns, with wrk where there is one."""
    person = build_person("year", habits=20, days=YEAR)
    add_logs()
    for _ in recount_all(repair=True):
        pass
    for number, user in enumerate(people(RANKED)):
        put(user, 1 + number // 2, now(), endless(Kind.COMPLETIONS))
    fold_shifts()
    analyse()
    calls = {
        PAGE: Call("GET", f"{API}leaderboards/completions/"),
        LIST: Call("GET", f"{API}habits/", person.token),
    }
    wrk = shutil.which("wrk")
    slots: dict[str, list[Slot]] = {name: [] for name in calls}
    with web_servers({"service": Application("config.wsgi:application")}) as servers:
        server = servers["service"]
        for call in calls.values():
            _send(None, server, call, 1)
        for number in range(ROUNDS):
            for name in list(calls)[:: 1 if number % 2 else -1]:
                slots[name].append(_measure(wrk, server, database_pid, calls[name]))
    return Outcome("wrk" if wrk else "the client of the benchmarks (wrk is not installed)", slots)


def _measure(wrk: str | None, server: WebServer, database_pid: int, call: Call) -> Slot:
    roots = (server.process.pid, database_pid)
    before = sum(map(cpu_seconds, roots))
    count, seconds = _send(wrk, server, call, SLOT_SECONDS)
    return Slot(count / seconds, 1_000 * (sum(map(cpu_seconds, roots)) - before) / count)


def _send(wrk: str | None, server: WebServer, call: Call, seconds: int) -> tuple[int, float]:
    """Return how many requests were answered in how many seconds; RuntimeError where some are refused."""
    if wrk is None:
        load = send(server.port, repeat(call.encode()), connections=CONNECTIONS, seconds=seconds)
        return len(load.latencies), load.seconds
    headers = {"X-Forwarded-Proto": "https", "Accept": "application/json"}
    if call.token:
        headers["Authorization"] = f"Bearer {call.token}"
    options = [f"--header={name}: {value}" for name, value in headers.items()]
    command = [wrk, "--threads=1", f"--connections={CONNECTIONS}", f"--duration={seconds}s", *options]
    output = subprocess.run(
        [*command, f"http://{HOST}:{server.port}{call.path}"], check=True, capture_output=True, text=True
    ).stdout
    found = ANSWERED.search(output)
    if found is None or TROUBLE.search(output):
        raise RuntimeError(output)
    return int(found[1]), float(found[2])
