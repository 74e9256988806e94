"""System checks of the routes: what nobody has declared a rule for is not served."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
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
        yield Error(f"{name} declares {action} as conditional, for which it has no rule of access.", id="rest.E004")
    for action in sorted(view.access):
        if not hasattr(view, action):
            yield Error(f"{name} declares a rule for {action}, which it does not have.", id="rest.E003")
