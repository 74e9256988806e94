"""What the API refuses before any rule of a domain is asked."""

from config.errors import DomainError, InvalidInput


class BadRequest(InvalidInput):
    """The request is wrong as a whole: a foreign host, a broken header."""

    code = "bad_request"
    title = "The request is not valid."


class MalformedJSON(InvalidInput):
    """The body is no JSON, or JSON that cannot be stored or read back everywhere."""

    code = "malformed_json"
    title = "The body is not acceptable JSON."


class MalformedBody(InvalidInput):
    """The body cannot be read: a broken form, a cut connection."""

    code = "malformed_body"
    title = "The body cannot be read."


class MalformedQuery(InvalidInput):
    """The query string is not well escaped UTF-8."""

    code = "malformed_query"
    title = "The query string is not valid."


class UnknownField(InvalidInput):
    """The body holds fields that the operation does not have."""

    code = "unknown_field"
    title = "The body holds unknown fields."


class UnknownParameter(InvalidInput):
    """The query string holds parameters that the operation does not have."""

    code = "unknown_parameter"
    title = "The query string holds unknown parameters."


class RepeatedParameter(InvalidInput):
    """A query parameter is given more than once."""

    code = "repeated_parameter"
    title = "A query parameter is given more than once."


class InvalidParameter(InvalidInput):
    """A query parameter has a value that it does not take."""

    code = "invalid_parameter"
    title = "A query parameter is not valid."


class InvalidCursor(InvalidInput):
    """The cursor is none that this list has given out: follow `next` and `previous`."""

    code = "invalid_cursor"
    title = "The cursor is not valid."


class NotAuthenticated(DomainError):
    """Nobody is logged in where somebody has to be."""

    code = "not_authenticated"
    status = 401
    title = "Authentication is required."


class AuthenticationFailed(DomainError):
    """Credentials were given and are not valid."""

    code = "authentication_failed"
    status = 401
    title = "The credentials are not valid."


class InsufficientScope(DomainError):
    """A personal token does not reach this: it lacks the scope, or it takes a login."""

    code = "insufficient_scope"
    status = 403
    title = "The token does not allow this."


class MethodNotAllowed(DomainError):
    """The address exists, but not for this method; `Allow` lists those there are."""

    code = "method_not_allowed"
    status = 405
    title = "The method is not allowed here."


class NotAcceptable(DomainError):
    """No representation fits the `Accept` header."""

    code = "not_acceptable"
    status = 406
    title = "No acceptable representation exists."


class LengthRequired(DomainError):
    """A body needs a `Content-Length`."""

    code = "length_required"
    status = 411
    title = "The length of the body is required."


class BodyTooLarge(DomainError):
    """The body is above the limit of its address."""

    code = "body_too_large"
    status = 413
    title = "The body is too large."


class UnsupportedMediaType(DomainError):
    """The operation does not read bodies of this media type."""

    code = "unsupported_media_type"
    status = 415
    title = "The media type of the body is not supported."


class Temporary(DomainError):
    """A refusal that a later try may escape."""

    retry_after_seconds: float = 5


class Throttled(Temporary):
    """Too many requests; `Retry-After` says when to go on."""

    code = "throttled"
    status = 429
    title = "Too many requests."


class InternalError(DomainError):
    """A fault of the service. What it was stands in its log."""

    code = "internal_error"
    status = 500
    title = "The service failed."


class Unavailable(Temporary):
    """The database cannot be reached or is too busy; `Retry-After` says when to try again."""

    code = "unavailable"
    status = 503
    title = "The service is not available at the moment."
