"""Boards, places and neighbours in JSON, and the parameters that name a board."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from rest_framework import serializers
from rest_framework.response import Response

from challenges.domain.terms import Scoring
from challenges.shapes import score_text
from config.rest.fields import CalendarDateField, ChoiceField, CountField, FlagField, InstantField, ShapeField, instant_text
from config.rest.pagination import PagePagination
from config.rest.params import QueryParams, WholeNumberParameter, invalid_parameter
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer, rows
from leaderboards.domain.boards import Board, Metric, Period, StreakUnit, board_of
from leaderboards.domain.rates import LEAST_EXPECTED
from leaderboards.domain.scopes import EVERYBODY, SCOPE_KINDS, SCOPE_PATTERN, Scope, ScopeKind, read_scope
from leaderboards.selectors.boards import OwnPlace, Places, Row

MAX_NEIGHBORS: Final = 50
DEFAULT_NEIGHBORS: Final = 5
# A whole number, or a rate with four decimals.
SCORE_PATTERN: Final = r"^([1-9][0-9]{0,15}|0\.[0-9]{4}|1\.0000)$"
SCORE_MAX_LENGTH: Final = 16
SCOPE_MAX_LENGTH: Final = 46
HIDDEN: Final = "hidden"
NO_SCORE: Final = "no_score"


class BoardParams(QueryParams):
    """Which board is meant."""

    scope = ShapeField(
        SCOPE_PATTERN,
        longest=SCOPE_MAX_LENGTH,
        default="public",
        help_text="Who is ranked: `public`, `group:ID` for members, `challenge:ID` for who sees the challenge.",
    )
    period = ChoiceField(
        choices=[period.value for period in Period],
        default=Period.ALL_TIME.value,
        help_text="The days that count, from one's own today, or UTC's without a token. Streaks have none but `all_time`.",
    )
    streak_unit = ChoiceField(
        choices=[unit.value for unit in StreakUnit],
        required=False,
        help_text="What streaks count, `day` if nothing is said; those of other units are on boards of their own.",
    )

    @property
    def scope_named(self) -> Scope:
        """Who is ranked."""
        return read_scope(self.values["scope"])

    def resolve(self, metric: Metric) -> tuple[Period, StreakUnit]:
        """Return period and unit; raise InvalidParameter for those that the metric does not have."""
        period, unit = Period(self.values["period"]), self.values.get("streak_unit")
        if not metric.is_public and self.scope_named == EVERYBODY:
            raise invalid_parameter("scope", "Success rates are ranked in groups and challenges alone.")
        if not metric.is_streak and unit is not None:
            raise invalid_parameter("streak_unit", "Streaks alone have a unit.")
        if metric.is_streak and period is not Period.ALL_TIME:
            raise invalid_parameter("period", "Streaks are of all time.")
        return period, StreakUnit(unit or StreakUnit.DAY)


class OwnPlaceParams(BoardParams):
    """Which board is meant, and how much of it."""

    neighbors = WholeNumberParameter(
        min_value=0, max_value=MAX_NEIGHBORS, default=DEFAULT_NEIGHBORS, help_text="How many places above, and how many below."
    )


class PlaceSerializer(StrictSerializer):
    """A place on a board."""

    rank = CountField(help_text="One more than there are better scores: equal ones share a rank.")
    user = UserReferenceSerializer(read_only=True)
    score = ShapeField(SCORE_PATTERN, longest=SCORE_MAX_LENGTH, read_only=True)
    streak_unit = ChoiceField(
        choices=[unit.value for unit in StreakUnit],
        read_only=True,
        allow_null=True,
        help_text="Null where none are ranked.",
    )


class PeriodSerializer(StrictSerializer):
    """The days of a board."""

    period = ChoiceField(choices=[period.value for period in Period], read_only=True)
    starts_on = CalendarDateField(read_only=True, allow_null=True)
    ends_on = CalendarDateField(read_only=True, allow_null=True)
    closes_at = InstantField(read_only=True, allow_null=True, help_text="From then on nothing that is logged changes it.")


class BoardSerializer(StrictSerializer):
    """What is ranked, among whom and over which days."""

    metric = ChoiceField(choices=[metric.value for metric in Metric], read_only=True)
    scope_kinds = serializers.ListField(
        child=ChoiceField(choices=[kind.value for kind in SCOPE_KINDS]), max_length=len(SCOPE_KINDS), read_only=True
    )
    streak_units = serializers.ListField(
        child=ChoiceField(choices=[unit.value for unit in StreakUnit]), max_length=len(StreakUnit), read_only=True
    )
    periods = rows(PeriodSerializer, most=len(Period))


class OwnPlaceSerializer(StrictSerializer):
    """Where one stands oneself."""

    rank = CountField(allow_null=True)
    score = ShapeField(SCORE_PATTERN, longest=SCORE_MAX_LENGTH, read_only=True, allow_null=True)
    streak_unit = ChoiceField(choices=[unit.value for unit in StreakUnit], read_only=True, allow_null=True)
    reason = ChoiceField(
        choices=[HIDDEN, NO_SCORE],
        read_only=True,
        allow_null=True,
        help_text="Why there is no rank: the settings hide one from this board, or nothing counts there yet; of a success rate, "
        f"less than {LEAST_EXPECTED} expected completions.",
    )
    total = CountField(help_text="How many have a place.")
    above = rows(PlaceSerializer, most=MAX_NEIGHBORS)
    below = rows(PlaceSerializer, most=MAX_NEIGHBORS)
    starts_on = CalendarDateField(read_only=True, allow_null=True)
    ends_on = CalendarDateField(read_only=True, allow_null=True)
    as_of = InstantField(read_only=True)
    is_final = FlagField(read_only=True)


class BoardPagination(PagePagination):
    """Pages of a board, which also tell over which days it is, as of when, and whether that is final."""

    page_name = "BoardPage"

    def read(self, queryset: Any, offset: int, size: int) -> list[Any]:
        """Return so many rows after others; what follows is told by all places, of which some may be hidden since."""
        rows: list[Row] = queryset[offset : offset + size]
        self.count = len(queryset)
        self.has_next = offset + size < self.count
        return rows

    def get_board_response(self, data: Any, places: Places) -> Response:
        """Return the answer around the places."""
        response = super().get_paginated_response(data)
        response.data |= _beside(places)
        return response

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of the answer."""
        page = super().get_paginated_response_schema(schema)
        day = {"type": ["string", "null"], "format": "date", "example": None}
        page["properties"] |= {
            "starts_on": day,
            "ends_on": day,
            "as_of": {"type": "string", "format": "date-time", "maxLength": 35, "example": "2026-06-10T08:00:00Z"},
            "is_final": {"type": "boolean", "example": False},
        }
        page["required"] = list(page["properties"])
        return page


