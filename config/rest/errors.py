"""What the API refuses before any rule of a domain is asked."""

from config.errors import DomainError, InvalidInput


class BadRequest(InvalidInput):
    """A request that is wrong as a whole: a foreign host, a broken header."""

    code = "bad_request"
    title = "The request is not valid."


class MalformedJSON(InvalidInput):
    """A body that is no JSON, or JSON that cannot be stored or read back everywhere."""

    code = "malformed_json"
    title = "The body is not acceptable JSON."


class MalformedBody(InvalidInput):
    """A body of another kind that cannot be read: a broken form, a cut connection."""

    code = "malformed_body"
    title = "The body cannot be read."


class MalformedQuery(InvalidInput):
    """A query string that decodes to no text, or to text that databases refuse."""

    code = "malformed_query"
    title = "The query string is not valid."


class UnknownField(InvalidInput):
    """A body with fields that the operation does not have."""

    code = "unknown_field"
    title = "The body holds unknown fields."


class UnknownParameter(InvalidInput):
    """A query string with parameters that the operation does not have."""

    code = "unknown_parameter"
    title = "The query string holds unknown parameters."


class RepeatedParameter(InvalidInput):
    """A query string that gives a single-valued parameter twice."""

    code = "repeated_parameter"
    title = "A query parameter is given more than once."


class InvalidParameter(InvalidInput):
    """Query parameters with values that the operation does not take."""

    code = "invalid_parameter"
    title = "A query parameter is not valid."


class InvalidCursor(InvalidInput):
    """A cursor that this list has not given out."""

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
    """A personal token without the scope that the request takes, or for what takes a login."""

    code = "insufficient_scope"
    status = 403
    title = "The token does not allow this."


class MethodNotAllowed(DomainError):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405
    title = "The method is not allowed here."


class NotAcceptable(DomainError):
    """No representation fits the Accept header."""

    code = "not_acceptable"
    status = 406
    title = "No acceptable representation exists."


class LengthRequired(DomainError):
    """A body without its length."""

    code = "length_required"
    status = 411
    title = "The length of the body is required."


class BodyTooLarge(DomainError):
    """A body above the limit of its address."""

    code = "body_too_large"
    status = 413
    title = "The body is too large."


class UnsupportedMediaType(DomainError):
    """A body of a media type that the operation does not read."""

    code = "unsupported_media_type"
    status = 415
    title = "The media type of the body is not supported."


class Temporary(DomainError):
    """A refusal that a later try may escape."""

    retry_after_seconds: float = 5


class Throttled(Temporary):
    """More requests than a limit allows."""

    code = "throttled"
    status = 429
    title = "Too many requests."


class InternalError(DomainError):
    """A fault of the service; what it was stands in the log alone."""

    code = "internal_error"
    status = 500
    title = "The service failed."


class Unavailable(Temporary):
    """The database cannot be reached, or is too busy to answer."""

    code = "unavailable"
    status = 503
    title = "The service is not available at the moment."
