"""Colours that can be seen on the two backgrounds of a picture."""

from typing import NamedTuple


class Tone(NamedTuple):
    """One colour ("#RRGGBB") as it is drawn in the light and in the dark form of a picture."""

    light: str
    dark: str


BACKGROUND = Tone(light="#ffffff", dark="#16191f")

_DEFAULT = "#0f7b5f"
# WCAG 2.2, success criterion 1.4.11: graphical objects.
_MIN_CONTRAST = 3.0
_STEPS = 20
_RGB = tuple[int, int, int]


def tone_of(color: str | None) -> Tone:
    """Return a habit's "#RRGGBB", darkened or lightened until it stands out from each background; ValueError for another form."""
    chosen = _parse(color or _DEFAULT)
    return Tone(
        light=_standing_out(chosen, BACKGROUND.light, towards=(0, 0, 0)),
        dark=_standing_out(chosen, BACKGROUND.dark, towards=(255, 255, 255)),
    )


def darkened(color: str | None, background: str, *, ratio: float) -> str:
    """Return a habit's "#RRGGBB", darkened until it has this contrast to a background; ValueError for another form."""
    return _standing_out(_parse(color or _DEFAULT), background, towards=(0, 0, 0), ratio=ratio)


def tinted(background: str, color: str, share: float) -> str:
    """Return a background with a share of a colour in it."""
    return _hex(_mixed(_parse(background), _parse(color), share))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two "#RRGGBB", 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(_parse(one)), _luminance(_parse(other))))
    return (lighter + 0.05) / (darker + 0.05)


def _standing_out(color: _RGB, background: str, towards: _RGB, ratio: float = _MIN_CONTRAST) -> str:
    mixes = (_hex(_mixed(color, towards, step / _STEPS)) for step in range(_STEPS + 1))
    return next(mix for mix in mixes if contrast(mix, background) >= ratio)


def _mixed(color: _RGB, other: _RGB, share: float) -> _RGB:
    red, green, blue = (round(own + (target - own) * share) for own, target in zip(color, other, strict=True))
    return red, green, blue


def _luminance(color: _RGB) -> float:
    red, green, blue = (_linear(channel / 255) for channel in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _parse(color: str) -> _RGB:
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def _hex(color: _RGB) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
