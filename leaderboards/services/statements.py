"""The statements that keep scores: each takes any number of moves in one text, and counts them in every scope at once.

Both databases read the text as JSON. A move carries the user, so that no statement looks for whose habit it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson
from django.db import connections, router

from config.prepared import Statement
from habits.models import Habit
from leaderboards.domain.boards import Board, Kind
from leaderboards.models import PUBLIC, Score
from leaderboards.selectors.showing import is_shown

COLUMNS: Final = {
    "owner": "uuid",
    "habit": "uuid",
    "kind": "smallint",
    "starts_on": "date",
    "unit": "text",
    "amount": "bigint",
    "fell_from": "bigint",
    "reached_at": "timestamptz",
    "is_public": "boolean",
    "is_known": "boolean",
}
# The challenges whose boards still follow their habits.
LIVE: Final = (
    "challenges_participation AS part JOIN challenges_challenge AS challenge ON challenge.id = part.challenge_id "
    "AND challenge.finished_at IS NULL AND challenge.cancelled_at IS NULL"
)
# Of what is shown on the boards of everybody, one more or one less with the present score.
SHIFTS: Final = """
WITH move AS ({moves})
INSERT INTO leaderboards_shift (user_id, kind, starts_on, score, change)
SELECT score.user_id, score.kind, score.starts_on, -score.negative, {change}
FROM (SELECT DISTINCT owner, kind, starts_on FROM move) AS moved
JOIN leaderboards_score AS score ON score.user_id = moved.owner AND score.scope = {public}
    AND score.kind = moved.kind AND score.starts_on = moved.starts_on
WHERE score.is_shown AND score.negative < 0
"""
# What is counted adds up; of streaks the best remains, and a row that would stay as it is is not written.
RAISED: Final = """
WITH move AS ({moves}),
risen AS (SELECT * FROM move WHERE amount IS NOT NULL),
reach AS (
    SELECT risen.*, {public} AS scope, is_public AS is_shown FROM risen
    UNION ALL
    SELECT risen.*, 'g' || shared.group_id, is_known FROM risen JOIN groups_sharedhabit AS shared ON shared.habit_id = risen.habit
    UNION ALL
    SELECT risen.*, 'c' || part.challenge_id, is_known FROM risen JOIN ({live}) ON part.habit_id = risen.habit
)
INSERT INTO leaderboards_score AS score (user_id, scope, kind, starts_on, negative, reached_at, is_shown)
SELECT reach.owner, reach.scope, reach.kind, reach.starts_on,
    CASE WHEN reach.kind >= {streaks} THEN -MAX(reach.amount) ELSE -SUM(reach.amount) END, MAX(reach.reached_at), reach.is_shown
FROM reach GROUP BY reach.owner, reach.scope, reach.kind, reach.starts_on, reach.is_shown
ON CONFLICT (user_id, scope, kind, starts_on) DO UPDATE SET
    negative = CASE
        WHEN score.kind < {streaks} THEN score.negative + EXCLUDED.negative
        WHEN EXCLUDED.negative < score.negative THEN EXCLUDED.negative
        ELSE score.negative
    END,
    reached_at = CASE
        WHEN EXCLUDED.negative < (CASE WHEN score.kind < {streaks} THEN 0 ELSE score.negative END) THEN EXCLUDED.reached_at
        ELSE score.reached_at
    END,
    is_shown = EXCLUDED.is_shown
