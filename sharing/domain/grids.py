"""A year of days as squares: a column for each week, Monday on top."""

from datetime import timedelta
from typing import Final, NamedTuple

from habits.domain.pictures.text import MONTHS, coordinate
from sharing.domain.shown import LEVELS, YearShown

# As wide as the card without its margins.
WIDTH: Final = 1056
_WEEKS, _DAYS = 53, 7
_PITCH: Final = WIDTH / _WEEKS
_SIDE: Final = 16.5
HEIGHT: Final = round(_DAYS * _PITCH)
# Of columns, for the name of a month.
_LABEL_ROOM: Final = 2.5


class Month(NamedTuple):
    """The name of a month over the column of its first Monday."""

    x: float
    text: str


class Grid(NamedTuple):
    """The squares of each level as one path, and the months."""

    levels: tuple[str, ...]
    months: tuple[Month, ...]


def grid_of(year: YearShown) -> Grid:
    """Return the squares of a year."""
    levels, months = [""] * LEVELS, list[Month]()
    for number, level in enumerate(year.levels):
        day = year.first + timedelta(days=number)
        column, row = divmod(number + year.first.weekday(), _DAYS)
        x, y = column * _PITCH, row * _PITCH
        levels[level] += f"M{coordinate(x)} {coordinate(y)}h{_SIDE}v{_SIDE}h-{_SIDE}z"
        has_room = column + _LABEL_ROOM <= _WEEKS and (not months or x - months[-1].x >= _LABEL_ROOM * _PITCH)
        if row == 0 and day.day <= _DAYS and has_room:
            months.append(Month(x, MONTHS[day.month - 1]))
    return Grid(tuple(levels), tuple(months))
