"""System checks of the routes: what nobody has declared a rule for is not served, and no limit is left without its setting."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from config.rest.views import ApiViewSet


def walk_routes(resolver: URLResolver) -> Iterator[URLPattern]:
    """Yield every route below the resolver."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk_routes(pattern)
        else:
            yield pattern


def check_access(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Return the routed actions that declare no rule of access, and the API views that could not declare one."""
    views = {(view, tuple(actions.items())) for view, actions in _routed_views()}
    return sorted((fault for view, actions in views for fault in _faults(view, dict(actions))), key=str)


def _routed_views() -> Iterator[tuple[type[APIView], dict[str, str]]]:
    for pattern in walk_routes(get_resolver()):
        view = getattr(pattern.callback, "cls", None)
        if view is not None and view.__module__ != "drf_spectacular.views":
            yield view, getattr(pattern.callback, "actions", None) or {}


def _faults(view: type[APIView], actions: dict[str, str]) -> Iterator[CheckMessage]:
    name = f"{view.__module__}.{view.__qualname__}"
    if not issubclass(view, ApiViewSet):
        yield Error(f"{name} is routed but is no ApiViewSet.", hint="Derive it from config.rest.views.", id="rest.E001")
        return
    for action in sorted({*actions.values()} - view.access.keys()):
        yield Error(f"{name} is routed to {action} without a rule of access.", hint="Add it to `access`.", id="rest.E002")
    for action in sorted(view.conditional_actions - view.access.keys()):
        yield Error(f"{name} declares {action} as conditional, for which it has no rule of access.", id="rest.E006")
    for action in sorted(view.access):
        if not hasattr(view, action):
            yield Error(f"{name} declares a rule for {action}, which it does not have.", id="rest.E003")
    yield from _limit_faults(view, name)


def _limit_faults(view: type[ApiViewSet], name: str) -> Iterator[CheckMessage]:
    for action, limits in sorted(view.limits.items()):
        if not hasattr(view, action):
            yield Error(f"{name} declares limits for {action}, which it does not have.", id="rest.E004")
        for setting in {limit.setting for limit in limits} - settings.LIMITS.keys():
            hint = "Add it to LIMITS in config.environment."
            yield Error(f"{name} limits {action} by {setting}, which is no setting.", hint=hint, id="rest.E005")
