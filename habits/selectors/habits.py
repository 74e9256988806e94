"""Habits as their owner, or whoever was granted it, may read them."""

import uuid
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery

from config.access import Gate, holding, mark_held
from config.prepared import Parameter, PreparedQuery, PreparedRows
from habits.models import ChangeCounter, Habit, HabitPause, ScheduleVersion
from habits.models.stats import UNIT_COLUMNS
from habits.permissions import LOG, VIEW
from habits.querysets import HabitQuerySet
from users.models import User

# Of the owner, what the day and the name depend on, and who is to see them.
OWNER_COLUMNS: Final = frozenset({"id", "display_name", "timezone", "day_start_hour", "is_active", "leaderboard_visibility"})
# What is kept to search by or to go on from, and shown nowhere.
UNSHOWN_COLUMNS: Final = (
    *("name_key", "search_key", "tag_keys", "source", "source_key", "is_followed"),
    *(f"stats__{name}" for name in ("next_change_at", *UNIT_COLUMNS)),
)
# What a log is checked against and counted from: a third of the columns, which is felt with each log.
LOGGED_COLUMNS: Final = (
    *("owner__timezone", "owner__day_start_hour", "owner__is_active", "owner__leaderboard_visibility"),
    *("start_date", "end_date", "archived_on", "target_value_milli"),
    *("plan_text", "is_followed"),
    *("stats__as_of", "stats__history", "stats__current_streak", "stats__longest_streak", "stats__completions"),
    *("stats__streak_unit", "stats__longest_unit"),
)


def _with_stats_and_owner() -> QuerySet[Habit]:
    others = (field.name for field in User._meta.concrete_fields if field.name not in OWNER_COLUMNS)
    return Habit.objects.select_related("stats", "owner").defer(*(f"owner__{name}" for name in others))


def _numbered(habits: QuerySet[Habit]) -> QuerySet[Any]:
    """Return habits that are about to be written, with the last change number of the owner, which is that of the write."""
    counter = ChangeCounter.objects.filter(owner=OuterRef("owner"))
    return habits.annotate(last_change_no=Subquery(counter.values("last_change_no")))


HABITS: Final = Gate(lambda: _with_stats_and_owner().defer(*UNSHOWN_COLUMNS), visible_by=VIEW)
LOCKED_HABITS: Final = Gate(lambda: _numbered(_with_stats_and_owner()), visible_by=VIEW)
LOGGED_HABITS: Final = Gate(
    lambda: _numbered(Habit.objects.select_related("stats", "owner").only(*LOGGED_COLUMNS)), visible_by=VIEW
)
FIRST_LIST: Final = PreparedQuery(
    lambda: (
        Habit.objects.filter(owner=Parameter("owner", Habit._meta.pk), archived_on=None)
        .select_related("stats")
        .defer(*UNSHOWN_COLUMNS)
        .order_by("position", "id")
    )
)


def list_habits(actor: User) -> HabitQuerySet[Habit]:
    """Return the actor's own habits with their stats."""
    return Habit.objects.owned_by(actor.pk).select_related("stats")


def list_current_habits(actor: User) -> PreparedRows[Habit]:
    """Return the actor's habits that are not archived, in their order: the list that apps ask for all the time."""
    return PreparedRows(FIRST_LIST, lambda: list_habits(actor).archived(is_archived=False).count(), owner=actor.pk)


def get_habit(actor: User, habit_id: uuid.UUID, *, needed: str = VIEW) -> Habit:
    """Return a habit with its stats, as the grants allow."""
    return HABITS.fetch(actor, habit_id, needed=needed)


def list_source_keys(actor: User, source: str) -> list[str]:
    """Return the keys of the actor's habits that were taken over from a source, the oldest habit first."""
    habits = Habit.objects.owned_by(actor.pk).filter(source=source).exclude(source_key="")
    return list(habits.order_by("id").values_list("source_key", flat=True))


def list_shared_habits(actor: User) -> QuerySet[Habit]:
    """Return the habits of others that the actor may see, each with `may_log`."""
    others = Habit.objects.exclude(owner=actor).select_related("stats", "owner")
    return mark_held(holding(others, actor, VIEW), actor, LOG, "may_log")


def list_versions(actor: User, habit_id: uuid.UUID) -> QuerySet[ScheduleVersion]:
    """Return the versions of a habit's schedule, as the grants allow."""
    return ScheduleVersion.objects.filter(habit=get_habit(actor, habit_id))


def list_pauses(actor: User, habit_id: uuid.UUID) -> QuerySet[HabitPause]:
    """Return the pauses of a habit, as the grants allow."""
    return HabitPause.objects.filter(habit=get_habit(actor, habit_id))
