"""Keeping how participants stand: with each log, in its transaction, and when only time has passed."""

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from challenges.domain.holdings import NOTHING, Held, Holdings, counts_on, is_same, last_day_to_log, receive
from challenges.domain.scoring import standing_of
from challenges.domain.terms import Terms
from challenges.models import Challenge, Participation
from challenges.models.participations import DERIVED_COLUMNS
from challenges.signals import standing_changed
from config.prepared import Parameter, PreparedQuery
from habits.domain.logs import DayLog
from habits.domain.schedule import ONE_DAY
from habits.models import Habit, HabitLog
from habits.models.habits import ScheduleFields
from users.domain.clock import start_of_day
from users.models import User
from users.selectors import today_for

SWEPT_AGAIN_AFTER: Final = timedelta(hours=1)
STANDING_COLUMNS: Final = (*DERIVED_COLUMNS, "next_change_at")
TERMS_COLUMNS: Final = ("start_date", "end_date", "scoring", "late_log_days", "allow_skips")

logger = logging.getLogger(__name__)


def _logged() -> QuerySet[Participation]:
    """Return what takes the logs of a habit, locked, with no more of the challenges than it is judged by."""
    terms = (*(field.name for field in ScheduleFields._meta.fields), *TERMS_COLUMNS)
    rows = Participation.objects.open().filter(
        habit=Parameter("habit", Habit._meta.pk),
        challenge__settles_at__gt=Parameter("present", Challenge._meta.get_field("settles_at")),
    )
    columns = (field.name for field in Participation._meta.concrete_fields if field.name != "challenge")
    found = rows.select_related("challenge").only(*columns, *(f"challenge__{name}" for name in terms))
    return found.select_for_update(of=("self",), no_key=True).order_by("pk")


LOGGED: Final = PreparedQuery(_logged)


def follow_logs(habit: Habit, changes: Mapping[date, DayLog | None]) -> None:
    """Have the challenges of a habit take what became of its logs, under the lock of its owner.

    No query where nobody follows the habit. Challenges that are settled by now take no log any more, and are not locked.
    """
    if not habit.is_followed:
        return
    present = now()
    rows = LOGGED.rows(habit=habit.pk, present=present)
    taken = [row for row in rows if _take(row, habit.owner, changes, present)]
    _store(taken, [*STANDING_COLUMNS, "holdings_text"])


def _take(row: Participation, owner: User, changes: Mapping[date, DayLog | None], present: datetime) -> bool:
    """Have a participation hold what was received in time; return whether anything was."""
    terms, holdings = row.challenge.terms, row.holdings
    received = holdings
    for day, log in changes.items():
        if counts_on(terms, day) and present < cutoff_of(terms, day, owner):
            received = receive(terms, received, day, log, present)
    if received == holdings:
        return False
    row.holdings = received
    row.old_score = row.score
    stand(row, terms, received, owner)
    return True


def cutoff_of(terms: Terms, day: date, owner: User) -> datetime:
    """Return the instant from which on a log of a day comes too late, in the owner's zone."""
    return start_of_day(last_day_to_log(terms, day) + ONE_DAY, owner.timezone, owner.day_start_hour)


def hold_logs(habit: Habit, terms: Terms, owner: User, before: Holdings = NOTHING) -> Holdings:
    """Return what a challenge holds of the logs that are there already, as far as their last write was in time.

    Of who comes back, what was held `before` of a day stays, with its receipt if it says the same, and else once that is over.
    """
    logs = HabitLog.objects.filter(habit=habit, date__range=(terms.start, terms.end))
    found = {log.date: Held(log.day_log, log.updated_at) for log in logs if log.updated_at < cutoff_of(terms, log.date, owner)}
    for day, held in before.items():
        is_said_again = day in found and is_same(terms, held.log, found[day].log)
        if is_said_again or (day not in found and now() >= cutoff_of(terms, day, owner)):
            found[day] = held
    return found


def stand(row: Participation, terms: Terms, holdings: Holdings, owner: User) -> None:
    """Give a participation, not stored, its standing as of its owner's today."""
    today = today_for(owner)
    standing = standing_of(terms, holdings, today)
    next_change_at = None
    if standing.moves_on:
        next_change_at = start_of_day(max(today + ONE_DAY, terms.start), owner.timezone, owner.day_start_hour)
    row.take(standing, today, next_change_at)


