"""The addresses of the service."""

from django.urls import URLPattern, URLResolver, include, path

from challenges.api.urls import urlpatterns as challenges
from config.documentation import error_codes, redoc, schema, swagger
from config.service import healthz, readyz
from groups.api.urls import pages as group_pages
from groups.api.urls import urlpatterns as groups
from habits.api.urls import urlpatterns as habits
from integrations.api.urls import urlpatterns as integrations
from leaderboards.api.urls import urlpatterns as leaderboards
from sharing.api.urls import pages as sharing_pages
from sharing.api.urls import urlpatterns as sharing
from users.api.urls import pages
from users.api.urls import urlpatterns as users

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", healthz, name="healthz"),
    path("readyz/", readyz, name="readyz"),
    # Patterns are tried in their order: those that are asked for all the time come first.
    # Addresses are tried in this order; the page of everybody is asked for most of all, by those whom nobody knows.
    path("api/v1/", include([*leaderboards, *habits, *users, *groups, *challenges, *sharing, *integrations])),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", swagger, name="docs"),
    path("api/redoc/", redoc, name="redoc"),
    path("docs/errors", error_codes, name="error-codes"),
    *pages,
    *group_pages,
    *sharing_pages,
]

handler400 = "config.rest.problems.handler400"
handler403 = "config.rest.problems.handler403"
handler404 = "config.rest.problems.handler404"
handler500 = "config.rest.problems.handler500"
