"""Addresses that exist in these tests alone: one of everything that the base offers."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Conflict
from config.rest.conditional import tag_of
from config.rest.fields import CalendarDateField, ChoiceField, FlagField, IdField, MilliField, TextField, WholeNumberField
from config.rest.filters import (
    CalendarDateFilter,
    ChoiceFilter,
    FlagFilter,
    KeyFilter,
    OrderingParameter,
    SearchFilter,
    StrictFilterSet,
    TextFilter,
)
from config.rest.limits import By, Limit
from config.rest.pagination import CursorKey, StrictCursorPagination
from config.rest.params import FlagParameter, RangeParams, WholeNumberParameter
from config.rest.permissions import ANYONE, STAFF, USER, Holding
from config.rest.problems import handler400, handler403, handler404, handler500  # noqa: F401
from config.rest.renderers import SVGRenderer
from config.rest.schema import operation
from config.rest.serializers import StrictSerializer
from config.rest.views import ApiViewSet

FAILURES = {
    "fault": RuntimeError("the secret of the trace"),
    "database": OperationalError("server closed the connection unexpectedly"),
    "locked": OperationalError("database is locked"),
    "interface": InterfaceError("connection already closed"),
    "conflict": Conflict("The seat is taken."),
    "missing": NotFound(),
    "throttled": Throttled(wait=17),
}


class StepSerializer(StrictSerializer):
    title = TextField(max_length=10, single_line=True)


class ThingSerializer(StrictSerializer):
    id = IdField(read_only=True)
    name = TextField(max_length=20)
    count = WholeNumberField(min_value=0, max_value=9, required=False)
    is_on = FlagField(required=False)
    date = CalendarDateField(required=False)
    kind = ChoiceField(choices=["day", "week"], required=False)
    value = MilliField(required=False)
    steps = StepSerializer(many=True, required=False)


class ThingViewSet(ApiViewSet):
    """Echoes what it is given."""

    access: ClassVar = {
        "create": ANYONE,
        "batch": ANYONE,
        "partial_update": USER,
        "retrieve": Holding("view_thing"),
        "purge": STAFF,
    }
    refusals: ClassVar = {"create": [Conflict]}

    @operation(
        "Make a thing",
        request=ThingSerializer,
        response=ThingSerializer,
        statuses=(201, 200),
        request_example={"name": "Tea"},
        response_example={"id": "0190a5f2-7b3c-7000-8000-000000000000", "name": "Tea", "value": "7.5"},
    )
    def create(self, request: Request) -> Response:
        return Response(self.validated(ThingSerializer), status=201)

    def batch(self, request: Request) -> Response:
        return Response(self.validated(ThingSerializer, many=True))

    def partial_update(self, request: Request, thing: str) -> Response:
        return Response(self.validated(ThingSerializer, partial=True))

    @operation("Show a thing", response=ThingSerializer)
    def retrieve(self, request: Request, thing: str) -> Response:
        return Response({"permission": self.object_permission})

    @operation("Remove everything", statuses=(204,))
    def purge(self, request: Request) -> Response:
        return Response(status=204)


class LimitedViewSet(ApiViewSet):
    """Echoes what it is given, so often and no oftener."""

    access: ClassVar = {"create": ANYONE, "list": USER}
    limits: ClassVar = {
        "create": [
            Limit(setting="LIMIT_LOGIN_ADDRESS", by=By.ADDRESS),
            Limit(setting="LIMIT_LOGIN_ACCOUNT", by=By.ACCOUNT, account_field="name", counts_failures=True),
        ],
        "list": [Limit(setting="LIMIT_USER", by=By.USER)],
    }
    list_actions = frozenset()

    @operation("Make a thing", request=ThingSerializer, response=ThingSerializer)
    def create(self, request: Request) -> Response:
        if self.validated(ThingSerializer)["name"] == "fault":
            raise FAILURES["fault"]
        return Response({})

    @operation("List things", response=ThingSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response([])


class FailureViewSet(ApiViewSet):
    access: ClassVar = {"retrieve": ANYONE, "picture": ANYONE}

    def retrieve(self, request: Request, kind: str) -> Response:
        raise FAILURES[kind]

    picture = retrieve


class PictureViewSet(FailureViewSet):
    renderer_classes = (SVGRenderer,)

    def picture(self, request: Request, kind: str = "none") -> Response:
        return Response("<svg/>") if kind == "none" else self.retrieve(request, kind)


class ClosedViewSet(ApiViewSet):
    def list(self, request: Request) -> Response:
        return Response([])


class GroupFilters(StrictFilterSet):
    name = KeyFilter(field_name="name")
    exact = TextFilter(field_name="name")
    kind = ChoiceFilter(["even", "odd"], method="of_kind")
    hidden = FlagFilter(method="that_are_hidden")
    day = CalendarDateFilter(method="on_day")
    search = SearchFilter("name")

    built = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        type(self).built += 1
        super().__init__(*args, **kwargs)

    @classmethod
    def apply_defaults(cls, queryset, given):
        return queryset if "hidden" in given else queryset.exclude(name__startswith="hidden")

    def of_kind(self, queryset, name, value):
        return queryset.filter(name__endswith="0" if value == "even" else "1")

    def that_are_hidden(self, queryset, name, value):
        return queryset.filter(name__startswith="hidden") if value else queryset.exclude(name__startswith="hidden")

    def on_day(self, queryset, name, value):
        return queryset.none()


class GroupSerializer(StrictSerializer):
    name = TextField(max_length=150)


class GroupViewSet(ApiViewSet):
    access: ClassVar = {"list": USER, "recent": USER}
    list_actions = frozenset({"list", "recent"})
    filterset_class = GroupFilters
    ordering = OrderingParameter({"name": "name", "created_at": "id"}, default="name")
    queryset = Group.objects.all()

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([group.name for group in page])

    @operation("List groups", response=GroupSerializer(many=True), response_example={"name": "a"})
    def recent(self, request: Request) -> Response:
        return self.list(request)


def small_integer(text: str) -> int:
    if len(text) > 9:
        raise ValueError(text)
    return int(text)


class FeedViewSet(ApiViewSet):
    access: ClassVar = {"list": USER}
    pagination_class = StrictCursorPagination
    cursor_key = CursorKey("id", small_integer)
    queryset = Group.objects.values("id", "name")

    @operation("Follow the feed", response=GroupSerializer(many=True))
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([group["name"] for group in page])


class ReportParams(RangeParams):
    limit = WholeNumberParameter(min_value=1, max_value=50, default=10)
    all = FlagParameter(default=False)


class ReportViewSet(ApiViewSet):
    access: ClassVar = {"list": USER, "retrieve": USER}
    list_actions = frozenset()
    query_params: ClassVar = {"list": ReportParams}

    @operation("Report", response=ThingSerializer)
    def list(self, request: Request) -> Response:
        return Response(dict(self.params.values))

    @operation("Report one", response=ThingSerializer)
    def retrieve(self, request: Request, thing: str) -> Response:
        return Response({})


class VersionedViewSet(ApiViewSet):
    """An object at version 17, and a list that is the same for everybody."""

    access: ClassVar = {"list": USER, "retrieve": USER, "update": USER, "destroy": USER}
    list_actions = frozenset()
    conditional_actions = frozenset(access)

    @operation("Show all", response=ThingSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response([{"name": "Tea"}])

    @operation("Show", response=ThingSerializer)
    def retrieve(self, request: Request, thing: UUID) -> Response:
        document = {"name": "Tea", "id": thing}
        return Response(document, headers={"ETag": tag_of(document, 17)})

    @operation("Replace", response=ThingSerializer)
    def update(self, request: Request, thing: UUID) -> Response:
        self.precondition.check(17)
        return self.retrieve(request, thing)

    @operation("Delete", statuses=(204,))
    def destroy(self, request: Request, thing: UUID) -> Response:
        self.precondition.check(17)
        return Response(status=204)


def broken(request: HttpRequest) -> HttpResponse:
    raise FAILURES[request.GET["kind"]]


urlpatterns = [
    path("api/things/", ThingViewSet.as_view({"post": "create", "delete": "purge"})),
    path("api/limited/", LimitedViewSet.as_view({"post": "create", "get": "list"})),
    path("api/things/batch/", ThingViewSet.as_view({"post": "batch"})),
    path("api/things/<uuid:thing>/", ThingViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("api/failures/<str:kind>/", FailureViewSet.as_view({"get": "retrieve"})),
    path("api/pictures/", PictureViewSet.as_view({"get": "picture"})),
    path("api/pictures/<str:kind>/", PictureViewSet.as_view({"get": "picture"})),
    path("api/closed/", ClosedViewSet.as_view({"get": "list"})),
    path("api/groups/", GroupViewSet.as_view({"get": "list"})),
    path("api/groups/recent/", GroupViewSet.as_view({"get": "recent"})),
    path("api/feed/", FeedViewSet.as_view({"get": "list"})),
    path("api/reports/", ReportViewSet.as_view({"get": "list"})),
    path("api/reports/<uuid:thing>/", ReportViewSet.as_view({"get": "retrieve"})),
    path("api/versioned/", VersionedViewSet.as_view({"get": "list"})),
    path("api/versioned/<uuid:thing>/", VersionedViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"})),
    path("api/broken/", broken),
]
