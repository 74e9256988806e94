"""The addresses of the service."""

from django.urls import URLPattern, URLResolver, include, path

from config.documentation import error_codes, redoc, schema, swagger
from config.service import healthz, readyz
from users.api.urls import pages

# Patterns are tried in their order: those that are asked for all the time come first.
API: list[URLResolver] = [path("", include(f"{app}.api.urls")) for app in ("habits", "users", "integrations")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", healthz, name="healthz"),
    path("readyz/", readyz, name="readyz"),
    path("api/v1/", include(API)),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", swagger, name="docs"),
    path("api/redoc/", redoc, name="redoc"),
    path("docs/errors", error_codes, name="error-codes"),
    *pages,
]

handler400 = "config.rest.problems.handler400"
handler403 = "config.rest.problems.handler403"
handler404 = "config.rest.problems.handler404"
handler500 = "config.rest.problems.handler500"
