"""The card of a public link: a picture of 1200 × 630 pixels, as social media show it beside a link."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from habits.domain.pictures.colors import BACKGROUND, darkened, tinted
from habits.domain.pictures.text import coordinate, joined
from sharing.domain.grids import grid_of
from sharing.domain.shown import Shown, YearShown
from sharing.domain.typesetting.blocks import Block, fit
from sharing.domain.typesetting.faces import BOLD, EM, REGULAR
from sharing.domain.wording import PRODUCT, wording_of

WIDTH, HEIGHT = 1200, 630
MARGIN: Final = 72
_ROOM: Final = WIDTH - 2 * MARGIN
_INK, _QUIET = "#1b2129", "#56616f"
# WCAG 2.2: texts (1.4.3), and graphics (1.4.11).
_TEXT_CONTRAST, _SHAPE_CONTRAST = 4.5, 3.0

_LABEL_BASELINE: Final = 96
_TITLE_TOP: Final = 116
_TITLE_SIZES: Final = (68, 60, 52, 46)
_LINE_HEIGHT: Final = 1.26
_FIGURES_TOP: Final = 318
_NUMBER_BASELINE: Final = 484
_NUMBER_SIZES: Final = (172, 140, 110)
_FOOT_BASELINE: Final = 580

_GRID_TOP: Final = 378
# How much of the habit's colour there is: in the ground of the figures, and in the square of a day by its level.
_GROUND: Final = 0.07
_SHADES: Final = (0.12, 0.36, 0.57, 0.78, 1.0)


class _Colors(NamedTuple):
    """The colours that follow from the habit's: of the ground of the figures, of shapes, and of texts."""

    ground: str
    shape: str
    text: str


def draw_card(shown: Shown) -> str:
    """Return the card as SVG without any text: lines are outlines, so that nothing depends on who renders it."""
    colors = _colors(shown.color or None)
    parts = (*_head(shown, colors), *_figures(shown, colors), *_foot(shown, colors))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _colors(color: str | None) -> _Colors:
    ground = tinted(BACKGROUND.light, darkened(color, BACKGROUND.light, ratio=_SHAPE_CONTRAST), _GROUND)
    shape, text = (darkened(color, ground, ratio=ratio) for ratio in (_SHAPE_CONTRAST, _TEXT_CONTRAST))
    return _Colors(ground, shape, text)


def _head(shown: Shown, colors: _Colors) -> Iterator[str]:
    yield _box(0, 0, WIDTH, HEIGHT, BACKGROUND.light)
    yield _box(0, 0, WIDTH, 14, colors.shape)
    words = wording_of(shown)
    # Of a year the picture is what is great.
    label = f"{words.number} {words.noun} in the last 12 months" if isinstance(shown.figures, YearShown) else words.label
    yield _text(label, MARGIN, _LABEL_BASELINE, 30, color=colors.text)
    title = fit(shown.title, width=_ROOM, sizes=_TITLE_SIZES, most_lines=2)
    for number, line in enumerate(title.lines, start=1):
        baseline = _TITLE_TOP + title.size * (_LINE_HEIGHT * number - 0.24)
        yield _placed(title._replace(lines=(line,)), MARGIN, baseline, _INK)


def _figures(shown: Shown, colors: _Colors) -> Iterator[str]:
    yield _box(0, _FIGURES_TOP, WIDTH, HEIGHT - _FIGURES_TOP, colors.ground)
    yield from _year(shown.figures, colors) if isinstance(shown.figures, YearShown) else _number(shown, colors)


def _number(shown: Shown, colors: _Colors) -> Iterator[str]:
    """Yield one great number, with what it counts beside it."""
    words = wording_of(shown)
    number = fit(words.number, width=_ROOM * 0.6, sizes=_NUMBER_SIZES)
    yield _placed(number, MARGIN - number.size * 0.025, _NUMBER_BASELINE, colors.text)
    beside = MARGIN + number.width + 24
    width = WIDTH - MARGIN - beside
    yield _text(words.noun, beside, _NUMBER_BASELINE - (54 if words.details else 0), 50, color=_INK, width=width)
    details = joined(words.details)
    yield _text(details, beside, _NUMBER_BASELINE, 30, color=_QUIET, weight=REGULAR, width=width)


def _year(year: YearShown, colors: _Colors) -> Iterator[str]:
    """Yield the squares of the days under the names of the months."""
    grid = grid_of(year)
    for month in grid.months:
        yield _text(month.text, MARGIN + month.x, _GRID_TOP - 14, 22, color=_QUIET, weight=REGULAR)
    for path, share in zip(grid.levels, _SHADES, strict=True):
        fill = tinted(colors.ground, colors.shape, share)
        yield f'<path fill="{fill}" transform="translate({MARGIN} {_GRID_TOP})" d="{path}"/>'


def _foot(shown: Shown, colors: _Colors) -> Iterator[str]:
    """Yield who shows it, and the mark of the product: squares that fill."""
    name = fit(PRODUCT, width=_ROOM, sizes=(30,))
    left = WIDTH - MARGIN - name.width
    yield _placed(name, left, _FOOT_BASELINE, _INK)
    for number, share in enumerate((1.0, 0.6, 0.3), start=1):
        yield _box(left - 8 - 21 * number, _FOOT_BASELINE - 18, 16, 16, tinted(colors.ground, colors.shape, share))
    yield _text(shown.name, MARGIN, _FOOT_BASELINE, 30, color=_QUIET, width=_ROOM - 320)


def _text(text: str, left: float, baseline: float, size: float, *, color: str, weight: int = BOLD, width: float = _ROOM) -> str:
    """Return a line that begins at `left`, whatever its direction, no wider than it may be."""
    block = fit(text, width=width, sizes=(size, size * 0.85, size * 0.7), weight=weight)
    return _placed(block._replace(is_right_to_left=False), left, baseline, color)


def _placed(block: Block, left: float, baseline: float, color: str) -> str:
    """Return a block of one line, which begins at `left` or, where it is read from the right, as far from the other edge."""
    x = WIDTH - left - block.width if block.is_right_to_left else left
    outline = "".join(
        f"M{coordinate(glyph.x)} {coordinate(glyph.y)}{glyph.path}" for line in block.lines for glyph in line.glyphs
    )
    place = f"translate({coordinate(x)} {coordinate(baseline)}) scale({coordinate(block.size)} -{coordinate(block.size)})"
    return f'<path fill="{color}" transform="{place} scale({1 / EM})" d="{outline}"/>' if outline else ""


def _box(x: float, y: float, width: float, height: float, color: str) -> str:
    right, down = coordinate(width), coordinate(height)
    return f'<path fill="{color}" d="M{coordinate(x)} {coordinate(y)}h{right}v{down}h-{right}z"/>'
