"""The calendar picture of a habit's year: ISO weeks as columns, Monday on top."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from habits.domain.pictures.colors import BACKGROUND, Tone, tone_of
from habits.domain.pictures.text import (
    MONTHS,
    WEEKDAYS,
    coordinate,
    counted,
    isolated,
    joined,
    key_from,
    shorten,
    width_of,
    xml_text,
)

DayState = Literal["none", "completed", "skipped", "missed", "paused", "outside"]

_WIDTH = 872
_MARGIN = 24
_HEADING_EMS = 40.0
_GRID_LEFT, _GRID_TOP = 58, 106
_PITCH, _SIDE = 14.5, 11.5
_LEGEND_TOP = 224
_LEGEND_ROW = 22
_BELOW_LEGEND = 18.5
# 12 pixels, less what a regular face is narrower than the bold one that the estimate is for.
_LEGEND_EM = 10.8
_LABELLED_WEEKDAYS = (0, 2, 4, 6)

# Each look has a shape of its own, so that no difference rests on colour alone; drawn from the cell's upper left corner.
_MARKS = {
    "skipped": "m3 8.5l5.5-5.5",
    "missed": "m3 3l5.5 5.5m0-5.5l-5.5 5.5",
    "partial": "m3 3l5.5 5.5m0-5.5l-5.5 5.5",
    "paused": "m4.25 3v5.5m3-5.5v5.5",
}
# From the faintest shade to the full one.
_COMPLETED = ("completed shade-1", "completed shade-2", "completed shade-3", "completed")
_WORDS = {
    "missed": "missed",
    "partial": "partly done",
    "skipped": "skipped",
    "paused": "paused",
    "none": "no log",
    "upcoming": "upcoming",
    "outside": "not tracked",
}


@dataclass(frozen=True, slots=True)
class HeatmapDay:
    """One day of the year; `level` (0..1) shades a measured habit's completed or missed day by its value."""

    date: date
    state: DayState
    level: float | None = None


@dataclass(frozen=True, slots=True)
class HeatmapTotals:
    """The habit's figures over all its time."""

    completions: int
    current_streak: int
    longest_streak: int
    streak_unit: str
    longest_unit: str = ""  # as `streak_unit` where it is left out


@dataclass(frozen=True, slots=True)
class Cell:
    """The drawn square of one day."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Layer:
    """All cells of one look."""

    look: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A sample cell (look "today": the ring) with its words beside it."""

    look: str
    path: str
    label: Label


@dataclass(frozen=True, slots=True)
class HeatmapPicture:
    """Everything that the template places; coordinates are texts, so that no locale can change them."""

    key: str
    title: str
    description: str
    heading: str
    year: str
    summary: str
    tone: Tone
    layers: tuple[Layer, ...]
    months: tuple[Label, ...]
    month_lines: str
    weekdays: tuple[Label, ...]
    legend: tuple[LegendItem, ...]
    today_ring: str
    height: str
    width: str = str(_WIDTH)
    background: Tone = BACKGROUND


def draw_heatmap(
    *, name: str, year: int, days: Sequence[HeatmapDay], today: date, color: str | None, totals: HeatmapTotals
) -> HeatmapPicture:
    """Lay out the calendar of `year`; `days` holds each of its days once, in order (else ValueError)."""
    if [day.date for day in days] != list(_dates_of(year)):
        raise ValueError("days must be the days of the year")
    shown = xml_text(name)
    layers = _layers(days, today)
    legend = tuple(_legend([layer.look for layer in layers], shows_today=today.year == year))
    return HeatmapPicture(
        key=key_from("heatmap", name, year),
        title=f"{isolated(shown)}, {year}",
        description=_description(days, year, totals),
        heading=shorten(shown, _HEADING_EMS),
        year=str(year),
        summary=_summary(days, year, totals),
        tone=tone_of(color),
        layers=layers,
        months=tuple(_month_labels(year)),
        month_lines="".join(_month_lines(year)),
        weekdays=tuple(_weekday_labels()),
        legend=legend,
        today_ring=_ring(*_place(today)) if today.year == year else "",
        height=coordinate(float(legend[-1].label.y) + _BELOW_LEGEND),
    )


def _dates_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    days = date(year, 12, 31).timetuple().tm_yday
    return (first + timedelta(days=offset) for offset in range(days))


def _column(day: date) -> int:
    """Return the number of the ISO week's column, 0 for the one that holds 1 January."""
    first = date(day.year, 1, 1)
    return ((day - first).days + first.weekday()) // 7


def _place(day: date) -> tuple[float, float]:
    return _GRID_LEFT + _column(day) * _PITCH, _GRID_TOP + day.weekday() * _PITCH


def _layers(days: Sequence[HeatmapDay], today: date) -> tuple[Layer, ...]:
    cells: dict[str, list[Cell]] = {}
    for day in days:
        look = _look(day, today)
        cells.setdefault(look, []).append(Cell(_square(look, *_place(day.date)), _day_title(day, look, today)))
    return tuple(Layer(look, tuple(cells[look])) for look in sorted(cells))


