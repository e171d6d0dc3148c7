"""How well a colour, written as `#rrggbb`, can be read on another: their contrast ratio.

The formulas are those of WCAG 2.2 ("relative luminance", "contrast ratio").
"""

from __future__ import annotations

import re

ENOUGH = 4.5  # of text beside its ground, by WCAG 2.2, success criterion 1.4.3
# The grounds of the page in light and in dark: what the text of an accent stands on.
LIGHT_GROUNDS = ("#fffdf9", "#f5f1ea")
DARK_GROUNDS = ("#141416", "#1e1e21")
_STEPS = 100


def is_colour(text: str) -> bool:
    """Return whether a text is a colour that this module reads."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def lowest_contrast(colour: str, grounds: tuple[str, ...]) -> float:
    """Return the contrast ratio of a colour with that of `grounds` which is nearest to it."""
    return min(contrast(colour, ground) for ground in grounds)


def for_dark(colour: str) -> str:
    """Return the colour, mixed with as little white as it needs to be read on DARK_GROUNDS."""
    mixed = (_mixed(colour, step / _STEPS) for step in range(_STEPS + 1))
    return next(one for one in mixed if lowest_contrast(one, DARK_GROUNDS) >= ENOUGH)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(colour: str, white: float) -> str:
    return "#" + "".join(f"{round(channel + (255 - channel) * white):02x}" for channel in _channels(colour))
