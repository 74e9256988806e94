"""Addresses below `/api/v1/`."""

from django.urls import path

from integrations.api.views import ImportViewSet

urlpatterns = [
    path("imports/", ImportViewSet.as_view({"post": "create"}), name="imports"),
    path("imports/<uuid:import_id>/", ImportViewSet.as_view({"get": "retrieve"}), name="import-detail"),
]
