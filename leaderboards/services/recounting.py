"""Proving the boards: scores from habits and logs, and what ranks are counted from by the scores."""

import uuid
from collections.abc import Iterator

from django.db import transaction

from habits.services.locking import lock_owners
from leaderboards.services.counting import count_anew, live_scopes
from leaderboards.services.ranking import count_buckets, list_miscounted
from leaderboards.services.rates import recount_rates
from leaderboards.services.showing import has_wrong_rows, show_as_set
from users.models import User


def recount(*, repair: bool) -> Iterator[str]:
    """Compare the scores on open boards with the logs, who is shown with the settings, and the buckets with the scores.

    Yields what differed, repaired if asked; boards that are closed stay as they are but for who is shown.
    """
    for user_id in User.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            lines = _recount(user_id, repair=repair)
        yield from lines
    wrong = list_miscounted()
    if wrong and repair:
        count_buckets()
    for board in wrong:
        yield f"board {board.kind.name.lower()} {board.starts_on}: buckets"


def _recount(user_id: uuid.UUID, *, repair: bool) -> list[str]:
    lock_owners([user_id])
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return []
    lines = [
        f"rate of {row.habit_id}: {row.board.kind.name.lower()} {row.starts_on}, not {row}"
        for row in recount_rates(user_id, repair=repair)
    ]
    lines += [
        f"score of {user_id} in {scope!r}: {board.kind.name.lower()} {board.starts_on}, {stored} for {counted}"
        for scope, board, stored, counted in count_anew(user, live_scopes(user_id), repair=repair)
    ]
    if has_wrong_rows(user):
        lines.append(f"score of {user_id}: is_shown")
        if repair:
            show_as_set(user)
    return lines
