"""The OpenAPI document: each operation with what it takes, and every status that it really answers."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, TypeVar

import orjson
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent, is_list_serializer
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.serializers import DecimalField, ListField

from config.errors import ATTR_MAX_LENGTH, CODE_MAX_LENGTH, FAULTS_SHOWN, TITLE_MAX_LENGTH, DomainError
from config.rest.answers import CODE, COMMON_HEADERS, DETAIL, HEADERS, STANDARD, STATUS_HEADERS, TEXT
from config.rest.conditional import CONDITION_MAX_LENGTH
from config.rest.fields import (
    COUNT_MAX,
    LINE_PATTERN,
    MILLI_MAX_LENGTH,
    MILLI_PATTERN,
    MILLI_SUM_MAX_LENGTH,
    MILLI_SUM_PATTERN,
    UNIT_MAX,
    MilliField,
    ShapeField,
    TextField,
    UniqueListField,
)
from config.rest.permissions import GUEST, STAFF
from config.rest.problems import PROBLEM_MEDIA_TYPE, all_codes, problem_of, type_of
from config.rest.serializers import StrictSerializer
from config.rest.views import ApiViewSet

Method = TypeVar("Method", bound=Callable[..., Any])

BODY_METHODS: Final = frozenset({"POST", "PUT", "PATCH"})
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
JSON_MEDIA_TYPE: Final = "application/json"
SECURITY_SCHEME: Final = "bearerAuth"
SECURITY_NOTE: Final = (
    "The access token of a login, a JWT that is made and checked as RFC8725 asks: with one algorithm (HS256), a key of its own, "
    "issuer, time and type. Or a personal token, which is no JWT and begins with `hab_`."
)

# What formats say of lengths. An instant may come with nine decimals and an offset.
FORMAT_LENGTHS: Final = {"date": 10, "date-time": 35, "uuid": 36}
# Whatever a header can hold: one that is no list of tags is no error.
CONDITION: Final = {**TEXT, "maxLength": CONDITION_MAX_LENGTH, "pattern": r"^[\t\u0020-\u007e\u0080-\u00ff]*$"}
IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match",
    CONDITION,
    OpenApiParameter.HEADER,
    description="The entity tag of what is known already: 304 if it is still so.",
)
IF_MATCH: Final = OpenApiParameter(
    "If-Match",
    CONDITION,
    OpenApiParameter.HEADER,
    description="The entity tag of the object as it was read, or `*`: 412 if its version is another by now.",
)
IF_ABSENT: Final = OpenApiParameter(
    "If-None-Match",
    CONDITION,
    OpenApiParameter.HEADER,
    description="`*` writes only what is not there yet: 412 if it is.",
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

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation; where anyone may call it says so, instead of nothing."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        return operation and {"security": [], **operation}

    def get_operation_id(self) -> str:
        """Return the resource and the action: `habit_log_list`."""
        resource = type(self.view).__name__.removesuffix("ViewSet")
        return f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', resource).lower()}_{self.view.action}"

    def get_tags(self) -> list[str]:
        """Return the app that the view belongs to."""
        app = type(self.view).__module__.partition(".")[0]
        return ["service" if app == "config" else app]

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return the security requirement: none where anyone may call, and none or credentials where these tell who does."""
        if not self._reads_credentials():
            return []
        definition = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": SECURITY_NOTE}
        self._register(SECURITY_SCHEME, ResolvedComponent.SECURITY_SCHEMA, definition)
        return [*([{}] if self.view.rule is GUEST else []), {SECURITY_SCHEME: []}]

    def get_override_parameters(self) -> list[Any]:
        """Return the action's own query parameters, and the headers of conditional requests."""
        declared = self.view.query_params.get(self.view.action)
        return [*([declared] if declared else []), *self._conditions()]

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
        return schema | _shape_of(field) | (_bounds_of(field) if direction == "request" else {})

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        # The library would put the empty text beside a pattern, which takes it as well: no match for `oneOf`.
        pattern = schema.pop("pattern", None) if isinstance(field, TextField) else None
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if pattern is not None:
            schema["pattern"] = pattern

    def _get_response_for_code(self, serializer: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        answer: dict[str, Any] = super()._get_response_for_code(serializer, *args, **kwargs)  # type: ignore[no-untyped-call]
        if not self._is_paged() and _shape_of(serializer):
            for body in answer["content"].values():
                body["schema"].update(_shape_of(serializer))
        return answer

    def _get_request_for_media_type(self, serializer: Any, direction: Direction = "request") -> tuple[Any, bool]:
        schema, is_required = super()._get_request_for_media_type(serializer, direction)  # type: ignore[no-untyped-call]
        if is_list_serializer(serializer):
            schema |= _shape_of(serializer)
        if is_list_serializer(serializer) and not getattr(serializer, "allow_empty", True):
            schema["minItems"] = 1
        return schema, is_required

    def _resolve_path_parameters(self, variables: Sequence[str]) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._resolve_path_parameters(variables)  # type: ignore[no-untyped-call]
        for parameter in parameters:
            thing, _, part = parameter["name"].rpartition("_")
            parameter["description"] = f"The {part} of the {thing.replace('_', ' ')}." if thing else f"The {part}."
            if words := self.view.path_words.get(parameter["name"]):
                parameter["schema"] = {"type": "string", "enum": [*words]}
        return parameters

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        answers = super()._get_response_bodies(direction)
        for code, answer in answers.items():
            answer["description"] = answer["description"] or HTTPStatus(int(code)).phrase
            answer["headers"] = self._headers(*self._own_headers(int(code)))
        if IF_NONE_MATCH in self._conditions():
            answers["304"] = {"description": HTTPStatus.NOT_MODIFIED.phrase, "headers": self._headers("ETag")}
        for status in sorted({*self._statuses(), *self._refusals()}):
            answers[str(status)] = self._problem(status)
        return answers

    def _own_headers(self, status: int) -> Iterator[str]:
        if self._is_conditional() and self.method != "DELETE":
            yield "ETag"
        if status in self.view.located.get(self.view.action, ()):
            yield "Location"

    def _statuses(self) -> Iterator[int]:
        """Yield the standard refusals that the operation can meet."""
        yield from (400, 406, 429, 500, 503)
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
        return {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_MEDIA_TYPE: {"schema": self._problem_schema(), "examples": examples}},
            "headers": self._headers(*STATUS_HEADERS.get(status, ())),
        }

    def _headers(self, *names: str) -> dict[str, Any]:
        """Return what every answer may carry, and these headers."""
        return {name: self._register(name, ResolvedComponent.HEADER, HEADERS[name]) for name in (*COMMON_HEADERS, *names)}

    def _problem_schema(self) -> dict[str, Any]:
        code = self._register("ProblemCode", ResolvedComponent.SCHEMA, {**TEXT, "enum": list(all_codes())})
        path = {"maxLength": ATTR_MAX_LENGTH, "pattern": LINE_PATTERN, "description": "The path of the field, such as `17.date`."}
        fault = {"attr": TEXT | path, "code": CODE, "detail": DETAIL}
        field = self._register("FieldProblem", ResolvedComponent.SCHEMA, _object(fault))
        members = {
            "type": {**TEXT, "format": "uri-reference", "maxLength": len(type_of("")) + CODE_MAX_LENGTH},
            "title": {**TEXT, "maxLength": TITLE_MAX_LENGTH, "pattern": LINE_PATTERN},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": DETAIL,
            "code": code,
        }
        problem = _object(members, errors={"type": "array", "items": field, "maxItems": FAULTS_SHOWN})
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


