"""Addresses below `/api/v1/`, and those of pages."""

from typing import Any

from django.urls import URLPattern, URLResolver, path

import config.rest.converters  # noqa: F401 - `secret`
from sharing.api.views.achievements import AchievementViewSet
from sharing.api.views.links import SharedViewSet, ShareLinkViewSet
from sharing.api.views.pages import page, picture
from sharing.api.views.shares import HabitShareViewSet, ShareViewSet

LIST: dict[str, Any] = {"get": "list", "post": "create"}
DETAIL: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("habits/<uuid:habit_id>/shares/", HabitShareViewSet.as_view(LIST), name="habit-shares"),
    path("shares/", ShareViewSet.as_view({"get": "list"}), name="shares"),
    path("shares/<uuid:share_id>/", ShareViewSet.as_view(DETAIL), name="share-detail"),
    path("shares/<uuid:share_id>/accept/", ShareViewSet.as_view({"post": "accept"}), name="share-accept"),
    path("achievements/", AchievementViewSet.as_view(LIST), name="achievements"),
    path(
        "achievements/<uuid:achievement_id>/",
        AchievementViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="achievement-detail",
    ),
    path("share-links/", ShareLinkViewSet.as_view(LIST), name="share-links"),
    path("share-links/<uuid:link_id>/", ShareLinkViewSet.as_view(DETAIL), name="share-link-detail"),
    path("shared/<secret:share_key>/", SharedViewSet.as_view({"get": "retrieve"}), name="shared"),
]

pages = [
    path("s/<secret:share_key>/", page, name="share-page"),
    path("s/<secret:share_key>.png", picture, name="share-picture"),
]
