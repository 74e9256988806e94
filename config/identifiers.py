"""Identifiers that the server makes."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """Return a UUID of version 7 (RFC 9562): unique, and in the order of its making."""
    return uuid7()
