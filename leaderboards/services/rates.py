"""Keeping success rates: what habits add to the boards of groups and challenges, and the scores that follow.

All of it runs under the lock of the owners concerned. Rates of a habit that counts in no group and no challenge are not kept.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connections, router
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from challenges.domain.scoring import RATE_STEPS
from challenges.models import Participation
from config.prepared import Statement
from groups.models import SharedHabit
from habits.domain.calendar import HabitCalendar, calendar_of
from habits.domain.logs import DayLog, Logs
from habits.domain.rates import Rate
from habits.domain.stats import changed
from habits.models import Habit
from habits.selectors.logs import read_all_logs
from habits.signals import LogChanges
from leaderboards.domain.boards import Board, open_rate_boards
from leaderboards.domain.rates import LEAST_EXPECTED, Counted, count_rates
from leaderboards.models import HabitRate, Score
from leaderboards.selectors.showing import is_shown
from leaderboards.services.statements import LIVE, as_text, select_rows

Changes = Mapping[date, DayLog | None]

HABITS_AT_ONCE: Final = 100
# Habits that count in a group or in a challenge that is not over.
COUNTING: Final = Q(pk__in=SharedHabit.objects.values("habit")) | Q(
    pk__in=Participation.objects.open().filter(habit__isnull=False).values("habit")
)
KEY: Final = ["habit", "kind", "starts_on"]
COLUMNS: Final = {
    "owner": "uuid",
    "habit": "uuid",
    "kind": "smallint",
    "starts_on": "date",
    "expected": "integer",
    "achieved": "integer",
    "past_expected": "integer",
    "past_achieved": "integer",
    "past_until": "date",
    "reached_at": "timestamptz",
    "is_known": "boolean",
}
# SQLite takes what follows ON for a join where the rows have no condition.
KEPT: Final = """
INSERT INTO leaderboards_habitrate (habit_id, kind, starts_on, expected, achieved, past_expected, past_achieved, past_until)
SELECT habit, kind, starts_on, expected, achieved, past_expected, past_achieved, past_until FROM ({rows}) AS counted WHERE true
ON CONFLICT (habit_id, kind, starts_on) DO UPDATE SET expected = EXCLUDED.expected, achieved = EXCLUDED.achieved,
    past_expected = EXCLUDED.past_expected, past_achieved = EXCLUDED.past_achieved, past_until = EXCLUDED.past_until
"""
# What all habits of an owner that count in a scope add up to; who shares several that have changed is counted once.
SCORED: Final = """
WITH counted AS ({rows}),
reach AS (
    SELECT counted.owner, counted.kind, counted.starts_on, counted.reached_at, counted.is_known,
        'g' || shared.group_id AS scope, other.habit_id AS habit
    FROM counted JOIN groups_sharedhabit AS shared ON shared.habit_id = counted.habit
    JOIN groups_sharedhabit AS other ON other.membership_id = shared.membership_id
    UNION
    SELECT counted.owner, counted.kind, counted.starts_on, counted.reached_at, counted.is_known,
        'c' || part.challenge_id, counted.habit
    FROM counted JOIN ({live}) ON part.habit_id = counted.habit
),
total AS (
    SELECT reach.owner, reach.scope, reach.kind, reach.starts_on, reach.reached_at, reach.is_known,
        CAST(SUM(rate.expected) AS bigint) AS expected, CAST(SUM(rate.achieved) AS bigint) AS achieved
    FROM reach JOIN leaderboards_habitrate AS rate
        ON rate.habit_id = reach.habit AND rate.kind = reach.kind AND rate.starts_on = reach.starts_on
    GROUP BY reach.owner, reach.scope, reach.kind, reach.starts_on, reach.reached_at, reach.is_known
)
INSERT INTO leaderboards_score AS score (user_id, scope, kind, starts_on, negative, reached_at, is_shown)
SELECT owner, scope, kind, starts_on,
    CASE WHEN expected < {least} THEN 0 ELSE -((2 * {scale} * achieved + expected) / (2 * expected)) END, reached_at, is_known
