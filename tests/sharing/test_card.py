"""The card of a public link, as a drawing and as a picture."""

import re
import zlib
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st

from habits.domain.pictures.colors import contrast
from sharing.domain import cards, grids
from sharing.domain.cards import HEIGHT, MARGIN, WIDTH, draw_card
from sharing.domain.grids import grid_of
from sharing.domain.shown import MilestoneShown, Shown, StreakShown, YearShown
from sharing.domain.wording import description_of, wording_of
from tests.sharing.test_typesetting import SCRIPTS, TEXTS

pytestmark = pytest.mark.slow  # not each test, but all of them

TODAY = date(2026, 6, 17)
STREAK = StreakShown(42, 57, "day", "day", date(2026, 5, 7))
MILESTONE = MilestoneShown(100, "day", date(2026, 5, 5))
YEAR = YearShown(TODAY - timedelta(days=364), tuple(number % 5 for number in range(365)))
COLORS = st.integers(min_value=0, max_value=0xFFFFFF).map("#{:06x}".format)
COUNTS = st.integers(min_value=0, max_value=99_999)
UNITS = st.sampled_from(["day", "week", "month"])
DATES = st.dates(date(1970, 1, 1), date(2030, 12, 31))
FIGURES = (
    st.builds(StreakShown, COUNTS, COUNTS, UNITS, UNITS, st.none() | DATES)
    | st.builds(MilestoneShown, COUNTS, UNITS | st.just(""), DATES)
    | st.builds(YearShown, DATES, st.lists(st.integers(min_value=0, max_value=4), min_size=365, max_size=365).map(tuple))
)
SVG = "{http://www.w3.org/2000/svg}"
TITLES = [*SCRIPTS.values(), "", "W" * 120, "漢" * 120, "Z" + "\u0300\u0316\u0335" * 39, "\x00\u202e<&>\"'", "﷽" * 120]


def card(title: str = "Read", name: str = "", color: str = "", figures: StreakShown | MilestoneShown | YearShown = STREAK) -> str:
    return draw_card(Shown(title, name, color, TODAY, figures))


def reach(path: ET.Element) -> tuple[float, float, float, float]:
    """Return how far a path reaches on the canvas, control points included: left, top, right, bottom."""
    places = re.findall(r"(translate|scale)\(([-.\d]+)(?: ([-.\d]+))?\)", path.get("transform", ""))
    x, y, points = 0.0, 0.0, []
    starts = [(0.0, 0.0)]
    for command, arguments in re.findall(r"([MmLlHhVvQqCcZz])([^A-Za-z]*)", path.get("d", "")):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arguments)]
        if command == "z":
            x, y = starts[-1]
        elif command in "hv":
            x, y = (x + numbers[0], y) if command == "h" else (x, y + numbers[0])
        else:
            base = (0.0, 0.0) if command == "M" else (x, y)
            found = [(base[0] + right, base[1] + down) for right, down in zip(numbers[::2], numbers[1::2], strict=True)]
            points += found
            x, y = found[-1]
            if command in "Mm":
                starts.append((x, y))
        points.append((x, y))
    for kind, first, second in reversed(places):
        one, other = float(first), float(second or first)
        points = [(a + one, b + other) if kind == "translate" else (a * one, b * other) for a, b in points]
    return (*map(min, zip(*points, strict=True)), *map(max, zip(*points, strict=True)))


def assert_on_canvas(svg: str) -> None:
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height")) == (str(WIDTH), str(HEIGHT))
    for path in root:
        assert path.tag == f"{SVG}path"
        left, top, right, bottom = reach(path)
        assert left >= 0, svg
        assert top >= 0, svg
        assert right <= WIDTH, svg
        assert bottom <= HEIGHT, svg


