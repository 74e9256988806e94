"""The OpenAPI document: each operation with what it takes, and every status that it really answers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar

import orjson
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent, is_list_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.serializers import ListField

from config.errors import DomainError, FieldError, Forbidden, InvalidInput, NotFound, PreconditionFailed
from config.rest import errors
from config.rest.fields import (
    MILLI_PATTERN,
    MILLI_SUM_PATTERN,
    UNIT_MAX,
    MilliField,
    TextField,
    UniqueListField,
)
from config.rest.permissions import STAFF
from config.rest.problems import BEARER_CHALLENGE, PROBLEM_MEDIA_TYPE, all_codes, problem_of
from config.rest.serializers import StrictSerializer
from config.rest.views import ApiViewSet

Method = TypeVar("Method", bound=Callable[..., Any])

BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
JSON_MEDIA_TYPE: Final = "application/json"
SECURITY_SCHEME: Final = "bearerAuth"
TEXT: Final = {"type": "string"}

# The refusals that need no word from the view.
STANDARD: Final[Mapping[int, Sequence[DomainError]]] = {
    400: (
        InvalidInput(errors=[FieldError("name", "required", "This field is required.")]),
        errors.UnknownField(errors=[FieldError("colour", "unknown_field", "This field is not known here.")]),
        errors.UnknownParameter(errors=[FieldError("pgae", "unknown_parameter", errors.UnknownParameter.title)]),
        errors.MalformedJSON(),
    ),
    401: (errors.NotAuthenticated(), errors.AuthenticationFailed()),
    403: (Forbidden(),),
    404: (NotFound(),),
    406: (errors.NotAcceptable(),),
    411: (errors.LengthRequired(),),
    412: (PreconditionFailed(),),
    413: (errors.BodyTooLarge(),),
    415: (errors.UnsupportedMediaType(),),
    429: (errors.Throttled(),),
    503: (errors.Unavailable(),),
}
LIMIT_HEADERS: Final[Mapping[str, Any]] = {
    "RateLimit": {
        "description": "How much of the tightest limit is left: `r` requests for the next `t` seconds.",
        "schema": {**TEXT, "examples": ['"login-address";r=29;t=300']},
    },
    "RateLimit-Policy": {
        "description": "The tightest limit: `q` requests in `w` seconds.",
        "schema": {**TEXT, "examples": ['"login-address";q=30;w=300']},
    },
}
ETAG: Final = {"description": "The entity tag of the object.", "schema": {**TEXT, "examples": ['"17-3fa9c1d2e4b56078"']}}
HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {
    401: {"WWW-Authenticate": {"description": "How to authenticate.", "schema": {**TEXT, "examples": [BEARER_CHALLENGE]}}},
    429: {"Retry-After": {"description": "Seconds until the next try.", "schema": {"type": "integer"}}, **LIMIT_HEADERS},
    503: {"Retry-After": {"description": "Seconds until the next try.", "schema": {"type": "integer"}}},
}

IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The entity tag of what is known already: 304 if it is still so."
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The entity tag of the object as it was read, or `*`: 412 if its version is another by now.",
)
IF_ABSENT: Final = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="`*` writes only what is not there yet: 412 if it is."
)
# What makes a request conditional, by method.
CONDITIONS: Final[Mapping[str, Sequence[OpenApiParameter]]] = {
    "GET": (IF_NONE_MATCH,),
    "PUT": (IF_MATCH, IF_ABSENT),
    "PATCH": (IF_MATCH,),
    "DELETE": (IF_MATCH,),
}


def operation(
    summary: str,
    description: str = "",
    *,
    request: Any = None,
    response: Any = None,
    statuses: Sequence[int] = (200,),
    request_example: Any = None,
    response_example: Any = None,
    media_type: str | None = None,
) -> Callable[[Method], Method]:
    """Describe an action, whose answers are JSON unless it says otherwise. A list's example is one of its rows."""
    examples = []
    if request_example is not None:
        examples.append(OpenApiExample("request", request_example, request_only=True))
    if response_example is not None:
        codes = [str(status) for status in statuses]
        examples.append(
            OpenApiExample(
                "response", response_example, response_only=True, status_codes=codes, media_type=media_type or JSON_MEDIA_TYPE
            )
        )
    return extend_schema(
        summary=summary,
        description=description or None,
        request=request,
        responses={(status, media_type) if media_type else status: response for status in statuses},
        examples=examples,
    )


