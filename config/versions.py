"""What a write expects of its object, without a word about HTTP: `config.rest.conditional` reads it from headers."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Final

from config.errors import PreconditionFailed


class _Every(Container[Any]):
    """Holds whatever exists."""

    def __contains__(self, item: object) -> bool:
        return item is not None


EVERY: Final = _Every()


@dataclass(frozen=True, slots=True)
class Precondition:
    """The versions at which a write may go ahead: one of some, and none of others; EVERY stands for whatever exists."""

    one_of: Container[int | None] | None = None
    none_of: Container[int | None] = ()

    def check(self, version: int | None) -> None:
        """Raise PreconditionFailed unless the object is at an expected version, None where it does not exist.

        Services ask under the lock of the write: nothing can come between the answer and what it is asked for.
        """
        if (self.one_of is not None and version not in self.one_of) or version in self.none_of:
            raise PreconditionFailed


UNCONDITIONAL: Final = Precondition()
