"""What the domain may refuse, without a word about HTTP frameworks: `config.rest.problems` turns these into answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

# What is told of an error is no longer than this; of the faults of one request no more are told.
CODE_PATTERN: Final = "^[a-z][a-z0-9_]*$"
CODE_MAX_LENGTH: Final = 60
TITLE_MAX_LENGTH: Final = 100
DETAIL_MAX_LENGTH: Final = 1_000
ATTR_MAX_LENGTH: Final = 128
FAULTS_SHOWN: Final = 1_000


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of one input field; `attr` is its path, such as `target_days` or `17.date`."""

    attr: str
    code: str
    detail: str


class DomainError(Exception):
    """A request that breaks a rule; subclasses name the rule by `code` and the HTTP status that says so."""

    code: ClassVar[str] = "domain_error"
    status: ClassVar[int] = 409
    title: ClassVar[str] = "The request breaks a rule."

    def __init__(self, detail: str = "", *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)


class InvalidInput(DomainError):
    """The input is not valid; `errors` says what and where."""

    code = "validation_error"
    status = 400
    title = "The input is not valid."


class NotFound(DomainError):
    """It does not exist, or must not be seen: the two are never told apart."""

    code = "not_found"
    status = 404
    title = "Not found."


class Forbidden(DomainError):
    """The object may be seen, but not used like this."""

    code = "permission_denied"
    status = 403
    title = "You do not have permission to do this."


class Conflict(DomainError):
    """Somebody else was quicker. Try again."""

    code = "conflict"
    status = 409
    title = "The request conflicts with the present state."


class LimitReached(Conflict):
    """There are as many as there may be; `detail` names the limit."""

    code = "limit_reached"
    title = "There are as many as there may be."


class IdConflict(Conflict):
    """The `id` that the client chose is somebody else's. Choose another."""

    code = "id_conflict"
    title = "This id is taken."


class IdDeleted(Conflict):
    """The `id` is that of an own object that was deleted. Choose another."""

    code = "id_deleted"
    title = "The object with this id was deleted."


class PreconditionFailed(DomainError):
    """A write that expects another version of its object, which somebody else has changed in the meantime."""

    code = "precondition_failed"
    status = 412
    title = "The object is not at the expected version."
