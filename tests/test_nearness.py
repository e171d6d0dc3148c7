"""Edits between two words, and which name was meant: against the table, filled in cell by cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import did_you_mean
from indexer.nearness import edits_between, is_near, nearest

letters = st.text("abc", max_size=7)


def plain_edits(word: str, other: str, *, beginning: bool = False, swap: int = 1) -> int:
    """The distance of the optimal string alignment, by its table."""
    table = [[i + j if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(word) + 1)]
    for i in range(1, len(word) + 1):
        for j in range(1, len(other) + 1):
            replaced = table[i - 1][j - 1] + (word[i - 1] != other[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, replaced)
            if i > 1 and j > 1 and word[i - 2 : i] == other[j - 2 : j][::-1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + swap)
    return min(table[-1]) if beginning else table[-1][-1]


@given(letters, letters, st.integers(0, 3), st.booleans())
def test_edits_are_those_of_the_table_up_to_a_limit(
    word: str, other: str, limit: int, beginning: bool
) -> None:
    edits = plain_edits(word, other)
    assert edits_between(word, other, limit) == (edits if edits <= limit else None)
    near = plain_edits(word, other, beginning=beginning) <= limit
    assert is_near(word, other, limit, beginning=beginning) is near


def test_words_of_any_length_are_compared() -> None:
    assert edits_between("a" * 100_000, "a" * 99_999 + "b", 3) == 1
    assert edits_between("ab" * 50_000, "ba" * 50_000, 3) == 2


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("serach", "search"), ("indx", "index"), ("sea", "search"), ("provder", "provider"), ("auth", "author"),
        ("categories", "category"), ("zzz", None), ("", None), ("x" * 5_000, None), ("s", None),
    ],
)  # fmt: skip
def test_the_nearest_name_is_meant(word: str, meant: str | None) -> None:
    names = ["search", "index", "provider", "author", "category", "show"]
    assert nearest(word, names) == meant
    expected = f"Did you mean '{meant}'?" if meant else f"Choose from: {', '.join(sorted(names))}."
    assert did_you_mean(word, names) == expected
