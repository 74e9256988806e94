"""Achievements that are told to single users."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import IdConflict, IdDeleted, LimitReached
from config.rest.limits import By, Limit
from config.rest.pagination import CursorKey, StrictCursorPagination
from config.rest.permissions import USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from sharing.api.serializers import examples
from sharing.api.serializers.achievements import (
    AchievementListParams,
    AchievementSerializer,
    NewAchievementSerializer,
    achievement_document,
)
from sharing.domain.achievements import AchievementDirection
from sharing.errors import NoStreak
from sharing.selectors.achievements import get_achievement, list_achievements
from sharing.services.achievements import delete_achievement, share_achievement


class AchievementViewSet(ApiViewSet):
    """Streaks and milestones that users tell each other of."""

    area = "sharing"
    access: ClassVar = dict.fromkeys(("list", "create", "retrieve", "destroy"), USER)
    conditional_actions = frozenset({"create", "retrieve"})
    query_params: ClassVar = {"list": AchievementListParams}
    pagination_class = StrictCursorPagination
    cursor_key = CursorKey("list_key", uuid.UUID)
    refusals: ClassVar = {"create": [NoStreak, LimitReached, IdConflict, IdDeleted]}
    limits: ClassVar = {"create": [Limit(setting="LIMIT_ACHIEVEMENT_USER", by=By.USER)]}
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List achievements",
        "What others have told one, and what one has told others, the latest first.",
        response=AchievementSerializer(many=True),
        response_example=examples.ACHIEVEMENT,
    )
    def list(self, request: Request) -> Response:
        word = self.params.values.get("direction")
        page = self.paginate_queryset(list_achievements(self.actor, word and AchievementDirection(word)))
        return self.get_paginated_response([achievement_document(achievement) for achievement in page])

    @operation(
        "Tell somebody of an achievement",
        "A milestone of an own habit, or its current streak. It is told as it is now, and stays so whatever becomes of the logs. "
        "A client may send its own `id`: the same one again answers 200 with what was told.",
        request=NewAchievementSerializer,
        response=AchievementSerializer,
        statuses=(201, 200),
        request_example=examples.ACHIEVEMENT_DRAFT,
        response_example=examples.ACHIEVEMENT,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(NewAchievementSerializer)
        achievement, is_new = share_achievement(
            actor=self.actor,
            habit_id=data["habit"],
            username=data["user"],
            milestone_id=data["milestone"],
            achievement_id=data.get("id"),
        )
        location = reverse("achievement-detail", kwargs={"achievement_id": achievement.pk}, request=request)
        return Response(achievement_document(achievement), status=201 if is_new else 200, headers={"Location": location})

    @operation("Read an achievement", "For both sides.", response=AchievementSerializer, response_example=examples.ACHIEVEMENT)
    def retrieve(self, request: Request, achievement_id: uuid.UUID) -> Response:
        return Response(achievement_document(get_achievement(self.actor, achievement_id)))

    @operation("Delete an achievement", "For both sides, from either.", statuses=(204,))
    def destroy(self, request: Request, achievement_id: uuid.UUID) -> Response:
        delete_achievement(actor=self.actor, achievement_id=achievement_id)
        return Response(status=204)
