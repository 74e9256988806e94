"""Tables of the limits' own, with the same rows as those of the service and nothing that the limits do not need."""

from django.db import connection

TABLES = """
CREATE TABLE limit_habit AS
SELECT habit.id, habit.owner_id, json_build_object('id', person.id, 'display_name', person.display_name) AS owner, habit.name,
    description, unit, frequency, "interval", target_days, target_count,
    trim_scale(target_value_milli / 1000.0)::text AS target_value, target_direction, target_scope, start_date, end_date, tags,
    color, icon, position, archived_on, created_at, updated_at
FROM habits_habit AS habit JOIN users_user AS person ON person.id = habit.owner_id;
ALTER TABLE limit_habit ADD PRIMARY KEY (id);
CREATE INDEX ON limit_habit (owner_id, position, id);

CREATE TABLE limit_stats WITH (fillfactor = 70) AS
SELECT habit_id, as_of, last_completed_on, current_streak, longest_streak, completions, streak_unit,
    to_char(strength, 'FM0.0000') AS strength, is_due, today_status, today_value_milli
FROM habits_habitstats;
ALTER TABLE limit_stats ADD PRIMARY KEY (habit_id);

CREATE TABLE limit_log AS
SELECT habit_id, date, status, value_milli, note, source, logged_at, updated_at FROM habits_habitlog;
ALTER TABLE limit_log ADD PRIMARY KEY (habit_id, date);
"""

BOARD_TABLES = """
CREATE TABLE limit_place AS
SELECT user_id, display_name, -negative AS score, reached_at
FROM leaderboards_score AS score JOIN users_user AS person ON person.id = score.user_id
WHERE scope = '' AND kind = 10 AND is_shown AND negative < 0;
ALTER TABLE limit_place ADD PRIMARY KEY (user_id);
CREATE INDEX ON limit_place (score DESC, reached_at, user_id);

CREATE TABLE limit_bucket AS
SELECT level, score >> (6 * level) AS number, count(*) AS count
FROM limit_place, generate_series(0, 2) AS level GROUP BY level, number;
ALTER TABLE limit_bucket ADD PRIMARY KEY (level, number);
"""


def make_tables() -> None:
    """Make the tables from those of the service."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)


def make_board_tables() -> None:
    """Make those of the board of all completions."""
    with connection.cursor() as cursor:
        cursor.execute(BOARD_TABLES)
