"""Announcements: written by runners, read by participants."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from challenges.api.serializers import examples
from challenges.api.serializers.standings import AnnouncementChangeSerializer, AnnouncementSerializer, announcement_document
from challenges.models import Announcement
from challenges.permissions import RUN, VIEW
from challenges.selectors.announcements import get_announcement, list_announcements
from challenges.services.announcements import announce, change_announcement, delete_announcement
from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet


class ChallengeAnnouncementViewSet(ApiViewSet):
    """The announcements of a challenge."""

    area = "challenges"
    access: ClassVar = {"list": Holding(VIEW), "create": Holding(RUN)}
    conditional_actions = frozenset({"create"})
    ordering = OrderingParameter({"created_at": "created_at"}, default="-created_at")
    refusals: ClassVar = {"list": [Forbidden], "create": [IdConflict, IdDeleted, LimitReached]}
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List the announcements of a challenge",
        "For participants and runners, the latest first.",
        response=AnnouncementSerializer(many=True),
        response_example=examples.ANNOUNCEMENT,
    )
    def list(self, request: Request, challenge_id: uuid.UUID) -> Response:
        announcements = self.paginate_queryset(self.filter_queryset(list_announcements(self.actor, challenge_id)))
        return self.get_paginated_response([announcement_document(announcement) for announcement in announcements])

    @operation(
        "Announce something",
        "For runners. A client may send its own `id`: the same one again answers 200 with the announcement as it is now.",
        request=AnnouncementSerializer,
        response=AnnouncementSerializer,
        statuses=(201, 200),
        request_example=examples.ANNOUNCEMENT_DRAFT,
        response_example=examples.ANNOUNCEMENT,
    )
    def create(self, request: Request, challenge_id: uuid.UUID) -> Response:
        data = self.validated(AnnouncementSerializer)
        row, is_new = announce(actor=self.actor, challenge_id=challenge_id, text=data["text"], announcement_id=data.get("id"))
        location = reverse("announcement-detail", kwargs={"announcement_id": row.pk}, request=request)
        return _answer(row, status=201 if is_new else 200, headers={"Location": location})


class AnnouncementViewSet(ApiViewSet):
    """Single announcements."""

    area = "challenges"
    access: ClassVar = dict.fromkeys(("retrieve", "partial_update", "destroy"), USER)
    conditional_actions = frozenset({"retrieve", "partial_update", "destroy"})
    refusals: ClassVar = {"partial_update": [Forbidden], "destroy": [Forbidden]}

    @operation(
        "Read an announcement",
        "For participants and runners.",
        response=AnnouncementSerializer,
        response_example=examples.ANNOUNCEMENT,
    )
    def retrieve(self, request: Request, announcement_id: uuid.UUID) -> Response:
        return _answer(get_announcement(self.actor, announcement_id))

    @operation(
        "Change an announcement",
        "For runners.",
        request=AnnouncementChangeSerializer,
        response=AnnouncementSerializer,
        request_example=examples.ANNOUNCEMENT_CHANGE,
        response_example=examples.ANNOUNCEMENT | examples.ANNOUNCEMENT_CHANGE,
    )
    def partial_update(self, request: Request, announcement_id: uuid.UUID) -> Response:
        changes = self.validated(AnnouncementChangeSerializer, partial=True)
        text, precondition = changes.get("text"), self.precondition
        return _answer(
            change_announcement(actor=self.actor, announcement_id=announcement_id, text=text, precondition=precondition)
        )

    @operation("Delete an announcement", "For runners.", statuses=(204,))
    def destroy(self, request: Request, announcement_id: uuid.UUID) -> Response:
        delete_announcement(actor=self.actor, announcement_id=announcement_id, precondition=self.precondition)
        return Response(status=204)


def _answer(row: Announcement, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    document: dict[str, Any] = announcement_document(row)
    return Response(document, status=status, headers={"ETag": tag_of(document, row.version), **(headers or {})})
