"""What a username may look like."""

import unicodedata

USERNAME_MIN_LENGTH = 3
USERNAME_MAX_LENGTH = 30
_PUNCTUATION = frozenset("._-")
# Letters, the marks that many scripts need to write a letter, and decimal digits (Unicode general categories).
_WORD_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"})


def normalize_username(text: str) -> str:
    """Return the name in NFKC, the form that is stored: what looks the same is spelt the same."""
    return unicodedata.normalize("NFKC", text)


def is_username(text: str) -> bool:
    """Tell whether a normalised name has 3 to 30 letters, digits, `.`, `_` or `-` and starts with a letter or digit.

    Never an `@`: a login with one is an email address.
    """
    if not USERNAME_MIN_LENGTH <= len(text) <= USERNAME_MAX_LENGTH or not text[0].isalnum():
        return False
    return all(char in _PUNCTUATION or unicodedata.category(char) in _WORD_CATEGORIES for char in text)
