"""Groups, and coming in and going."""

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
from groups.api.filters import GroupFilterSet
from groups.api.serializers import examples
from groups.api.serializers.groups import GroupChangeSerializer, GroupListParams, GroupSerializer, group_document
from groups.domain.joining import State
from groups.errors import Banned, GroupFull, InvitationRequired
from groups.models import Group
from groups.permissions import CHANGE, DELETE, VIEW
from groups.selectors.groups import get_group, list_own_groups, list_public_groups
from groups.services.groups import GroupDraft, create_group, delete_group, update_group
from groups.services.joining import join_group, leave_group
from users.errors import LastOwner


class GroupViewSet(ApiViewSet):
    """Own groups, and public ones."""

    area = "groups"
    access: ClassVar = {
        "list": USER,
        "create": USER,
        "retrieve": Holding(VIEW),
        "update": Holding(CHANGE),
        "partial_update": Holding(CHANGE),
        "destroy": Holding(DELETE),
        "join": USER,
        "leave": USER,
    }
    conditional_actions = frozenset({"create", "retrieve", "update", "partial_update", "destroy", "join"})
    query_params: ClassVar = {"list": GroupListParams}
    filterset_class = GroupFilterSet
    ordering = OrderingParameter({"name": "name_key", "created_at": "created_at"}, default="name")
    refusals: ClassVar = {
        "create": [IdConflict, IdDeleted, LimitReached],
        "join": [Banned, InvitationRequired, GroupFull, LimitReached],
        "leave": [LastOwner],
    }
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List groups",
        "Those to which one belongs, with `habit` those of them that see it; with `discover=true` the public ones, own ones "
        "among them.",
        response=GroupSerializer(many=True),
        response_example=examples.GROUP,
    )
    def list(self, request: Request) -> Response:
        given = self.params.values
        found = list_public_groups(self.actor) if given["discover"] else list_own_groups(self.actor, seeing=given.get("habit"))
        groups = self.paginate_queryset(self.filter_queryset(found))
        return self.get_paginated_response([group_document(group) for group in groups])

    @operation(
        "Create a group",
        "Its creator is its owner. A client may send its own `id`: the same one again answers 200 with the group as it is now.",
        request=GroupSerializer,
        response=GroupSerializer,
        statuses=(201, 200),
        request_example=examples.GROUP_DRAFT,
        response_example=examples.GROUP,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(GroupSerializer)
        group_id = data.pop("id", None)
        group, is_new = create_group(actor=self.actor, draft=GroupDraft(**data), group_id=group_id)
        location = reverse("group-detail", kwargs={"group_id": group.pk}, request=request)
        return self._answer(group, status=201 if is_new else 200, headers={"Location": location})

    @operation(
        "Read a group",
        "One to which one belongs, or a public one. It tells how many members there are; who they are, members are told.",
        response=GroupSerializer,
        response_example=examples.GROUP,
    )
    def retrieve(self, request: Request, group_id: uuid.UUID) -> Response:
        return self._answer(get_group(self.actor, group_id))

    @operation(
        "Replace the settings of a group",
        "For admins. Fields that are left out take their defaults. Fewer seats than members make nobody leave.",
        request=GroupChangeSerializer,
        response=GroupSerializer,
        request_example=examples.GROUP_DRAFT,
        response_example=examples.GROUP,
    )
    def update(self, request: Request, group_id: uuid.UUID) -> Response:
        return self._change(group_id, is_partial=False)

    @operation(
        "Change the settings of a group",
        "For admins. Fields that are left out stay. A group that becomes private declines all who ask to join it.",
        request=GroupChangeSerializer,
        response=GroupSerializer,
        request_example=examples.GROUP_CHANGE,
        response_example=examples.GROUP | examples.GROUP_CHANGE,
    )
    def partial_update(self, request: Request, group_id: uuid.UUID) -> Response:
        return self._change(group_id, is_partial=True)

    @operation("Delete a group", "For owners. All that belongs to it goes with it, its audit log too.", statuses=(204,))
    def destroy(self, request: Request, group_id: uuid.UUID) -> Response:
        delete_group(actor=self.actor, group_id=group_id, precondition=self.precondition)
        return Response(status=204)

    @operation(
        "Join a group",
        "Answers 200 to whoever is a member then, and 202 to whoever waits for an admin's approval (`my_state` is `pending`). "
        "Repeating it changes nothing.",
        response=GroupSerializer,
        statuses=(200, 202),
        response_example=examples.JOINED,
    )
    def join(self, request: Request, group_id: uuid.UUID) -> Response:
        group = join_group(actor=self.actor, group_id=group_id)
        return self._answer(group, status=200 if group.my_state is State.MEMBER else 202)

    @operation(
        "Leave a group",
        "Takes a request to join back too. The last owner cannot leave: make somebody else an owner before, or delete the group. "
        "Repeating it changes nothing, where the group can still be seen.",
        statuses=(204,),
    )
    def leave(self, request: Request, group_id: uuid.UUID) -> Response:
        leave_group(actor=self.actor, group_id=group_id)
        return Response(status=204)

    def _change(self, group_id: uuid.UUID, *, is_partial: bool) -> Response:
        changes = self.validated(GroupChangeSerializer, partial=is_partial)
        return self._answer(update_group(actor=self.actor, group_id=group_id, changes=changes, precondition=self.precondition))

    def _answer(self, group: Group, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        document: dict[str, Any] = group_document(group)
        return Response(document, status=status, headers={"ETag": tag_of(document, group.version), **(headers or {})})