FROM total WHERE true
ON CONFLICT (user_id, scope, kind, starts_on) DO UPDATE SET
    negative = EXCLUDED.negative,
    reached_at = CASE WHEN EXCLUDED.negative < score.negative THEN EXCLUDED.reached_at ELSE score.reached_at END,
    is_shown = EXCLUDED.is_shown
WHERE EXCLUDED.negative <> score.negative OR EXCLUDED.is_shown <> score.is_shown
"""


def follow_rates(habits: Iterable[Habit], present: datetime, changes: Sequence[LogChanges] = ()) -> list[Statement]:
    """Have rates follow the statistics of habits, of which some may be followed: return what stores them, and the scores.

    `changes` are those of logs that are about to be stored. No query where no habit is followed. Statistics that were not brought
    up to date change no rate yet.
    """
    followed = {habit.pk: habit for habit in habits if habit.is_followed and habit.stats.before is not None}
    if not followed:
        return []
    stored: dict[uuid.UUID, dict[Board, Counted]] = {}
    boards = open_rate_boards(present)
    of_boards = Q(starts_on__gte=min(board.starts_on for board in boards[1:])) | Q(kind=boards[0].kind)
    for row in HabitRate.objects.filter(of_boards, habit__in=followed):
        stored.setdefault(row.habit_id, {})[row.board] = row.counted
    logs = {change.habit.pk: change.after for change in changes}
    counted = _count_on({followed[habit_id]: rows for habit_id, rows in stored.items()}, boards, logs)
    different = {
        habit: {board: rates for board, rates in found.items() if rates != stored[habit.pk].get(board)}
        for habit, found in counted.items()
    }
    return _statements(different, present)


def _count_on(
    habits: Mapping[Habit, Mapping[Board, Counted]], boards: Sequence[Board], changes: Mapping[uuid.UUID, Changes]
) -> dict[Habit, dict[Board, Counted]]:
    """Count the rates of habits on from those that are stored, or anew where the statistics have not gone on from there."""
    anew = [habit for habit, stored in habits.items() if not _goes_on(habit, stored, boards)]
    found = count_rates_anew(anew, boards, changes)
    for habit, stored in habits.items():
        base = habit.stats.base
        if habit in found or base is None:
            continue
        calendar = _calendar(habit, base.recent, base.checkpoint.day)
        past = {board: counted.past for board, counted in stored.items()}
        found[habit] = count_rates(boards, calendar, past, habit.stats.past.checkpoint.day)
    return found


def _goes_on(habit: Habit, stored: Mapping[Board, Counted], boards: Sequence[Board]) -> bool:
    """Return whether what is stored of every board ends where the statistics went on from; of new ones nothing lies before."""
    base = habit.stats.base
    if base is None:
        return False
    since = base.checkpoint.day
    return all(stored[board].until == since if board in stored else board.starts_on >= since for board in boards)


def count_rates_anew(
    habits: Sequence[Habit], boards: Sequence[Board], changes: Mapping[uuid.UUID, Changes] | None = None
) -> dict[Habit, dict[Board, Counted]]:
    """Count what habits add to boards from all their logs, with what becomes of them, as of the day of their statistics."""
    found = {}
    for first in range(0, len(habits), HABITS_AT_ONCE):
        some = habits[first : first + HABITS_AT_ONCE]
        logs = read_all_logs(some)
        for habit in some:
            known = changed(logs[habit.pk], (changes or {}).get(habit.pk, {}))
            calendar = _calendar(habit, known, habit.plan.start)
            found[habit] = count_rates(boards, calendar, {}, habit.stats.past.checkpoint.day)
    return found


def _calendar(habit: Habit, logs: Logs, since: date) -> HabitCalendar:
    today = habit.stats.as_of
    return calendar_of(habit.plan, logs, since, today, today)


def _statements(different: Mapping[Habit, Mapping[Board, Counted]], present: datetime) -> list[Statement]:
    using = router.db_for_write(Score)
    reached_at = str(Score._meta.get_field("reached_at").get_db_prep_save(present, connections[using]))
    rows = [row for habit, found in different.items() for row in _rows(habit, found, reached_at)]
    if not rows:
        return []
    text = as_text(rows)
    return [Statement(using, sql, [text]) for sql in _texts(connections[using].vendor)]


def _rows(habit: Habit, found: Mapping[Board, Counted], reached_at: str) -> Iterator[tuple[Any, ...]]:
    """Yield what is counted of a habit in the order of COLUMNS."""
    is_known = is_shown(habit.owner, is_public=False)
    for board, (rate, past, until) in found.items():
        where = habit.owner_id.hex, habit.pk.hex, board.kind, board.starts_on
        yield *where, *rate, *past, until, reached_at, is_known


@lru_cache
def _texts(vendor: str) -> tuple[str, str]:
    words = {"rows": select_rows(vendor, COLUMNS), "live": LIVE, "least": LEAST_EXPECTED, "scale": RATE_STEPS}
    return KEPT.format(**words), SCORED.format(**words)


def begin_rates(user_id: uuid.UUID) -> None:
    """Keep the rates of those of a user's habits that count in a group or a challenge now, and of no others."""
    own = Habit.objects.owned_by(user_id)
    HabitRate.objects.filter(habit__in=own.exclude(COUNTING)).delete()
    new = own.filter(COUNTING).exclude(pk__in=HabitRate.objects.values("habit"))
    counted = count_rates_anew(list(new.select_related("stats", "owner")), open_rate_boards(now()))
    _store([_row_for(habit, board, rates) for habit, found in counted.items() for board, rates in found.items()])


