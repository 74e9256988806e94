"""Security events: what an operator looks for after an incident, each with a name to search by."""

from typing import Final
from uuid import UUID

import structlog

Fact = str | int | UUID | None

_logger: Final[structlog.stdlib.BoundLogger] = structlog.stdlib.get_logger("security")


def security_event(name: str, /, **facts: Fact) -> None:
    """Write one line about what happened, such as `login_failed`, with the facts that are known.

    Facts are ids, codes and counts. What a person typed or has to keep secret is none: no name, address, password, token.
    """
    _logger.info(name, **facts)
