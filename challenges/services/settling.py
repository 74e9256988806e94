"""Freezing the standings of challenges whose last late log is past: once each, whoever else is at it or was cut short."""

import logging
import uuid
from datetime import timedelta
from typing import Final

from django.db import connections, router, transaction
from django.utils.timezone import now

from challenges.models import Challenge, Participation
from challenges.services.standings import bring_to_end, stand_anew
from challenges.signals import challenge_finished
from groups.services.feed import tell_challenge_finished

# A log that was received in time may still be about to be written: longer than any transaction takes.
GRACE: Final = timedelta(minutes=5)
ROWS_AT_ONCE: Final = 500

logger = logging.getLogger(__name__)


def settle_challenges() -> int:
    """Freeze the standings of all challenges that are due; return how many were. One that fails keeps no other from it."""
    due = Challenge.objects.open().filter(settles_at__lte=now() - GRACE).order_by("settles_at", "pk")
    count = 0
    for challenge_id in list(due.values_list("pk", flat=True)):
        try:
            count += _settle(challenge_id)
        except Exception:
            logger.exception("The standings of challenge %s cannot be settled.", challenge_id)
    return count


def _settle(challenge_id: uuid.UUID) -> bool:
    """Freeze the standings of a challenge; return whether it was done here.

    Standings are brought to the end some at a time, in transactions of their own; what is left then, because somebody else was
    at it, is waited for under the lock of the challenge. Ranks, state and events come with one transaction. It takes no lock of
    the group: whoever deletes that locks its challenges first.
    """
    for challenge in Challenge.objects.open().filter(pk=challenge_id):
        for _ in range(1 + challenge.participant_count // ROWS_AT_ONCE):
            bring_to_end(challenge, limit=ROWS_AT_ONCE)
    with transaction.atomic():
        locked = Challenge.objects.open().filter(pk=challenge_id, settles_at__lte=now() - GRACE)
        due = locked.select_for_update(no_key=True, skip_locked=True).first()
        if due is None:
            return False
        _freeze(due)
    return True


def _freeze(challenge: Challenge) -> None:
    """Give a challenge that is locked its final standings, and tell the apps above and the group."""
    _bring_rest_to_end(challenge)
    _rank(challenge)
    challenge.is_stale = False
    challenge.finished_at = challenge.updated_at = now()
    challenge.version += 1
    challenge.save(force_update=True)
    challenge_finished.send(sender=Challenge, challenge=challenge)
    if challenge.group_id is not None:
        tell_challenge_finished(challenge.group_id, challenge.pk, challenge.title)


def _bring_rest_to_end(challenge: Challenge) -> None:
    """Bring to the end what is not, which is everything where the terms have changed since."""
    rows = Participation.objects.of(challenge.pk).select_related("challenge", "user").order_by("pk")
    behind = rows if challenge.is_stale else rows.filter(as_of__lte=challenge.end_date)
    stand_anew(list(behind.select_for_update(of=("self",), no_key=True)))


def _rank(challenge: Challenge) -> None:
    """Give every participation its rank for good, in one statement: equal scores share one."""
    meta = Participation._meta
    connection = connections[router.db_for_write(Participation)]
    name = connection.ops.quote_name
    table, column = name(meta.db_table), name(meta.get_field("challenge").column)
    key = Challenge._meta.pk.get_db_prep_value(challenge.pk, connection)
    with connection.cursor() as cursor:
        # Names of the model's own table and columns; values are parameters.
        cursor.execute(
            f"UPDATE {table} SET rank = placed.place FROM "  # noqa: S608 # nosec B608
            f"(SELECT id, RANK() OVER (ORDER BY score DESC) AS place FROM {table} WHERE {column} = %s) AS placed "
            f"WHERE placed.id = {table}.id",
            [key],
        )
