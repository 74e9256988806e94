"""Measuring by turns: each round has a slot for every operation, so that what the machine does besides falls on all alike."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median, quantiles
from typing import NamedTuple

from benchmarks.client import send
from benchmarks.operations import Operation
from benchmarks.servers import WebServer, cpu_seconds
from benchmarks.statements import StatementCount, StatementLog

ALONE, CROWD = 1, 16
"""How many connections there are."""


class Effort(NamedTuple):
    """How long a slot is, by the number of connections, and how many rounds there are; none begins `seconds` after the first."""

    slots: Mapping[int, float]
    rounds: int
    seconds: float


FULL = Effort({ALONE: 0.7, CROWD: 0.35}, rounds=7, seconds=170)
QUICK = Effort({ALONE: 0.3, CROWD: 0.15}, rounds=3, seconds=20)


class Slot(NamedTuple):
    """What one slot has shown: CPU in milliseconds per request, of the web server, of PostgreSQL and of the ranking server."""

    requests_per_second: float
    app_ms: float
    database_ms: float
    latencies: Sequence[float]
    ranking_ms: float = 0.0

    @property
    def cpu_ms(self) -> float:
        """All CPU of a request."""
        return self.app_ms + self.database_ms + self.ranking_ms


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of an operation: its statements, and its slots by the number of connections in the order of the rounds."""

    count: StatementCount
    slots: dict[int, list[Slot]] = field(default_factory=lambda: {ALONE: [], CROWD: []})

    @property
    def costs(self) -> list[float]:
        """CPU per request in each round, with one connection."""
        return [slot.cpu_ms for slot in self.slots[ALONE]]

    def typical(self, name: str, connections: int = ALONE) -> float:
        """Return the median of a slot's figure over the rounds."""
        values: list[float] = [getattr(slot, name) for slot in self.slots[connections]]
        return median(values)

    def latency_ms(self, percent: int, connections: int) -> float:
        """Return a percentile of the times of all requests."""
        times = [1_000 * latency for slot in self.slots[connections] for latency in slot.latencies]
        return quantiles(times, n=100)[percent - 1]


class Bench:
    """The servers, and the calls of each operation in their endless order; `ranking_pid` is that of a ranking server."""

    def __init__(
        self,
        servers: Mapping[str, WebServer],
        database_pid: int,
        operations: Sequence[Operation],
        ranking_pid: int | None = None,
    ) -> None:
        self.servers, self.database_pid, self.operations, self.ranking_pid = servers, database_pid, operations, ranking_pid
        self.calls = {operation.name: cycle([call.encode() for call in operation.calls]) for operation in operations}

    def warm_up(self, requests: int) -> None:
        """Have every thread connect to the database and import what it needs."""
        for operation in self.operations:
            send(self._port(operation), islice(self.calls[operation.name], requests), connections=CROWD)

    def count_statements(self, log: StatementLog, requests: int) -> dict[str, StatementCount]:
        """Return what each operation sends to the database, on average over all its calls, of which there are some at least.

        They run twice: after calls that came at once, the first ones may find everything as they would have it.
        """
        counts = {}
        for operation in self.operations:
            turns = -(-requests // len(operation.calls)) * len(operation.calls)
            for _ in range(2):
                send(self._port(operation), islice(self.calls[operation.name], turns))
                counts[operation.name] = log.count(turns)
        return counts

    def measure(self, effort: Effort, figures: Mapping[str, Figures], between: Callable[[], None]) -> None:
        """Add the slots of as many rounds as there is time for; `between` runs before each round."""
        begun = time.monotonic()
        for _ in range(effort.rounds):
            if time.monotonic() - begun > effort.seconds:
                break
            between()
            for connections, seconds in effort.slots.items():
                for operation in self.operations:
                    figures[operation.name].slots[connections].append(self._slot(operation, connections, seconds))

    def _slot(self, operation: Operation, connections: int, seconds: float) -> Slot:
        pids = (self.servers[operation.application].process.pid, self.database_pid, self.ranking_pid)
        before = [cpu_seconds(pid) for pid in pids]
        load = send(self._port(operation), self.calls[operation.name], connections=connections, seconds=seconds)
        requests = len(load.latencies)
        app, database, ranking = (1_000 * (cpu_seconds(pid) - start) / requests for pid, start in zip(pids, before, strict=True))
        return Slot(requests / load.seconds, app, database, load.latencies, ranking)

    def _port(self, operation: Operation) -> int:
        return self.servers[operation.application].port
