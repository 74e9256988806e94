"""`python -m benchmarks`: measure, show the report, and exit with 1 if a target is missed by more than the noise."""

import argparse
import os
import signal
import sys
from pathlib import Path

import django

from benchmarks.servers import postgres, production_environment

RESULTS = Path(__file__).with_name("results.md")


def main() -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure requests against their limits.")
    parser.add_argument("--quick", action="store_true", help="less than a minute; coarse, and not kept in results.md")
    is_quick = parser.parse_args().quick
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended
    with postgres() as server:
        os.environ.update(production_environment(server.pgdata))
        django.setup()
        from benchmarks import rounds, session  # noqa: PLC0415 - they need the settings

        report, is_met = session.run(server, rounds.QUICK if is_quick else rounds.FULL)
    print(report)
    if not is_quick:
        RESULTS.write_text(report)
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
