"""Telling a user of an achievement."""

import uuid
from typing import Final

from django.db import transaction

from config.claims import claimed
from config.errors import FieldError, Forbidden, IdConflict, InvalidInput, LimitReached, NotFound
from config.identifiers import new_id
from habits.models import Habit
from sharing.domain.achievements import Feat
from sharing.errors import NoStreak
from sharing.models import Achievement
from sharing.selectors.achievements import find_milestone, find_running_streak, get_achievement
from sharing.services.ids import check_not_spent, spend_id
from sharing.services.locking import check_recipient, locked_habit_and_user
from users.models import User
from users.selectors import today_for

MAX_BETWEEN_TWO: Final = 200


def share_achievement(
    *,
    actor: User,
    habit_id: uuid.UUID,
    username: str,
    milestone_id: uuid.UUID | None = None,
    achievement_id: uuid.UUID | None = None,
) -> tuple[Achievement, bool]:
    """Tell the user of this name of a milestone of the actor's habit, or of its current streak; return it and whether it is new.

    The same `achievement_id` again returns it as it is. Raises InvalidInput, NoStreak, LimitReached, IdConflict and IdDeleted.
    """
    try:
        with claimed(Achievement, achievement_id), locked_habit_and_user(actor, habit_id, username) as (habit, named):
            known = None if achievement_id is None else _find_by_id(actor, achievement_id)
            if known is not None:
                return get_achievement(actor, known.pk), False
            user = check_recipient(habit, named)
            feat = _choose(habit, milestone_id)
            return _insert(actor, habit, user, feat, achievement_id or new_id()), True
    except (NotFound, Forbidden) as error:
        raise InvalidInput(errors=[FieldError("habit", error.code, error.detail)]) from error


def _find_by_id(actor: User, achievement_id: uuid.UUID) -> Achievement | None:
    """Return what the actor has told under this id, if anything; raises for an id that cannot be had."""
    achievement = Achievement.objects.filter(pk=achievement_id).first()
    if achievement is None:
        check_not_spent(actor.pk, achievement_id)
    elif achievement.sender_id != actor.pk:
        raise IdConflict
    return achievement


def _choose(habit: Habit, milestone_id: uuid.UUID | None) -> Feat:
    if milestone_id is None:
        feat = find_running_streak(habit, today_for(habit.owner))
        if feat is None:
            raise NoStreak
        return feat
    feat = find_milestone(habit, milestone_id)
    if feat is None:
        raise InvalidInput(errors=[FieldError("milestone", "not_found", "The habit has no such milestone.")])
    return feat


def _insert(actor: User, habit: Habit, user: User, feat: Feat, achievement_id: uuid.UUID) -> Achievement:
    if Achievement.objects.filter(sender=actor, recipient=user).count() >= MAX_BETWEEN_TWO:
        raise LimitReached(f"This user has {MAX_BETWEEN_TWO} achievements of yours already.")
    achievement = Achievement(
        id=achievement_id,
        habit=habit,
        sender=actor,
        recipient=user,
        habit_name=habit.name,
        kind=feat.kind,
        count=feat.count,
        unit=feat.unit,
        started_on=feat.started_on,
        reached_on=feat.reached_on,
    )
    achievement.save(force_insert=True)
    return achievement


@transaction.atomic
def delete_achievement(*, actor: User, achievement_id: uuid.UUID) -> None:
    """Delete an achievement for both sides, from either; its id stays its sender's. Raises NotFound."""
    achievement = get_achievement(actor, achievement_id)
    deleted, _ = Achievement.objects.filter(pk=achievement_id).delete()
    if not deleted:  # by the other side, at the same moment
        raise NotFound
    spend_id(achievement.sender_id, achievement_id)
