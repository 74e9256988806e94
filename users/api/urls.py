"""Addresses below `/api/v1/`."""

from django.urls import path

from users.api.views import JobViewSet, TokenViewSet, UserViewSet

urlpatterns = [
    path("users/", UserViewSet.as_view({"post": "create"}), name="users"),
    path("users/me/", UserViewSet.as_view({"get": "retrieve", "put": "update", "patch": "partial_update"}), name="me"),
    path("auth/token/", TokenViewSet.as_view({"post": "create"}), name="token"),
    path("auth/token/refresh/", TokenViewSet.as_view({"post": "refresh"}), name="token-refresh"),
    path("jobs/<uuid:job_id>/", JobViewSet.as_view({"get": "retrieve"}), name="job"),
]
