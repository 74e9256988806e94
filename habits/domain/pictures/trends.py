"""The picture of success rate and completions over time: a line with gaps above, bars below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal

from habits.domain.pictures.colors import BACKGROUND, Tone
from habits.domain.pictures.text import MONTHS, coordinate, counted, isolated, joined, key_from, shorten, xml_text

Bucket = Literal["day", "week", "month"]

_WIDTH, _HEIGHT = 872, 430
_HEADING_EMS = 45.0
_LEFT, _RIGHT = 64.0, 848.0
_RATE_TOP, _RATE_BOTTOM = 108.0, 268.0
_BARS_TOP, _BARS_BOTTOM = 302.0, 372.0
_MAX_DOTS = 62
_MAX_BAR = 36.0
# A date label with its year below, in the widest of the fallback fonts.
_DATE_LABEL_WIDTH = 58.0
_MAX_MONTHS_BY_DAY = 3
_RATE_TICKS = (0, 25, 50, 75, 100)
_NO_RATE = "Nothing was expected in this range"


@dataclass(frozen=True, slots=True)
class TrendBucket:
    """One day, week or month of the range; `success_rate` (0..1) is None where nothing was expected."""

    start: date
    end: date
    completions: int
    expected: int
    achieved: int
    success_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, with words for whoever points at it."""

    x: str
    y: str
    width: str
    height: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring buckets with a rate: their line and the area under it."""

    line: str
    area: str


@dataclass(frozen=True, slots=True)
class Dot:
    """The rate of one bucket."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis; `year` stands below a date where it begins."""

    at: str
    text: str
    year: str = ""


@dataclass(frozen=True, slots=True)
class TrendsPicture:
    """Everything that the template places; coordinates are texts, so that no locale can change them."""

    key: str
    title: str
    description: str
    heading: str
    summary: str
    notice: str
    line_width: str
    runs: tuple[Run, ...]
    dots: tuple[Dot, ...]
    gaps: tuple[Box, ...]
    bars: tuple[Box, ...]
    columns: tuple[Box, ...]
    rate_ticks: tuple[Tick, ...]
    completion_ticks: tuple[Tick, ...]
    date_ticks: tuple[Tick, ...]
    width: str = str(_WIDTH)
    height: str = str(_HEIGHT)
    background: Tone = BACKGROUND


def draw_trends(*, title: str, bucket: Bucket, buckets: Sequence[TrendBucket]) -> TrendsPicture:
    """Lay out the buckets, which follow each other in time (at most 366 stay legible)."""
    shown = xml_text(title)
    axis = _TimeAxis(len(buckets))
    top = _ceiling(max((item.completions for item in buckets), default=0))
    runs = list(_rated_runs(buckets))
    return TrendsPicture(
        key=key_from("trends", title, bucket, *((item.start, item.end) for item in buckets)),
        title=isolated(shown),
        description=_description(bucket, buckets),
        heading=shorten(shown, _HEADING_EMS),
        summary=_summary(bucket, buckets),
        notice="" if runs else _NO_RATE,
        line_width="2" if len(buckets) <= _MAX_DOTS else "1.3",
        runs=tuple(_run(axis, buckets, run) for run in runs if len(run) > 1),
        dots=tuple(_dots(axis, buckets, runs)),
        gaps=tuple(_gaps(axis, buckets)),
        bars=tuple(_bars(axis, buckets, top)),
        columns=tuple(_columns(axis, buckets)),
        rate_ticks=tuple(Tick(coordinate(_rate_y(percent / 100)), f"{percent}%") for percent in _RATE_TICKS),
        completion_ticks=tuple(Tick(coordinate(_bar_y(value, top)), f"{value:,}") for value in _marked(top)),
        date_ticks=tuple(_date_ticks(axis, bucket, buckets)),
    )


class _TimeAxis:
    """Where the buckets stand: equal columns over the whole width."""

    def __init__(self, count: int) -> None:
        self.step = (_RIGHT - _LEFT) / max(count, 1)

    def left(self, index: int) -> float:
        return _LEFT + index * self.step

    def middle(self, index: int) -> float:
        return self.left(index) + self.step / 2


def _rate_y(rate: float) -> float:
    return _RATE_BOTTOM - (_RATE_BOTTOM - _RATE_TOP) * rate


def _bar_y(value: int, top: int) -> float:
    return _BARS_BOTTOM - (_BARS_BOTTOM - _BARS_TOP) * value / top


def _ceiling(value: int) -> int:
    """Return the end of the scale: the next 1, 2, 4, 5 or 10 times a power of ten."""
    power = 1
    while power * 10 < value:
        power *= 10
    return next(factor * power for factor in (1, 2, 4, 5, 10) if factor * power >= value)


