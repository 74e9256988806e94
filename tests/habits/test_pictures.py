"""The calendar of a year and the trends, as geometry and as SVG."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habits.api.views.pictures import MAX_CHARACTERS, render_heatmap, render_trends
from habits.domain.pictures.colors import BACKGROUND, contrast, tone_of
from habits.domain.pictures.heatmap import DayState, HeatmapDay, HeatmapTotals, draw_heatmap
from habits.domain.pictures.text import shorten, width_of, xml_text
from habits.domain.pictures.trends import Bucket, TrendBucket, draw_trends

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2026, 11, 22)
TOTALS = HeatmapTotals(completions=1480, current_streak=1, longest_streak=40, streak_unit="week")
STATES = get_args(DayState)
BUCKETS = get_args(Bucket)
DAY_TITLE = re.compile(r"\d{4}-\d\d-\d\d( \(today\))?: [a-z, ]+")

NASTY_NAMES = [
    "<script>alert(1)</script>",
    "a \"quoted\" 'name' & more",
    "]]> <!-- --> <![CDATA[ x",
    "{{ picture.key }} {% load x %}",
    "מים מרחבا",
    "👩‍👩‍👧‍👦 🇩🇪 family",
    "\N{FULLWIDTH LATIN CAPITAL LETTER W}" * 120,
]


def year_of(year: int, state: Callable[[date], DayState] = lambda day: "none") -> list[HeatmapDay]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=offset) for offset in range(366))
    return [HeatmapDay(day, state(day)) for day in days if day.year == year]


def heatmap(days: list[HeatmapDay] | None = None, name="Read", color=None, today=TODAY) -> str:
    days = days or year_of(2026)
    return render_heatmap(draw_heatmap(name=name, year=days[0].date.year, days=days, today=today, color=color, totals=TOTALS))


def buckets_of(rates: list[str | None], length: int = 1, completions: int = 2, start=date(2026, 1, 1)) -> list[TrendBucket]:
    buckets = []
    for rate in rates:
        end = start + timedelta(days=length - 1)
        buckets.append(TrendBucket(start, end, completions, 4, 3, None if rate is None else Decimal(rate)))
        start = end + timedelta(days=1)
    return buckets


def trends(buckets: list[TrendBucket], bucket: Bucket = "day", title="Trends") -> str:
    return render_trends(draw_trends(title=title, bucket=bucket, buckets=buckets))


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg.encode())


def day_cells(svg: str) -> dict[str, tuple[str, ET.Element]]:
    """Return title -> look and element of every day."""
    found = {}
    for layer in parse(svg).iter(f"{SVG}g"):
        for path in layer.iter(f"{SVG}path"):
            title = path.find(f"{SVG}title")
            if title is not None:
                found[title.text] = (layer.get("class"), path)
    return found


def corner(path: ET.Element) -> tuple[float, float]:
    x, y = re.match(r"M([\d.]+) ([\d.]+)", path.get("d")).groups()
    return float(x), float(y)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


def numbers_in_bounds(svg: str) -> bool:
    """Return whether all absolute coordinates lie in the picture."""
    root = parse(svg)
    _, _, width, height = map(float, root.get("viewBox").split())
    for element in root.iter():
        for attribute, limit in (("x", width), ("cx", width), ("y", height), ("cy", height)):
            if element.get(attribute) and not 0 <= float(element.get(attribute)) <= limit:
                return False
        for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", element.get("d") or ""):
            if not (0 <= float(x) <= width and 0 <= float(y) <= height):
                return False
    return True


def assert_safe_and_accessible(svg: str) -> None:
    root = parse(svg)
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "g", "path", "rect", "circle", "text"}
    attributes = {attribute for element in root.iter() for attribute in element.attrib}
    assert not {attribute for attribute in attributes if attribute.startswith("on") or "href" in attribute}
    style = root.find(f"{SVG}style").text
    assert not re.search(r"url\(|@import", style)
    assert root.get("role") == "img"
    title, description = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert all((title.text, description.text))
    assert len(svg.encode()) < MAX_CHARACTERS


@pytest.mark.parametrize(("year", "days"), [(2026, 365), (2024, 366), (2020, 366), (2012, 366), (1970, 365), (9998, 365)])
def test_every_day_of_the_year_is_a_cell(year, days):
    cells = day_cells(heatmap(year_of(year)))
    assert len(cells) == days
    assert all(DAY_TITLE.fullmatch(title) for title in cells)


@pytest.mark.parametrize("year", [2020, 2024, 2012, 2026])  # 53 columns, leap, 54 columns
def test_columns_are_iso_weeks_with_monday_on_top(year):
    places = {date.fromisoformat(title[:10]): corner(path) for title, (_, path) in day_cells(heatmap(year_of(year))).items()}
    assert len(set(places.values())) == len(places)
    for day, (x, y) in places.items():
        tomorrow = places.get(day + timedelta(days=1))
        if tomorrow:
            is_sunday = day.isoweekday() == 7
            assert (tomorrow[0] > x, tomorrow[1] > y) == (is_sunday, not is_sunday)
    mondays = {y for day, (_, y) in places.items() if day.isoweekday() == 1}
    assert mondays == {min(y for _, y in places.values())}


@pytest.mark.parametrize(
    ("state", "level", "words"),
    [
        ("completed", None, "completed"),
        ("completed", 0.1, "completed"),
        ("skipped", None, "skipped"),
        ("missed", None, "missed"),
        ("missed", 0.0, "missed"),
        ("missed", 0.5, "partly done"),
        ("paused", None, "paused"),
        ("none", None, "no log"),
        ("outside", None, "not tracked"),
    ],
)
def test_each_state_has_its_words(state, level, words):
    days = year_of(2026)
    days[62] = HeatmapDay(date(2026, 3, 4), state, level)
    assert f"2026-03-04: {words}" in day_cells(heatmap(days))


def test_no_two_looks_differ_by_colour_alone():
    shapes = {}
    for state in STATES:
        cells = day_cells(heatmap(year_of(2026, lambda day, state=state: state)))
        look, path = cells[next(title for title in cells if title.startswith("2026-03-04"))]
        shapes[look.removeprefix("cell ")] = re.sub(r"^M[\d.]+ [\d.]+", "", path.get("d"))
    marked = [shapes[look] for look in ("completed", "missed", "skipped", "paused", "outside")]
    assert len(set(marked)) == len(marked)


def test_the_fuller_day_has_the_fuller_shade():
    days = year_of(2026)
    levels = [-1.0, 0.0, 0.3, 0.6, 0.8, 1.0, 7.0]
    for index, level in enumerate(levels):
        days[index] = HeatmapDay(days[index].date, "completed", level)
    cells = day_cells(heatmap(days))
    looks = [cells[f"{day.date}: completed"][0].removeprefix("cell ") for day in days[: len(levels)]]
    assert looks == ["completed shade-1"] * 2 + ["completed shade-2", "completed shade-3"] + ["completed"] * 3
    assert "Completed, fainter for less" in texts(heatmap(days))


def test_today_is_ringed_and_later_days_are_upcoming():
    svg = heatmap()
    cells = day_cells(svg)
    assert "2026-11-22 (today): no log" in cells
    assert "2026-11-23: upcoming" in cells
    rings = [path for path in parse(svg).iter(f"{SVG}path") if path.get("class") == "today"]
    assert len(rings) == 1
    x, y = corner(cells["2026-11-22 (today): no log"][1])
    ring_x, ring_y = corner(rings[0])
    assert (x - ring_x, y - ring_y) == (2, 2)


def test_another_year_has_no_ring():
    picture = draw_heatmap(name="x", year=2025, days=year_of(2025), today=TODAY, color=None, totals=TOTALS)
    assert picture.today_ring == ""
    assert "Today" not in {item.label.text for item in picture.legend}


def test_the_figures_stand_in_the_summary_and_the_description():
    svg = heatmap(year_of(2026, lambda day: "completed" if day.month == 2 else "skipped" if day.month == 3 else "none"))
    assert "28 completions in 2026 · 1,480 in all · current streak 1 week · longest streak 40 weeks" in texts(svg)
    description = parse(svg).find(f"{SVG}desc").text
    assert "28 completed, 31 skipped, 0 missed, 0 paused" in description
    assert "Jan 0, Feb 28, Mar 0" in description


@pytest.mark.parametrize("is_measured", [True, False])
def test_the_fullest_legend_stays_inside(is_measured):
    days = year_of(2026, lambda day: "none" if day > TODAY else STATES[day.day % len(STATES)])
    if is_measured:
        days = [HeatmapDay(day.date, day.state, 0.5) for day in days]
    picture = draw_heatmap(name="x", year=2026, days=days, today=TODAY, color=None, totals=TOTALS)
    assert {"No log", "Upcoming", "Not tracked", "Today"} <= {item.label.text for item in picture.legend}
    # 7.4 pixels: the mean advance of DejaVu Sans, the widest of the fonts named, in 12 pixels.
    assert all(float(item.label.x) + len(item.label.text) * 7.4 <= float(picture.width) for item in picture.legend)
    assert all(float(item.label.y) < float(picture.height) for item in picture.legend)


def test_months_weekdays_and_a_legend_of_what_is_shown_are_written():
    written = texts(heatmap(year_of(2026, lambda day: "paused")))
    assert {"Jan", "Dec", "Mon", "Sun", "2026", "Completed", "Skipped", "Missed", "Paused"} <= set(written)
    assert "Not tracked" not in written


@pytest.mark.parametrize("broken", [[], year_of(2026)[1:], year_of(2026)[::-1], year_of(2025)])
def test_days_that_are_not_the_year_are_refused(broken):
    with pytest.raises(ValueError, match="days of the year"):
        draw_heatmap(name="x", year=2026, days=broken, today=TODAY, color=None, totals=TOTALS)


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_name_is_text_and_nothing_else(name):
    for svg in (heatmap(name=name), trends(buckets_of(["0.5"]), title=name)):
        assert_safe_and_accessible(svg)
        assert name in parse(svg).find(f"{SVG}title").text


def test_a_long_name_is_cut_in_the_heading_and_whole_in_the_title():
    heading = texts(heatmap(name="\N{FULLWIDTH LATIN CAPITAL LETTER W}" * 120))[0]
    assert heading.endswith("…")
    assert 20 < len(heading) < 60


def test_two_pictures_of_one_page_share_no_id():
    svgs = (heatmap(name="a"), heatmap(name="b"), trends(buckets_of(["0.5"])))
    ids = [element.get("id") for svg in svgs for element in parse(svg).iter() if element.get("id")]
    assert len(ids) == len(set(ids)) == 9


def test_what_xml_cannot_hold_and_direction_controls_are_taken_out():
    assert xml_text("a\x00b\x1b\x85c\ufffe\ud800") == "a\ufffdb\ufffd c\ufffd\ufffd"
    assert xml_text(" two\n\tlines\u2028here ") == "two lines here"
    assert xml_text("safe\u202egpj.exe\u2069") == "safegpj.exe"


@pytest.mark.parametrize(
    ("name", "ems", "cut"),
    [
        ("Read", 10, "Read"),
        ("👩‍👩‍👧‍👦" * 5, 4, "👩‍👩‍👧‍👦👩‍👩‍👧‍👦…"),
        ("🇩🇪🇫🇷🇮🇹", 3, "🇩🇪…"),
        ("e\u0301" * 9, 3, "e\u0301e\u0301…"),
        ("שלום שלום", 3, "של…\u200f"),
    ],
)
def test_a_cut_keeps_visible_characters_whole(name, ems, cut):
    assert shorten(name, ems) == cut


@given(st.text(max_size=120), st.integers(2, 40))
def test_a_shortened_text_fits_and_begins_as_the_whole(text, ems):
    short = shorten(text, ems)
    kept = short.removesuffix("\u200f").removesuffix("…")
    assert short == text or (text.startswith(kept) and width_of(kept) <= ems - 1)
    rest = text[len(kept) :]
    assert not kept or kept == text or not unicodedata.combining(rest[0])


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_stands_out_on_both_backgrounds(number):
    tone = tone_of(f"#{number:06X}")
    assert contrast(tone.light, BACKGROUND.light) >= 3
    assert contrast(tone.dark, BACKGROUND.dark) >= 3


def test_a_colour_that_stands_out_is_left_alone():
    assert tone_of("#D93025") == ("#d93025", "#d93025")
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", "url(#x)", "#fff}*{fill:red"])
def test_no_other_form_of_colour_gets_into_the_style(color):
    with pytest.raises(ValueError, match=r"fromhex|unpack"):
        tone_of(color)


def test_the_line_has_a_gap_where_nothing_was_expected():
    picture = draw_trends(title="t", bucket="day", buckets=buckets_of(["0.5", "1", None, None, "0", None, "0.25", "0.75"]))
    assert [run.line.count("L") + 1 for run in picture.runs] == [2, 2]
    assert len(picture.dots) == 5  # also the lonely one, which no line shows
    assert len(picture.gaps) == 2
    assert picture.notice == ""


def test_rates_stand_between_the_lines_of_0_and_100_percent():
    picture = draw_trends(title="t", bucket="day", buckets=buckets_of(["0", "0.5", "1", None]))
    ticks = {tick.text: float(tick.at) for tick in picture.rate_ticks}
    assert [float(dot.y) for dot in picture.dots] == [ticks["0%"], ticks["50%"], ticks["100%"]]
    panel = picture.gaps[0]
    assert (float(panel.y), float(panel.y) + float(panel.height)) == (ticks["100%"], ticks["0%"])


def test_among_many_buckets_only_lonely_rates_are_dots():
    picture = draw_trends(title="t", bucket="day", buckets=buckets_of(["0.5"] * 100 + [None, "0.5", None]))
    assert (len(picture.runs), len(picture.dots)) == (1, 1)


def test_bars_grow_from_the_base_by_the_scale_beside_them():
    buckets = [
        TrendBucket(date(2026, month, 1), date(2026, month, 28), completions, 0, 0, None)
        for month, completions in ((1, 0), (2, 100), (3, 150))
    ]
    picture = draw_trends(title="t", bucket="month", buckets=buckets)
    assert [tick.text for tick in picture.completion_ticks] == ["0", "100", "200"]
    base, half, _ = (float(tick.at) for tick in picture.completion_ticks)
    assert [float(bar.y) for bar in picture.bars] == pytest.approx([half, base - (base - half) * 1.5])
    assert all(float(bar.y) + float(bar.height) == pytest.approx(base) for bar in picture.bars)


@pytest.mark.parametrize(("most", "top"), [(0, "1"), (1, "1"), (3, "4"), (10, "10"), (11, "20"), (1000, "1,000")])
def test_the_scale_ends_at_the_next_round_number(most, top):
    assert draw_trends(title="t", bucket="day", buckets=buckets_of([None], 1, most)).completion_ticks[-1].text == top


def test_each_bucket_says_its_figures():
    picture = draw_trends(title="t", bucket="week", buckets=buckets_of(["0.6667", None], 7))
    assert [column.title for column in picture.columns] == [
        "2026-01-01 to 2026-01-07: 66.67% (3 of 4), 2 completions",
        "2026-01-08 to 2026-01-14: nothing expected, 2 completions",
    ]


@pytest.mark.parametrize("buckets", [[], buckets_of([None] * 5, completions=0)])
def test_a_range_without_rates_says_so(buckets):
    svg = trends(buckets)
    assert_safe_and_accessible(svg)
    assert "Nothing was expected in this range" in texts(svg)
    assert {"0%", "100%", "0", "1"} <= set(texts(svg))


def test_the_summary_names_range_total_and_extremes():
    assert "2026-01-01 to 2026-01-03 by day · 6 completions · lowest 25% · highest 100% · latest 50%" in texts(
        trends(buckets_of(["0.25", "1", "0.5"]))
    )
    assert "2026-01-01 by day · 2 completions · success rate 50%" in texts(trends(buckets_of(["0.5"])))


def test_a_year_of_days_is_labelled_by_month_and_a_month_by_day():
    year = draw_trends(title="t", bucket="day", buckets=buckets_of(["0.5"] * 366, start=date(2025, 11, 22)))
    assert [(tick.text, tick.year) for tick in year.date_ticks][:3] == [("Dec", "2025"), ("Jan", "2026"), ("Feb", "")]
    month = draw_trends(title="t", bucket="day", buckets=buckets_of(["0.5"] * 30, start=date(2026, 10, 24)))
    assert [tick.text for tick in month.date_ticks][:2] == ["24 Oct", "27 Oct"]


names = st.text(st.characters(exclude_categories=()), max_size=120)
colors = st.none() | st.integers(0, 0xFFFFFF).map("#{:06x}".format)
day_marks = st.tuples(st.sampled_from(STATES), st.none() | st.floats(0, 1))


@settings(max_examples=25)
@given(names, colors, st.integers(1970, 9998), st.lists(day_marks, min_size=1, max_size=40))
def test_any_year_is_a_sound_calendar(name, color, year, marks):
    days = [HeatmapDay(day.date, *marks[index % len(marks)]) for index, day in enumerate(year_of(year))]
    svg = heatmap(days, name=name, color=color, today=date(year, 6, 1))
    assert_safe_and_accessible(svg)
    assert numbers_in_bounds(svg)
    assert [title[:10] for title in sorted(day_cells(svg))] == [day.date.isoformat() for day in days]
    assert svg == heatmap(days, name=name, color=color, today=date(year, 6, 1))


rates = st.none() | st.integers(0, 10_000).map(lambda number: str(Decimal(number) / 10_000))


@settings(max_examples=40)
@given(names, st.sampled_from(BUCKETS), st.lists(rates, max_size=366), st.integers(0, 10**6), st.integers(1, 31))
def test_any_range_is_a_sound_picture(title, bucket, given_rates, completions, length):
    buckets = buckets_of(given_rates, length, completions)
    svg = trends(buckets, bucket, title)
    assert_safe_and_accessible(svg)
    assert numbers_in_bounds(svg)
    picture = draw_trends(title=title, bucket=bucket, buckets=buckets)
    rated = [rate for rate in given_rates if rate is not None]
    on_lines = sum(run.line.count("L") + 1 for run in picture.runs)
    assert on_lines <= len(rated) <= on_lines + len(picture.dots)
    assert len(picture.columns) == len(buckets)
    places = [float(tick.at) for tick in picture.date_ticks]
    assert all(later - earlier >= 50 for earlier, later in pairwise(places))
    assert svg == trends(buckets, bucket, title)
