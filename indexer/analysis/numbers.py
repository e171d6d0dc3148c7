"""How numbers are written: separators of groups, decimal signs, raised and lowered digits, fractions.

    >>> numbers_of("english").fold("10,000")
    '10000'
    >>> numbers_of("german").fold("10.000")
    '10000'
    >>> numbers_of("english").fold("CO₂"), numbers_of("english").fold("10⁶")
    ('co2', '10⁶')

A separator joins groups of three digits, and falls away; any other comma stands between numbers. Raised
and lowered digits are digits behind a letter; behind a digit (`10⁶`) they make another number.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from indexer.analysis.folding import APOSTROPHES, fold_case

RAISED = "\u207b\xb2\xb3\xb9\u2070\u2074-\u2079"  # exponents, and their minus
LOWERED = "\u2080-\u2089"
FRACTIONS = "\xbc-\xbe\u2150-\u215e\u2189"

_AFTER = r"(?<=\d.)(?<!\d{4}.)"  # a separator stands behind one to three digits and before three
_BEFORE = r"(?=\d{3}(?!\d))"
_BEFORE_PATTERN = r"(?=\d{3}(?!\d)|[\d?]{0,2}\*|[\d?]{3}(?![\d?]))"  # or before as much as `10,0*` has
# Where the decimal sign is a comma, it stands once: `1,2,3` is a list, and `2019,2020` two years.
_NO_LIST = "".join(rf"(?<!,\d{{{length}}},)" for length in range(1, 5))
_DECIMAL_COMMA = rf",(?<=\d,){_NO_LIST}(?!(?<=\d{{4}},)\d{{4}}(?!\d))(?=\d+(?!\d|,\d))"
_COMMA_LANGUAGES = frozenset(
    [
        "danish", "dutch", "finnish", "french", "german", "hungarian", "italian", "norwegian", "portuguese",
        "romanian", "russian", "spanish", "swedish",
    ]
)  # fmt: skip

_KEPT = re.compile(rf"(?<=\d)[{RAISED}{LOWERED}]+|[{FRACTIONS}]")
_NOTED = re.compile(rf"(.*[^\W\d_{RAISED}{LOWERED}{FRACTIONS}]|[0-9]{{4}})[{RAISED}]+")
# What is squared and cubed; of other words (`treaty²`) the raised digit may be the mark of a note.
_UNITS = frozenset(
    "mm cm dm km nm μm pm fm in ft yd mi nmi ha hr min sec мм см дм км".split()  # noqa: SIM905 - read as a line
)


@dataclass(frozen=True)
class NumberStyle:
    """How a language writes numbers.

    `decimal_comma`: the comma is the decimal sign, and full stops separate groups; else the other way round.
    """

    decimal_comma: bool

    @property
    def comma(self) -> str:
        """The pattern of a comma within a number."""
        return _DECIMAL_COMMA if self.decimal_comma else f",{_AFTER}{_BEFORE}"

    @property
    def pattern_comma(self) -> str:
        """The pattern of a comma within a number or a pattern for numbers."""
        return r"(?<=\d),(?=[\d?]*[\d*])" if self.decimal_comma else f",{_AFTER}{_BEFORE_PATTERN}"

    def part(self, cutting: str) -> str:
        """Return the pattern of a part of a compound, which the characters `cutting` cut."""
        first = f"[^{cutting}{APOSTROPHES}]"
        if self.decimal_comma:
            return rf"(?!,){first}(?:[^{cutting},]|\.{_AFTER}{_BEFORE})*"
        return f"{first}[^{cutting}]*"

    def fold(self, text: str) -> str:
        """Return a word, or a pattern for words, without letter case and separators of groups."""
        text = text.replace("`", "'")  # which `fold_case` leaves as it is in a word of ASCII
        text = self._separators.sub("", text)
        if text.isascii() or not _KEPT.search(text):
            return fold_case(text)
        folded, at = "", 0
        for kept in _KEPT.finditer(text):
            folded += fold_case(text[at : kept.start()]) + kept.group()
            at = kept.end()
        return folded + fold_case(text[at:])

    @functools.cached_property
    def _separators(self) -> re.Pattern[str]:
        signs = APOSTROPHES + ("." if self.decimal_comma else ",")
        return re.compile(rf"[{re.escape(signs)}]{_AFTER}{_BEFORE_PATTERN}")


POINT = NumberStyle(decimal_comma=False)
_COMMA = NumberStyle(decimal_comma=True)


def numbers_of(language: str) -> NumberStyle:
    """Return how `language` writes numbers."""
    return _COMMA if language in _COMMA_LANGUAGES else POINT


def without_note(word: str) -> str:
    """Return a word without the raised digits that may be the mark of a note, else nothing: `m²` and `x²`
    have none, and `10⁶` is a number, but `1914¹` a year."""
    noted = None if word.isascii() else _NOTED.fullmatch(word)
    if noted is None or len(noted[1]) == 1 or fold_case(noted[1]) in _UNITS:
        return ""
    return noted[1]
