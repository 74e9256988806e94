"""Keeping the statistics beside the habit with each write, and bringing them up to date when only time has passed.

All of it runs under the owner's lock, in the transaction of the write.
"""

import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone

from config.prepared import PreparedUpsert, Statement
from habits.domain.codec import encode_plan
from habits.domain.logs import DayLog, Logs
from habits.domain.milestones import list_passed
from habits.domain.schedule import ONE_DAY
from habits.domain.stats import History, advance, asks_on, begin, changed, look, moves_on, record
from habits.models import ChangeCounter, Goal, Habit, HabitStats
from habits.selectors.logs import read_all_logs, read_logs
from habits.selectors.plans import read_plan
from habits.selectors.stats import rebuild
from habits.services.locking import lock_owners
from habits.services.outcomes import note_outcomes
from habits.services.tallies import follow_goals, list_miscounted
from habits.signals import stats_changed
from users.domain.clock import start_of_day
from users.models import User
from users.selectors import today_for

T = TypeVar("T")

LogChanges = Mapping[date, DayLog | None]
"""What became of the logs of some days; None where one was deleted."""

STATS_COLUMNS = [field.name for field in HabitStats._meta.concrete_fields if not field.primary_key]
HABITS_AT_ONCE: Final = 100
SWEPT_AGAIN_AFTER: Final = timedelta(hours=1)
SHOWN_COLUMNS = [name for name in STATS_COLUMNS if name not in ("history", "next_change_at")]
"""Two histories may say the same from different checkpoints; what follows from them must be equal."""


logger = logging.getLogger(__name__)
STORED_STATS: Final = PreparedUpsert(HabitStats, key=("habit",))


def begin_stats(habit: Habit) -> None:
    """Store the statistics of a habit that is new."""
    today = today_for(habit.owner)
    habit.stats = row_for(habit, rebuild(habit, today), today)
    habit.stats.before = HabitStats(habit_id=habit.pk, current_streak=0, longest_streak=0, completions=0)
    habit.stats.passed = tuple(list_passed(None, habit.stats.current, habit.stats.completions))
    STORED_STATS.store(habit.stats)
    note_outcomes([habit])


def follow_logs(habit: Habit, changes: LogChanges) -> Statement:
    """Give `habit` the statistics after its logs were written, or will be with what is returned: the statement that stores them.

    A few weeks' work, unless a change lies further back. Once both are stored, the caller notes the outcomes.
    """
    today = today_for(habit.owner)
    return STORED_STATS.statement(_move_on(habit, history_after(habit, changes, today), today))


def follow_plan(habit: Habit, changed_from: date | None = None) -> None:
    """Store the statistics after the plan of `habit` changed; `changed_from` where only pauses did, and from that day on."""
    today = today_for(habit.owner)
    history = habit.stats.past
    if changed_from is None or changed_from < history.checkpoint.day:
        history = rebuild(habit, today)
    STORED_STATS.store(_move_on(habit, history, today))
    note_outcomes([habit])
    stats_changed.send(sender=HabitStats, habits=[habit])


def follow_plans(habits: Sequence[Habit], *, changed_from: date) -> None:
    """Store the statistics after the pauses of many habits of one owner changed from a day on."""
    for some in _chunks(habits):
        past = read_all_logs(habit for habit in some if changed_from < habit.stats.past.checkpoint.day)
        _store_all(some, [_move_on_after_pauses(habit, past.get(habit.pk)) for habit in some])
        stats_changed.send(sender=HabitStats, habits=some)


def _move_on_after_pauses(habit: Habit, past: Logs | None) -> HabitStats:
    today = today_for(habit.owner)
    history = habit.stats.past if past is None else begin(habit.plan, past.items(), today)
    return _move_on(habit, history, today)


def follow_many_logs(changes: Sequence[tuple[Habit, LogChanges]]) -> None:
    """Store the statistics of many habits after logs of each were written."""
    for some in _chunks(changes):
        past = read_all_logs(habit for habit, days in some if reaches_back(habit.stats.past, days))
        rows = []
        for habit, days in some:
            today = today_for(habit.owner)
            rows.append(_move_on(habit, history_after(habit, days, today, past=past.get(habit.pk)), today))
        _store_all([habit for habit, _ in some], rows)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield some of the items at a time: so many habits' logs of all years are held in memory at once."""
    for first in range(0, len(items), HABITS_AT_ONCE):
        yield items[first : first + HABITS_AT_ONCE]


def history_after(habit: Habit, changes: LogChanges, today: date, *, past: Logs | None = None) -> History:
    """Return the history of `habit` after `changes`, stored already or not; `past` are all its logs where they were read."""
    history = habit.stats.past
    if reaches_back(history, changes):
        known = dict(read_logs(habit) if past is None else past)
        return begin(habit.plan, changed(known, changes).items(), today)
    return record(history, changes)


def reaches_back(history: History, changes: LogChanges) -> bool:
    """Return whether a change lies before the checkpoint, so that all logs have to be folded anew."""
    return min(changes) < history.checkpoint.day


def row_for(habit: Habit, history: History, today: date) -> HabitStats:
    """Return the row, not stored, of the statistics as of `today`."""
    plan = habit.plan
    history = advance(plan, history, today)
    stats = look(plan, history, today)
    moves = moves_on(plan, history, stats) or (habit.is_followed and asks_on(plan, today))
    next_change_at = _start_of_next_day(habit.owner, today) if moves else None
    return HabitStats.of(habit.pk, history, stats, next_change_at)