def recount_rates(user_id: uuid.UUID, *, repair: bool) -> list[HabitRate]:
    """Compare the rates of a user's habits on open boards with the logs; return the right ones that differ, stored if asked."""
    own = Habit.objects.owned_by(user_id).filter(COUNTING).select_related("stats", "owner")
    stored = {(row.habit_id, row.board): row.counted for row in HabitRate.objects.filter(habit__owner=user_id)}
    wrong = [
        _row_for(habit, board, rates)
        for habit, found in count_rates_anew(list(own), open_rate_boards(now())).items()
        for board, rates in found.items()
        if _is_wrong(stored.get((habit.pk, board)), rates)
    ]
    if repair:
        _store(wrong)
    return wrong


def _is_wrong(stored: Counted | None, counted: Counted) -> bool:
    """Return whether a rate differs, or what lies before the same day; from before another day no write goes on."""
    if stored is None or stored.rate != counted.rate:
        return True
    return stored.until == counted.until and stored.past != counted.past


def _store(rows: Sequence[HabitRate]) -> None:
    columns = [field.name for field in HabitRate._meta.concrete_fields if field.name not in KEY]
    HabitRate.objects.bulk_create(rows, update_conflicts=True, unique_fields=KEY, update_fields=columns)


def _row_for(habit: Habit, board: Board, counted: Counted) -> HabitRate:
    rate, past, until = counted
    return HabitRate(
        habit=habit,
        kind=board.kind,
        starts_on=board.starts_on,
        expected=rate.expected,
        achieved=rate.achieved,
        past_expected=past.expected,
        past_achieved=past.achieved,
        past_until=until,
    )


def sum_rates(habits: QuerySet[Habit]) -> dict[Board, Rate]:
    """Return what habits of a query add up to on the boards of rates that are open, by what is kept of each."""
    found = dict.fromkeys(open_rate_boards(now()), Rate())
    for row in HabitRate.objects.filter(habit__in=habits):
        if row.board in found:
            found[row.board] = found[row.board].plus(row.counted.rate)
    return found
