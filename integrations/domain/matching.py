"""Which habit of a file is which that an earlier import made.

A file names a habit as well as it can: always by its name (with kind and ordinal, since names repeat), and by the
identity that the source keeps for it where the format has one. Neither is enough alone: names change, and older or
other exports of the same source have no identity.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

_SEPARATOR = ":"
_DIGEST_BYTES = 16
# The time of normalising grows with the square of the length, and a file may hold anything.
_NORMALIZED_MAX_LENGTH = 10_000


def source_key(*, name: str, is_measured: bool, ordinal: int, identity: str = "") -> str:
    """Return the key of a habit; `ordinal` counts the habits of the same name and kind before it in its file."""
    told = unicodedata.normalize("NFC", name) if len(name) <= _NORMALIZED_MAX_LENGTH else name
    by_name = _digest(told, "measured" if is_measured else "yes/no", str(ordinal))
    return f"{by_name}{_SEPARATOR}{_digest(identity)}" if identity else by_name


def match_known(found: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """Return for each found key the known key of the same habit, where there is one; no known key is given twice.

    The same identity wins over the same name; different identities are never the same habit.
    """
    free = dict.fromkeys(known)
    matched: dict[str, str] = {}
    for trait in (_all_of, _identity_of, _name_of):
        alike: dict[str, list[str]] = {}
        for key in free:
            alike.setdefault(trait(key), []).append(key)
        for key in found:
            candidates = alike.get(trait(key), []) if trait(key) and key not in matched else []
            other = next((known_key for known_key in candidates if known_key in free and _may_be_same(key, known_key)), None)
            if other is not None:
                matched[key] = other
                del free[other]
    return matched


def richer_key(found: str, known: str) -> str:
    """Return what to keep of two keys of one habit: the newer name, unless it would lose the identity."""
    return known if _identity_of(known) and not _identity_of(found) else found


def _all_of(key: str) -> str:
    return key


def _name_of(key: str) -> str:
    return key.partition(_SEPARATOR)[0]


def _identity_of(key: str) -> str:
    return key.partition(_SEPARATOR)[2]


def _may_be_same(key: str, other: str) -> bool:
    identities = {_identity_of(key), _identity_of(other)} - {""}
    return len(identities) <= 1


def _digest(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()
