"""Who takes part in a challenge, and who is asked to."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from challenges.api.serializers import examples
from challenges.api.serializers.challenges import (
    ChallengeInvitationSerializer,
    InvitingSerializer,
    ParticipantSerializer,
    invitation_document,
    participant_document,
)
from challenges.errors import ChallengeOver
from challenges.permissions import RUN, VIEW
from challenges.selectors.challenges import list_invitations, list_participants
from challenges.services.joining import invite_to_challenge, remove_from_challenge, withdraw_invitation
from config.errors import Forbidden, LimitReached
from config.rest.filters import OrderingParameter
from config.rest.limits import By, Limit
from config.rest.permissions import Holding, HoldingByUser
from config.rest.schema import operation
from config.rest.views import ApiViewSet


class ParticipantViewSet(ApiViewSet):
    """Who takes part."""

    area = "challenges"
    access: ClassVar = {"list": Holding(VIEW), "destroy": Holding(RUN)}
    ordering = OrderingParameter({"joined_at": "joined_at"}, default="joined_at")
    refusals: ClassVar = {"destroy": [ChallengeOver]}

    @operation(
        "List the participants of a challenge",
        "For whoever sees it. Whose account has ended since it was finished is a former participant.",
        response=ParticipantSerializer(many=True),
        response_example=examples.PARTICIPANT,
    )
    def list(self, request: Request, challenge_id: uuid.UUID) -> Response:
        participants = self.paginate_queryset(self.filter_queryset(list_participants(self.actor, challenge_id)))
        return self.get_paginated_response([participant_document(row) for row in participants])

    @operation(
        "Remove a participant",
        "For runners, as long as the standings are not final. Who was removed does not come back without an invitation.",
        statuses=(204,),
    )
    def destroy(self, request: Request, challenge_id: uuid.UUID, participant_id: uuid.UUID) -> Response:
        remove_from_challenge(actor=self.actor, challenge_id=challenge_id, user_id=participant_id)
        return Response(status=204)


class ChallengeInvitationViewSet(ApiViewSet):
    """Who is asked to take part."""

    area = "challenges"
    access: ClassVar = {"list": Holding(RUN), "create": HoldingByUser(RUN), "destroy": Holding(RUN)}
    ordering = OrderingParameter({"created_at": "created_at"}, default="created_at")
    limits: ClassVar = {"create": [Limit(setting="LIMIT_SHARE_USER", by=By.USER)]}
    refusals: ClassVar = {"list": [Forbidden], "create": [ChallengeOver, LimitReached]}

    @operation(
        "List the invitations to a challenge",
        "For runners: who is asked to take part, and does not yet.",
        response=ChallengeInvitationSerializer(many=True),
        response_example=examples.INVITATION,
    )
    def list(self, request: Request, challenge_id: uuid.UUID) -> Response:
        invitations = self.paginate_queryset(self.filter_queryset(list_invitations(self.actor, challenge_id)))
        return self.get_paginated_response([invitation_document(invitation) for invitation in invitations])

    @operation(
        "Invite a user to a challenge",
        "For runners. It is how others see a private challenge, and how somebody who was removed comes back; to a challenge of a "
        "group, members are invited. Repeating it answers 200.",
        request=InvitingSerializer,
        response=ChallengeInvitationSerializer,
        statuses=(201, 200),
        request_example=examples.INVITATION_DRAFT,
        response_example=examples.INVITATION,
    )
    def create(self, request: Request, challenge_id: uuid.UUID) -> Response:
        data = self.validated(InvitingSerializer)
        invitation, is_new = invite_to_challenge(actor=self.actor, challenge_id=challenge_id, username=data["user"])
        return Response(invitation_document(invitation), status=201 if is_new else 200)

    @operation("Withdraw an invitation", "For runners.", statuses=(204,))
    def destroy(self, request: Request, challenge_id: uuid.UUID, invited_user_id: uuid.UUID) -> Response:
        withdraw_invitation(actor=self.actor, challenge_id=challenge_id, user_id=invited_user_id)
        return Response(status=204)
