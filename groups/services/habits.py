"""Sharing habits with a group, and taking them out."""

import uuid
from typing import Final

from django.db.models import OuterRef

from config.access import held_on
from config.errors import FieldError, InvalidInput, LimitReached, NotFound
from groups.domain.audit import Action
from groups.models import Group, Membership, SharedHabit
from groups.permissions import MANAGE, VIEW, grant_shared, withdraw_shared
from groups.selectors.groups import GROUPS, get_membership
from groups.selectors.habits import seen_habits, with_habits
from groups.services.audit import record
from groups.services.feed import tell_shared
from groups.services.locking import lock_sharers, locked_group
from groups.signals import sharing_changed
from habits.models import ChangeCounter, Habit
from habits.permissions import VIEW as VIEW_HABIT
from habits.services.following import follow_habit
from users.models import User

MAX_SHARED_HABITS: Final = 20


def share_habit(*, actor: User, group_id: uuid.UUID, habit_id: uuid.UUID) -> tuple[SharedHabit, bool]:
    """Let a group of the actor's see one of the actor's habits; return it as shared, and whether it was not before.

    Raises InvalidInput for a habit of anybody else's, and LimitReached.
    """
    with locked_group(actor, group_id, needed=VIEW) as group:
        ChangeCounter.objects.take(actor.pk, 0)  # holds the habit, which may be about to be deleted
        habit = _own_habit(actor, habit_id)
        is_new = not SharedHabit.objects.filter(group=group, habit=habit).exists()
        if is_new:
            _share(group, habit, get_membership(group, actor.pk))
        return with_habits(seen_habits(actor)).get(group=group, habit=habit), is_new


def _own_habit(actor: User, habit_id: uuid.UUID) -> Habit:
    own = Habit.objects.owned_by(actor.pk).filter(held_on(Habit, OuterRef("pk"), actor, VIEW_HABIT))
    habit: Habit | None = own.filter(pk=habit_id).first()
    if habit is None:
        raise InvalidInput(errors=[FieldError("habit", NotFound.code, "This is no habit of yours.")])
    return habit


def _share(group: Group, habit: Habit, membership: Membership) -> None:
    if SharedHabit.objects.filter(membership=membership).count() >= MAX_SHARED_HABITS:
        raise LimitReached(f"Nobody shares more than {MAX_SHARED_HABITS} habits with a group.")
    shared = SharedHabit.objects.create(group=group, membership=membership, habit=habit)
    follow_habit(habit)
    grant_shared(shared)
    tell_shared(shared)
    sharing_changed.send(sender=SharedHabit, group_id=group.pk, user_id=membership.user_id)


def unshare_habit(*, actor: User, group_id: uuid.UUID, habit_id: uuid.UUID) -> None:
    """Take a habit out of a group: its owner may, and whoever manages the group; Forbidden for other members.

    Raises NotFound for a habit that the group does not see.
    """
    with locked_group(actor, group_id, needed=VIEW) as group:
        shares = SharedHabit.objects.filter(group=group, habit=habit_id)
        lock_sharers(shares)
        shared = seen_habits(actor).filter(pk__in=shares).select_related("membership").first()
        if shared is None:
            raise NotFound
        owner_id = shared.membership.user_id
        if owner_id != actor.pk:
            GROUPS.fetch(actor, group.pk, needed=MANAGE)
            record(group, Action.HABIT_REMOVED, actor_id=actor.pk, subject_id=owner_id)
        withdraw_shared(shares)
        shared.delete()
        sharing_changed.send(sender=SharedHabit, group_id=group.pk, user_id=owner_id)