def pixels(svg: str, width: int = 300) -> list[bytes]:
    """Return the rows of a card's picture in RGBA, at a smaller size."""
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, width=width))
    packed, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        packed += png[at + 8 : at + 8 + length] if png[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    raw, rows, stride = zlib.decompress(packed), [bytes(4 * width)], 4 * width
    for start in range(0, len(raw), stride + 1):
        rows.append(unfiltered(raw[start], raw[start + 1 : start + 1 + stride], rows[-1]))
    return rows[1:]


def unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """Return a row of a PNG as it was before it was filtered (section 9)."""
    found = bytearray()
    for place, value in enumerate(row):
        left, corner = (found[place - 4], above[place - 4]) if place >= 4 else (0, 0)
        up = above[place]
        guess = left + up - corner
        nearest = min((abs(guess - other), order, other) for order, other in enumerate((left, up, corner)))[2]
        found.append((value + (0, left, up, (left + up) // 2, nearest)[kind]) % 256)
    return bytes(found)


def ink(svg: str) -> int:
    """Return how many pixels of the part with the title are dark."""
    rows = pixels(svg)[29:78]
    return sum(max(row[place : place + 3]) < 110 for row in rows for place in range(0, len(row), 4))


class TestDrawing:
    @settings(deadline=None, max_examples=60)
    @given(TEXTS, TEXTS, COLORS | st.just(""), FIGURES)
    def test_all_of_it_lies_on_the_canvas(self, title: str, name: str, color: str, figures: StreakShown) -> None:
        svg = card(title, name, color, figures)
        assert_on_canvas(svg)
        assert svg.isascii()
        assert svg.isprintable()

    @pytest.mark.parametrize("title", TITLES, ids=lambda title: ascii(title[:12]))
    @pytest.mark.parametrize("figures", [STREAK, YEAR])
    def test_long_and_strange_titles_too(self, title: str, figures: StreakShown) -> None:
        assert_on_canvas(card(title, title[:80], "", figures))

    @pytest.mark.parametrize("figures", [STREAK, MILESTONE, YEAR], ids=["streak", "milestone", "heatmap"])
    def test_the_title_leaves_the_figures_alone(self, figures: StreakShown) -> None:
        """Whatever it is: two lines of the largest size with the marks of Thai stay above them."""
        for title in ("Wg" * 60, "กี้ปู่ " * 17, "ÄÖÜ qgj " * 15):
            root = ET.fromstring(card(title, "", "", figures))
            ground = next(number for number, path in enumerate(root) if reach(path)[1] == 318 and reach(path)[2] == WIDTH)
            for path in list(root)[3:ground]:
                assert reach(path)[3] <= 318

    def test_titles_begin_where_they_are_read_from(self) -> None:
        left, right = (reach(list(ET.fromstring(card(title)))[3]) for title in ("Read", "קריאה"))
        assert left[0] == pytest.approx(MARGIN, abs=8)
        assert right[2] == pytest.approx(WIDTH - MARGIN, abs=8)

    def test_the_name_is_drawn_where_there_is_one(self) -> None:
        assert card(name="Ada") != card()
        assert card().count("<path") == card(name="Ada").count("<path") - 1

    def test_the_same_is_drawn_alike(self) -> None:
        assert card() == card()
        assert len({card(figures=figures) for figures in (STREAK, MILESTONE, YEAR)}) == 3

    @given(COLORS)
    def test_everything_stands_out_from_what_it_stands_on(self, color: str) -> None:
        colors = cards._colors(color)
        for ground in (colors.ground, "#ffffff"):
            assert contrast(colors.text, ground) >= 4.5
            assert contrast(colors.shape, ground) >= 3
            assert contrast(cards._INK, ground) >= 4.5
            assert contrast(cards._QUIET, ground) >= 4.5

    def test_a_form_of_colour_that_there_is_not(self) -> None:
        with pytest.raises(ValueError, match="hexadecimal"):
            card(color='"/><script>')


class TestPicture:
    @pytest.mark.parametrize("title", SCRIPTS.values(), ids=list(SCRIPTS))
    def test_every_script_leaves_ink(self, title: str) -> None:
        assert ink(card(title)) > ink(card("")) + 60

    @pytest.mark.parametrize("figures", [STREAK, MILESTONE, YEAR], ids=["streak", "milestone", "heatmap"])
    def test_it_is_not_blank(self, figures: StreakShown) -> None:
        rows = pixels(card(figures=figures))
        assert len(rows) in (157, 158)
        found = {row[place : place + 4] for row in rows for place in range(0, len(row), 4)}
        assert len(found) > 50
        assert all(pixel[3] == 255 for pixel in found)


class TestGrid:
    def test_a_square_for_each_day_by_its_level(self) -> None:
        grid = grid_of(YEAR)
        assert [path.count("M") for path in grid.levels] == [73] * 5

    @given(DATES)
    def test_it_has_the_width_that_it_has(self, first: date) -> None:
        grid = grid_of(YearShown(first, (4,) * 365))
        left, top, right, bottom = reach(ET.fromstring(f'<path d="{grid.levels[4]}"/>'))
        assert (left, top) == (0, 0 if first.weekday() == 0 else top)
        assert right <= grids.WIDTH
        assert bottom <= grids.HEIGHT
        assert all(other.x - month.x >= 45 for month, other in pairwise(grid.months))
        assert 11 <= len(grid.months) <= 13

    def test_weeks_begin_with_monday(self) -> None:
        monday = grid_of(YearShown(date(2026, 6, 1), (4,))).levels[4]
        sunday = grid_of(YearShown(date(2026, 6, 7), (4,))).levels[4]
        assert (monday.startswith("M0 0"), sunday.startswith("M0 119.55")) == (True, True)


class TestWording:
    @pytest.mark.parametrize(
        ("figures", "said"),
        [
            (STREAK, "Current streak: 42 days in a row · Since 7 May 2026 · Longest: 57 days"),
            (StreakShown(1, 1, "week", "week", TODAY), "Current streak: 1 week · Since 17 Jun 2026 · The longest so far"),
            (StreakShown(3, 3, "week", "day", TODAY), "Current streak: 3 weeks in a row · Since 17 Jun 2026 · Longest: 3 days"),
            (StreakShown(0, 1200, "day", "week", None), "Longest streak: 1,200 weeks in a row"),
            (StreakShown(0, 0, "month", "month", None), "Current streak: 0 months · Ready to begin"),
            (MILESTONE, "Milestone: 100 days in a row · Reached on 5 May 2026"),
            (MilestoneShown(1000, "", TODAY), "Milestone: 1,000 times · Reached on 17 Jun 2026"),
            (YEAR, "The last 12 months: 292 days done"),
            (YearShown(TODAY, (0, 1)), "The last 12 months: 1 day done"),
        ],
    )
    def test_each_kind_in_words(self, figures: StreakShown, said: str) -> None:
        shown = Shown("Read", "", "", TODAY, figures)
        assert description_of(shown) == said
        assert description_of(Shown("Read", "Ada", "", TODAY, figures)) == f"{said} · Shared by Ada"
        assert wording_of(shown).number in said