def _look(day: HeatmapDay, today: date) -> str:
    """Return the classes by which the template styles the day."""
    if day.state == "completed":
        fullness = 1.0 if day.level is None else min(max(day.level, 0.0), 1.0)
        return _COMPLETED[min(int(fullness * len(_COMPLETED)), len(_COMPLETED) - 1)]
    if day.state == "missed" and day.level:
        return "partial"
    if day.state == "none" and day.date > today:
        return "upcoming"
    return day.state


def _square(look: str, x: float, y: float) -> str:
    if look == "outside":
        middle = _SIDE / 2 - 1
        return f"M{coordinate(x + middle)} {coordinate(y + middle)}h2v2h-2z"
    return f"M{coordinate(x)} {coordinate(y)}h{_SIDE}v{_SIDE}h-{_SIDE}z{_MARKS.get(look, '')}"


def _ring(x: float, y: float) -> str:
    side = _SIDE + 4
    return f"M{coordinate(x - 2)} {coordinate(y - 2)}h{side}v{side}h-{side}z"


def _day_title(day: HeatmapDay, look: str, today: date) -> str:
    mark = " (today)" if day.date == today else ""
    return f"{day.date.isoformat()}{mark}: {_WORDS.get(look, 'completed')}"


def _month_labels(year: int) -> Iterator[Label]:
    for month, text in enumerate(MONTHS, start=1):
        x, _ = _place(date(year, month, 1))
        yield Label(coordinate(x), coordinate(_GRID_TOP - 9), text)


def _month_lines(year: int) -> Iterator[str]:
    """Yield the stepped lines that part the months."""
    half_gap = (_PITCH - _SIDE) / 2
    top, bottom = _GRID_TOP - half_gap, _GRID_TOP + 7 * _PITCH - half_gap
    for month in range(2, 13):
        x, y = _place(date(year, month, 1))
        left, step = x - half_gap, y - half_gap
        if step > top:
            yield f"M{coordinate(left + _PITCH)} {coordinate(top)}V{coordinate(step)}H{coordinate(left)}V{coordinate(bottom)}"
        else:
            yield f"M{coordinate(left)} {coordinate(top)}V{coordinate(bottom)}"


def _weekday_labels() -> Iterator[Label]:
    for weekday in _LABELLED_WEEKDAYS:
        yield Label(coordinate(_GRID_LEFT - 8), coordinate(_GRID_TOP + weekday * _PITCH + 9.5), WEEKDAYS[weekday])


def _legend(looks: Sequence[str], *, shows_today: bool) -> Iterator[LegendItem]:
    x, y = float(_MARGIN), float(_LEGEND_TOP)
    for look, text in _legend_entries(looks, shows_today=shows_today):
        width = _SIDE + (8 + width_of(text) * _LEGEND_EM + 14 if text else 3)
        if x + width > _WIDTH:
            x, y = float(_MARGIN), y + _LEGEND_ROW
        path = _ring(x, y) if look == "today" else _square(look, x, y)
        yield LegendItem(look, path, Label(coordinate(x + _SIDE + 8), coordinate(y + 9.5), text))
        x += width


def _legend_entries(looks: Sequence[str], *, shows_today: bool) -> Iterator[tuple[str, str]]:
    """Yield look and words: always the three states of a log, of the others what the year holds."""
    if any(look in looks for look in _COMPLETED[:-1]):
        yield from ((look, "") for look in _COMPLETED[:-1])
        yield _COMPLETED[-1], "Completed, fainter for less"
    else:
        yield _COMPLETED[-1], "Completed"
    for look, words in _WORDS.items():
        if look in ("missed", "skipped") or look in looks:
            yield look, words.capitalize()
    if shows_today:
        yield "today", "Today"


def _summary(days: Sequence[HeatmapDay], year: int, totals: HeatmapTotals) -> str:
    in_year = sum(day.state == "completed" for day in days)
    return joined(
        (
            f"{counted(in_year, 'completion')} in {year}",
            f"{totals.completions:,} in all",
            f"current streak {counted(totals.current_streak, totals.streak_unit)}",
            f"longest streak {counted(totals.longest_streak, totals.longest_unit or totals.streak_unit)}",
        )
    )


def _description(days: Sequence[HeatmapDay], year: int, totals: HeatmapTotals) -> str:
    """Return in words what the picture shows, for those who do not see it."""
    by_state = Counter(day.state for day in days)
    by_month = Counter(day.date.month for day in days if day.state == "completed")
    states = ", ".join(f"{by_state[state]} {state}" for state in ("completed", "skipped", "missed", "paused"))
    months = ", ".join(f"{text} {by_month[month]}" for month, text in enumerate(MONTHS, start=1))
    return (
        f"Calendar of the year {year}, a column for each ISO week. Days: {states}. Completed by month: {months}. "
        f"{totals.completions:,} completions in all; current streak {counted(totals.current_streak, totals.streak_unit)}, "
        f"longest {counted(totals.longest_streak, totals.longest_unit or totals.streak_unit)}."
    )
