"""Conditional requests (RFC 9110, section 13): the entity tags of answers, and what comes back of them with later requests.

A tag is the version of what can be edited, where there is one, and a digest of the document: `"17-3fa9c1d2e4b56078"`. Reads
compare it as a whole. Writes compare the version alone: what is derived beside it (a habit's streak) makes no editor stale.
"""

import re
from collections.abc import Container, Mapping
from hashlib import blake2b
from typing import Any, Final

from config.rest.errors import BadRequest
from config.rest.renderers import to_json
from config.versions import EVERY, UNCONDITIONAL, Precondition

DIGEST_BYTES: Final = 8
# Room for a hundred tags.
CONDITION_MAX_LENGTH: Final = 4_096
CONDITIONS: Final[Mapping[str, str]] = {"HTTP_IF_MATCH": "If-Match", "HTTP_IF_NONE_MATCH": "If-None-Match"}
# WSGI hands bytes over in Latin-1. Servers that compress answers weaken tags, or add to them: neither does a version any harm.
TAG: Final = r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"'
TAGS: Final = re.compile(rf"[ \t,]*{TAG}(?:[ \t]*,[ \t,]*{TAG})*[ \t,]*")
VERSION: Final = re.compile(r"([0-9]{1,18})-")


def tag_of(document: Any, version: int | None = None) -> str:
    """Return the entity tag of a document; what is edited gives its version."""
    digest = blake2b(to_json(document), digest_size=DIGEST_BYTES).hexdigest()
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def check_conditions(headers: Mapping[str, Any]) -> None:
    """Raise BadRequest for a condition that is too long to be one."""
    for key, name in CONDITIONS.items():
        if len(headers.get(key, "")) > CONDITION_MAX_LENGTH:
            raise BadRequest(f"The header {name} may hold at most {CONDITION_MAX_LENGTH} characters.")


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Tell whether a read names this tag, or any: its answer is 304 then. A header that cannot be read names none."""
    if if_none_match is None:
        return False
    tags = _read_tags(if_none_match)
    return tags is None or tag.removeprefix("W/").strip('"') in tags


def read_precondition(if_match: str | None, if_none_match: str | None) -> Precondition:
    """Return what the headers of a write expect; one that cannot be read names no version."""
    if if_match is None and if_none_match is None:
        return UNCONDITIONAL
    return Precondition(
        one_of=None if if_match is None else _read_versions(if_match),
        none_of=() if if_none_match is None else _read_versions(if_none_match),
    )


def _read_versions(header: str) -> Container[int | None]:
    tags = _read_tags(header)
    return EVERY if tags is None else {int(found[1]) for tag in tags if (found := VERSION.match(tag))}


def _read_tags(header: str) -> list[str] | None:
    """Return the tags of a list, without quotes and weakness, or None for `*`."""
    if header.strip(" \t") == "*":
        return None
    return re.findall(TAG, header) if TAGS.fullmatch(header) else []
