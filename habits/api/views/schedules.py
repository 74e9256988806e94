"""The versions of a habit's schedule, and its pauses."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.serializers import rows
from config.rest.views import ApiViewSet
from habits.api.serializers import examples
from habits.api.serializers.habits import (
    MAX_REORDERED,
    PauseSerializer,
    PausesSerializer,
    ScheduleVersionSerializer,
    pause_document,
    version_document,
)
from habits.errors import PauseOfArchive
from habits.models import HabitPause
from habits.permissions import CHANGE, VIEW
from habits.selectors.habits import list_pauses, list_versions
from habits.services.pauses import change_pause, create_pause, create_pauses, delete_pause


class ScheduleViewSet(ApiViewSet):
    """What a habit was to be, from when on."""

    area = "habits"
    access: ClassVar = {"list": Holding(VIEW)}
    ordering = OrderingParameter({"effective_from": "effective_from"}, default="effective_from")

    @operation(
        "List the versions of a schedule",
        "Each is in force until the next one. Days are judged by the version of their time.",
        response=ScheduleVersionSerializer(many=True),
        response_example=examples.VERSION,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        versions = list_versions(self.actor, habit_id)
        page = self.paginate_queryset(self.filter_queryset(versions))
        return self.get_paginated_response([version_document(version) for version in page])


class PauseViewSet(ApiViewSet):
    """Days of rest of one habit."""

    area = "habits"
    access: ClassVar = {
        "list": Holding(VIEW),
        "create": Holding(CHANGE),
        "partial_update": Holding(CHANGE),
        "destroy": Holding(CHANGE),
    }
    conditional_actions = frozenset({"create", "partial_update", "destroy"})
    ordering = OrderingParameter({"start": "start"}, default="start")
    refusals: ClassVar = {"create": [LimitReached], "partial_update": [PauseOfArchive], "destroy": [PauseOfArchive]}

    @operation(
        "List the pauses of a habit",
        "Those to come included. The one that archiving opened is marked by `is_archive`.",
        response=PauseSerializer(many=True),
        response_example=examples.PAUSE,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        page = self.paginate_queryset(self.filter_queryset(list_pauses(self.actor, habit_id)))
        return self.get_paginated_response([pause_document(pause) for pause in page])

    @operation(
        "Pause a habit",
        "Paused days without a log count as skipped; future ones may be paused too.",
        request=PauseSerializer,
        response=PauseSerializer,
        statuses=(201,),
        request_example=examples.PAUSE_DRAFT,
        response_example=examples.PAUSE,
    )
    def create(self, request: Request, habit_id: uuid.UUID) -> Response:
        data = self.validated(PauseSerializer)
        pause = create_pause(actor=self.actor, habit_id=habit_id, start=data["start"], end=data["end"])
        return self._answer(pause, status=201)

    @operation(
        "Change a pause",
        "Moves its ends. The pause of an archived habit ends with the archiving alone.",
        request=PauseSerializer,
        response=PauseSerializer,
        request_example={"end": "2026-08-21"},
        response_example=examples.PAUSE,
    )
    def partial_update(self, request: Request, habit_id: uuid.UUID, pause_id: uuid.UUID) -> Response:
        changes = self.validated(PauseSerializer, partial=True)
        pause = change_pause(
            actor=self.actor, habit_id=habit_id, pause_id=pause_id, changes=changes, precondition=self.precondition
        )
        return self._answer(pause)

    @operation("Delete a pause", "Its days count again as if it had never been.", statuses=(204,))
    def destroy(self, request: Request, habit_id: uuid.UUID, pause_id: uuid.UUID) -> Response:
        delete_pause(actor=self.actor, habit_id=habit_id, pause_id=pause_id, precondition=self.precondition)
        return Response(status=204)

    def _answer(self, pause: HabitPause, *, status: int = 200) -> Response:
        document = pause_document(pause)
        return Response(document, status=status, headers={"ETag": tag_of(document, pause.change_no)})


class HolidayViewSet(ApiViewSet):
    """Days of rest of several habits at once."""

    area = "habits"
    access: ClassVar = {"create": USER}
    refusals: ClassVar = {"create": [LimitReached]}

    @operation(
        "Pause many habits",
        "All own habits that are not archived, or those named.",
        request=PausesSerializer,
        response=rows(PauseSerializer, most=MAX_REORDERED),
        statuses=(201,),
        request_example=examples.PAUSE_DRAFT,
        response_example=examples.PAUSE,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(PausesSerializer)
        pauses = create_pauses(actor=self.actor, start=data["start"], end=data["end"], habit_ids=data["habits"])
        return Response([pause_document(pause) for pause in pauses], status=201)
