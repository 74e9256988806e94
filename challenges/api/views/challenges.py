"""Challenges: found, made, changed, joined and left."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.timezone import now
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from challenges.api.filters import ChallengeFilterSet
from challenges.api.serializers import examples
from challenges.api.serializers.challenges import (
    ChallengeSerializer,
    FittingHabitSerializer,
    JoiningSerializer,
    NewChallengeSerializer,
    challenge_document,
    draft_of,
    fitting_document,
)
from challenges.errors import AlreadyJoined, ChallengeFull, ChallengeOver, RemovedFromChallenge, TermsFixed
from challenges.models import Challenge
from challenges.permissions import RUN, VIEW
from challenges.selectors.challenges import get_challenge, list_challenges, list_fitting_habits
from challenges.services.challenges import create_challenge, end_challenge, update_challenge
from challenges.services.joining import join_challenge, leave_challenge
from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet


class ChallengeViewSet(ApiViewSet):
    """Public challenges, those of own groups, and own ones."""

    area = "challenges"
    access: ClassVar = {
        "list": USER,
        "create": USER,
        "retrieve": Holding(VIEW),
        "update": Holding(RUN),
        "partial_update": Holding(RUN),
        "destroy": Holding(RUN),
        "join": USER,
        "leave": USER,
    }
    conditional_actions = frozenset({"create", "retrieve", "update", "partial_update", "destroy", "join"})
    filterset_class = ChallengeFilterSet
    ordering = OrderingParameter(
        {"start_date": "start_date", "end_date": "end_date", "created_at": "created_at"}, default="-start_date"
    )
    refusals: ClassVar = {
        "create": [Forbidden, IdConflict, IdDeleted, LimitReached],
        "update": [ChallengeOver, TermsFixed],
        "partial_update": [ChallengeOver, TermsFixed],
        "destroy": [ChallengeOver],
        "join": [AlreadyJoined, ChallengeFull, ChallengeOver, LimitReached, RemovedFromChallenge],
        "leave": [ChallengeOver],
    }
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List challenges",
        "Public ones, those of one's groups, and those that one has made, joined or is invited to; the latest to begin first.",
        response=ChallengeSerializer(many=True),
        response_example=examples.CHALLENGE,
    )
    def list(self, request: Request) -> Response:
        challenges, present = self.paginate_queryset(self.filter_queryset(list_challenges(self.actor))), now()
        return self.get_paginated_response([challenge_document(challenge, present) for challenge in challenges])

    @operation(
        "Create a challenge",
        "One's own, or for admins one of their group, which all its admins run. It judges by a schedule and a target of its own, "
        "whatever habits people join with. A client may send its own `id`: the same one again answers 200 with the challenge "
        "as it is now.",
        request=NewChallengeSerializer,
        response=ChallengeSerializer,
        statuses=(201, 200),
        request_example=examples.DRAFT,
        response_example=examples.CHALLENGE,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(NewChallengeSerializer)
        challenge, is_new = create_challenge(actor=self.actor, draft=draft_of(data), challenge_id=data.get("id"))
        location = reverse("challenge-detail", kwargs={"challenge_id": challenge.pk}, request=request)
        return self._answer(challenge, status=201 if is_new else 200, headers={"Location": location})

    @operation(
        "Read a challenge",
        "One that is in one's list.",
        response=ChallengeSerializer,
        response_example=examples.CHALLENGE,
    )
    def retrieve(self, request: Request, challenge_id: uuid.UUID) -> Response:
        return self._answer(get_challenge(self.actor, challenge_id))

    @operation(
        "Replace a challenge",
        "For its runners. Fields that are left out take their defaults. Once it has begun, only title, description and end date "
        "can become others; once somebody has joined, nothing that decides which habits fit.",
        request=ChallengeSerializer,
        response=ChallengeSerializer,
        request_example=examples.REPLACEMENT,
        response_example=examples.CHALLENGE,
    )
    def update(self, request: Request, challenge_id: uuid.UUID) -> Response:
        return self._change(challenge_id, is_partial=False)

    @operation(
        "Change a challenge",
        "For its runners. Fields that are left out stay. Once it has begun, only title, description and end date can become "
        "others; the end, as long as its day has passed for nobody.",
        request=ChallengeSerializer,
        response=ChallengeSerializer,
        request_example=examples.CHANGE,
        response_example=examples.CHALLENGE | examples.CHANGE,
    )
    def partial_update(self, request: Request, challenge_id: uuid.UUID) -> Response:
        return self._change(challenge_id, is_partial=True)

    @operation(
        "Cancel or delete a challenge",
        "For its runners: it is cancelled if anybody takes part, so that they still see it, and deleted otherwise. Repeating it "
        "changes nothing.",
        statuses=(204,),
    )
    def destroy(self, request: Request, challenge_id: uuid.UUID) -> Response:
        end_challenge(actor=self.actor, challenge_id=challenge_id, precondition=self.precondition)
        return Response(status=204)

    @operation(
        "Join a challenge",
        "With an own habit that fits, or with a new one that is made for it. What was logged in time before counts too. "
        "Repeating it changes nothing. An error at `habit` says what does not fit.",
        request=JoiningSerializer,
        response=ChallengeSerializer,
        request_example=examples.JOINING,
        response_example=examples.CHALLENGE,
    )
    def join(self, request: Request, challenge_id: uuid.UUID) -> Response:
        data = self.validated(JoiningSerializer)
        return self._answer(join_challenge(actor=self.actor, challenge_id=challenge_id, habit_id=data.get("habit")))

    @operation(
        "Leave a challenge",
        "Takes one out of its standings; the habit stays. Repeating it changes nothing.",
        statuses=(204,),
    )
    def leave(self, request: Request, challenge_id: uuid.UUID) -> Response:
        leave_challenge(actor=self.actor, challenge_id=challenge_id)
        return Response(status=204)

    def _change(self, challenge_id: uuid.UUID, *, is_partial: bool) -> Response:
        changes = self.validated(ChallengeSerializer, partial=is_partial)
        if "unit" in changes:
            changes["unit"] = changes["unit"] or ""
        challenge = update_challenge(actor=self.actor, challenge_id=challenge_id, changes=changes, precondition=self.precondition)
        return self._answer(challenge)

    def _answer(self, challenge: Challenge, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        document: dict[str, Any] = challenge_document(challenge, now())
        return Response(document, status=status, headers={"ETag": tag_of(document, challenge.version), **(headers or {})})


class FittingHabitViewSet(ApiViewSet):
    """Own habits with which one may join a challenge."""

    area = "challenges"
    access: ClassVar = {"list": Holding(VIEW)}

    @operation(
        "List the habits that fit a challenge",
        "Own ones that are not archived: of the same frequency and interval, measured (in the same unit and direction) or not "
        "as the challenge is, and there on all days of it that are left.",
        response=FittingHabitSerializer(many=True),
        response_example=examples.FITTING_HABIT,
    )
    def list(self, request: Request, challenge_id: uuid.UUID) -> Response:
        habits = self.paginate_queryset(list_fitting_habits(self.actor, challenge_id))
        return self.get_paginated_response([fitting_document(habit) for habit in habits])
