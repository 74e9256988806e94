"""Text inside a picture: what XML can hold, what fits into a line, how numbers and dates are written."""

import unicodedata
import zlib
from collections.abc import Iterable

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ELLIPSIS = "…"
_JOINER = "\u200d"
_RIGHT_TO_LEFT_MARK = "\u200f"
_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
# Embeddings, overrides and isolates: an unbalanced one would turn round the text that follows the name.
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FIRST_EMOJI = 0x1F000
_ASTRAL_PLANES = 0x10000

_NARROW = frozenset("fijlrtI.,:;'|!()[]- ")
_BROAD = frozenset("mwMW@%")


def xml_text(text: str) -> str:
    """Return the text in one line, with what XML 1.0 (section 2.2) cannot hold replaced by U+FFFD and no direction controls."""
    kept = (_xml_char(char) for char in text if char not in _DIRECTION_CONTROLS)
    return " ".join("".join(kept).split())


def isolated(text: str) -> str:
    """Return the text so that its writing direction does not reach what stands around it."""
    return f"{_ISOLATE}{text}{_POP_ISOLATE}"


def visible_characters(text: str) -> list[str]:
    """Return the characters as people see them: accents, variation selectors, joined emoji and flags stay whole."""
    clusters: list[str] = []
    for char in text:
        if clusters and (_extends(char) or clusters[-1].endswith(_JOINER) or _is_second_of_flag(clusters[-1], char)):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def width_of(text: str) -> float:
    """Return the width of a bold text in em, estimated on the generous side: the viewer's font is not known here."""
    return sum(_cluster_width(cluster) for cluster in visible_characters(text))


def shorten(text: str, ems: float) -> str:
    """Return the text, cut between visible characters and ended with an ellipsis if it is wider than `ems`."""
    if width_of(text) <= ems:
        return text
    room = ems - 1.0
    kept: list[str] = []
    for cluster in visible_characters(text):
        room -= _cluster_width(cluster)
        if room < 0:
            break
        kept.append(cluster)
    start = "".join(kept).rstrip()
    # Without the mark the ellipsis would stand at the beginning of a name that is read from right to left.
    return start + _ELLIPSIS + (_RIGHT_TO_LEFT_MARK if _ends_right_to_left(start) else "")


def counted(number: int, noun: str) -> str:
    """Return "1 day", "2 days", "1,200 completions"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def coordinate(value: float) -> str:
    """Return a coordinate with at most two decimals, the same in every locale."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def key_from(kind: str, *parts: object) -> str:
    """Return an XML id for a picture, the same for the same parts: two pictures may be set into one page."""
    return f"{kind}-{zlib.crc32(ascii(parts).encode()):08x}"


def joined(parts: Iterable[str]) -> str:
    """Return the parts of a summary line."""
    return " · ".join(parts)


def _xml_char(char: str) -> str:
    if char.isspace():
        return " "
    code = ord(char)
    is_allowed = 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= _ASTRAL_PLANES
    return char if is_allowed and not 0x7F <= code <= 0x9F else "\ufffd"


def _extends(char: str) -> bool:
    return char == _JOINER or unicodedata.category(char).startswith("M") or ord(char) in _SKIN_TONES or ord(char) in _TAGS


def _is_second_of_flag(cluster: str, char: str) -> bool:
    return len(cluster) == 1 and ord(cluster) in _REGIONAL_INDICATORS and ord(char) in _REGIONAL_INDICATORS


def _cluster_width(cluster: str) -> float:
    base = cluster[0]
    if ord(base) >= _FIRST_EMOJI:
        return 1.35
    if base in _BROAD or unicodedata.east_asian_width(base) in "WF":
        return 1.05
    if base in _NARROW:
        return 0.42
    return 0.8 if base.isupper() else 0.69


def _ends_right_to_left(text: str) -> bool:
    strong = [direction for direction in map(unicodedata.bidirectional, text) if direction in ("L", "R", "AL")]
    return bool(strong) and strong[-1] != "L"
