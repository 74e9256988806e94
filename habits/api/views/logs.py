"""Logs of a habit by date, and logs of many habits at once."""

import uuid
from datetime import date
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import IdConflict
from config.rest.conditional import tag_of
from config.rest.pagination import CursorKey, StrictCursorPagination
from config.rest.params import FlagParameter, QueryParams
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from habits.api.filters import LogFilterSet
from habits.api.serializers import examples
from habits.api.serializers.logs import (
    MAX_BATCH_ROWS,
    AdditionSerializer,
    BatchResultSerializer,
    BatchRowSerializer,
    LogCreateSerializer,
    LogDeletionSerializer,
    LogSerializer,
    LogWriteSerializer,
    log_document,
    row_document,
    state_document,
)
from habits.domain.logs import LogStatus
from habits.errors import DateOutOfRange, HabitArchived, HabitNotMeasured, LogExists
from habits.permissions import LOG, VIEW
from habits.selectors.habits import get_habit
from habits.selectors.logs import get_log, list_logs, name_partners
from habits.services.batches import BatchRow, write_logs
from habits.services.logs import Entry, LogResult, add_to_log, change_log, create_log, delete_log, put_log

STATE_NOTE = "Answers the habit's state beside the log, so that no second call is needed."


class LogViewSet(ApiViewSet):
    """The logs of a habit, one for each date."""

    area = "habits"
    access: ClassVar = {
        "list": Holding(VIEW),
        "create": Holding(LOG),
        "retrieve": Holding(VIEW),
        "update": Holding(LOG),
        "partial_update": Holding(LOG),
        "destroy": Holding(LOG),
        "add": Holding(LOG),
    }
    conditional_actions = frozenset({"create", "retrieve", "update", "partial_update", "destroy", "add"})
    filterset_class = LogFilterSet
    pagination_class = StrictCursorPagination
    cursor_key = CursorKey("date")
    refusals: ClassVar = {
        "create": [DateOutOfRange, LogExists, HabitArchived],
        "update": [DateOutOfRange, HabitArchived],
        "partial_update": [DateOutOfRange, HabitArchived],
        "destroy": [HabitArchived],
        "add": [DateOutOfRange, HabitArchived, HabitNotMeasured, IdConflict],
    }
    located: ClassVar = {"create": [201], "update": [201], "add": [201]}

    @operation(
        "List the logs of a habit",
        "The latest first. Others than the owner see neither notes nor where logs come from.",
        response=LogSerializer(many=True),
        response_example=examples.LOG,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        habit = get_habit(self.actor, habit_id, needed=self.object_permission)
        page = self.paginate_queryset(self.filter_queryset(list_logs(habit)))
        is_own = habit.owner_id == self.actor.pk
        if is_own:
            name_partners(page)
        return self.get_paginated_response([log_document(log, is_own=is_own) for log in page])

    @operation(
        "Log a day",
        "Today, completed, where the body does not say otherwise. " + STATE_NOTE,
        request=LogCreateSerializer,
        response=LogWriteSerializer,
        statuses=(201,),
        request_example=examples.LOG_DRAFT,
        response_example=examples.LOG_WRITTEN,
    )
    def create(self, request: Request, habit_id: uuid.UUID) -> Response:
        data = self.validated(LogCreateSerializer)
        result = create_log(actor=self.actor, habit_id=habit_id, day=data.get("date"), entry=_entry(data))
        return self._written(result)

    @operation(
        "Read the log of a day",
        "404 where the day has none. Others than the owner see neither the note nor where the log comes from.",
        response=LogSerializer,
        response_example=examples.LOG,
    )
    def retrieve(self, request: Request, habit_id: uuid.UUID, date: date) -> Response:
        habit = get_habit(self.actor, habit_id, needed=self.object_permission)
        log = get_log(habit, date)
        document = log_document(log, is_own=habit.owner_id == self.actor.pk)
        return Response(document, headers={"ETag": tag_of(document, log.change_no)})

    @operation(
        "Log a day, in the place of an earlier log",
        STATE_NOTE,
        request=LogWriteSerializer,
        response=LogWriteSerializer,
        statuses=(200, 201),
        request_example=examples.LOG_DRAFT,
        response_example=examples.LOG_WRITTEN,
    )
    def update(self, request: Request, habit_id: uuid.UUID, date: date) -> Response:
        entry = _entry(self.validated(LogWriteSerializer))
        result = put_log(actor=self.actor, habit_id=habit_id, day=date, entry=entry, precondition=self.precondition)
        return self._written(result)

    @operation(
        "Change the log of a day",
        STATE_NOTE,
        request=LogWriteSerializer,
        response=LogWriteSerializer,
        request_example={"note": "In the rain"},
        response_example=examples.LOG_WRITTEN,
    )
    def partial_update(self, request: Request, habit_id: uuid.UUID, date: date) -> Response:
        changes = self.validated(LogWriteSerializer, partial=True)
        result = change_log(actor=self.actor, habit_id=habit_id, day=date, changes=changes, precondition=self.precondition)
        return self._written(result)

    @operation("Delete the log of a day", STATE_NOTE, response=LogDeletionSerializer, response_example=examples.LOG_DELETED)
    def destroy(self, request: Request, habit_id: uuid.UUID, date: date) -> Response:
        habit = delete_log(actor=self.actor, habit_id=habit_id, day=date, precondition=self.precondition)
        return Response({"habit": habit.pk, "date": date, "habit_state": state_document(habit, date)})

    @operation(
        "Add to the value of a day",
        "Safe under concurrency, and once for each `id`: repeating it adds nothing. " + STATE_NOTE,
        request=AdditionSerializer,
        response=LogWriteSerializer,
        statuses=(200, 201),
        request_example=examples.ADDITION,
        response_example=examples.MEASURED_LOG_WRITTEN,
    )
    def add(self, request: Request, habit_id: uuid.UUID, date: date) -> Response:
        data = self.validated(AdditionSerializer)
        result = add_to_log(actor=self.actor, habit_id=habit_id, day=date, amount_milli=data["amount"], request_id=data.get("id"))
        return self._written(result)

    def _written(self, result: LogResult) -> Response:
        habit, log = result.habit, result.log
        document = log_document(log, is_own=habit.owner_id == self.actor.pk)
        # That of the log alone, as a read shows it.
        headers = {"ETag": tag_of(document, log.change_no)}
        document["habit_state"] = state_document(habit, log.date)
        if not result.is_created:
            return Response(document, headers=headers)
        headers["Location"] = reverse("log-detail", kwargs={"habit_id": habit.pk, "date": log.date}, request=self.request)
        return Response(document, status=201, headers=headers)


class BatchParams(QueryParams):
    """How a batch is taken."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; a serializer has a `partial` of its own."""
        flag = FlagParameter(default=False, help_text="Take each row for itself, instead of all or nothing.")
        return {**super().get_fields(), "partial": flag}


class LogBatchViewSet(ApiViewSet):
    """Many logs of many habits in one call."""

    area = "habits"
    access: ClassVar = {"create": USER}
    query_params: ClassVar = {"create": BatchParams}

    @operation(
        "Log many days",
        f"Up to {MAX_BATCH_ROWS} logs, written in their order; all or nothing, or with `partial=true` each for itself. Repeating "
        "a batch changes nothing. Errors name the row: `17.date`.",
        request=BatchRowSerializer(many=True, allow_empty=False, max_length=MAX_BATCH_ROWS),  # type: ignore[call-arg] # the list's argument
        response=BatchResultSerializer,
        request_example=examples.BATCH_ROW,
        response_example=examples.BATCH_RESULT,
    )
    def create(self, request: Request) -> Response:
        rows = self.validated(BatchRowSerializer, many=True, allow_empty=False, max_length=MAX_BATCH_ROWS)
        batch = [BatchRow(habit_id=row["habit"], day=row["date"], entry=_entry(row)) for row in rows]
        results = write_logs(actor=self.actor, rows=batch, is_partial=self.params.values["partial"])
        return Response({"results": [row_document(result) for result in results]})


def _entry(data: Any) -> Entry:
    status = data.get("status")
    return Entry(status=LogStatus(status) if status else None, value_milli=data["value_milli"], note=data["note"])
