"""Invitations over HTTP: to those who make them, and to those who hold one."""

import uuid
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.limits import By, Limit
from config.rest.permissions import USER, Holding
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from groups.api.serializers import examples
from groups.api.serializers.groups import GroupSerializer, group_document
from groups.api.serializers.invitations import InvitationSerializer, NewInvitationSerializer, invitation_document
from groups.errors import Banned, GroupFull
from groups.models import Group
from groups.permissions import MANAGE
from groups.selectors.groups import get_inviting_group, list_invitations
from groups.services.invitations import accept_invitation, create_invitation, end_invitation, token_of


class InvitationViewSet(ApiViewSet):
    """The invitations of a group."""

    area = "groups"
    # Mails count by user, who therefore has to be known before the group is fetched by its grants.
    access: ClassVar = {"list": Holding(MANAGE), "create": USER, "destroy": Holding(MANAGE)}
    ordering = OrderingParameter({"created_at": "created_at", "expires_at": "expires_at"}, default="-created_at")
    refusals: ClassVar = {"list": [Forbidden], "create": [Forbidden, IdConflict, IdDeleted, LimitReached]}
    # The address may be that of a stranger.
    limits: ClassVar = {"create": [Limit(setting="LIMIT_MAIL_USER", by=By.USER, only_with="email")]}

    @operation(
        "List the invitations of a group",
        "For admins: those that can still be accepted. Their tokens nobody can be told again.",
        response=InvitationSerializer(many=True),
        response_example=examples.INVITATION,
    )
    def list(self, request: Request, group_id: uuid.UUID) -> Response:
        invitations = self.paginate_queryset(self.filter_queryset(list_invitations(self.actor, group_id)))
        return self.get_paginated_response([invitation_document(invitation) for invitation in invitations])

    @operation(
        "Invite to a group",
        "For admins. With `email` the invitation is mailed, and can be accepted once; without, it is a link to hand on, for as "
        "many as `max_uses` says, or as there are seats. It holds until `expires_at`, a week if that is left out. The token is "
        "told in this answer alone, and again to whom repeats the request with the same `id`.",
        request=InvitationSerializer,
        response=NewInvitationSerializer,
        statuses=(200, 201),
        request_example=examples.INVITATION_DRAFT,
        response_example=examples.NEW_INVITATION,
    )
    def create(self, request: Request, group_id: uuid.UUID) -> Response:
        data = self.validated(InvitationSerializer)
        invitation, is_new = create_invitation(actor=self.actor, group_id=group_id, invitation_id=data.pop("id", None), **data)
        document = invitation_document(invitation) | {"token": token_of(invitation.pk)}
        return Response(document, status=201 if is_new else 200)

    @operation("End an invitation", "For admins. Nobody can accept it from the next request on.", statuses=(204,))
    def destroy(self, request: Request, group_id: uuid.UUID, invitation_id: uuid.UUID) -> Response:
        end_invitation(actor=self.actor, group_id=group_id, invitation_id=invitation_id)
        return Response(status=204)


class HeldInvitationViewSet(ApiViewSet):
    """An invitation by its token."""

    area = "groups"
    access: ClassVar = {"retrieve": USER, "accept": USER}
    conditional_actions = frozenset({"retrieve", "accept"})
    refusals: ClassVar = {"accept": [Banned, GroupFull, LimitReached]}

    @operation(
        "Look at an invitation",
        "The group to which it invites, also a private one. An invitation that is used up, ended or expired is none.",
        response=GroupSerializer,
        response_example=examples.INVITING,
    )
    def retrieve(self, request: Request, invitation_key: str) -> Response:
        return self._answer(get_inviting_group(self.actor, invitation_key))

    @operation(
        "Accept an invitation",
        "One is a member then, whatever the group's `join_policy`. Repeating it changes nothing.",
        response=GroupSerializer,
        response_example=examples.JOINED,
    )
    def accept(self, request: Request, invitation_key: str) -> Response:
        return self._answer(accept_invitation(actor=self.actor, token=invitation_key))

    def _answer(self, group: Group) -> Response:
        document = group_document(group)
        return Response(document, headers={"ETag": tag_of(document, group.version)})
