"""Addresses below `/api/v1/`, and that of a page."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

import config.rest.converters  # noqa: F401 - `secret`
from groups.api.views.feed import CheerViewSet, FeedViewSet
from groups.api.views.groups import GroupViewSet
from groups.api.views.habits import GroupHabitViewSet, GroupProgressViewSet
from groups.api.views.invitations import HeldInvitationViewSet, InvitationViewSet
from groups.api.views.members import AuditLogViewSet, BanViewSet, JoinRequestViewSet, MemberViewSet
from groups.api.views.pages import invitation

DETAIL: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}

GROUP = [
    path("", GroupViewSet.as_view(DETAIL), name="group-detail"),
    path("join/", GroupViewSet.as_view({"post": "join"}), name="group-join"),
    path("leave/", GroupViewSet.as_view({"post": "leave"}), name="group-leave"),
    path("members/", MemberViewSet.as_view({"get": "list"}), name="members"),
    path(
        "members/<uuid:member_id>/",
        MemberViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="member-detail",
    ),
    path("bans/", BanViewSet.as_view({"get": "list"}), name="bans"),
    path("bans/<uuid:banned_user_id>/", BanViewSet.as_view({"delete": "destroy"}), name="ban-detail"),
    path("join-requests/", JoinRequestViewSet.as_view({"get": "list"}), name="join-requests"),
    path("join-requests/<uuid:request_id>/approve/", JoinRequestViewSet.as_view({"post": "approve"}), name="request-approve"),
    path("join-requests/<uuid:request_id>/decline/", JoinRequestViewSet.as_view({"post": "decline"}), name="request-decline"),
    path("invitations/", InvitationViewSet.as_view({"get": "list", "post": "create"}), name="invitations"),
    path("invitations/<uuid:invitation_id>/", InvitationViewSet.as_view({"delete": "destroy"}), name="invitation-detail"),
    path("habits/", GroupHabitViewSet.as_view({"get": "list", "post": "create"}), name="group-habits"),
    path("habits/<uuid:shared_habit_id>/", GroupHabitViewSet.as_view({"delete": "destroy"}), name="group-habit-detail"),
    path("progress/", GroupProgressViewSet.as_view({"get": "list"}), name="group-progress"),
    path("feed/", FeedViewSet.as_view({"get": "list"}), name="feed"),
    path("feed/<uuid:event_id>/cheers/", CheerViewSet.as_view({"post": "create", "delete": "destroy"}), name="cheers"),
    path("audit-log/", AuditLogViewSet.as_view({"get": "list"}), name="audit-log"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("groups/<uuid:group_id>/", include(GROUP)),
    path("invitations/<secret:invitation_key>/", HeldInvitationViewSet.as_view({"get": "retrieve"}), name="invitation"),
    path("invitations/<secret:invitation_key>/accept/", HeldInvitationViewSet.as_view({"post": "accept"}), name="accept"),
    path("groups/", GroupViewSet.as_view({"get": "list", "post": "create"}), name="groups"),
]

pages = [path("invitations/", invitation, name="invitation-page")]
