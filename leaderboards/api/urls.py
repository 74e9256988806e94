"""Addresses below `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path, register_converter
from django.urls.converters import StringConverter

from leaderboards.api.views.boards import BoardViewSet
from leaderboards.domain.boards import Metric


class MetricConverter(StringConverter):
    """What is ranked; anything else is no address of ours."""

    regex = f"(?:{'|'.join(Metric)})"


register_converter(MetricConverter, "metric")

urlpatterns: list[URLPattern | URLResolver] = [
    path("leaderboards/", BoardViewSet.as_view({"get": "boards"}), name="leaderboards"),
    path("leaderboards/<metric:metric>/", BoardViewSet.as_view({"get": "places"}), name="leaderboard"),
    path("leaderboards/<metric:metric>/me/", BoardViewSet.as_view({"get": "own"}), name="leaderboard-own"),
]
