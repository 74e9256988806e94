"""Addresses below `/api/v1/`."""

from typing import Any

from django.urls import URLPattern, URLResolver, path

from sharing.api.views.achievements import AchievementViewSet
from sharing.api.views.shares import HabitShareViewSet, ShareViewSet

LIST: dict[str, Any] = {"get": "list", "post": "create"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("habits/<uuid:habit_id>/shares/", HabitShareViewSet.as_view(LIST), name="habit-shares"),
    path("shares/", ShareViewSet.as_view({"get": "list"}), name="shares"),
    path(
        "shares/<uuid:share_id>/",
        ShareViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="share-detail",
    ),
    path("shares/<uuid:share_id>/accept/", ShareViewSet.as_view({"post": "accept"}), name="share-accept"),
    path("achievements/", AchievementViewSet.as_view(LIST), name="achievements"),
    path(
        "achievements/<uuid:achievement_id>/",
        AchievementViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="achievement-detail",
    ),
]
