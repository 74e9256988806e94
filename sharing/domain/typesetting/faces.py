"""The faces that characters are drawn with, and the outlines of what is written in one of them.

Noto has a face for each script. Lengths are in thousandths of an em, upwards from the baseline.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import uharfbuzz as hb

EM: Final = 1000
REGULAR: Final = 400
BOLD: Final = 700
# Some hundred bytes each, and at most some ten thousand.
_GLYPHS_KEPT: Final = 4_096
_TEXTS_KEPT: Final = 512


@dataclass(frozen=True, slots=True)
class Face:
    """A file of a package of fonts, and the number of the face in a collection."""

    package: str
    file: str
    index: int = 0


class Glyph(NamedTuple):
    """Where the outline of a glyph begins, and how an SVG path goes on from there."""

    x: float
    y: float
    path: str

    def moved(self, right: float, up: float) -> "Glyph":
        """Return the glyph at another place."""
        return Glyph(self.x + right, self.y + up, self.path)


class Outline(NamedTuple):
    """How far a text reaches to the right, and those of its glyphs that have ink."""

    width: float
    glyphs: tuple[Glyph, ...]


def _noto(script: str) -> Face:
    return Face("manimgx_fonts", f"Noto{script}[wght].ttf")


SANS: Final = _noto("Sans")
EMOJI: Final = _noto("Emoji")
_SCRIPTS: Final = (
    *("Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada"),
    *("Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai"),
)
# The first one that has a character draws it. Emoji come before the symbols that other faces have as well.
_FACES: Final = (SANS, *(_noto(f"Sans{script}") for script in _SCRIPTS), EMOJI, _noto("SansSymbols"))
# The same ideographs in the forms that three languages give them.
JAPANESE, KOREAN, CHINESE = (Face("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", index) for index in range(3))

# Joiners, selectors of variants and tags, which have no form of their own.
_FORMLESS: Final = (range(0x200C, 0x200E), range(0xFE00, 0xFE10), range(0xE0020, 0xE0080), range(0xE0100, 0xE01F0))


@lru_cache(maxsize=_GLYPHS_KEPT)
def find_face(character: str, ideographs: Face, *, is_emoji: bool) -> Face | None:
    """Return the face that draws a visible character, its marks too if there is one; None where no face has it."""
    faces = (*_FACES, ideographs)
    having = [face for face in ((EMOJI, *faces) if is_emoji else faces) if has(face, character[0])]
    return next((face for face in having if all(has(face, mark) for mark in character[1:])), having[0] if having else None)


def has(face: Face, code_point: str) -> bool:
    """Tell whether a face can draw a code point, or has nothing to draw."""
    return is_formless(code_point) or _font(face, REGULAR).get_nominal_glyph(ord(code_point)) is not None


def is_formless(code_point: str) -> bool:
    """Tell whether a code point does nothing but change how others look."""
    return any(ord(code_point) in codes for codes in _FORMLESS)


@lru_cache(maxsize=_TEXTS_KEPT)
def outline_of(text: str, face: Face, weight: int, *, is_right_to_left: bool) -> Outline:
    """Return the outline of a text in one face and one direction."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if is_right_to_left else "ltr"
    hb.shape(_font(face, weight), buffer)
    glyphs, at = [], 0.0
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(_glyph(face, weight, info.codepoint).moved(at + place.x_offset, place.y_offset))
        at += place.x_advance
    return Outline(at, tuple(glyph for glyph in glyphs if glyph.path))


@cache
def _font(face: Face, weight: int) -> hb.Font:
    """Return a face in a weight; the file is mapped into memory, not read."""
    blob = hb.Blob.from_file_path(str(files(face.package) / face.file))
    font = hb.Font(hb.Face(blob, face.index))
    font.scale = (EM, EM)
    font.set_variations({"wght": weight})
    return font


@lru_cache(maxsize=_GLYPHS_KEPT)
def _glyph(face: Face, weight: int, number: int) -> Glyph:
    pen = _Pen()
    _font(face, weight).draw_glyph(number, _pen_functions(), pen)
    return Glyph(*pen.start, "".join(pen.commands))


class _Pen:
    """Writes an outline down as an SVG path, all of whose points but the first are relative."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.start = self._at = self._began = (0, 0)

    def move(self, x: float, y: float) -> None:
        if self.commands:
            self.draw("m", x, y)
        else:
            self.start = self._at = (round(x), round(y))
        self._began = self._at

    def draw(self, command: str, *coordinates: float) -> None:
        x, y = self._at
        points = [(round(right), round(up)) for right, up in zip(coordinates[::2], coordinates[1::2], strict=True)]
        self.commands.append(command + " ".join(f"{right - x} {up - y}" for right, up in points))
        self._at = points[-1]

    def close(self) -> None:
        self.commands.append("z")
        self._at = self._began


@cache
def _pen_functions() -> hb.DrawFuncs:
    """Return what HarfBuzz calls for each part of an outline; the pen comes last."""
    functions = hb.DrawFuncs()
    functions.set_move_to_func(lambda x, y, pen: pen.move(x, y))
    functions.set_line_to_func(lambda x, y, pen: pen.draw("l", x, y))
    functions.set_quadratic_to_func(lambda x1, y1, x, y, pen: pen.draw("q", x1, y1, x, y))
    functions.set_cubic_to_func(lambda x1, y1, x2, y2, x, y, pen: pen.draw("c", x1, y1, x2, y2, x, y))
    functions.set_close_path_func(lambda pen: pen.close())
    return functions
