"""Untrusted text and cells: made storable on every database, or recognised as unreadable."""

import re
from decimal import Decimal

_LINE_ENDS = re.compile(r"\r\n?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][-+]?[0-9]{1,2})?", re.ASCII)


def decoded(data: bytes) -> str:
    """Return bytes as text; what is not UTF-8 (or marked UTF-16) becomes lone surrogates, which `cleaned` replaces."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "surrogateescape")


def cleaned(text: str) -> str:
    """Return text without control characters (but line feeds and tabs) and lone surrogates, with plain line ends."""
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))).strip()


def loses_characters(text: str) -> bool:
    """Return whether `cleaned` takes characters away that carry meaning."""
    return bool(_SURROGATES.search(text) or _CONTROLS.search(_LINE_ENDS.sub("\n", text)))


def as_text(cell: object) -> str:
    """Return a cell of any type as text; nothing becomes the empty text."""
    if cell is None:
        return ""
    return decoded(cell) if isinstance(cell, bytes) else str(cell)


def as_integer(cell: object) -> int | None:
    """Return a cell as a whole number, or None if it is none."""
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    text = as_text(cell).strip()
    return int(text) if _INTEGER.fullmatch(text) else None


def as_decimal(cell: object) -> Decimal | None:
    """Return a cell as a decimal number of sane size, or None if it is none."""
    text = as_text(cell).strip()
    if not _DECIMAL.fullmatch(text):
        return None
    return Decimal(text)
