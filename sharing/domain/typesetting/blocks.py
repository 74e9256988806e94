"""A text broken into lines that fit into a width."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from habits.domain.pictures.text import visible_characters
from sharing.domain.typesetting.bidi import base_level
from sharing.domain.typesetting.faces import BOLD, EM
from sharing.domain.typesetting.lines import Line, Style, drawable, ideographs_for, set_line

_ELLIPSIS: Final = "…"
# By Unicode's categories: no line of Chinese or Japanese begins with signs that close, punctuation or marks of lengthening, nor
# ends with signs that open.
_NOT_FIRST: Final = frozenset({"Pe", "Pf", "Po", "Lm"})
_NOT_LAST: Final = frozenset({"Ps", "Pi", "Sc"})
_HYPHENS: Final = frozenset("-/\u2010\u2013\u2014")

Measure = Callable[[str], float]


class Block(NamedTuple):
    """Lines with the size of their em, and whether they begin at the right."""

    size: float
    lines: tuple[Line, ...]
    is_right_to_left: bool

    @property
    def width(self) -> float:
        """The width of the longest line, in the unit of the size."""
        return max((line.width for line in self.lines), default=0) * self.size / EM


def fit(text: str, *, width: float, sizes: Sequence[float], most_lines: int = 1, weight: int = BOLD) -> Block:
    """Return the text in the first of the sizes in which it fits; in the last one it is shortened where it does not."""
    shown = drawable(text)
    style = Style(weight, base_level(shown), ideographs_for(shown))
    size, texts = _arranged(shown, width, sizes, most_lines, partial(_width, style))
    return Block(size, tuple(set_line(text, style) for text in texts), bool(style.base))


def _arranged(text: str, width: float, sizes: Sequence[float], most: int, measure: Measure) -> tuple[float, list[str]]:
    pieces = list(_pieces(visible_characters(text)))
    for size in sizes:
        if (texts := _broken(pieces, width * EM / size, most, measure)) is not None:
            return size, texts
    size, limit = sizes[-1], width * EM / sizes[-1]
    # Words that are longer than a line are broken anywhere.
    parts = [part for piece in pieces for part in ([piece] if measure(piece) <= limit else visible_characters(piece))]
    return size, _broken(parts, limit, most, measure) or _shortened(parts, limit, most, measure)


def _width(style: Style, text: str) -> float:
    return set_line(text.strip(), style).width


def _pieces(characters: Sequence[str]) -> Iterator[str]:
    """Yield the parts after each of which a line may end."""
    piece = ""
    for place, character in enumerate(characters):
        if piece and _may_break(characters[place - 1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if after == " ":
        return False
    if before == " ":
        return True
    if unicodedata.category(before[0]) in _NOT_LAST or _is_never_first(after[0]):
        return False
    return before in _HYPHENS or _stands_alone(before[0]) or _stands_alone(after[0])


def _is_never_first(code_point: str) -> bool:
    is_small_kana = " LETTER SMALL " in unicodedata.name(code_point, "") and _stands_alone(code_point)
    return is_small_kana or unicodedata.category(code_point) in _NOT_FIRST


def _stands_alone(code_point: str) -> bool:
    """Tell whether a line may end on both sides of a character: ideographs, kana and emoji make no words with others."""
    is_wide = unicodedata.east_asian_width(code_point) in "WF"
    return is_wide and not unicodedata.name(code_point, "").startswith("HANGUL")


def _broken(pieces: Sequence[str], limit: float, most: int, measure: Measure) -> list[str] | None:
    """Return the lines into which the pieces fit, two of them about as long as each other; None if they do not fit."""
    lines, rest = list[str](), pieces
    while rest:
        count = _count_fitting(rest, limit, measure)
        if count == 0 or len(lines) == most:
            return None
        lines.append("".join(rest[:count]).strip())
        rest = rest[count:]
    return _balanced(pieces, limit, measure) or lines if len(lines) == 2 else lines


def _balanced(pieces: Sequence[str], limit: float, measure: Measure) -> list[str] | None:
    """Return two lines, the longer of which is as short as may be; None where that does not fit."""
    widths = [measure(piece) for piece in pieces]
    longer = [max(sum(widths[:place]), sum(widths[place:])) for place in range(1, len(pieces))]
    place = longer.index(min(longer)) + 1
    lines = ["".join(part).strip() for part in (pieces[:place], pieces[place:])]
    return lines if max(map(measure, lines)) <= limit else None


def _shortened(parts: Sequence[str], limit: float, most: int, measure: Measure) -> list[str]:
    """Return as many lines as there may be, the last one cut off."""
    lines = list[str]()
    while len(lines) < most - 1:
        count = _count_fitting(parts, limit, measure)
        lines.append("".join(parts[:count]).strip())
        parts = parts[count:]
    rest = visible_characters("".join(parts))
    count = _count_fitting(rest, limit - measure(_ELLIPSIS), measure)
    while count and measure("".join(rest[:count]).rstrip() + _ELLIPSIS) > limit:
        count -= 1
    return [*lines, _without_stump("".join(rest[:count])).rstrip() + _ELLIPSIS]


def _without_stump(text: str) -> str:
    """Return the text without the beginning of a word at its end, unless the word is long."""
    words, _, stump = text.rpartition(" ")
    return words if len(stump) < len(words) // 3 else text


def _count_fitting(parts: Sequence[str], limit: float, measure: Measure) -> int:
    """Return how many of the parts fit into a line."""
    total, count = 0.0, 0
    space = measure("a a") - 2 * measure("a")
    for part in parts:
        if total + measure(part) > limit:
            break
        total += measure(part) + space * (len(part) - len(part.rstrip()))
        count += 1
    # Letters that join are narrower or wider than each for itself.
    while count < len(parts) and measure("".join(parts[: count + 1])) <= limit:
        count += 1
    while count and measure("".join(parts[:count])) > limit:
        count -= 1
    return count
