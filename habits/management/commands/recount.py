"""Rebuild or check what is derived from the logs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from habits.services.stats import recount


class Command(BaseCommand):
    """Rebuild what is derived; with `--check` only report."""

    help = "Recompute plans and statistics from the logs, report differences, and repair them unless --check is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if anything differs")

    def handle(self, *_: Any, **options: Any) -> None:
        """Recount all habits."""
        count = 0
        for difference in recount(repair=not options["check"]):
            count += 1
            self.stdout.write(f"{difference.habit.pk}: {', '.join(difference.fields)}")
        self.stdout.write(f"{count} habits differed" + ("." if options["check"] else ", now repaired."))
        if count and options["check"]:
            raise CommandError("Stored figures differ from the logs.", returncode=1)