WHERE score.kind < {streaks} OR EXCLUDED.negative < score.negative OR EXCLUDED.is_shown <> score.is_shown
"""
# Where the streak of a habit has fallen that was the best, the best of all that count in the same scopes remains.
FALLEN: Final = """
WITH move AS ({moves})
UPDATE leaderboards_score AS score SET negative = -COALESCE((
    SELECT MAX(CASE
        WHEN score.kind < {longest} AND stats.streak_unit = move.unit THEN stats.current_streak
        WHEN score.kind >= {longest} AND stats.longest_unit = move.unit THEN stats.longest_streak
        WHEN score.kind >= {longest} AND stats.streak_unit = move.unit THEN stats.current_streak
    END)
    FROM habits_habit AS habit JOIN habits_habitstats AS stats ON stats.habit_id = habit.id
    WHERE habit.owner_id = score.user_id AND (
        score.scope = {public}
        OR EXISTS (SELECT 1 FROM groups_sharedhabit AS shared
            WHERE shared.habit_id = habit.id AND 'g' || shared.group_id = score.scope)
        OR EXISTS (SELECT 1 FROM challenges_participation AS part
            WHERE part.habit_id = habit.id AND 'c' || part.challenge_id = score.scope)
    )
), 0)
FROM move
WHERE move.fell_from >= -score.negative AND score.user_id = move.owner AND score.kind = move.kind AND (
    score.scope = {public}
    OR EXISTS (SELECT 1 FROM groups_sharedhabit AS shared
        WHERE shared.habit_id = move.habit AND 'g' || shared.group_id = score.scope)
    OR EXISTS (SELECT 1 FROM {live} WHERE part.habit_id = move.habit AND 'c' || part.challenge_id = score.scope)
)
"""


class Move(NamedTuple):
    """What a habit, with its owner, does to the owner's score on a board, in all scopes where it counts.

    On a board of streaks `amount` is the streak of the habit that has risen, on others by how much it counts more. None where a
    streak has fallen, of the length `fell_from`: if that was the score, the best of all habits is to be looked for.
    """

    habit: Habit
    board: Board
    amount: int | None
    fell_from: int | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether a rank of everybody may change."""
        return is_shown(self.habit.owner, is_public=True)


class Texts(NamedTuple):
    """The statements for a database, in the order in which they run."""

    less: str
    raised: str
    fallen: str
    more: str


def statements_for(moves: Sequence[Move], present: datetime) -> list[Statement]:
    """Return what stores what moves do to scores, and where an owner is shown to everybody, the shifts that tell of it.

    The owners were read under their lock. The statistics of their habits are stored before these run.
    """
    using = router.db_for_write(Score)
    reached_at = str(Score._meta.get_field("reached_at").get_db_prep_save(present, connections[using]))
    text = as_text(_row(move, reached_at) for move in moves)
    texts = texts_for(connections[using].vendor)
    kept = [texts.raised] if any(move.amount is not None for move in moves) else []
    kept += [texts.fallen] if any(move.amount is None for move in moves) else []
    kept = [texts.less, *kept, texts.more] if any(move.is_ranked for move in moves) else kept
    return [Statement(using, sql, [text]) for sql in kept]


def _row(move: Move, reached_at: str) -> tuple[Any, ...]:
    """Return a move in the order of COLUMNS, at last whether its owner is shown to everybody, and in groups and challenges."""
    habit, board, amount, fell_from = move
    where = habit.owner_id.hex, habit.pk.hex, board.kind, board.starts_on, board.kind.streak_unit
    return *where, amount, fell_from, reached_at, move.is_ranked, is_shown(habit.owner, is_public=False)


@lru_cache
def texts_for(vendor: str) -> Texts:
    """Return the statements as a database understands them."""
    words: dict[str, Any] = {
        "moves": select_rows(vendor, COLUMNS),
        "public": f"'{PUBLIC}'",
        "live": LIVE,
        "streaks": int(Kind.CURRENT_DAYS),
        "longest": int(Kind.LONGEST_DAYS),
    }
    shifts = SHIFTS.replace("{change}", "{{change}}").format(**words)
    return Texts(shifts.format(change=-1), RAISED.format(**words), FALLEN.format(**words), shifts.format(change=1))


def select_rows(vendor: str, columns: Mapping[str, str]) -> str:
    """Return the statement that reads rows, by columns with PostgreSQL's types, out of the parameter that `as_text` makes."""
    if vendor == "postgresql":
        values = (f"CAST(value->>{place} AS {kind}) AS {name}" for place, (name, kind) in enumerate(columns.items()))
        # Of an array the planner expects ten rows, of JSON a hundred: for those it would read all scores of some thousands.
        source = "unnest(ARRAY(SELECT jsonb_array_elements(CAST(%s AS jsonb)))) AS value"
    else:
        values = (f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(columns))
        source = "json_each(%s)"
    # Names of our own; values are parameters.
    return f"SELECT {', '.join(values)} FROM {source}"  # noqa: S608 # nosec B608


def as_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows, of what JSON knows besides dates, as the parameter that `select_rows` reads."""
    return orjson.dumps(list(rows)).decode()
