"""Habits that members share with their group, and how everybody gets on."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Forbidden, LimitReached
from config.rest.filters import OrderingParameter
from config.rest.pagination import page_size_of
from config.rest.params import MAX_PAGE_DAYS
from config.rest.permissions import Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from groups.api.filters import GroupHabitFilterSet, ProgressFilterSet
from groups.api.serializers import examples
from groups.api.serializers.habits import (
    GroupHabitDraftSerializer,
    GroupHabitSerializer,
    GroupProgressParams,
    MemberProgressSerializer,
    progress_document,
    shared_document,
)
from groups.permissions import VIEW
from groups.selectors.habits import list_shared_habits
from groups.selectors.progress import get_progress, list_progressing
from groups.services.habits import MAX_SHARED_HABITS, share_habit, unshare_habit
from users.selectors import today_for


class GroupHabitViewSet(ApiViewSet):
    """The habits that a group sees."""

    area = "groups"
    access: ClassVar = {"list": Holding(VIEW), "create": Holding(VIEW), "destroy": Holding(VIEW)}
    filterset_class = GroupHabitFilterSet
    ordering = OrderingParameter({"name": "habit__name_key", "shared_at": "shared_at"}, default="name")
    refusals: ClassVar = {"list": [Forbidden], "create": [LimitReached]}

    @operation(
        "List the habits that a group sees",
        "For members: the schedules and figures of all habits that members share, without notes, tags and descriptions, which "
        "are their owner's alone. Each is read at its own address, too.",
        response=GroupHabitSerializer(many=True),
        response_example=examples.GROUP_HABIT,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        shares = self.paginate_queryset(self.filter_queryset(list_shared_habits(self.actor, group_id)))
        return self.get_paginated_response([shared_document(shared) for shared in shares])

    @operation(
        "Share a habit with a group",
        f"One of one's own habits, of which members may share {MAX_SHARED_HABITS} each. Everybody in the group sees it until one "
        "takes it out, or leaves. Repeating it answers 200.",
        request=GroupHabitDraftSerializer,
        response=GroupHabitSerializer,
        statuses=(201, 200),
        request_example=examples.GROUP_HABIT_DRAFT,
        response_example=examples.GROUP_HABIT,
    )
    def create(self, request: Request, group_id: uuid.UUID) -> Response:
        data = self.validated(GroupHabitDraftSerializer)
        shared, is_new = share_habit(actor=self.actor, group_id=group_id, habit_id=data["habit"])
        return Response(shared_document(shared), status=201 if is_new else 200)

    @operation(
        "Take a habit out of a group",
        "One's own, or for admins anybody's. What the feed told of it goes, too.",
        statuses=(204,),
    )
    def destroy(self, request: Request, group_id: uuid.UUID, shared_habit_id: uuid.UUID) -> Response:
        unshare_habit(actor=self.actor, group_id=group_id, habit_id=shared_habit_id)
        return Response(status=204)


class GroupProgressViewSet(ApiViewSet):
    """How the members of a group get on."""

    area = "groups"
    access: ClassVar = {"list": Holding(VIEW)}
    query_params: ClassVar = {"list": GroupProgressParams}
    filterset_class = ProgressFilterSet
    ordering = OrderingParameter({"joined_at": "joined_at"}, default="joined_at")
    refusals: ClassVar = {"list": [Forbidden]}
    params: GroupProgressParams

    @operation(
        "List the progress of the members of a group",
        "For members: each one's figures for the habits that they share, archived ones left out, with `days=true` day by day. "
        "The range is `from` and `to`, or a `period`; the last 30 days if nothing is said. It holds at most 366 days, and "
        f"{MAX_PAGE_DAYS:,} divided by `page_size`. It is reckoned from one's own today, and each habit is judged as of its "
        "owner's.",
        response=MemberProgressSerializer(many=True),
        response_example=examples.MEMBER_PROGRESS,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        members = self.paginate_queryset(self.filter_queryset(list_progressing(self.actor, group_id)))
        first, last = self.params.resolve_page(today_for(self.actor), page_size_of(request))
        found = get_progress(self.actor, members, first, last)
        with_days = self.params.values["days"]
        return self.get_paginated_response([progress_document(member, with_days=with_days) for member in found])
