"""The feed of a group, and cheers."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Forbidden
from config.rest.pagination import CursorKey, StrictCursorPagination
from config.rest.permissions import Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from groups.api.serializers import examples
from groups.api.serializers.feed import FeedEventSerializer, event_document
from groups.permissions import VIEW
from groups.selectors.feed import list_events
from groups.services.cheers import cheer, take_cheer_back


class FeedViewSet(ApiViewSet):
    """What happens in a group."""

    area = "groups"
    access: ClassVar = {"list": Holding(VIEW)}
    pagination_class = StrictCursorPagination
    cursor_key = CursorKey("id", parse=uuid.UUID)
    refusals: ClassVar = {"list": [Forbidden]}

    @operation(
        "Read the feed of a group",
        "For members: who joined, shared a habit, reached a milestone of a shared one, made or joined a challenge of the group, "
        "and which challenges are finished, the latest first. What was told of somebody goes with the membership, and what was "
        "told of a habit when it is shared no more.",
        response=FeedEventSerializer(many=True),
        response_example=examples.FEED_EVENT,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        events = self.paginate_queryset(list_events(self.actor, group_id))
        return self.get_paginated_response([event_document(event) for event in events])


class CheerViewSet(ApiViewSet):
    """A member's cheer at an event."""

    area = "groups"
    access: ClassVar = {"create": Holding(VIEW), "destroy": Holding(VIEW)}

    @operation(
        "Cheer at an event",
        "Once each: repeating it answers 200, and changes nothing.",
        response=FeedEventSerializer,
        statuses=(201, 200),
        response_example=examples.CHEERED_EVENT,
    )
    def create(self, request: Request, group_id: uuid.UUID, event_id: uuid.UUID) -> Response:
        event, is_new = cheer(actor=self.actor, group_id=group_id, event_id=event_id)
        return Response(event_document(event), status=201 if is_new else 200)

    @operation("Take a cheer back", "Repeating it changes nothing.", statuses=(204,))
    def destroy(self, request: Request, group_id: uuid.UUID, event_id: uuid.UUID) -> Response:
        take_cheer_back(actor=self.actor, group_id=group_id, event_id=event_id)
        return Response(status=204)
