"""Standings and days in JSON, and announcements."""

from datetime import datetime
from typing import Any

from rest_framework.response import Response

from challenges.api.serializers.challenges import ParticipantReferenceSerializer, participant_reference
from challenges.domain.terms import MAX_DAYS
from challenges.models import Announcement, Challenge
from challenges.models.announcements import ANNOUNCEMENT_MAX_LENGTH
from challenges.selectors.progress import ParticipantProgress
from challenges.selectors.standings import Standings
from challenges.shapes import ScoreField, score_text
from config.rest.fields import CalendarDateField, ChoiceField, CountField, IdField, InstantField, TextField, instant_text
from config.rest.pagination import PagePagination
from config.rest.references import UserReferenceSerializer, user_reference
from config.rest.serializers import StrictSerializer, rows
from habits.domain.schedule import STREAK_UNIT, STREAK_UNITS, Frequency
from habits.shapes import ProgressDaySerializer, RateField, days_document, rate_text


class PlaceSerializer(StrictSerializer):
    """A participant's place."""

    rank = CountField(help_text="One more than there are better scores: equal ones share a rank.")
    user = ParticipantReferenceSerializer(read_only=True)
    score = ScoreField(help_text="Null where no success rate can be told yet.")


class StandingSerializer(PlaceSerializer):
    """How a participant stands, as of the participant's own today."""

    achieved = CountField()
    expected = CountField()
    success_rate = RateField()
    current_streak = CountField()
    streak_unit = ChoiceField(choices=list(STREAK_UNITS), read_only=True, help_text="What streaks count.")
    last_completed_on = CalendarDateField(read_only=True, allow_null=True)
    reached_at = InstantField(
        read_only=True, allow_null=True, help_text="When the last log was received that has raised the score."
    )


class ParticipantProgressSerializer(PlaceSerializer):
    """A participant's days, as the challenge judges them."""

    days = rows(ProgressDaySerializer, most=MAX_DAYS)


class AnnouncementSerializer(StrictSerializer):
    """What a runner has to say."""

    id = IdField(
        required=False, help_text="May be made by the client, once, so that a repeated request makes no second announcement."
    )
    challenge = IdField(read_only=True)
    author = UserReferenceSerializer(read_only=True)
    text = TextField(max_length=ANNOUNCEMENT_MAX_LENGTH)
    created_at = InstantField(read_only=True)
    updated_at = InstantField(read_only=True)


class AnnouncementChangeSerializer(AnnouncementSerializer):
    """Another text."""

    id = IdField(read_only=True)


class StandingsPagination(PagePagination):
    """Pages of standings, which also tell where one stands oneself, as of when, and whether that is final."""

    page_name = "StandingsPage"

    def get_standings_response(self, data: Any, **more: Any) -> Response:
        """Return the answer around the serialized rows, with what is told beside them."""
        response = super().get_paginated_response(data)
        response.data |= more
        return response

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of the answer."""
        page = super().get_paginated_response_schema(schema)
        row = schema["items"] if isinstance(schema, dict) else {}  # also asked with what is none, for the place in examples
        page["properties"] |= {
            "me": {"oneOf": [row, {"type": "null"}], "description": "One's own; null for who takes no part.", "example": None},
            "as_of": {"type": "string", "format": "date-time", "maxLength": 35, "example": "2026-06-10T08:00:00Z"},
            "is_final": {"type": "boolean", "example": False},
        }
        page["required"] = list(page["properties"])
        return page


def standing_document(challenge: Challenge, row: Any) -> dict[str, Any]:
    """Return how a participant stands."""
    return {
        **_place_document(challenge, row),
        "achieved": row.achieved,
        "expected": row.expected,
        "success_rate": rate_text(row.rate.success_rate),
        "current_streak": row.current_streak,
        "streak_unit": STREAK_UNIT[Frequency(challenge.frequency)],
        "last_completed_on": row.last_completed_on,
        "reached_at": row.reached_at,
    }


def progress_document(challenge: Challenge, progress: ParticipantProgress) -> dict[str, Any]:
    """Return a participant's days."""
    return {**_place_document(challenge, progress.row), "days": days_document(progress.calendar)}


def _place_document(challenge: Challenge, row: Any) -> dict[str, Any]:
    return {"rank": row.place, "user": participant_reference(row), "score": score_text(challenge.scoring, row.score)}


def beside(standings: Standings, present: datetime) -> dict[str, Any]:
    """Return as of when standings are told, and whether they are final."""
    finished_at = standings.challenge.finished_at
    return {"as_of": instant_text(finished_at or present), "is_final": finished_at is not None}


def announcement_document(announcement: Announcement) -> dict[str, Any]:
    """Return an announcement."""
    return {
        "id": announcement.pk,
        "challenge": announcement.challenge_id,
        "author": user_reference(announcement.author),
        "text": announcement.text,
        "created_at": announcement.created_at,
        "updated_at": announcement.updated_at,
    }