class AutoSchema(SpectacularSchema):
    """Reads an ApiViewSet's declarations."""

    view: ApiViewSet  # type: ignore[override]
    method: str
    registry: ComponentRegistry

    def get_operation_id(self) -> str:
        """Return the resource and the action: `habit_log_list`."""
        resource = type(self.view).__name__.removesuffix("ViewSet")
        return f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', resource).lower()}_{self.view.action}"

    def get_tags(self) -> list[str]:
        """Return the app that the view belongs to."""
        app = type(self.view).__module__.partition(".")[0]
        return ["service" if app == "config" else app]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the security requirement: none where anyone may call."""
        if not self._reads_credentials():
            return []
        definition = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of a login."}
        self._register(SECURITY_SCHEME, ResolvedComponent.SECURITY_SCHEMA, definition)
        return [{SECURITY_SCHEME: []}]

    def get_override_parameters(self) -> list[Any]:
        """Return the action's own query parameters, the headers of conditional requests, and the `Location` of answers."""
        declared = self.view.query_params.get(self.view.action)
        return [*([declared] if declared else []), *self._conditions(), *self._locations()]

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        # The backends know their parameters; the library's own guesses from models.
        backends = self.get_filter_backends()
        return [parameter for backend in backends for parameter in backend().get_schema_operation_parameters(self.view)]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return super()._is_list_view(serializer) if self._is_paged() else is_list_serializer(serializer)

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if self._is_paged() else None  # type: ignore[no-untyped-call]

    def get_paginated_name(self, serializer_name: str) -> str:
        """Return the name of a page of these, which differs by the kind of the page."""
        return f"{serializer_name}{self.view.pagination_class.page_name}"

    def _is_paged(self) -> bool:
        return self.view.action in self.view.list_actions

    def _is_conditional(self) -> bool:
        return self.view.action in self.view.conditional_actions

    def _conditions(self) -> Sequence[OpenApiParameter]:
        return CONDITIONS.get(self.method, ()) if self._is_conditional() else ()

    def _locations(self) -> Iterator[OpenApiParameter]:
        if statuses := self.view.located.get(self.view.action):
            note = "Where the object is."
            yield OpenApiParameter("Location", OpenApiTypes.URI, OpenApiParameter.HEADER, description=note, response=statuses)

    def _reads_credentials(self) -> bool:
        return self.view.rule is None or self.view.rule.reads_credentials

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, StrictSerializer):
            if direction == "response" or serializer.partial:  # nothing is left out, or what is left out stays
                for field in schema["properties"].values():
                    field.pop("default", None)
            if direction == "request":
                schema["additionalProperties"] = False
            else:  # what a request may leave out, an answer holds all the same
                schema["required"] = sorted(schema["properties"].keys() - serializer.owner_only)
        return schema

    def _process_override_parameters(self, direction: Direction = "request") -> dict[Any, Any]:
        parameters: dict[Any, Any] = super()._process_override_parameters(direction)  # type: ignore[no-untyped-call]
        for parameter in parameters.values():
            if parameter and parameter["in"] == "query" and not parameter.get("required"):
                parameter["allowEmptyValue"] = True  # as left out
        return parameters

    def _map_serializer_field(self, field: Any, direction: Direction, bypass_extensions: bool = False) -> Any:  # noqa: FBT001 - as inherited
        # The library would leave the unused parts of a field that is read alone behind.
        if direction == "request" and field.read_only:
            return None
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        return schema | _bounds_of(field) if direction == "request" else schema

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        # The library would put the empty text beside a pattern, which takes it as well: no match for `oneOf`.
        pattern = schema.pop("pattern", None) if isinstance(field, TextField) else None
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if pattern is not None:
            schema["pattern"] = pattern

    def _get_request_for_media_type(self, serializer: Any, direction: Direction = "request") -> tuple[Any, bool]:
        schema, is_required = super()._get_request_for_media_type(serializer, direction)  # type: ignore[no-untyped-call]
        longest = getattr(serializer, "max_length", None)
        if is_list_serializer(serializer) and longest is not None:
            schema["maxItems"] = longest
        if is_list_serializer(serializer) and not getattr(serializer, "allow_empty", True):
            schema["minItems"] = 1
        return schema, is_required

    def _resolve_path_parameters(self, variables: Sequence[str]) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)  # type: ignore[no-untyped-call]
        for parameter in parameters:
            thing, _, part = parameter["name"].partition("_")
            parameter["description"] = f"The {part} of the {thing}." if part else f"The {thing}."
        return parameters

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        answers = super()._get_response_bodies(direction)
        for code, answer in answers.items():
            answer["description"] = answer["description"] or HTTPStatus(int(code)).phrase
            if self.view.limits.get(self.view.action):
                answer["headers"] = {name: self._header(name) for name in LIMIT_HEADERS}
            if self._is_conditional() and self.method != "DELETE":
                answer["headers"] = {**answer.get("headers", {}), "ETag": ETAG}
        if IF_NONE_MATCH in self._conditions():
            answers["304"] = {"description": HTTPStatus.NOT_MODIFIED.phrase, "headers": {"ETag": ETAG}}
        for status in sorted({*self._statuses(), *self._refusals()}):
            answers[str(status)] = self._problem(status)
        return answers

    def _statuses(self) -> Iterator[int]:
        """Yield the standard refusals that the operation can meet."""
        yield from (400, 406, 429, 503)
        if self._reads_credentials():
            yield 401
        if self._may_forbid():
            yield 403
        if "{" in self.path or (self._is_paged() and self.view.pagination_class.can_miss):
            yield 404
        if IF_MATCH in self._conditions():
            yield 412
        if self.method in BODY_METHODS:
            yield from (411, 413)
            if self.get_request_serializer() is not None:
                yield 415

    def _may_forbid(self) -> bool:
        """Tell whether an object may be visible without being open to this action."""
        rule = self.view.rule
        return rule is STAFF or bool(rule and rule.object_permission and self.method not in SAFE_METHODS)

    def _refusals(self) -> dict[int, list[DomainError]]:
        found: dict[int, list[DomainError]] = {}
        for kind in self.view.refusals.get(self.view.action, ()):
            found.setdefault(kind.status, []).append(kind())
        return found

    def _problem(self, status: int) -> dict[str, Any]:
        """Return a reference to the status's standard answer, or one with examples of what this operation refuses."""
        special = self._refusals().get(status, [])
        answer = self._answer(status, [*STANDARD.get(status, ()), *special])
        return answer if special else self._register(f"Problem{status}", ResolvedComponent.RESPONSE, answer)

    def _answer(self, status: int, refusals: Sequence[DomainError]) -> dict[str, Any]:
        examples = {
            refusal.code: {"summary": refusal.title, "value": orjson.loads(orjson.dumps(problem_of(refusal)))}
            for refusal in refusals
        }
        answer: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_MEDIA_TYPE: {"schema": self._problem_schema(), "examples": examples}},
        }
        return {**answer, "headers": HEADERS[status]} if status in HEADERS else answer

    def _header(self, name: str) -> dict[str, Any]:
        return self._register(name, ResolvedComponent.HEADER, LIMIT_HEADERS[name])

    def _problem_schema(self) -> dict[str, Any]:
        code = self._register("ProblemCode", ResolvedComponent.SCHEMA, {**TEXT, "enum": list(all_codes())})
        fault = {"attr": {**TEXT, "description": "The path of the field, such as `17.date`."}, "code": TEXT, "detail": TEXT}
        field = self._register("FieldProblem", ResolvedComponent.SCHEMA, _object(fault))
        members = {
            "type": {**TEXT, "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "code": code,
        }
        problem = _object(members, errors={"type": "array", "items": field})
        return self._register("Problem", ResolvedComponent.SCHEMA, problem)

    def _register(self, name: str, kind: Any, definition: dict[str, Any]) -> dict[str, Any]:
        component = ResolvedComponent(name, kind, definition, name)  # type: ignore[no-untyped-call]
        self.registry.register_on_missing(component)
        return component.ref


def inline_null(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Put `null` in the place of the library's own name for it: a hook of drf-spectacular."""
    schemas = result["components"]["schemas"]
    if schemas.pop("NullEnum", None):
        alias = {"$ref": "#/components/schemas/NullEnum"}
        choices = [field.get("oneOf", []) for schema in schemas.values() for field in schema.get("properties", {}).values()]
        for options in choices:
            options[:] = [{"type": "null"} if option == alias else option for option in options]
    return result


def _bounds_of(field: Any) -> dict[str, Any]:
    """Return what a request's field is held to besides what the library knows of."""
    bounds: dict[str, Any] = {}
    if isinstance(field, TextField):
        bounds["pattern"] = field.pattern
        if field.shortest is not None:
            bounds["minLength"] = field.shortest
    if isinstance(field, ListField) and not field.allow_empty:
        bounds["minItems"] = 1
    if isinstance(field, UniqueListField):
        bounds["uniqueItems"] = True
    return bounds


def _object(required: Mapping[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


class MilliFieldExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Decimals go out as texts alone; numbers are taken, too."""

    target_class = MilliField

    def map_serializer_field(self, auto_schema: SpectacularSchema, direction: Direction) -> dict[str, Any]:
        """Return the schema of a decimal in this direction."""
        if direction == "response":  # sums are not bounded
            return {**TEXT, "pattern": MILLI_SUM_PATTERN, "examples": ["7.5"]}
        text = {**TEXT, "pattern": MILLI_PATTERN, "examples": ["7.5"]}
        number = {"type": "number", "minimum": 0, "maximum": UNIT_MAX, "multipleOf": 0.001}
        return {"oneOf": [text, number]}
