"""Comparison of names as people see them."""

import unicodedata


def key_of(text: str) -> str:
    """Return the form in which names are compared, searched and ordered: NFKC, without case, single spaces.

    Databases disagree here (SQLite's `icontains` knows no letter beyond ASCII), so the key is kept in a column. Normalised again
    after folding, since folding can undo it (Unicode standard, section 3.13, D146).
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
