"""Build the ranking server's copy of the boards anew."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis import RedisError

from leaderboards.services.rebuilding import rebuild


class Command(BaseCommand):
    """Build the copy while the service runs; readers change over to it once it is whole."""

    help = "Build the ranking server's copy of the boards of everybody anew, from the database."

    def handle(self, *_: Any, **__: Any) -> None:
        """Build it."""
        if not settings.RANKING_URL:
            raise CommandError("RANKING_URL names no server: there is no copy.")
        try:
            count = rebuild()
        except RedisError as error:
            raise CommandError(f"The copy is not whole: {error}") from error
        self.stdout.write(f"{count} places.")
