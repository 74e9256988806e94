"""The pictures of cards, which cost some hundredths of a second each: drawn once, and kept for a while."""

from hashlib import blake2b
from typing import Final

import resvg_py
from django.core.cache import cache

KEPT_SECONDS: Final = 24 * 3600
_DIGEST_BYTES: Final = 16


def digest_of(drawing: str) -> str:
    """Return the name of a drawing: another one has another."""
    return blake2b(drawing.encode(), digest_size=_DIGEST_BYTES).hexdigest()


def find_card(drawing: str) -> bytes | None:
    """Return the PNG of a drawing if it is kept."""
    found: bytes | None = cache.get(_key(drawing))
    return found


def render_card(drawing: str) -> bytes:
    """Return the PNG of a drawing, and keep it."""
    picture = bytes(resvg_py.svg_to_bytes(svg_string=drawing, skip_system_fonts=True))
    cache.set(_key(drawing), picture, KEPT_SECONDS)
    return picture


def _key(drawing: str) -> str:
    return f"sharing.cards:{digest_of(drawing)}"