def _marked(top: int) -> tuple[int, ...]:
    return (0, top // 2, top) if top % 2 == 0 else (0, top)


def _rated_runs(buckets: Sequence[TrendBucket]) -> Iterator[list[int]]:
    """Yield the indexes of neighbouring buckets that have a rate."""
    for is_rated, run in groupby(range(len(buckets)), key=lambda index: buckets[index].success_rate is not None):
        if is_rated:
            yield list(run)


def _point(axis: _TimeAxis, buckets: Sequence[TrendBucket], index: int) -> Dot:
    return Dot(coordinate(axis.middle(index)), coordinate(_rate_y(float(buckets[index].success_rate or 0))))


def _run(axis: _TimeAxis, buckets: Sequence[TrendBucket], run: Sequence[int]) -> Run:
    points = [_point(axis, buckets, index) for index in run]
    line = "M" + "L".join(f"{point.x} {point.y}" for point in points)
    floor = coordinate(_RATE_BOTTOM)
    return Run(line=line, area=f"{line}V{floor}H{points[0].x}z")


def _dots(axis: _TimeAxis, buckets: Sequence[TrendBucket], runs: Sequence[Sequence[int]]) -> Iterator[Dot]:
    """Yield a dot for each rate, or among many buckets only for those that no line shows."""
    for run in runs:
        if len(run) == 1 or len(buckets) <= _MAX_DOTS:
            yield from (_point(axis, buckets, index) for index in run)


def _gaps(axis: _TimeAxis, buckets: Sequence[TrendBucket]) -> Iterator[Box]:
    for is_gap, run in groupby(range(len(buckets)), key=lambda index: buckets[index].success_rate is None):
        if is_gap:
            indexes = list(run)
            yield _box(axis.left(indexes[0]), _RATE_TOP, axis.step * len(indexes), _RATE_BOTTOM - _RATE_TOP)


def _bars(axis: _TimeAxis, buckets: Sequence[TrendBucket], top: int) -> Iterator[Box]:
    width = min(axis.step * 0.7, _MAX_BAR)
    for index, item in enumerate(buckets):
        if item.completions:
            y = _bar_y(item.completions, top)
            yield _box(axis.middle(index) - width / 2, y, width, _BARS_BOTTOM - y)


def _columns(axis: _TimeAxis, buckets: Sequence[TrendBucket]) -> Iterator[Box]:
    for index, item in enumerate(buckets):
        yield _box(axis.left(index), _RATE_TOP, axis.step, _BARS_BOTTOM - _RATE_TOP, _bucket_title(item))


def _box(x: float, y: float, width: float, height: float, title: str = "") -> Box:
    return Box(coordinate(x), coordinate(y), coordinate(width), coordinate(height), title)


def _bucket_title(item: TrendBucket) -> str:
    rate = "nothing expected"
    if item.success_rate is not None:
        rate = f"{_percent(item.success_rate)} ({item.achieved} of {item.expected})"
    return f"{_span(item.start, item.end)}: {rate}, {counted(item.completions, 'completion')}"


def _span(start: date, end: date) -> str:
    return start.isoformat() if start == end else f"{start.isoformat()} to {end.isoformat()}"


def _percent(rate: Decimal) -> str:
    return f"{coordinate(float(rate * 100))}%"


def _date_ticks(axis: _TimeAxis, bucket: Bucket, buckets: Sequence[TrendBucket]) -> Iterator[Tick]:
    """Yield as many date labels as have room, with the year at the first and wherever it changes."""
    heads = [index for index, item in enumerate(buckets) if bucket == "month" or _opens_month(item, bucket)]
    by_month = bucket == "month" or len(heads) > _MAX_MONTHS_BY_DAY
    last_x, last_year = float("-inf"), 0
    for index in heads if by_month else range(len(buckets)):
        start, x = buckets[index].start, axis.middle(index)
        if x - last_x >= _DATE_LABEL_WIDTH:
            month = MONTHS[start.month - 1]
            text = month if by_month else f"{start.day} {month}"
            yield Tick(coordinate(x), text, year="" if start.year == last_year else str(start.year))
            last_x, last_year = x, start.year


def _opens_month(item: TrendBucket, bucket: Bucket) -> bool:
    """Return whether a day or week is the first to start in its month."""
    return item.start.day <= (1 if bucket == "day" else 7)


def _summary(bucket: Bucket, buckets: Sequence[TrendBucket]) -> str:
    completions = counted(sum(item.completions for item in buckets), "completion")
    if not buckets:
        return completions
    return joined((f"{_span(buckets[0].start, buckets[-1].end)} by {bucket}", completions, *_rate_facts(buckets)))


def _rate_facts(buckets: Sequence[TrendBucket]) -> tuple[str, ...]:
    rates = [item.success_rate for item in buckets if item.success_rate is not None]
    if len(rates) < 2:
        return tuple(f"success rate {_percent(rate)}" for rate in rates)
    return f"lowest {_percent(min(rates))}", f"highest {_percent(max(rates))}", f"latest {_percent(rates[-1])}"


def _description(bucket: Bucket, buckets: Sequence[TrendBucket]) -> str:
    """Return in words what the picture shows, for those who do not see it."""
    if not buckets:
        return "Success rate and completions over time. The range is empty."
    unrated = sum(item.success_rate is None for item in buckets)
    facts = ", ".join(_rate_facts(buckets)) or "none"
    return (
        f"Success rate (line, 0 to 100%) and completions (bars) by {bucket}, {_span(buckets[0].start, buckets[-1].end)}. "
        f"Success rate: {facts}. Nothing expected in {unrated} of {counted(len(buckets), bucket)}. "
        f"{counted(sum(item.completions for item in buckets), 'completion')}."
    )
