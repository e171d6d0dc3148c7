"""Figures -> text: one way to write seconds, ratios, counts and tables throughout the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.measure import Spread


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> str:
    """Return a Markdown table: the first `left` columns to the left, figures to the right."""
    lines = [head, ["---"] * left + ["---:"] * (len(head) - left), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def with_spread(spread: Spread, scale: float = 1.0) -> str:
    """Return the median, and the smallest and largest where there are several."""
    middle, low, high = (number * scale for number in (spread.median, spread.low, spread.high))
    return f"{middle:.2f}" if low == high else f"{middle:.2f} ({low:.2f}–{high:.2f})"


def in_ms(spread: Spread) -> str:
    """Return seconds as milliseconds."""
    return with_spread(spread, 1e3)


def count(number: float) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,.0f}"


def percent(share: float | None) -> str:
    """Return a share in percent, or a dash."""
    if share is None:
        return "–"
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"


def megabytes(size: float) -> str:
    """Return bytes as megabytes (10 to the power of 6)."""
    return f"{size / 1e6:,.1f}"