def _move_on(habit: Habit, history: History, today: date) -> HabitStats:
    """Give `habit` its statistics as of `today`, not stored, with the milestones that they pass."""
    before = habit.stats
    habit.stats = row_for(habit, history, today)
    habit.stats.base = history if history.checkpoint is before.past.checkpoint else None
    habit.stats.before = before
    habit.stats.passed = tuple(list_passed(before.figures, habit.stats.current, habit.stats.completions))
    return habit.stats


def _start_of_next_day(owner: User, today: date) -> datetime:
    return start_of_day(today + ONE_DAY, owner.timezone, owner.day_start_hour)


def _store_all(habits: Sequence[Habit], rows: list[HabitStats]) -> None:
    """Store the statistics of habits, and note what they have come to."""
    store_rows(rows)
    note_outcomes(habits)


def store_rows(rows: list[HabitStats]) -> None:
    """Store the statistics of many habits at once."""
    HabitStats.objects.bulk_create(rows, update_conflicts=True, unique_fields=["habit"], update_fields=STATS_COLUMNS)


def sweep(*, limit: int = 500) -> int:
    """Bring statistics up to date whose instant of change has come, at most `limit` habits; return how many there were."""
    with transaction.atomic():
        due = HabitStats.objects.filter(next_change_at__lte=timezone.now()).order_by("next_change_at")[:limit]
        habit_ids = list(due.values_list("habit_id", flat=True))
        lock_owners(Habit.objects.filter(pk__in=habit_ids).values("owner"))
        _sweep(habit_ids)
    return len(habit_ids)


def _sweep(habit_ids: Sequence[uuid.UUID]) -> None:
    """Move habits on to today with all that follows; one that cannot be moved is reported, and keeps no other from it."""
    try:
        with transaction.atomic():
            habits = list(Habit.objects.filter(pk__in=habit_ids).select_related("stats", "owner"))
            _store_all(habits, [_move_on(habit, habit.stats.past, today_for(habit.owner)) for habit in habits])
            stats_changed.send(sender=HabitStats, habits=habits)
    except Exception:
        if len(habit_ids) > 1:  # one after the other
            for habit_id in habit_ids:
                _sweep([habit_id])
            return
        logger.exception("The statistics of habit %s cannot be brought up to date.", habit_ids[0])
        HabitStats.objects.filter(pk=habit_ids[0]).update(next_change_at=timezone.now() + SWEPT_AGAIN_AFTER)


def wake_stats(owner: User) -> None:
    """Have the statistics of an owner swept soon: the owner's day begins at another instant now."""
    ChangeCounter.objects.take(owner.pk, 0)  # or a sweep that has read the old time zone would write last
    HabitStats.objects.filter(habit__owner=owner, next_change_at__isnull=False).update(next_change_at=timezone.now())


class Difference(NamedTuple):
    """A habit whose stored plan or statistics are not those that its rows give."""

    habit: Habit
    fields: list[str]


def recount(*, repair: bool) -> Iterator[Difference]:
    """Recompute every habit's plan and statistics from its versions, pauses and logs; yield what differed, repaired if asked."""
    for habit_id in Habit.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            difference = _recount(habit_id, repair=repair)
        if difference is not None:
            yield difference


def _recount(habit_id: uuid.UUID, *, repair: bool) -> Difference | None:
    lock_owners(Habit.objects.filter(pk=habit_id).values("owner"))
    habit = Habit.objects.select_related("owner").filter(pk=habit_id).first()
    if habit is None:
        return None
    today = today_for(habit.owner)
    stored = HabitStats.objects.filter(pk=habit_id).first()
    plan = read_plan(habit)
    fields = [] if encode_plan(plan) == habit.plan_text and plan.versions[-1].schedule == habit.schedule else ["plan"]
    habit.plan_text, habit.schedule = encode_plan(plan), plan.versions[-1].schedule
    history = rebuild(habit, min(stored.as_of, today) if stored else today)
    row = row_for(habit, history, today)
    fields += _wrong_fields(habit, stored, history, row) if stored else ["stats"]
    if stored and "history" not in fields:
        habit.stats = stored
        fields += _wrong_goals(habit)
    if not fields:
        return None
    if repair:
        habit.is_followed = habit.is_followed or Goal.objects.filter(habit=habit).exists()
        habit.save()
        habit.stats = row_for(habit, history, today)  # swept, if it is followed
        store_rows([habit.stats])
        follow_goals([habit])
    return Difference(habit, fields)


def _wrong_goals(habit: Habit) -> list[str]:
    """Return whether goals are not what the logs give, or would not be followed."""
    goals = list(Goal.objects.filter(habit=habit))
    if not goals:
        return []
    is_wrong = bool(list_miscounted(habit, goals))
    return (["goals"] if is_wrong else []) + ([] if habit.is_followed else ["is_followed"])


def _wrong_fields(habit: Habit, stored: HabitStats, history: History, row: HabitStats) -> list[str]:
    """Return what differs: figures as of the stored day, or what they would become; `history` and `row` are those of the logs."""
    plan = habit.plan
    stats = look(plan, history, stored.as_of)
    then = HabitStats.of(habit.pk, history, stats)
    fields = [name for name in SHOWN_COLUMNS if getattr(stored, name) != getattr(then, name)]
    try:
        kept = HabitStats.of(habit.pk, history, look(plan, stored.past, row.as_of))
    except (ValueError, TypeError):  # not what was ever encoded
        fields.append("history")
    else:
        if any(getattr(kept, name) != getattr(row, name) for name in SHOWN_COLUMNS):
            fields.append("history")
    is_awake = moves_on(plan, history, stats) or (habit.is_followed and asks_on(plan, stored.as_of))
    if stored.next_change_at is None and is_awake:
        fields.append("next_change_at")
    return fields
