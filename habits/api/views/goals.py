"""Goals, which nobody but their owner sees."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from habits.api.filters import GoalFilterSet, HabitGoalFilterSet
from habits.api.serializers import examples
from habits.api.serializers.goals import GoalChangeSerializer, GoalSerializer, draft_of, goal_document
from habits.models import Goal
from habits.permissions import CHANGE
from habits.selectors.goals import get_goal, list_goals, list_goals_of_habit
from habits.services.goals import create_goal, delete_goal, update_goal
from users.models import User
from users.selectors import today_for

ORDERING = OrderingParameter(
    {"created_at": "created_at", "updated_at": "updated_at", "start_date": "start_date", "title": "title"}, default="-created_at"
)


class HabitGoalViewSet(ApiViewSet):
    """The goals of an own habit."""

    area = "habits"
    access: ClassVar = {"list": Holding(CHANGE), "create": Holding(CHANGE)}
    conditional_actions = frozenset({"create"})
    filterset_class = HabitGoalFilterSet
    ordering = ORDERING
    refusals: ClassVar = {"list": [Forbidden], "create": [Forbidden, IdConflict, IdDeleted, LimitReached]}
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List the goals of a habit",
        "Of an own one. The filter `state` goes by what is stored, which follows the end of a day within minutes.",
        response=GoalSerializer(many=True),
        response_example=examples.GOAL,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        goals = list_goals_of_habit(self.actor, habit_id, needed=self.object_permission)
        page, today = self.paginate_queryset(self.filter_queryset(goals)), today_for(self.actor)
        return self.get_paginated_response([goal_document(goal, today) for goal in page])

    @operation(
        "Set a goal",
        "It counts what is logged from `start_date` to `deadline`, whenever it is logged, and follows every correction. A client "
        "may send its own `id`: the same one again answers 200 with the goal as it is now.",
        request=GoalSerializer,
        response=GoalSerializer,
        statuses=(201, 200),
        request_example=examples.GOAL_DRAFT,
        response_example=examples.GOAL,
    )
    def create(self, request: Request, habit_id: uuid.UUID) -> Response:
        data = self.validated(GoalSerializer)
        goal, is_new = create_goal(actor=self.actor, habit_id=habit_id, draft=draft_of(data), goal_id=data.get("id"))
        location = reverse("goal-detail", kwargs={"goal_id": goal.pk}, request=request)
        return answer_goal(self.actor, goal, status=201 if is_new else 200, headers={"Location": location})


class GoalViewSet(ApiViewSet):
    """Own goals."""

    area = "habits"
    access: ClassVar = {"list": USER, "retrieve": USER, "update": USER, "partial_update": USER, "destroy": USER}
    conditional_actions = frozenset({"retrieve", "update", "partial_update", "destroy"})
    filterset_class = GoalFilterSet
    ordering = ORDERING
    refusals: ClassVar = {
        "update": [Forbidden, LimitReached],
        "partial_update": [Forbidden, LimitReached],
        "destroy": [Forbidden],
    }

    @operation(
        "List own goals",
        "Of all habits. The filter `state` goes by what is stored, which follows the end of a day within minutes.",
        response=GoalSerializer(many=True),
        response_example=examples.GOAL,
    )
    def list(self, request: Request) -> Response:
        page, today = self.paginate_queryset(self.filter_queryset(list_goals(self.actor))), today_for(self.actor)
        return self.get_paginated_response([goal_document(goal, today) for goal in page])

    @operation("Read a goal", "An own one.", response=GoalSerializer, response_example=examples.GOAL)
    def retrieve(self, request: Request, goal_id: uuid.UUID) -> Response:
        return answer_goal(self.actor, get_goal(self.actor, goal_id))

    @operation(
        "Replace a goal",
        "Fields that are left out take their defaults; the start date stays as it is. It is counted anew.",
        request=GoalChangeSerializer,
        response=GoalSerializer,
        request_example=examples.GOAL_DRAFT,
        response_example=examples.GOAL,
    )
    def update(self, request: Request, goal_id: uuid.UUID) -> Response:
        return self._change(goal_id, is_partial=False)

    @operation(
        "Change a goal",
        "Fields that are left out stay. `is_cancelled` gives it up, or takes that back. It is counted anew.",
        request=GoalChangeSerializer,
        response=GoalSerializer,
        request_example=examples.GOAL_CHANGE,
        response_example=examples.GOAL | examples.GOAL_CHANGE | {"state": "cancelled"},
    )
    def partial_update(self, request: Request, goal_id: uuid.UUID) -> Response:
        return self._change(goal_id, is_partial=True)

    @operation("Delete a goal", "The logs stay as they are.", statuses=(204,))
    def destroy(self, request: Request, goal_id: uuid.UUID) -> Response:
        delete_goal(actor=self.actor, goal_id=goal_id, precondition=self.precondition)
        return Response(status=204)

    def _change(self, goal_id: uuid.UUID, *, is_partial: bool) -> Response:
        changes = self.validated(GoalChangeSerializer, partial=is_partial)
        goal = update_goal(actor=self.actor, goal_id=goal_id, changes=changes, precondition=self.precondition)
        return answer_goal(self.actor, goal)


def answer_goal(owner: User, goal: Goal, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that shows a goal to its owner."""
    document = goal_document(goal, today_for(owner))
    return Response(document, status=status, headers={"ETag": tag_of(document, goal.change_no), **(headers or {})})
