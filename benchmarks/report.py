"""The figures as Markdown."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from benchmarks.operations import Operation
from benchmarks.rounds import ALONE, CROWD, Figures
from benchmarks.verdicts import Outcome, Verdict

VERDICT_COLUMNS = ("ratio", "measured", "target", "aim", "verdict")
OPERATION_COLUMNS = (
    "operation",
    "CPU app + db",
    "SQL",
    *("requests/s at 1", "p50", "p99"),
    *("requests/s at 16", "p50", "p99", "p99 / p50"),
)
NOTES = """
Ratios are of CPU per request, both sides from the same round; in brackets their quartiles. The verdict is on the target of the
present stage of the project, the aim is that of its end.
""".strip()
LEGEND = """
CPU in milliseconds per request with one connection, of gunicorn's processes + all of PostgreSQL's; latencies in milliseconds.
SQL: statements that read or write, and in brackets all round trips, with those that begin, commit and check the connection.
""".strip()
RANKING_LEGEND = "Where there is a third figure for CPU, it is Valkey's."


class Results(NamedTuple):
    """What was measured together, and the verdicts."""

    operations: Sequence[Operation]
    figures: Mapping[str, Figures]
    verdicts: Sequence[Verdict]

    @property
    def rounds(self) -> int:
        """How many rounds there were."""
        return len(self.figures[self.operations[0].name].costs)

    @property
    def is_met(self) -> bool:
        """Whether no target is missed."""
        return all(verdict.outcome is not Outcome.MISSED for verdict in self.verdicts)


def write_report(results: Results) -> str:
    """Return the document: ratios first, then what they are made of."""
    parts = (
        "# Results of the last run",
        f"{_machine()}; {results.rounds} interleaved rounds, medians. [What is measured, and how](README.md).",
        "## Ratios",
        NOTES,
        _ratios(results),
        "## Operations",
        LEGEND,
        _operations(results),
    )
    return "\n\n".join(parts) + "\n"


def write_report_of_boards(engines: Mapping[str, Results], preparations: Sequence[str]) -> str:
    """Return the document on boards: the same for each engine, and what it took to fill them."""
    rounds = " and ".join(str(results.rounds) for results in engines.values())
    parts = [
        "# Results of the last run with boards",
        f"{_machine()}; {rounds} interleaved rounds, medians. [What is measured, and how](README.md#boards).",
        "\n".join(f"- {line}" for line in preparations),
        NOTES,
        f"{LEGEND}\n{RANKING_LEGEND}",
    ]
    for engine, results in engines.items():
        parts += [f"## {engine}", _ratios(results), _operations(results)]
    return "\n\n".join(parts) + "\n"


def _ratios(results: Results) -> str:
    return table(VERDICT_COLUMNS, map(_verdict_row, results.verdicts))


def _operations(results: Results) -> str:
    rows = (_operation_row(operation, results.figures[operation.name]) for operation in results.operations)
    return table(OPERATION_COLUMNS, rows)


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return f"Python {platform.python_version()}, PostgreSQL {version}, {os.cpu_count()} cores"


def _verdict_row(verdict: Verdict) -> tuple[str, ...]:
    target = verdict.target
    measured = f"{verdict.ratio:.2f} ({verdict.low:.2f} – {verdict.high:.2f})"
    return target.title, measured, _limit(target.now), _limit(target.aim), verdict.outcome


def _limit(ratio: float | None) -> str:
    return "" if ratio is None else f"≤ {ratio:g}"


def _operation_row(operation: Operation, figures: Figures) -> tuple[str, ...]:
    names = ("app_ms", "database_ms", "ranking_ms")[: 3 if figures.typical("ranking_ms") else 2]
    cpu = " + ".join(f"{figures.typical(name):.2f}" for name in names)
    spread = figures.latency_ms(99, CROWD) / figures.latency_ms(50, CROWD)
    sql = f"{round(figures.count.statements, 2):g} ({round(figures.count.trips, 2):g})"
    return operation.title, cpu, sql, *_load(figures, ALONE), *_load(figures, CROWD), f"{spread:.1f}"


def _load(figures: Figures, connections: int) -> tuple[str, ...]:
    speed = f"{figures.typical('requests_per_second', connections):.0f}"
    return speed, *(f"{figures.latency_ms(percent, connections):.1f}" for percent in (50, 99))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, whose first column is text and whose others are figures."""
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
