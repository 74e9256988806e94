"""Proving the standings: from what is held, and what is held from the logs as far as these still tell."""

import uuid
from collections.abc import Iterator
from typing import Final

from django.db import transaction

from challenges.domain.course import first_instant
from challenges.domain.holdings import Holdings, is_same, last_day_to_log
from challenges.domain.scoring import standing_of
from challenges.domain.terms import Terms
from challenges.models import Challenge, Participation
from challenges.models.participations import DERIVED_COLUMNS
from challenges.services.locking import lock_challenges
from challenges.services.standings import hold_logs, stand
from habits.domain.schedule import ONE_DAY
from habits.models import Habit
from habits.services.following import follow_habit
from habits.services.locking import lock_owners

COUNTED: Final = tuple(name for name in DERIVED_COLUMNS if name != "as_of")


def recount(*, repair: bool) -> Iterator[str]:
    """Compare every standing with what it follows from; yield what differed, repaired if asked.

    Of a challenge that is over the ranks are compared with the scores, and nothing is changed: final standings stay.
    """
    for key in Participation.objects.open().order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            fields = _recount(key, repair=repair)
        if fields:
            yield f"participation {key}: {', '.join(fields)}"
    for key in Challenge.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            lines = [line for challenge in lock_challenges([key]) for line in _check_whole(challenge, repair=repair)]
        if lines:
            yield f"challenge {key}: {', '.join(lines)}"


def _recount(key: uuid.UUID, *, repair: bool) -> list[str]:
    lock_owners(Participation.objects.filter(pk=key).values("user"))
    rows = Participation.objects.open().select_related("challenge", "user", "habit").filter(pk=key)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or row.user is None:
        return []
    terms = row.challenge.terms
    fields = []
    try:
        holdings = row.holdings
        expected = standing_of(terms, holdings, row.as_of)
    except (ValueError, TypeError, KeyError):  # not what was ever encoded
        holdings, fields = {}, ["holdings"]
    else:
        then = Participation()
        then.take(expected, row.as_of, None)
        fields += [name for name in COUNTED if getattr(row, name) != getattr(then, name)]
        if expected.moves_on and row.next_change_at is None:
            fields.append("next_change_at")
    kept = holdings
    if row.habit is not None:
        kept = {**holdings, **_certain(row.habit, terms, holdings)}
        fields += [] if kept == holdings or "holdings" in fields else ["holdings"]
        fields += [] if row.habit.is_followed else ["is_followed"]
    if fields and repair:
        _repair(row, kept)
    return fields


def _certain(habit: Habit, terms: Terms, holdings: Holdings) -> Holdings:
    """Return what has to be held and is not: logs that were received in time in whatever zone their owner was."""
    found = {}
    for day, held in hold_logs(habit, terms, habit.owner).items():
        cutoff = first_instant(last_day_to_log(terms, day) + ONE_DAY)
        known = holdings.get(day)
        if held.received_at < cutoff and (known is None or not is_same(terms, known.log, held.log)):
            found[day] = held
    return found


def _repair(row: Participation, holdings: Holdings) -> None:
    if row.user is None:
        return
    if row.habit is not None:
        follow_habit(row.habit)
    row.holdings = holdings
    stand(row, row.challenge.terms, holdings, row.user)
    row.save(force_update=True)


def _check_whole(challenge: Challenge, *, repair: bool) -> list[str]:
    """Return what of a challenge as a whole is not what its participations give."""
    rows = list(Participation.objects.of(challenge.pk).by_standing().values_list("score", "rank"))
    fields = []
    if challenge.finished_at is not None:
        best: dict[int, int] = {}
        for place, (score, _) in enumerate(rows, start=1):
            best.setdefault(score, place)
        fields += ["ranks"] if any(rank != best[score] for score, rank in rows) else []
    if challenge.participant_count != len(rows):
        fields.append("participant_count")
        if repair:
            Challenge.objects.filter(pk=challenge.pk).update(participant_count=len(rows))
    return fields
