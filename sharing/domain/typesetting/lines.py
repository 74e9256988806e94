"""A text in any scripts as the outlines of one line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from habits.domain.pictures.text import visible_characters, xml_text
from sharing.domain.typesetting.bidi import levels_of, visual_order
from sharing.domain.typesetting.faces import CHINESE, EMOJI, JAPANESE, KOREAN, SANS, Face, Glyph, find_face, has, outline_of

# What Unicode asks not to draw, but for the joiners, selectors and tags that change how others look.
_UNDRAWN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8]"
)
# Accents that go with letters of all scripts can be piled up without end. No language takes more than three.
_ACCENT: Final = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE: Final = re.compile(f"({_ACCENT}{{3}}){_ACCENT}+")
# Nor do letters of other scripts take more marks of their own.
_LONGEST: Final = 12

_UNKNOWN: Final = "\ufffd"
_FIRST_EMOJI: Final = 0x1F000
_AS_EMOJI, _AS_TEXT, _KEYCAP = "\ufe0f", "\ufe0e", "\u20e3"
_KANA: Final = re.compile("[\u3040-\u30ff\uff66-\uff9f]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_KEPT: Final = 512


class Line(NamedTuple):
    """Lengths in thousandths of an em, from the left end of the baseline to the right and upwards."""

    width: float
    glyphs: tuple[Glyph, ...]


class Style(NamedTuple):
    """How the lines of a text are set: their weight, their direction as a whole, and the form of ideographs."""

    weight: int
    base: int
    ideographs: Face


class _Run(NamedTuple):
    level: int
    face: Face
    text: str


def drawable(text: str) -> str:
    """Return what of a text is drawn: one line, without what is invisible, and no pile of accents."""
    visible = _UNDRAWN.sub("", unicodedata.normalize("NFC", xml_text(text)))
    return "".join(character[:_LONGEST] for character in visible_characters(_PILE.sub(r"\1", visible))).strip()


def ideographs_for(text: str) -> Face:
    """Return the face for the ideographs of a text, by the other letters that it holds."""
    return JAPANESE if _KANA.search(text) else KOREAN if _HANGUL.search(text) else CHINESE


@lru_cache(maxsize=_KEPT)
def set_line(text: str, style: Style) -> Line:
    """Return the outlines of a drawable text."""
    characters = visible_characters(text)
    runs = list(_runs(characters, levels_of(characters, style.base), style.ideographs))
    glyphs, at = list[Glyph](), 0.0
    for place in visual_order([run.level for run in runs]):
        level, face, part = runs[place]
        outline = outline_of(part, face, style.weight, is_right_to_left=bool(level % 2))
        glyphs.extend(glyph.moved(at, 0) for glyph in outline.glyphs)
        at += outline.width
    return Line(at, tuple(glyphs))


def _runs(characters: Sequence[str], levels: Sequence[int], ideographs: Face) -> Iterator[_Run]:
    """Yield what is drawn with one face in one direction, in the order of reading."""
    drawn = zip(levels, _drawn(characters, ideographs), strict=True)
    for (level, face), run in groupby(drawn, key=lambda item: (item[0], item[1][0])):
        yield _Run(level, face, "".join(character for _, (_, character) in run))


def _drawn(characters: Sequence[str], ideographs: Face) -> Iterator[tuple[Face, str]]:
    """Yield each character with its face; a sign for the unknown in the place of one that no face has."""
    face = SANS
    for character in characters:
        if not _goes_along(character, face):
            found = find_face(character, ideographs, is_emoji=_is_emoji(character))
            face, character = (found, character) if found else (SANS, _UNKNOWN)  # noqa: PLW2901 - it is what is drawn
        yield face, character


def _goes_along(character: str, face: Face) -> bool:
    """Tell whether a character is drawn with the face of those before it: spaces and punctuation are in many faces."""
    is_between = unicodedata.category(character[0])[0] in "ZPC"
    return is_between and face != EMOJI and all(has(face, code_point) for code_point in character)


def _is_emoji(character: str) -> bool:
    """Tell whether a character is to be drawn as an emoji where there is a choice."""
    if _AS_TEXT in character:
        return False
    return ord(character[0]) >= _FIRST_EMOJI or _AS_EMOJI in character or _KEYCAP in character