def bound_formats(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say what the formats of texts and the bounds of integers imply, wherever they are: a hook of drf-spectacular."""
    for schema in _schemas_in(result):
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if "string" in kinds and schema.get("format") in FORMAT_LENGTHS:
            schema.setdefault("maxLength", FORMAT_LENGTHS[schema["format"]])
        if "integer" in kinds and {"minimum", "maximum"} <= schema.keys():
            is_small = max(-schema["minimum"], schema["maximum"]) <= COUNT_MAX
            schema["format"] = "int32" if is_small else "int64"
    return result


def _schemas_in(node: Any) -> Iterator[dict[str, Any]]:
    """Yield all that has the type of a schema, but for examples, whose members may be called so."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str | list):
            yield node
        for name, child in node.items():
            if name not in ("example", "examples"):
                yield from _schemas_in(child)
    elif isinstance(node, list):
        for child in node:
            yield from _schemas_in(child)


def _shape_of(field: Any) -> dict[str, Any]:
    """Return what holds in both directions besides what the library knows of."""
    if isinstance(field, TextField):
        return {"pattern": field.pattern}
    if isinstance(field, ShapeField):
        return {"maxLength": field.longest}
    if isinstance(field, DecimalField) and field.max_digits is not None:
        return {"maxLength": field.max_digits + len("-.")}
    longest = getattr(field, "max_length", None)
    if is_list_serializer(field) and longest is not None:
        return {"maxItems": longest}
    return {}


def _bounds_of(field: Any) -> dict[str, Any]:
    """Return what a request's field is held to besides what the library knows of."""
    bounds: dict[str, Any] = {}
    if isinstance(field, TextField) and field.shortest is not None:
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
        if direction == "response":
            return {**TEXT, "maxLength": MILLI_SUM_MAX_LENGTH, "pattern": MILLI_SUM_PATTERN, "examples": ["7.5"]}
        text = {**TEXT, "maxLength": MILLI_MAX_LENGTH, "pattern": MILLI_PATTERN, "examples": ["7.5"]}
        number = {"type": "number", "minimum": 0, "maximum": UNIT_MAX, "multipleOf": 0.001}
        return {"oneOf": [text, number]}
