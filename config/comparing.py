"""The base of commands that compare what is derived with what it is derived from."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError


class ComparingCommand(BaseCommand):
    """Tells every difference and repairs it; with `--check` it changes nothing, and exits with 1 if anything differs."""

    # What is said where a check finds something.
    fault: ClassVar[str]

    def compare(self, *, repair: bool) -> Iterator[str]:
        """Yield a line for each difference, repaired if asked."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if anything differs")

    def handle(self, *_: Any, **options: Any) -> None:
        """Compare everything."""
        count = 0
        for count, difference in enumerate(self.compare(repair=not options["check"]), start=1):  # noqa: B007 - told below
            self.stdout.write(difference)
        self.stdout.write(f"{count} differences" + ("." if options["check"] else ", now repaired."))
        if count and options["check"]:
            raise CommandError(self.fault, returncode=1)
