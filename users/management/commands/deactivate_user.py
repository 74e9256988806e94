"""`manage.py deactivate_user NAME`: end all access of an account at once, or have it served again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from users.models import User
from users.services.accounts import set_active


class Command(BaseCommand):
    """Deactivates an account: nothing is deleted, nobody gets in."""

    help = "Deactivates an account, which ends all its sessions and personal tokens at once; with --undo it may log in again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name."""
        parser.add_argument("name", help="the username or the email address")
        parser.add_argument("--undo", action="store_true", help="have the account served again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        try:
            user = User.objects.get_by_natural_key(options["name"])
        except User.DoesNotExist:
            raise CommandError("There is no such account.") from None
        set_active(user, is_active=options["undo"])
