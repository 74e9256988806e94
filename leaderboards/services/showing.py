"""Who is shown where: with a change of the settings, and when somebody goes. It runs under the lock of the user as an owner."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from challenges.models import Participation
from groups.models import Group, Membership
from habits.models import ChangeCounter
from leaderboards.models import PUBLIC, Score, challenge_scope, group_scope
from leaderboards.selectors.showing import is_shown
from leaderboards.services.ranking import note_shifts
from users.models import User


def show_as_set(user: User) -> None:
    """Show a user where the settings, about to be stored, say so; on boards that are closed too."""
    ChangeCounter.objects.take(user.pk, 0)  # or a log that is being written would go by the old ones
    for rows, is_seen in _rows_by_scope(user):
        changed = list(rows.filter(is_shown=not is_seen))
        if changed:
            rows.update(is_shown=is_seen)
            for row in changed:
                row.is_shown = True  # as those were that are not any more
            note_shifts(gone=[] if is_seen else changed, come=changed if is_seen else [])


def has_wrong_rows(user: User) -> bool:
    """Tell whether a user is shown, or not, against the settings."""
    return any(rows.filter(is_shown=not is_seen).exists() for rows, is_seen in _rows_by_scope(user))


def _rows_by_scope(user: User) -> list[tuple[QuerySet[Score], bool]]:
    """Return a user's scores on the boards of everybody, and on all others, and whether they are to be shown there."""
    own = Score.objects.filter(user=user)
    public, other = (is_shown(user, is_public=is_public) for is_public in (True, False))
    return [(own.filter(scope=PUBLIC), public), (own.exclude(scope=PUBLIC), other)]


def forget_user(user_id: uuid.UUID) -> None:
    """Take a user, whose account ends, off all boards."""
    _take_off(Score.objects.filter(user=user_id))


def forget_in(scope: str, user_ids: Iterable[Any]) -> None:
    """Take users, named or yielded by a query, off the boards of a group or a challenge to which they do not belong any more."""
    _take_off(Score.objects.filter(user__in=user_ids, scope=scope))


def forget_group(group: Group) -> None:
    """Delete the boards of a group that is about to be deleted, and those of its challenges, which go with it."""
    forget_in(group_scope(group.pk), Membership.objects.filter(group=group).values("user"))
    taking_part = Participation.objects.filter(challenge__group=group, user__isnull=False)
    for challenge_id in taking_part.values_list("challenge", flat=True).distinct():
        forget_in(challenge_scope(challenge_id), taking_part.filter(challenge=challenge_id).values("user"))


def _take_off(rows: QuerySet[Score]) -> None:
    note_shifts(gone=rows.filter(scope=PUBLIC), come=[])
    rows.delete()
