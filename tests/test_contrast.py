"""Contrast by WCAG's formulas, and that the grounds it is measured on are those of the style sheet."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.contrast import (
    DARK_GROUNDS,
    ENOUGH,
    LIGHT_GROUNDS,
    contrast,
    for_dark,
    is_colour,
    lowest_contrast,
)
from tests.archives import REPOSITORY

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#0000ff", "#ffffff", 8.59), ("#c0ffee", "#c0ffee", 1.0)],
)  # fmt: skip
def test_ratios_are_those_that_are_published(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


@given(COLOURS, COLOURS)
def test_a_ratio_is_the_same_both_ways(one: str, other: str) -> None:
    assert 1 <= contrast(one, other) == contrast(other, one) <= 21


@given(COLOURS)
def test_every_colour_has_one_for_the_dark_page(colour: str) -> None:
    found = for_dark(colour)
    assert is_colour(found)
    assert lowest_contrast(found, DARK_GROUNDS) >= ENOUGH
    assert found == colour or lowest_contrast(colour, DARK_GROUNDS) < ENOUGH


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    css = (REPOSITORY / "search_web/static/backfile.css").read_text(encoding="utf-8")
    found = {name: tuple(re.findall(rf"--{name}: (#\w+)", css)) for name in ("paper", "wash")}
    assert [*zip(*found.values(), strict=True)] == [LIGHT_GROUNDS, DARK_GROUNDS]
