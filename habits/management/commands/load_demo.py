"""Storing demo data."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.errors import InvalidInput
from habits.management.demo.loading import DEMO_PASSWORD, list_demo_users, load_demo
from users.models import User


class Command(BaseCommand):
    """Store demo data, and say how to log in."""

    help = "Store three users with a year of habits behind them, and their groups; the figures are the same for the same day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is any user")
        parser.add_argument("--force", action="store_true", help="store users with a known password in production too")

    def handle(self, *_: Any, **options: Any) -> None:
        """Store the demo where it is wanted, and say how to log in."""
        if not (settings.IS_DEVELOPMENT or options["force"]):
            raise CommandError("The demo's password is known to everybody: not in production, unless with --force.")
        if not (options["if_empty"] and User.objects.exists()):
            self._load()
        if users := list_demo_users():
            names = ", ".join(user.username for user in users)
            self.stdout.write(f"Demo login     {names}; password {DEMO_PASSWORD}")

    def _load(self) -> None:
        try:
            load_demo()
        except InvalidInput as error:
            raise CommandError("The demo is there already: " + " ".join(fault.detail for fault in error.errors)) from error
