"""The base of every view of the API."""

from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar, cast

from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet
from structlog.contextvars import bind_contextvars

from config.errors import DomainError
from config.limits.counting import Receipt, take
from config.rest.conditional import check_conditions, is_known, read_precondition, tag_of
from config.rest.errors import AuthenticationFailed
from config.rest.filters import OrderingBackend, OrderingParameter, StrictFilterBackend, StrictFilterSet
from config.rest.limits import Limit, charges_of, check, settle
from config.rest.pagination import CursorKey, PagePagination, StrictCursorPagination
from config.rest.params import QueryParams, check_parameter_names
from config.rest.permissions import Access, DeclaredAccess
from config.rest.renderers import Negotiation
from config.versions import Precondition


@cache
def _reader(serializer_class: type[BaseSerializer[Any]], **options: Any) -> BaseSerializer[Any]:
    """Return the serializer that reads bodies, one for all requests: its fields are made once, and hold nothing of any."""
    return serializer_class(**options)


class ApiViewSet(GenericViewSet[Any]):
    """A resource whose actions declare who may call them, which parameters they take and what they refuse.

    `access` is the one declaration that every action needs: an action without a rule is closed, and fails the system check.
    """

    access: ClassVar[Mapping[str, Access]] = {}
    # The actions that answer page by page: they take the parameters of pagination, filters and ordering.
    list_actions: ClassVar[frozenset[str]] = frozenset({"list"})
    # The actions on one object, or on a list that is the same for everybody, whose requests may be conditional: their answers
    # carry an entity tag, reads are answered with 304, and writes pass `precondition` on to their service.
    conditional_actions: ClassVar[frozenset[str]] = frozenset()
    # The words that a part of the address can be, by its name: for the schema.
    path_words: ClassVar[Mapping[str, Sequence[str]]] = {}
    # Other query parameters, by action.
    query_params: ClassVar[Mapping[str, type[QueryParams]]] = {}
    # The rules of the domain that an action may run into, by action: for the schema.
    refusals: ClassVar[Mapping[str, Sequence[type[DomainError]]]] = {}
    # The statuses whose answers say in `Location` where the object is, by action: for the schema.
    located: ClassVar[Mapping[str, Sequence[int]]] = {}
    # How often an action may be called, by action; these limits hold with and without a cache server.
    limits: ClassVar[Mapping[str, Sequence[Limit]]] = {}

    # What a personal token needs a scope for, `read` or `write`; without an area, and for what takes a login, none will do.
    area: ClassVar[str] = ""
    login_only: ClassVar[frozenset[str]] = frozenset()

    filterset_class: ClassVar[type[StrictFilterSet] | None] = None
    ordering: ClassVar[OrderingParameter | None] = None
    cursor_key: ClassVar[CursorKey]
    pagination_class: type[PagePagination | StrictCursorPagination] = PagePagination
    filter_backends = (StrictFilterBackend, OrderingBackend)
    permission_classes = (DeclaredAccess,)
    content_negotiation_class = Negotiation

    params: QueryParams
    receipt: Receipt | None = None

    @property
    def rule(self) -> Access | None:
        """The rule of access of the present action; None closes it."""
        return self.access.get(self.action)

    @property
    def scope(self) -> str | None:
        """The scope that a personal token needs for the present action; None where it takes a login."""
        if not self.area or self.action in self.login_only:
            return None
        return f"{self.area}:{'read' if self.request.method in SAFE_METHODS else 'write'}"

    @property
    def is_routed(self) -> bool:
        """Whether the method leads to an action; OPTIONS, which REST framework calls `metadata`, does not."""
        return self.action in self.action_map.values()

    @property
    def actor(self) -> Any:
        """The user whom a rule other than ANYONE has admitted: `settings.AUTH_USER_MODEL`."""
        return self.request.user

    @property
    def precondition(self) -> Precondition:
        """What the request expects of the object that it writes."""
        headers = self.request.META
        return read_precondition(headers.get("HTTP_IF_MATCH"), headers.get("HTTP_IF_NONE_MATCH"))

    @property
    def object_permission(self) -> str:
        """The permission that the actor has to hold on the object, for the query that fetches it."""
        codename = self.rule and self.rule.object_permission
        if not codename:
            raise LookupError(f"{type(self).__name__}.{self.action} declares no Holding rule.")
        return codename

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return the rows of the page that the request asks for, of a queryset or a sequence."""
        return super().paginate_queryset(queryset) or []

    @classmethod
    @cache
    def parameter_names(cls, action: str) -> frozenset[str]:
        """Return the names of the query parameters that the action takes."""
        declared = cls.query_params.get(action)
        names = declared.names() if declared else frozenset[str]()
        if action in cls.list_actions:
            names = names.union(cls.pagination_class.parameters, *(backend.names(cls) for backend in cls.filter_backends))
        return names

    def validated(self, serializer_class: type[BaseSerializer[Any]], **options: Any) -> Any:
        """Return the body as the serializer understands it, or answer 400."""
        return _reader(cast("Any", serializer_class), **options).run_validation(self.request.data)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Return the request; the action is known before the authenticators are chosen."""
        self.action = self.action_map.get((request.method or "").lower(), "")
        return super().initialize_request(request, *args, **kwargs)

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the authenticators; none where anyone may call."""
        rule = self.rule
        return [] if rule is not None and not rule.reads_credentials else super().get_authenticators()

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, for the view and for the lines of the log: the key of a claim costs no query."""
        super().perform_authentication(request)
        bind_contextvars(actor=request.user.pk)

    def check_permissions(self, request: Request) -> None:
        """Apply the rule of the action; a method without an action is answered as such to everybody."""
        if self.is_routed:
            super().check_permissions(request)

    def check_throttles(self, request: Request) -> None:
        """Count the request once it is admitted, before anything else is done about it; raise Throttled at a limit."""
        if self.is_routed:
            self.receipt = take(charges_of(self.limits.get(self.action, ()), request))
            check(self.receipt)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks and how often, then the conditions and the query string."""
        super().initial(request, *args, **kwargs)
        if not self.is_routed:
            return
        if self.action in self.conditional_actions:
            check_conditions(request.META)
        if request.META.get("QUERY_STRING"):
            check_parameter_names(request.query_params, self.parameter_names(self.action))
        declared = self.query_params.get(self.action)
        if declared is not None:
            own = declared.names()
            self.params = declared.read({name: value for name, value in request.query_params.items() if name in own})

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Answer with the Allow header alone: what an address takes is told by the schema."""
        return Response(status=204)

    def handle_exception(self, exc: Exception) -> Response:
        """Return the answer to what went wrong; who is not admitted learns of nothing else."""
        try:
            bool(self.actor.is_active)  # a claim is looked up by this
            if isinstance(exc, IntegrityError) and self._has_gone():
                exc = AuthenticationFailed()
        except Exception as refusal:  # whatever it is, it is what has to be answered
            exc = refusal
        return super().handle_exception(exc)

    def _has_gone(self) -> bool:
        """Tell whether the actor's account was deleted while the request was under way, so that nothing can refer to it."""
        return self.actor.pk is not None and not get_user_model()._default_manager.filter(pk=self.actor.pk).exists()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Keep answers out of caches unless the view says otherwise; tell how the limits stand, and see to the entity tags."""
        response.headers.setdefault("Cache-Control", "no-store")
        if self.receipt is not None:
            settle(self.receipt, response)
        if (
            self.action in self.conditional_actions
            and request.method != "DELETE"
            and response.status_code < HTTPStatus.BAD_REQUEST
        ):
            self._tag(request, response)
        return super().finalize_response(request, response, *args, **kwargs)

    def _tag(self, request: Request, response: Response) -> None:
        """Give an answer its entity tag, unless it has one with a version; to a read that knows the tag, that is all."""
        if "ETag" not in response.headers:
            response.headers["ETag"] = tag_of(response.data)
        if request.method in SAFE_METHODS and is_known(response.headers["ETag"], request.META.get("HTTP_IF_NONE_MATCH")):
            response.status_code, response.data = HTTPStatus.NOT_MODIFIED, None
