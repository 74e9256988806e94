"""Public links: to those who make them, and to everybody who holds one."""

import uuid
from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from config.errors import Forbidden, IdConflict, IdDeleted, LimitReached
from config.rest.conditional import tag_of
from config.rest.filters import OrderingParameter
from config.rest.permissions import ANYONE, USER
from config.rest.schema import operation
from config.rest.views import ApiViewSet
from sharing.api.filters import ShareLinkFilterSet
from sharing.api.serializers import examples
from sharing.api.serializers.links import (
    SharedSerializer,
    ShareLinkChangeSerializer,
    ShareLinkSerializer,
    draft_of,
    link_document,
    shared_document,
)
from sharing.api.views.pages import PUBLIC
from sharing.models import ShareLink
from sharing.selectors.links import get_link, get_shown, list_links
from sharing.services.links import create_link, delete_link, update_link


class ShareLinkViewSet(ApiViewSet):
    """Own links."""

    area = "sharing"
    access: ClassVar = {"list": USER, "create": USER, "retrieve": USER, "partial_update": USER, "destroy": USER}
    conditional_actions = frozenset({"create", "retrieve", "partial_update", "destroy"})
    filterset_class = ShareLinkFilterSet
    ordering = OrderingParameter({"created_at": "created_at"}, default="-created_at")
    refusals: ClassVar = {"create": [Forbidden, IdConflict, IdDeleted, LimitReached]}
    located: ClassVar = {"create": [200, 201]}

    @operation(
        "List own public links",
        "Those that are expired too, until they are deleted.",
        response=ShareLinkSerializer(many=True),
        response_example=examples.LINK,
    )
    def list(self, request: Request) -> Response:
        links = self.paginate_queryset(self.filter_queryset(list_links(self.actor)))
        return self.get_paginated_response([link_document(link) for link in links])

    @operation(
        "Make a public link",
        "To a habit that one may change. Whoever has the `url` sees the title, the figures of the `kind` as they are then, and "
        "the owner's display name if `show_name` says so; never notes, tags, the description or values. A client may send its "
        "own `id`: the same one again answers 200 with the link as it is now.",
        request=ShareLinkSerializer,
        response=ShareLinkSerializer,
        statuses=(201, 200),
        request_example=examples.LINK_DRAFT,
        response_example=examples.LINK,
    )
    def create(self, request: Request) -> Response:
        data = self.validated(ShareLinkSerializer)
        link, is_new = create_link(actor=self.actor, draft=draft_of(data), link_id=data.get("id"))
        location = reverse("share-link-detail", kwargs={"link_id": link.pk}, request=request)
        return self._answer(link, status=201 if is_new else 200, headers={"Location": location})

    @operation("Read a public link", "An own one.", response=ShareLinkSerializer, response_example=examples.LINK)
    def retrieve(self, request: Request, link_id: uuid.UUID) -> Response:
        return self._answer(get_link(self.actor, link_id))

    @operation(
        "Change a public link",
        "Its title, whether it names its owner, and its end. Its address stays.",
        request=ShareLinkChangeSerializer,
        response=ShareLinkSerializer,
        request_example=examples.LINK_CHANGE,
        response_example=examples.CHANGED_LINK,
    )
    def partial_update(self, request: Request, link_id: uuid.UUID) -> Response:
        changes = self.validated(ShareLinkChangeSerializer, partial=True)
        return self._answer(update_link(actor=self.actor, link_id=link_id, changes=changes, precondition=self.precondition))

    @operation("Delete a public link", "Nobody is shown anything from the next request on.", statuses=(204,))
    def destroy(self, request: Request, link_id: uuid.UUID) -> Response:
        delete_link(actor=self.actor, link_id=link_id, precondition=self.precondition)
        return Response(status=204)

    def _answer(self, link: ShareLink, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        document = link_document(link)
        return Response(document, status=status, headers={"ETag": tag_of(document, link.version), **(headers or {})})


class SharedViewSet(ApiViewSet):
    """What a public link shows."""

    access: ClassVar = {"retrieve": ANYONE}
    conditional_actions = frozenset({"retrieve"})

    @operation(
        "Read what a public link shows",
        "To anybody, as of its owner's today. A link that was deleted or is expired is none, and so is one of an account that is "
        "deactivated.",
        response=SharedSerializer,
        response_example=examples.SHARED,
    )
    def retrieve(self, request: Request, share_key: str) -> Response:
        return Response(shared_document(get_shown(share_key), share_key), headers={"Cache-Control": PUBLIC})
