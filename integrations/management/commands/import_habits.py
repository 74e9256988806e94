"""Take the habits of another tracker over."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.domain.formats import AUTO, FORMATS
from integrations.domain.imported import UnreadableFile
from integrations.domain.reports import Report, Row
from integrations.services.imports import import_file
from users.models import User


class Command(BaseCommand):
    """Import a file without the job worker."""

    help = "Take the habits of another tracker's backup or export over, and report all that was not taken and why."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, help="the backup or export as the other tracker wrote it")
        parser.add_argument("--user", required=True, help="username or email address of the user who gets the habits")
        parser.add_argument("--format", choices=[AUTO, *FORMATS], default=AUTO, help="default: found by what the file holds")
        parser.add_argument("--dry-run", action="store_true", help="report what would be done, and store nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        """Import the file, or say why it cannot be."""
        try:
            owner = User.objects.get_by_natural_key(options["user"])
            content = options["file"].read_bytes()
            report = import_file(owner=owner, content=content, format_name=options["format"], dry_run=options["dry_run"])
        except User.DoesNotExist as error:
            raise CommandError(f"There is no user {options['user']!r}.") from error
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from error
        except UnreadableFile as error:
            raise CommandError(error.detail) from error
        self._print(report, is_dry_run=options["dry_run"])

    def _print(self, report: Report, *, is_dry_run: bool) -> None:
        self.stdout.write(f"Format: {report['format']}" + (" (dry run: nothing was stored)" if is_dry_run else ""))
        for name, counts in (("Habits", report["habits"]), ("Logs", report["logs"])):
            self.stdout.write(f"{name}: " + ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items()))
        self.stdout.write(f"Passed over: {report['derived']} derived and {report['empty']} empty entries")
        self._print_rows("Adjusted", report["adjusted_count"], report["adjusted"])
        self._print_rows("Rejected", report["rejected_count"], report["rejected"])

    def _print_rows(self, title: str, count: int, rows: list[Row]) -> None:
        self.stdout.write(f"{title}: {count}")
        for row in rows:
            self.stdout.write(f"  {row['where']}: {row['reason']}" + (f" ({row['detail']})" if row["detail"] else ""))
        if count > len(rows):
            self.stdout.write(f"  and {count - len(rows)} more")
