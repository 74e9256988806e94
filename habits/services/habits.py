"""Making, ordering and deleting habits."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Max, Q

from config.access import holding
from config.claims import claimed
from config.errors import FieldError, IdConflict, IdDeleted, InvalidInput, LimitReached
from config.identifiers import new_id
from config.versions import UNCONDITIONAL, Precondition
from habits.domain.codec import encode_plan
from habits.domain.schedule import Plan, Schedule, Version
from habits.domain.validation import MAX_POSITION
from habits.models import ChangeCounter, Goal, Habit, ScheduleVersion, Tombstone, TombstoneKind
from habits.permissions import CHANGE, DELETE, grant_owner
from habits.selectors.habits import get_habit
from habits.services.archiving import MAX_HABITS, check_room
from habits.services.changes import bury
from habits.services.checks import habit_faults, raise_faults
from habits.services.locking import locked_habit
from habits.services.stats import begin_stats
from habits.signals import habit_deleting
from users.models import User
from users.selectors import today_for


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitDraft:
    """What makes a habit; it starts today unless it says otherwise, and comes last unless given a position."""

    name: str
    schedule: Schedule
    description: str = ""
    unit: str = ""
    start_date: date | None = None
    end_date: date | None = None
    tags: tuple[str, ...] = ()
    color: str = ""
    icon: str = ""
    position: int | None = None
    source: str = ""
    source_key: str = ""


def create_habit(*, actor: User, draft: HabitDraft, habit_id: uuid.UUID | None = None) -> tuple[Habit, bool]:
    """Store a habit with its first version, its grants and its statistics; return it and whether it is new.

    The same `habit_id` again from the same user returns the habit as it is now. Raises InvalidInput, IdConflict, IdDeleted and
    LimitReached.
    """
    today = today_for(actor)
    start = draft.start_date or today
    raise_faults(
        habit_faults(start=start, end=draft.end_date, tags=draft.tags, unit=draft.unit, schedule=draft.schedule, today=today)
    )
    with claimed(Habit, habit_id), transaction.atomic():
        # Two: for the habit and for the first version of its schedule.
        change_no = ChangeCounter.objects.take(actor.pk, 2)
        if habit_id is not None and (known := _known(actor, habit_id)) is not None:
            return known, False
        habit = insert_habit(actor, draft, start, habit_id or new_id(), change_no, position=_check_room(actor))
        begin_stats(habit)
        return habit, True


def _known(actor: User, habit_id: uuid.UUID) -> Habit | None:
    """Return the actor's habit with this id as the grants allow, if there is one; raises for an id that cannot be had."""
    owner_id = Habit.objects.filter(pk=habit_id).values_list("owner", flat=True).first()
    if owner_id == actor.pk:
        return get_habit(actor, habit_id)
    if owner_id is not None:
        raise IdConflict
    if Tombstone.objects.filter(owner=actor, kind=TombstoneKind.HABIT, key=str(habit_id)).exists():
        raise IdDeleted
    return None


def insert_habit(actor: User, draft: HabitDraft, start: date, habit_id: uuid.UUID, change_no: int, *, position: int) -> Habit:
    """Store a habit with its first version and its grants, under the owner's lock; the caller makes its statistics."""
    habit = Habit(
        id=habit_id,
        owner=actor,
        change_no=change_no,
        unit=draft.unit,
        start_date=start,
        end_date=draft.end_date,
        color=draft.color,
        icon=draft.icon,
        position=position if draft.position is None else draft.position,
        source=draft.source,
        source_key=draft.source_key,
    )
    habit.set_texts(draft.name, draft.description, draft.tags)
    habit.schedule = draft.schedule
    habit.plan_text = encode_plan(Plan(start, draft.end_date, (Version(start, draft.schedule),)))
    habit.save(force_insert=True)
    version = ScheduleVersion(habit=habit, owner=actor, effective_from=start, change_no=change_no + 1)
    version.schedule = draft.schedule
    version.save(force_insert=True)
    grant_owner(habit)
    return habit


def _check_room(actor: User) -> int:
    """Return the position of another habit of the actor's; raises LimitReached where there is no room."""
    active, position = count_room(actor)
    check_room(actor.pk, active=active)
    return position


def count_room(actor: User) -> tuple[int, int]:
    """Return how many of the actor's habits are not archived, and the position of another one, at the end of the list.

    Raises LimitReached where there are too many of both kinds.
    """
    active = Count("pk", filter=Q(archived_on=None))
    own = Habit.objects.owned_by(actor.pk).aggregate(all=Count("pk"), active=active, last=Max("position"))
    if own["all"] >= MAX_HABITS:
        raise LimitReached(f"There are {MAX_HABITS} habits already, with those that are archived.")
    return own["active"], 0 if own["last"] is None else min(own["last"] + 1, MAX_POSITION)


def delete_habit(*, actor: User, habit_id: uuid.UUID, precondition: Precondition = UNCONDITIONAL) -> None:
    """Delete a habit with all that belongs to it; its tombstone stays. Raises PreconditionFailed."""
    with locked_habit(actor, habit_id, needed=DELETE) as (habit, change_no):
        precondition.check(habit.change_no)
        bury(habit.owner_id, TombstoneKind.HABIT, [str(habit.pk)], change_no)
        if habit.is_followed:
            _bury_goals(habit)
        habit_deleting.send(sender=Habit, habit=habit)
        habit.delete()


def _bury_goals(habit: Habit) -> None:
    """Keep the ids of a habit's goals from being used again: clients may have made them."""
    keys = [str(key) for key in Goal.objects.filter(habit=habit).order_by("pk").values_list("pk", flat=True)]
    bury(habit.owner_id, TombstoneKind.GOAL, keys, ChangeCounter.objects.take(habit.owner_id, len(keys)))


def reorder_habits(*, actor: User, habit_ids: Sequence[uuid.UUID]) -> None:
    """Put the actor's habits into the order given; those not named follow in the order they had."""
    with transaction.atomic():
        first = ChangeCounter.objects.take(actor.pk)
        own = holding(Habit.objects.owned_by(actor.pk), actor, CHANGE).order_by("position", "id")
        habits = {habit.pk: habit for habit in own.only("position")}
        if faults := _order_faults(habit_ids, habits.keys()):
            raise InvalidInput(errors=faults)
        ordered = [habits.pop(habit_id) for habit_id in habit_ids] + list(habits.values())
        moved = [(position, habit) for position, habit in enumerate(ordered) if habit.position != position]
        ChangeCounter.objects.take(actor.pk, len(moved))
        for change_no, (position, habit) in enumerate(moved, start=first):
            habit.position, habit.change_no = position, change_no
        Habit.objects.bulk_update([habit for _, habit in moved], ["position", "change_no"], batch_size=500)


def _order_faults(habit_ids: Sequence[uuid.UUID], own: Collection[uuid.UUID]) -> list[FieldError]:
    faults = []
    for index, habit_id in enumerate(habit_ids):
        if habit_id not in own:
            faults.append(FieldError(f"ids.{index}", "not_found", "This is no habit of yours."))
        elif habit_ids.index(habit_id) != index:
            faults.append(FieldError(f"ids.{index}", "duplicate", "Name each habit once."))
    return faults
