"""Addresses below `/api/v1/`."""

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from challenges.api.views.announcements import AnnouncementViewSet, ChallengeAnnouncementViewSet
from challenges.api.views.challenges import ChallengeViewSet, FittingHabitViewSet
from challenges.api.views.participants import ChallengeInvitationViewSet, ParticipantViewSet
from challenges.api.views.standings import ChallengeProgressViewSet, StandingViewSet

DETAIL: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
EDIT: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
LIST: dict[str, Any] = {"get": "list"}
LIST_AND_CREATE: dict[str, Any] = {"get": "list", "post": "create"}
REMOVE: dict[str, Any] = {"delete": "destroy"}

CHALLENGE = [
    path("", ChallengeViewSet.as_view(DETAIL), name="challenge-detail"),
    path("join/", ChallengeViewSet.as_view({"post": "join"}), name="challenge-join"),
    path("leave/", ChallengeViewSet.as_view({"post": "leave"}), name="challenge-leave"),
    path("fitting-habits/", FittingHabitViewSet.as_view(LIST), name="fitting-habits"),
    path("participants/", ParticipantViewSet.as_view(LIST), name="participants"),
    path("participants/<uuid:participant_id>/", ParticipantViewSet.as_view(REMOVE), name="participant-detail"),
    path("invitations/", ChallengeInvitationViewSet.as_view(LIST_AND_CREATE), name="challenge-invitations"),
    path("invitations/<uuid:invited_user_id>/", ChallengeInvitationViewSet.as_view(REMOVE), name="challenge-invitation-detail"),
    path("standings/", StandingViewSet.as_view(LIST), name="standings"),
    path("progress/", ChallengeProgressViewSet.as_view(LIST), name="challenge-progress"),
    path("announcements/", ChallengeAnnouncementViewSet.as_view(LIST_AND_CREATE), name="announcements"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("challenges/<uuid:challenge_id>/", include(CHALLENGE)),
    path("challenges/", ChallengeViewSet.as_view(LIST_AND_CREATE), name="challenges"),
    path("announcements/<uuid:announcement_id>/", AnnouncementViewSet.as_view(EDIT), name="announcement-detail"),
]
