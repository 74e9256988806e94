"""Rebuild or check the grants that follow from parts in challenges."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from challenges.services.grants import rebuild_all_grants


class Command(BaseCommand):
    """Rebuild the grants; with `--check` only report."""

    help = "Compare the grants on challenges with the parts in them, report differences, and repair them unless --check is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if anything differs")

    def handle(self, *_: Any, **options: Any) -> None:
        """Compare all challenges."""
        count = 0
        for count, difference in enumerate(rebuild_all_grants(repair=not options["check"]), start=1):  # noqa: B007 - told below
            self.stdout.write(difference)
        self.stdout.write(f"{count} differences" + ("." if options["check"] else ", now repaired."))
        if count and options["check"]:
            raise CommandError("Grants differ from the parts.", returncode=1)
