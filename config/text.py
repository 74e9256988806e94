"""Comparison of names as people see them, and texts of strangers as they may be shown."""

import re
import unicodedata
from typing import Final

# What no line of text holds; the last are halves of surrogate pairs.
_NOT_IN_A_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def key_of(text: str) -> str:
    """Return the form in which names are compared, searched and ordered: NFKC, without case, single spaces.

    Databases disagree here (SQLite's `icontains` knows no letter beyond ASCII), so the key is kept in a column. Normalised again
    after folding, since folding can undo it (Unicode standard, section 3.13, D146).
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def quoted(text: str, limit: int) -> str:
    """Return the first `limit` characters of what somebody sent, with U+FFFD for what no line holds: so it may be repeated."""
    return _NOT_IN_A_LINE.sub("\ufffd", text[:limit])
