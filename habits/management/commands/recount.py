"""Rebuild or check what is derived from the logs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from habits.services.recounting import recount_all


class Command(BaseCommand):
    """Rebuild what is derived; with `--check` only report."""

    help = "Recompute all that follows from the logs, report differences, and repair them unless --check is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if anything differs")

    def handle(self, *_: Any, **options: Any) -> None:
        """Recount all habits, and what apps above derive from their logs."""
        count = 0
        for count, difference in enumerate(recount_all(repair=not options["check"]), start=1):  # noqa: B007 - told below
            self.stdout.write(difference)
        self.stdout.write(f"{count} differences" + ("." if options["check"] else ", now repaired."))
        if count and options["check"]:
            raise CommandError("Stored figures differ from the logs.", returncode=1)
