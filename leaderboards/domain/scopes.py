"""Whose boards: everybody's, a group's, or a challenge's."""

import uuid
from enum import StrEnum
from typing import Final, NamedTuple


class ScopeKind(StrEnum):
    """Who is ranked."""

    PUBLIC = "public"
    GROUP = "group"
    CHALLENGE = "challenge"


SCOPE_KINDS: Final = tuple(ScopeKind)


class Scope(NamedTuple):
    """Who is ranked: everybody, or those of the group or the challenge with a key."""

    kind: ScopeKind
    key: uuid.UUID | None


EVERYBODY: Final = Scope(ScopeKind.PUBLIC, None)
ID_PATTERN: Final = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
SCOPE_PATTERN: Final = f"^(public|(group|challenge):{ID_PATTERN})$"


def read_scope(text: str) -> Scope:
    """Return the scope of a text that fits the pattern: `public`, `group:ID`, `challenge:ID`."""
    kind, _, key = text.partition(":")
    return Scope(ScopeKind(kind), uuid.UUID(key)) if key else EVERYBODY
