"""What a public link says, in words: for the card, the page, and those who see neither."""

from datetime import date
from typing import Final, NamedTuple

from habits.domain.pictures.text import MONTHS, counted, joined
from sharing.domain.shown import MilestoneShown, Shown, StreakShown, YearShown

PRODUCT: Final = "Habits"


class Wording(NamedTuple):
    """A number, what it is (`label`), what it counts (`noun`), and what else is to be said."""

    label: str
    number: str
    noun: str
    details: tuple[str, ...] = ()


def wording_of(shown: Shown) -> Wording:
    """Return the words for the figures of a link."""
    figures = shown.figures
    if isinstance(figures, StreakShown):
        return _streak(figures)
    if isinstance(figures, MilestoneShown):
        return _milestone(figures)
    return _year(figures)


def day_text(day: date) -> str:
    """Return "5 May 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _streak(figures: StreakShown) -> Wording:
    if figures.current and figures.since:
        is_longest = figures.current == figures.longest and figures.unit == figures.longest_unit
        longest = "The longest so far" if is_longest else f"Longest: {counted(figures.longest, figures.longest_unit)}"
        details = (f"Since {day_text(figures.since)}", longest)
        return Wording("Current streak", f"{figures.current:,}", _in_a_row(figures.current, figures.unit), details)
    if figures.longest:
        return Wording("Longest streak", f"{figures.longest:,}", _in_a_row(figures.longest, figures.longest_unit))
    return Wording("Current streak", "0", f"{figures.unit}s", ("Ready to begin",))


def _milestone(figures: MilestoneShown) -> Wording:
    noun = _in_a_row(figures.count, figures.unit) if figures.unit else _plural(figures.count, "time")
    return Wording("Milestone", f"{figures.count:,}", noun, (f"Reached on {day_text(figures.reached_on)}",))


def _year(figures: YearShown) -> Wording:
    return Wording("The last 12 months", f"{figures.completions:,}", f"{_plural(figures.completions, 'day')} done")


def _in_a_row(number: int, unit: str) -> str:
    return unit if number == 1 else f"{unit}s in a row"


def _plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"


def description_of(shown: Shown) -> str:
    """Return all that a link says: "Current streak: 42 days in a row · Since 7 May 2026 · Longest: 57 days · Shared by Ada"."""
    words = wording_of(shown)
    sharer = [f"Shared by {shown.name}"] if shown.name else []
    return joined((f"{words.label}: {words.number} {words.noun}", *words.details, *sharer))
