"""One statement, and as little around it as a plain Django view or a view of REST framework allows."""

import uuid
from typing import Any, Final, cast

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from uuid_utils.compat import uuid7

LIST: Final = """
SELECT json_build_object('count', count(*), 'results', json_agg(item))::text FROM (
    SELECT id, owner, name, description, unit, frequency, "interval", target_days, target_count, target_value, target_direction,
        target_scope, start_date, end_date, tags, color, icon, position, archived_on, created_at, updated_at,
        json_build_object('current_streak', current_streak, 'longest_streak', longest_streak, 'streak_unit', streak_unit,
            'completions', completions, 'last_completed_on', last_completed_on, 'strength', strength) AS stats,
        json_build_object('date', as_of, 'is_due', is_due, 'status', today_status, 'value', today_value_milli) AS today
    FROM limit_habit JOIN limit_stats ON habit_id = id
    WHERE owner_id = %s AND archived_on IS NULL
    ORDER BY position, id LIMIT 20
) AS item
"""
STATS: Final = "SELECT row_to_json(limit_stats)::text FROM limit_stats WHERE habit_id = %s"
WRITE: Final = """
WITH written AS (
    INSERT INTO limit_log (habit_id, date, status, value_milli, note, source, logged_at, updated_at)
    VALUES (%(habit)s, %(day)s, %(status)s, %(value)s, '', 'api', now(), now())
    ON CONFLICT (habit_id, date) DO UPDATE
    SET status = excluded.status, value_milli = excluded.value_milli, updated_at = excluded.updated_at
    RETURNING habit_id, date
)
INSERT INTO limit_stats AS stats (habit_id, as_of, last_completed_on, current_streak, longest_streak, completions, today_status)
SELECT habit_id, date, date, 1, 1, 1, %(status)s FROM written
ON CONFLICT (habit_id) DO UPDATE
SET as_of = excluded.as_of, last_completed_on = excluded.last_completed_on, today_status = excluded.today_status,
    current_streak = stats.current_streak + (stats.last_completed_on < excluded.as_of)::int,
    longest_streak = GREATEST(stats.longest_streak, stats.current_streak),
    completions = stats.completions + (stats.last_completed_on < excluded.as_of)::int
RETURNING row_to_json(stats)::text
"""
CREATE: Final = """
INSERT INTO limit_habit (id, owner_id, name, description, unit, frequency, "interval", target_count, target_direction,
    target_scope, start_date, tags, color, icon, position, created_at, updated_at)
VALUES (%s, %s, %s, '', '', %s, 1, 1, '', '', %s, '[]', '', '', 0, now(), now())
"""
TOP: Final = """
SELECT json_build_object('results', json_agg(item))::text FROM (
    SELECT row_number() OVER () AS rank, user_id, display_name, score FROM limit_place
    ORDER BY score DESC, reached_at, user_id LIMIT 50
) AS item
"""
RANK: Final = """
SELECT json_build_object('score', score, 'rank', 1 + (
    SELECT sum(count) FROM (
        SELECT count FROM limit_bucket WHERE level = 2 AND number > score >> 12
        UNION ALL
        SELECT count FROM limit_bucket WHERE level = 1 AND number > score >> 6 AND number < ((score >> 12) + 1) << 6
        UNION ALL
        SELECT count FROM limit_bucket WHERE level = 0 AND number > score AND number < ((score >> 6) + 1) << 6
    ) AS better
))::text FROM limit_place WHERE user_id = %s
"""


def document(_request: HttpRequest) -> HttpResponse:
    """Answer with a document that needs no database."""
    return JsonResponse({"status": "ok"})


def plain_list(_request: HttpRequest, owner_id: uuid.UUID) -> HttpResponse:
    """Answer with the habits of an owner, put together by the database."""
    return _one(LIST, [owner_id])


def _one(statement: str, parameters: Any) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (text,) = cursor.fetchone()
    return HttpResponse(text, content_type="application/json")


class Document(APIView):
    """A document that needs no database, for the bearer of a token."""

    def get(self, request: Request) -> Response:
        """Answer with the document."""
        return Response({"status": "ok"})


class List(APIView):
    """The habits of an owner, put together by the database."""

    def get(self, request: Request, owner_id: uuid.UUID) -> HttpResponse:
        """Answer with the list."""
        return _one(LIST, [owner_id])


class Stats(APIView):
    """The statistics of a habit."""

    def get(self, request: Request, habit_id: uuid.UUID) -> HttpResponse:
        """Answer with one row."""
        return _one(STATS, [habit_id])


class Write(APIView):
    """The log of a day, and the statistics that follow."""

    def put(self, request: Request, habit_id: uuid.UUID, day: str) -> HttpResponse:
        """Store both in one statement."""
        data: Any = request.data
        value = int(float(data["value"]) * 1000) if "value" in data else None
        values = {"habit": habit_id, "day": day, "status": data.get("status", "completed"), "value": value}
        return _one(WRITE, values)


class Top(APIView):
    """The first fifty places of a board."""

    def get(self, request: Request) -> HttpResponse:
        """Answer with the places."""
        return _one(TOP, [])


class Rank(APIView):
    """A user's rank on a board."""

    def get(self, request: Request, user_id: uuid.UUID) -> HttpResponse:
        """Answer with score and rank."""
        return _one(RANK, [user_id])


class Create(APIView):
    """A habit without anything around it."""

    def post(self, request: Request) -> Response:
        """Store the row."""
        habit_id, data = uuid7(), cast("dict[str, str]", request.data)
        with connection.cursor() as cursor:
            cursor.execute(CREATE, [habit_id, request.user.pk, data["name"], data["frequency"], data["start_date"]])
        return Response({"id": habit_id}, status=201)
