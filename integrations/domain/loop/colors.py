"""Loop's palette and the numbers by which its versions stored colours."""

import re
from typing import Final

# PaletteColor.toCsvColor of Loop 2.x, indexes 0..19.
PALETTE: Final = (
    "#D32F2F",
    "#E64A19",
    "#F57C00",
    "#FF8F00",
    "#F9A825",
    "#AFB42B",
    "#7CB342",
    "#388E3C",
    "#00897B",
    "#00ACC1",
    "#039BE5",
    "#1976D2",
    "#303F9F",
    "#5E35B1",
    "#8E24AA",
    "#D81B60",
    "#5D4037",
    "#303030",
    "#757575",
    "#AAAAAA",
)
_PALETTE_OF_20_FROM: Final = 21
# Migration 21 moved the colours of the first palette, of 13 colours, to these places of the second.
_FIRST_PALETTE: Final = (0, 1, 4, 5, 7, 8, 9, 10, 13, 14, 15, 17, 19)
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


def color_of_number(number: int | None, version: int) -> str:
    """Return the colour that a database of this version stores as `number`; like Loop, the first one if it is none."""
    if number is None:
        return PALETTE[0]
    if number < 0:  # Android's 0xAARRGGBB as a signed integer: all there was before version 14.
        return f"#{number & 0xFFFFFF:06X}"
    if version >= _PALETTE_OF_20_FROM:
        return PALETTE[number] if number < len(PALETTE) else PALETTE[0]
    return PALETTE[_FIRST_PALETTE[number]] if number < len(_FIRST_PALETTE) else PALETTE[0]


def color_of_text(text: str) -> str:
    """Return the colour that an export writes as `text`; the first one if it is none."""
    return text.strip().upper() if _HEX.fullmatch(text.strip()) else PALETTE[0]
