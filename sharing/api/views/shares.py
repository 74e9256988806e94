"""Habits shared with single users: offered by their owners, accepted by the others."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.limits import By, Limit
from config.rest.permissions import USER, Holding, HoldingByUser
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from habits.permissions import CHANGE
from sharing.api.filters import ShareFilterSet
from sharing.api.serializers import examples
from sharing.api.serializers.shares import NewShareSerializer, ShareListParams, ShareSerializer, share_document
from sharing.domain.shares import ShareDirection, SharePermission
from sharing.errors import ShareExists
from sharing.models import Share
from sharing.selectors.shares import get_share, list_shares, list_shares_of_habit
from sharing.services.shares import accept_share, change_share, create_share, end_share

BY_TIME = OrderingParameter({"created_at": "created_at"}, default="-created_at")


class HabitShareViewSet(ApiViewSet):
    """With whom a habit is shared."""

    area = "sharing"
    access: ClassVar = {"list": Holding(CHANGE), "create": HoldingByUser(CHANGE)}
    conditional_actions = frozenset({"create"})
    filterset_class = ShareFilterSet
    ordering = BY_TIME
    refusals: ClassVar = {"list": [Forbidden], "create": [ShareExists, LimitReached, IdConflict, IdDeleted]}
    limits: ClassVar = {"create": [Limit(setting="LIMIT_SHARE_USER", by=By.USER)]}
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List the shares of a habit",
        "For its owner: with whom it is shared, and with whom it is to be.",
        response=ShareSerializer(many=True),
        response_example=examples.SHARE,
    )
    def list(self, request: Request, habit_id: uuid.UUID) -> Response:
        shares = self.paginate_queryset(self.filter_queryset(list_shares_of_habit(self.actor, habit_id)))
        return self.get_paginated_response([share_document(share) for share in shares])

    @operation(
        "Share a habit with a user",
        "For its owner. Before accepting, the user sees nothing but the name of the habit and whose it is. A client may send its "
        "own `id`: the same one again answers 200 with the share as it is now, as does the same user with the same permission.",
        request=NewShareSerializer,
        response=ShareSerializer,
        statuses=(201, 200),
        request_example=examples.SHARE_DRAFT,
        response_example=examples.SHARE,
    )
    def create(self, request: Request, habit_id: uuid.UUID) -> Response:
        data = self.validated(NewShareSerializer)
        share, is_new = create_share(
            actor=self.actor,
            habit_id=habit_id,
            username=data["user"],
            permission=SharePermission(data["permission"]),
            share_id=data.get("id"),
        )
        location = reverse("share-detail", kwargs={"share_id": share.pk}, request=request)
        return _answer(share, status=201 if is_new else 200, headers={"Location": location})


class ShareViewSet(ApiViewSet):
    """Shares from either side."""

    area = "sharing"
    access: ClassVar = dict.fromkeys(("list", "retrieve", "partial_update", "destroy", "accept"), USER)
    conditional_actions = frozenset({"retrieve", "partial_update", "destroy", "accept"})
    query_params: ClassVar = {"list": ShareListParams}
    filterset_class = ShareFilterSet
    ordering = BY_TIME
    refusals: ClassVar = {"partial_update": [Forbidden], "accept": [Forbidden]}

    @operation(
        "List shares",
        "What others share with one, and what one shares with others.",
        response=ShareSerializer(many=True),
        response_example=examples.ACCEPTED,
    )
    def list(self, request: Request) -> Response:
        word = self.params.values.get("direction")
        shares = self.paginate_queryset(self.filter_queryset(list_shares(self.actor, word and ShareDirection(word))))
        return self.get_paginated_response([share_document(share) for share in shares])

    @operation("Read a share", "For both sides.", response=ShareSerializer, response_example=examples.SHARE)
    def retrieve(self, request: Request, share_id: uuid.UUID) -> Response:
        return _answer(get_share(self.actor, share_id))

    @operation(
        "Change what a share permits",
        "For the owner of the habit. It holds with the next request, without another acceptance.",
        request=ShareSerializer,
        response=ShareSerializer,
        request_example=examples.SHARE_CHANGE,
        response_example=examples.ACCEPTED | examples.SHARE_CHANGE,
    )
    def partial_update(self, request: Request, share_id: uuid.UUID) -> Response:
        word = self.validated(ShareSerializer, partial=True).get("permission")
        permission = word and SharePermission(word)
        return _answer(change_share(actor=self.actor, share_id=share_id, permission=permission, precondition=self.precondition))

    @operation("End a share", "From either side, accepted or not. Nothing can be seen from the next request on.", statuses=(204,))
    def destroy(self, request: Request, share_id: uuid.UUID) -> Response:
        end_share(actor=self.actor, share_id=share_id, precondition=self.precondition)
        return Response(status=204)

    @operation(
        "Accept a share",
        "For the user with whom the habit is shared, who sees it from then on. Repeating it changes nothing.",
        response=ShareSerializer,
        response_example=examples.ACCEPTED,
    )
    def accept(self, request: Request, share_id: uuid.UUID) -> Response:
        return _answer(accept_share(actor=self.actor, share_id=share_id))


def _answer(share: Share, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    document = share_document(share)
    return Response(document, status=status, headers={"ETag": tag_of(document, share.version), **(headers or {})})
