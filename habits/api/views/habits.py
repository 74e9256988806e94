"""Habits."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from habits.api.filters import HabitFilterSet, SharedHabitFilterSet
from habits.api.serializers import examples
from habits.api.serializers.habits import (
    HabitChangeSerializer,
    HabitSerializer,
    ReorderSerializer,
    SharedHabitSerializer,
    VisibleHabitSerializer,
    draft_of,
    habit_document,
    service_changes,
    shared_document,
)
from habits.errors import LogsOutsideRange
from habits.models import Habit, HabitStats
from habits.permissions import CHANGE, DELETE, VIEW
from habits.selectors.habits import get_habit, list_current_habits, list_habits, list_shared_habits
from habits.selectors.stats import get_stats
from habits.services.editing import update_habit
from habits.services.habits import create_habit, delete_habit, reorder_habits
from users.selectors import today_for


class HabitViewSet(ApiViewSet):
    """Own habits, and those that others granted."""

    area = "habits"
    access: ClassVar = {
        "list": USER,
        "create": USER,
        "retrieve": Holding(VIEW),
        "update": Holding(CHANGE),
        "partial_update": Holding(CHANGE),
        "destroy": Holding(DELETE),
        "reorder": USER,
    }
    conditional_actions = frozenset({"create", "retrieve", "update", "partial_update", "destroy"})
    filterset_class = HabitFilterSet
    ordering = OrderingParameter(
        {"position": "position", "name": "name_key", "frequency": "frequency", "created_at": "created_at"}, default="position"
    )
    refusals: ClassVar = {
        "create": [IdConflict, IdDeleted, LimitReached],
        "update": [LogsOutsideRange, LimitReached],
        "partial_update": [LogsOutsideRange, LimitReached],
    }
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List own habits",
        "Each with its figures as of today. Archived ones are listed with `archived=true`.",
        response=HabitSerializer(many=True),
        response_example=examples.HABIT,
    )
    def list(self, request: Request) -> Response:
        is_plain = request.query_params.keys() <= self.pagination_class.parameters
        rows = list_current_habits(self.actor) if is_plain else self.filter_queryset(list_habits(self.actor))
        habits = self.paginate_queryset(rows)
        for habit in habits:
            habit.owner = self.actor
        return self.get_paginated_response([self._document(habit) for habit in habits])

    @operation(
        "Create a habit",
        "A client may send its own `id`: the same one again answers 200 with the habit as it is now.",
        request=HabitSerializer,
        response=HabitSerializer,
        statuses=(201, 200),
        request_example=examples.HABIT_DRAFT,
        response_example=examples.HABIT,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(HabitSerializer)
        habit, is_new = create_habit(actor=self.actor, draft=draft_of(data), habit_id=data.get("id"))
        location = reverse("habit-detail", kwargs={"habit_id": habit.pk}, request=request)
        return self._answer(habit, status=201 if is_new else 200, headers={"Location": location})

    @operation(
        "Read a habit",
        "An own one, or one that its owner shares, then without its description, tags and position.",
        response=VisibleHabitSerializer,
        response_example=examples.HABIT,
    )
    def retrieve(self, request: Request, habit_id: uuid.UUID) -> Response:
        return self._answer(get_habit(self.actor, habit_id, needed=self.object_permission))

    @operation(
        "Replace a habit",
        "Fields that are left out take their defaults; start date, position and archiving stay as they are. A change of the "
        "schedule makes a new version, as of `effective_from`: today if it is left out, never later.",
        request=HabitChangeSerializer,
        response=HabitSerializer,
        request_example=examples.HABIT_DRAFT,
        response_example=examples.HABIT,
    )
    def update(self, request: Request, habit_id: uuid.UUID) -> Response:
        return self._change(request, habit_id, is_partial=False)

    @operation(
        "Change a habit",
        "Fields that are left out stay. `archived_on` with today's date archives the habit, null takes it back. A change of the "
        "schedule makes a new version, as of `effective_from`: today if it is left out, never later.",
        request=HabitChangeSerializer,
        response=HabitSerializer,
        request_example=examples.HABIT_CHANGE,
        response_example=examples.HABIT,
    )
    def partial_update(self, request: Request, habit_id: uuid.UUID) -> Response:
        return self._change(request, habit_id, is_partial=True)

    @operation("Delete a habit", "With its logs and all that belongs to it.", statuses=(204,))
    def destroy(self, request: Request, habit_id: uuid.UUID) -> Response:
        delete_habit(actor=self.actor, habit_id=habit_id, precondition=self.precondition)
        return Response(status=204)

    @operation(
        "Order own habits",
        "Those not named follow in the order they had.",
        request=ReorderSerializer,
        statuses=(204,),
        request_example=examples.REORDER,
    )
    def reorder(self, request: Request) -> Response:
        reorder_habits(actor=self.actor, habit_ids=self.validated(ReorderSerializer)["ids"])
        return Response(status=204)

    def _change(self, request: Request, habit_id: uuid.UUID, *, is_partial: bool) -> Response:
        data = self.validated(HabitChangeSerializer, partial=is_partial)
        habit = update_habit(
            actor=self.actor,
            habit_id=habit_id,
            changes=service_changes(data),
            effective_from=data.get("effective_from"),
            precondition=self.precondition,
        )
        return self._answer(habit)

    def _answer(self, habit: Habit, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        document = self._document(habit)
        return Response(document, status=status, headers={"ETag": tag_of(document, habit.change_no), **(headers or {})})

    def _document(self, habit: Habit) -> dict[str, Any]:
        return habit_document(habit, current_stats(habit), self.actor)


class SharedHabitViewSet(ApiViewSet):
    """Habits of others; no filter looks at what only their owners see."""

    area = "habits"
    access: ClassVar = {"list": USER}
    filterset_class = SharedHabitFilterSet
    ordering = OrderingParameter({"name": "name_key", "frequency": "frequency", "created_at": "created_at"}, default="name")

    @operation(
        "List habits that others share with one",
        "Without their notes, tags and descriptions, which are their owner's alone.",
        response=SharedHabitSerializer(many=True),
        response_example=examples.SHARED_HABIT,
    )
    def list(self, request: Request) -> Response:
        habits = self.paginate_queryset(self.filter_queryset(list_shared_habits(self.actor)))
        return self.get_paginated_response([shared_document(habit, current_stats(habit), self.actor) for habit in habits])


def current_stats(habit: Habit) -> HabitStats:
    """Return a habit's statistics as of its owner's today."""
    return get_stats(habit, today_for(habit.owner))
