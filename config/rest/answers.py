"""What any operation may answer beside its own: the refusals that it does not declare, and the headers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from config.checks import LOCAL_ORIGIN, ORIGIN
from config.errors import (
    CODE_MAX_LENGTH,
    CODE_PATTERN,
    DETAIL_MAX_LENGTH,
    DomainError,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    PreconditionFailed,
)
from config.rates import LONGEST_PERIOD
from config.requests import REQUEST_ID
from config.rest import errors
from config.rest.fields import TEXT_PATTERN
from config.rest.problems import BEARER_CHALLENGE

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
    500: (errors.InternalError(),),
    503: (errors.Unavailable(),),
}
CODE: Final = {**TEXT, "maxLength": CODE_MAX_LENGTH, "pattern": CODE_PATTERN}
DETAIL: Final = {**TEXT, "maxLength": DETAIL_MAX_LENGTH, "pattern": TEXT_PATTERN}

HEADERS: Final[Mapping[str, Any]] = {
    "Access-Control-Allow-Origin": {
        "description": "The origin of the page that asks, if the service admits it; no other origin may read the answer.",
        "schema": {**TEXT, "maxLength": 300, "pattern": f"^({ORIGIN.pattern}|{LOCAL_ORIGIN.pattern})$"},
    },
    "ETag": {
        "description": "The entity tag of the object.",
        "schema": {
            **TEXT,
            "maxLength": 39,
            "pattern": '^(W/)?"([0-9]{1,18}-)?[0-9a-f]{16}"$',
            "examples": ['"17-3fa9c1d2e4b56078"'],
        },
    },
    "Location": {
        "description": "Where the object is.",
        # A host name has 253 characters at the most; no path of ours comes near the rest.
        "schema": {**TEXT, "format": "uri", "maxLength": 512},
    },
    "RateLimit": {
        "description": "How much of the tightest limit is left: `r` requests for the next `t` seconds. Only where one counts the "
        "request.",
        "schema": {
            **TEXT,
            "maxLength": 100,
            "pattern": '^"[a-z-]+";r=[0-9]{1,9};t=[0-9]{1,9}$',
            "examples": ['"login-address";r=29;t=300'],
        },
    },
    "RateLimit-Policy": {
        "description": "The tightest limit: `q` requests in `w` seconds. Only where one counts the request.",
        "schema": {
            **TEXT,
            "maxLength": 100,
            "pattern": '^"[a-z-]+";q=[0-9]{1,9};w=[0-9]{1,9}$',
            "examples": ['"login-address";q=30;w=300'],
        },
    },
    "Retry-After": {
        "description": "Seconds until the next try.",
        "schema": {"type": "integer", "minimum": 0, "maximum": LONGEST_PERIOD},
    },
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {**TEXT, "const": BEARER_CHALLENGE}},
    "X-Request-ID": {
        "description": "The id of the request in the log of the service: put it into reports of faults.",
        "schema": {**TEXT, "maxLength": 64, "pattern": f"^{REQUEST_ID.pattern}$"},
    },
}
# What any answer may carry, and what those of a status carry besides.
COMMON_HEADERS: Final = ("Access-Control-Allow-Origin", "RateLimit", "RateLimit-Policy", "X-Request-ID")
STATUS_HEADERS: Final[Mapping[int, Sequence[str]]] = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
