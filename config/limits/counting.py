"""Charges on limits, in the store that there is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.conf import settings
from redis import RedisError

from config.cache_server import Outage
from config.limits.stores import Charge, DatabaseStore, SharedStore, Standing, Store

DATABASE: Final = DatabaseStore()
SHARED: Final = SharedStore()
OUTAGE: Final = Outage("The cache server is away: limits on credentials are counted in the database, others not.")


class Receipt:
    """What was counted for a request, or why nothing was."""

    def __init__(self, store: Store, standings: Sequence[Standing]) -> None:
        self._store = store
        self.standings = list(standings)

    @property
    def refused(self) -> list[Standing]:
        """The charges for which there was no room; if there are any, nothing was counted."""
        return [standing for standing in self.standings if standing.is_refused]

    def give_back(self) -> None:
        """Count the charges no longer that count failures alone: it was none."""
        returned = [standing for standing in self.standings if standing.charge.counts_failures]
        if not returned or self.refused:
            return
        self.standings = [
            replace(standing, count=standing.count - 1) if standing in returned else standing for standing in self.standings
        ]
        try:
            self._store.give_back(returned)
        except RedisError as error:
            OUTAGE.report(error)


def take(charges: Sequence[Charge]) -> Receipt:
    """Count all charges, or none if any has no room.

    Without a cache server, or while it is away, the vital ones are counted in the database and the others pass.
    """
    if charges and settings.REDIS_URL and OUTAGE.is_over:
        try:
            return Receipt(SHARED, SHARED.take(charges))
        except RedisError as error:
            OUTAGE.report(error)
    vital = [charge for charge in charges if charge.is_vital]
    return Receipt(DATABASE, DATABASE.take(vital) if vital else [])
