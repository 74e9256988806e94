"""The members of a group, and what admins do about them."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Forbidden, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.pagination import CursorKey, StrictCursorPagination
from config.rest.permissions import Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from groups.api.filters import MemberFilterSet
from groups.api.serializers import examples
from groups.api.serializers.groups import (
    AuditEntrySerializer,
    BanSerializer,
    JoinRequestSerializer,
    MemberSerializer,
    RemovalParams,
    audit_document,
    ban_document,
    member_document,
    request_document,
)
from groups.domain.roles import Role
from groups.errors import Banned, GroupFull, RequestDecided, RoleAboveOwn
from groups.permissions import MANAGE, VIEW
from groups.selectors.groups import list_audit_entries, list_bans, list_join_requests, list_members
from groups.services.joining import approve_request, decline_request
from groups.services.members import ban_from_group, change_role, lift_ban, remove_from_group
from users.errors import LastOwner

MAX_NUMBER_DIGITS = 9


class MemberViewSet(ApiViewSet):
    """Who belongs to a group."""

    area = "groups"
    access: ClassVar = {"list": Holding(VIEW), "partial_update": Holding(MANAGE), "destroy": Holding(MANAGE)}
    conditional_actions = frozenset({"partial_update", "destroy"})
    query_params: ClassVar = {"destroy": RemovalParams}
    filterset_class = MemberFilterSet
    ordering = OrderingParameter({"joined_at": "joined_at"}, default="joined_at")
    refusals: ClassVar = {
        "list": [Forbidden],
        "partial_update": [RoleAboveOwn, LastOwner],
        "destroy": [RoleAboveOwn, LastOwner],
    }

    @operation(
        "List the members of a group",
        "For members. Who is no member of a public group is refused.",
        response=MemberSerializer(many=True),
        response_example=examples.MEMBER,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        members = self.paginate_queryset(self.filter_queryset(list_members(self.actor, group_id)))
        return self.get_paginated_response([member_document(member) for member in members])

    @operation(
        "Change a member's role",
        "For admins. Nobody changes a role above their own, nor gives one: owners alone make owners.",
        request=MemberSerializer,
        response=MemberSerializer,
        request_example=examples.ROLE_CHANGE,
        response_example=examples.MEMBER,
    )
    def partial_update(self, request: Request, group_id: uuid.UUID, member_id: uuid.UUID) -> Response:
        word = self.validated(MemberSerializer, partial=True).get("role")
        membership = change_role(
            actor=self.actor,
            group_id=group_id,
            user_id=member_id,
            role=word and Role(word),
            precondition=self.precondition,
        )
        document = member_document(membership)
        return Response(document, headers={"ETag": tag_of(document, membership.version)})

    @operation(
        "Remove a member",
        "For admins, and nobody whose role is above their own. With `ban=true` the member may not come back, and who asks to "
        "join is banned likewise.",
        statuses=(204,),
    )
    def destroy(self, request: Request, group_id: uuid.UUID, member_id: uuid.UUID) -> Response:
        remove = ban_from_group if self.params.values["ban"] else remove_from_group
        remove(actor=self.actor, group_id=group_id, user_id=member_id, precondition=self.precondition)
        return Response(status=204)


class BanViewSet(ApiViewSet):
    """Who may not join a group."""

    area = "groups"
    access: ClassVar = {"list": Holding(MANAGE), "destroy": Holding(MANAGE)}
    ordering = OrderingParameter({"banned_at": "banned_at"}, default="-banned_at")
    refusals: ClassVar = {"list": [Forbidden]}

    @operation(
        "List who is banned",
        "For admins. Who is banned does not become a member in any way.",
        response=BanSerializer(many=True),
        response_example=examples.BAN,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        bans = self.paginate_queryset(self.filter_queryset(list_bans(self.actor, group_id)))
        return self.get_paginated_response([ban_document(ban) for ban in bans])

    @operation("Lift a ban", "For admins. It makes nobody a member.", statuses=(204,))
    def destroy(self, request: Request, group_id: uuid.UUID, banned_user_id: uuid.UUID) -> Response:
        lift_ban(actor=self.actor, group_id=group_id, user_id=banned_user_id)
        return Response(status=204)


class JoinRequestViewSet(ApiViewSet):
    """Who asks to become a member of a group."""

    area = "groups"
    access: ClassVar = {"list": Holding(MANAGE), "approve": Holding(MANAGE), "decline": Holding(MANAGE)}
    ordering = OrderingParameter({"created_at": "created_at"}, default="created_at")
    refusals: ClassVar = {
        "list": [Forbidden],
        "approve": [Banned, RequestDecided, GroupFull, LimitReached],
        "decline": [RequestDecided],
    }

    @operation(
        "List who asks to join",
        "For admins: the requests that are not decided yet.",
        response=JoinRequestSerializer(many=True),
        response_example=examples.JOIN_REQUEST,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        requests = self.paginate_queryset(self.filter_queryset(list_join_requests(self.actor, group_id)))
        return self.get_paginated_response([request_document(one) for one in requests])

    @operation(
        "Approve a request",
        "For admins. Whoever asked is a member then. Repeating it changes nothing.",
        response=MemberSerializer,
        response_example=examples.MEMBER | {"role": "member"},
    )
    def approve(self, request: Request, group_id: uuid.UUID, request_id: uuid.UUID) -> Response:
        membership = approve_request(actor=self.actor, group_id=group_id, request_id=request_id)
        return Response(member_document(membership))

    @operation("Decline a request", "For admins. Whoever asked may ask again. Repeating it changes nothing.", statuses=(204,))
    def decline(self, request: Request, group_id: uuid.UUID, request_id: uuid.UUID) -> Response:
        decline_request(actor=self.actor, group_id=group_id, request_id=request_id)
        return Response(status=204)


def parse_number(text: str) -> int:
    """Return the number of an entry; raise ValueError."""
    if not (text.isdigit() and len(text) <= MAX_NUMBER_DIGITS):
        raise ValueError(text)
    return int(text)


class AuditLogViewSet(ApiViewSet):
    """Who changed what in a group."""

    area = "groups"
    access: ClassVar = {"list": Holding(MANAGE)}
    pagination_class = StrictCursorPagination
    cursor_key = CursorKey("number", parse=parse_number)
    refusals: ClassVar = {"list": [Forbidden]}

    @operation(
        "Read the audit log of a group",
        "For admins: every change of who may do what, and of the settings, the latest first. Nothing in it is ever changed; with "
        "an account, its name goes.",
        response=AuditEntrySerializer(many=True),
        response_example=examples.AUDIT_ENTRY,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        entries = self.paginate_queryset(list_audit_entries(self.actor, group_id))
        return self.get_paginated_response([audit_document(entry) for entry in entries])