def board_documents(today: date) -> list[dict[str, Any]]:
    """Return all boards, with their days as of a date."""
    return [
        {
            "metric": metric,
            "scope_kinds": [kind for kind in SCOPE_KINDS if metric.is_public or kind is not ScopeKind.PUBLIC],
            "streak_units": list(StreakUnit) if metric.is_streak else [],
            "periods": list(_periods(metric, today)),
        }
        for metric in Metric
    ]


def _periods(metric: Metric, today: date) -> Iterator[dict[str, Any]]:
    for period in [Period.ALL_TIME] if metric.is_streak else Period:
        board = board_of(metric, period, StreakUnit.DAY, today)
        starts_on = None if board.ends_on is None else board.starts_on
        yield {"period": period, "starts_on": starts_on, "ends_on": board.ends_on, "closes_at": board.closes_at}


def place_documents(rows: Iterable[Row], places: Places) -> list[dict[str, Any]]:
    """Return places of a board."""
    unit, scoring = places.board.kind.streak_unit, scoring_of(places.board)
    return [
        {"rank": rank, "user": user_reference(user), "score": score_text(scoring, score), "streak_unit": unit}
        for rank, user, score in rows
    ]


def scoring_of(board: Board) -> Scoring:
    """Return how challenges call what scores of a board are, which look the same there."""
    return Scoring.SUCCESS_RATE if board.kind.is_rate else Scoring.COMPLETIONS


def own_document(own: OwnPlace, places: Places) -> dict[str, Any]:
    """Return where one stands oneself."""
    return {
        "rank": own.rank,
        "score": score_text(scoring_of(places.board), own.score),
        "streak_unit": places.board.kind.streak_unit,
        "reason": None if own.rank is not None else HIDDEN if own.is_hidden else NO_SCORE,
        "total": own.total,
        "above": place_documents(own.above, places),
        "below": place_documents(own.below, places),
        **_beside(places),
    }


def _beside(places: Places) -> dict[str, Any]:
    ends_on = places.board.ends_on
    return {
        "starts_on": None if ends_on is None else places.board.starts_on,
        "ends_on": ends_on,
        "as_of": instant_text(places.as_of),
        "is_final": places.is_final,
    }
