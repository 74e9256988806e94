"""Addresses below `/api/v1/`, and those of pages."""

from django.urls import URLPattern, URLResolver, path

import config.rest.converters  # noqa: F401 - `secret`
from sharing.api.views.links import SharedViewSet, ShareLinkViewSet
from sharing.api.views.pages import page, picture

urlpatterns: list[URLPattern | URLResolver] = [
    path("share-links/", ShareLinkViewSet.as_view({"get": "list", "post": "create"}), name="share-links"),
    path(
        "share-links/<uuid:link_id>/",
        ShareLinkViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="share-link-detail",
    ),
    path("shared/<secret:share_key>/", SharedViewSet.as_view({"get": "retrieve"}), name="shared"),
]

pages = [
    path("s/<secret:share_key>/", page, name="share-page"),
    path("s/<secret:share_key>.png", picture, name="share-picture"),
]