def sweep(*, limit: int = 500) -> int:
    """Bring standings up to date whose instant of change has come, at most `limit`; return how many there were."""
    due = Participation.objects.filter(next_change_at__lte=now()).order_by("next_change_at", "pk")
    return _bring_up_to_date(due, limit)


def bring_to_end(challenge: Challenge, *, limit: int = 500) -> int:
    """Bring standings of a challenge that is over to its end, at most `limit`; return how many there were."""
    behind = Participation.objects.of(challenge.pk).filter(as_of__lte=challenge.end_date).order_by("pk")
    return _bring_up_to_date(behind, limit)


def stand_anew(rows: Sequence[Participation]) -> None:
    """Store the standings of participations, locked already, as of their owners' todays."""
    _store(_stood(rows), STANDING_COLUMNS)


def wake_user(user: User) -> None:
    """Have a user's standings swept soon, whose day begins at another instant now."""
    Participation.objects.open().filter(user=user).update(next_change_at=now())


def follow_terms(*, limit: int = 500) -> None:
    """Bring the standings of challenges up to date whose terms have become others, and put those of cancelled ones to rest.

    Some at a time, in the order of their keys; a challenge that is changed again meanwhile has its turn again.
    """
    for challenge in Challenge.objects.filter(is_stale=True).order_by("pk"):
        last = uuid.UUID(int=0)
        while keys := _stand_after(challenge, last, limit):
            last = keys[-1]
        Challenge.objects.filter(pk=challenge.pk, version=challenge.version).update(is_stale=False)


def _stand_after(challenge: Challenge, last: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """Bring some standings of a challenge up to date, those after a key; return the keys of these."""
    with transaction.atomic():
        rows = Participation.objects.of(challenge.pk).filter(pk__gt=last).order_by("pk")
        keys = list(rows.select_for_update(no_key=True).values_list("pk", flat=True)[:limit])
        if challenge.cancelled_at is None:
            _try(keys)
        else:
            Participation.objects.filter(pk__in=keys).update(next_change_at=None)
    return keys


def _bring_up_to_date(rows: QuerySet[Participation], limit: int) -> int:
    """Bring some standings up to date; rows that somebody else has locked just now are left to the next time."""
    with transaction.atomic():
        found = list(_locked(rows, skip_locked=True)[:limit])
        _try([row.pk for row in found])
    return len(found)


def _try(keys: Sequence[uuid.UUID]) -> None:
    """Bring standings, locked already, up to date; one of which that cannot be said is reported, and keeps no other from it."""
    try:
        with transaction.atomic():
            stand_anew(list(_locked(Participation.objects.filter(pk__in=keys)).order_by("pk")))
    except Exception:
        if len(keys) > 1:  # one after the other
            for key in keys:
                _try([key])
            return
        logger.exception("The standing of participation %s cannot be brought up to date.", keys[0])
        Participation.objects.filter(pk=keys[0]).update(next_change_at=now() + SWEPT_AGAIN_AFTER)


def _locked(rows: QuerySet[Participation], *, skip_locked: bool = False) -> QuerySet[Participation]:
    """Return those of open challenges, locked, with what their standings follow from."""
    found = rows.filter(rank=None, challenge__finished_at=None, challenge__cancelled_at=None)
    # Their users are none only where the account has ended, and then no challenge is open.
    return found.select_related("challenge", "user").select_for_update(of=("self",), no_key=True, skip_locked=skip_locked)


def _stood(rows: Iterable[Participation]) -> list[Participation]:
    stood = []
    for row in rows:
        if row.user is not None:
            row.old_score = row.score
            stand(row, row.challenge.terms, row.holdings, row.user)
            stood.append(row)
    return stood


def _store(rows: Sequence[Participation], columns: Sequence[str]) -> None:
    """Store standings at once, and tell the apps above whose score is another one."""
    if len(rows) == 1:  # as with a log: several at once take their time to be put together
        rows[0].save(update_fields=columns, force_update=True)
    elif rows:
        Participation.objects.bulk_update(rows, columns, batch_size=100)
    for row in rows:
        if row.old_score is not None and row.old_score != row.score:
            standing_changed.send(sender=Participation, participation=row, old_score=row.old_score)
