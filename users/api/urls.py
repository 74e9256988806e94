"""Addresses below `/api/v1/`, and those of pages."""

from typing import Any

from django.urls import path

from users.api.views.accounts import LookupViewSet, MeViewSet, OwnAccountViewSet, UserViewSet
from users.api.views.jobs import JobViewSet
from users.api.views.pages import reset_password, verify_email
from users.api.views.sessions import (
    EmailVerificationViewSet,
    PasswordResetViewSet,
    PersonalTokenViewSet,
    SessionViewSet,
    TokenViewSet,
)

DETAIL: dict[str, Any] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path("users/", UserViewSet.as_view({"post": "create", "get": "list"}), name="users"),
    path("users/me/", MeViewSet.as_view(DETAIL), name="me"),
    path("users/me/password/", OwnAccountViewSet.as_view({"post": "password"}), name="password"),
    path("users/me/deletion/", OwnAccountViewSet.as_view({"post": "deletion"}), name="deletion"),
    path("users/me/export/", OwnAccountViewSet.as_view({"post": "export"}), name="export"),
    path("users/me/exports/<uuid:job_id>/", OwnAccountViewSet.as_view({"get": "download"}), name="export-download"),
    path("users/lookup/", LookupViewSet.as_view({"get": "retrieve"}), name="lookup"),
    path("users/<uuid:user_id>/", UserViewSet.as_view(DETAIL), name="user-detail"),
    path("auth/token/", TokenViewSet.as_view({"post": "create"}), name="token"),
    path("auth/token/refresh/", TokenViewSet.as_view({"post": "refresh"}), name="token-refresh"),
    path("auth/logout/", TokenViewSet.as_view({"post": "logout"}), name="logout"),
    path("auth/sessions/", SessionViewSet.as_view({"get": "list"}), name="sessions"),
    path("auth/sessions/<uuid:session_id>/", SessionViewSet.as_view({"delete": "destroy"}), name="session-detail"),
    path("auth/password-reset/", PasswordResetViewSet.as_view({"post": "create"}), name="password-reset"),
    path("auth/password-reset/confirm/", PasswordResetViewSet.as_view({"post": "confirm"}), name="password-reset-confirm"),
    path("auth/verify-email/", EmailVerificationViewSet.as_view({"post": "create"}), name="verify-email"),
    path("auth/verify-email/resend/", EmailVerificationViewSet.as_view({"post": "resend"}), name="verify-email-resend"),
    path("auth/personal-tokens/", PersonalTokenViewSet.as_view({"get": "list", "post": "create"}), name="personal-tokens"),
    path(
        "auth/personal-tokens/<uuid:token_id>/", PersonalTokenViewSet.as_view({"delete": "destroy"}), name="personal-token-detail"
    ),
    path("jobs/<uuid:job_id>/", JobViewSet.as_view({"get": "retrieve"}), name="job"),
]

pages = [
    path("account/verify-email/", verify_email, name="verify-email-page"),
    path("account/reset-password/", reset_password, name="reset-password-page"),
]
