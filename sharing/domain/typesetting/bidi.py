"""The order in which a line of mixed directions is read: the implicit part of Unicode's bidirectional algorithm (UAX #9).

Explicit controls are no part of it: whoever wants a line leaves them out before. Levels are even from left to right, odd from
right to left. Rules are named as in the annex.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

LEFT, RIGHT, NUMBER, ARABIC_NUMBER, NEUTRAL = "L", "R", "EN", "AN", "ON"
# Emoji and whatever is not assigned have no direction of their own, nor has what is invisible.
_KINDS: Final = {"": NEUTRAL, "BN": "NSM", "B": "WS", "S": "WS"}
_BRACKETS: Final = dict(zip("([{\uff08\uff3b\uff5b\u300c\u300e", ")]}\uff09\uff3d\uff5d\u300d\u300f", strict=True))
_SEPARATORS: Final = {"CS": (NUMBER, ARABIC_NUMBER), "ES": (NUMBER,)}
# What counts as right to left beside what has no direction (N1).
_SIDES: Final = {LEFT: LEFT, RIGHT: RIGHT, NUMBER: RIGHT, ARABIC_NUMBER: RIGHT}


def base_level(text: str) -> int:
    """Return the level of a text as a whole, that of its first letter (P2, P3)."""
    kinds = map(unicodedata.bidirectional, text)
    return next((int(kind != LEFT) for kind in kinds if kind in (LEFT, RIGHT, "AL")), 0)


def levels_of(characters: Sequence[str], base: int) -> list[int]:
    """Return the level of each visible character of a line, of which the first code point counts."""
    kinds = [unicodedata.bidirectional(character[0]) for character in characters]
    kinds = [_KINDS.get(kind, kind) for kind in kinds]
    around = RIGHT if base else LEFT
    _settle_weak(kinds, around)
    _settle_brackets(kinds, characters, around)
    _settle_neutral(kinds, around)
    return [_level(kind, base) for kind in kinds]


def visual_order(levels: Sequence[int]) -> list[int]:
    """Return the places of parts with these levels as they stand from left to right (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        for reached, places in groupby(list(range(len(order))), key=lambda place: levels[order[place]] >= level):
            if reached:
                run = list(places)
                order[run[0] : run[-1] + 1] = reversed(order[run[0] : run[-1] + 1])
    return order


def _level(kind: str, base: int) -> int:
    """Return the level of a character whose kind is settled (I1, I2)."""
    if kind in (NUMBER, ARABIC_NUMBER):
        return 2 if base == 0 else base + 1
    return base if (kind == RIGHT) == bool(base % 2) else base + 1


def _settle_weak(kinds: list[str], around: str) -> None:
    """Settle marks, numbers and what belongs to numbers (W1 to W7)."""
    for place, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[place] = kinds[place - 1] if place else around
    _turn_numbers(kinds, around, "AL", ARABIC_NUMBER)
    kinds[:] = [RIGHT if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):
        before, kind, after = kinds[place - 1 : place + 2]
        if before == after and before in _SEPARATORS.get(kind, ()):
            kinds[place] = before
    _settle_terminators(kinds)
    kinds[:] = [NEUTRAL if kind in ("ES", "ET", "CS") else kind for kind in kinds]
    _turn_numbers(kinds, around, LEFT, LEFT)


def _turn_numbers(kinds: list[str], around: str, letter: str, number: str) -> None:
    """Make numbers that follow a letter of a kind those of another kind (W2, W7)."""
    strong = around
    for place, kind in enumerate(kinds):
        if kind in (LEFT, RIGHT, "AL"):
            strong = kind
        elif kind == NUMBER and strong == letter:
            kinds[place] = number


def _settle_terminators(kinds: list[str]) -> None:
    """Make signs that stand beside a number part of it: 5%, $5 (W5)."""
    for start, end in _stretches(kinds, lambda kind: kind == "ET"):
        if NUMBER in (kinds[start - 1 : start] + kinds[end : end + 1]):
            kinds[start:end] = [NUMBER] * (end - start)


def _settle_brackets(kinds: list[str], characters: Sequence[str], around: str) -> None:
    """Give pairs of brackets the direction of what they hold, or of what stands before them (N0)."""
    for opening, closing in _pairs(kinds, characters):
        inside = {_SIDES[kind] for kind in kinds[opening + 1 : closing] if kind in _SIDES}
        if around in inside:
            side = around
        elif inside:
            side = next((_SIDES[kind] for kind in reversed(kinds[:opening]) if kind in _SIDES), around)
        else:
            continue
        kinds[opening] = kinds[closing] = side


def _pairs(kinds: Sequence[str], characters: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of brackets that belong together, in the order of the opening ones."""
    found, opened = [], list[tuple[str, int]]()
    for place, character in enumerate(characters):
        if kinds[place] != NEUTRAL:
            continue
        bracket = character[0]
        if bracket in _BRACKETS:
            opened.append((_BRACKETS[bracket], place))
        elif any(closing == bracket for closing, _ in opened):
            closing, start = opened.pop()
            while closing != bracket:
                closing, start = opened.pop()
            found.append((start, place))
    return sorted(found)


def _settle_neutral(kinds: list[str], around: str) -> None:
    """Give what has no direction that of both its sides, or of the line (N1, N2)."""
    for start, end in _stretches(kinds, lambda kind: kind not in _SIDES):
        before = _SIDES[kinds[start - 1]] if start else around
        after = _SIDES[kinds[end]] if end < len(kinds) else around
        kinds[start:end] = [before if before == after else around] * (end - start)


def _stretches(kinds: Sequence[str], is_meant: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """Yield where stretches of some kinds begin and end."""
    for found, places in groupby(range(len(kinds)), key=lambda place: is_meant(kinds[place])):
        if found:
            run = list(places)
            yield run[0], run[-1] + 1
