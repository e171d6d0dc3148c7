"""Near-identical articles among a few: which of them stands for which.

Decided from the words of title and excerpt, not from the stories that the index knows: the article that
is asked about need be in no index, and so has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from indexer.article import Article
from indexer.invisible import without_invisible

SAME_WORDS = 0.8  # of all words that one of two has, the part that both have in copies; or
SAME_TITLE = 0.9  # the same for titles of the same article, shortened otherwise by each provider,
SOME_WORDS = 0.5  # whose texts still have so much in common
_LONG_TITLE = 4  # words; shorter ones are shared by columns and series
MAX_LEAD = 2_000  # characters; some archives have whole articles as excerpts
_WORD = re.compile(r"\w+")

WordSet = frozenset[str]


class Wording(NamedTuple):
    """The words of an article's title, and those of title and excerpt together."""

    title: WordSet
    all: WordSet

    @classmethod
    def of(cls, article: Article) -> Wording:
        """Return the words of an article's title and lead, in lower case."""
        title = _words(article.title)
        return cls(title, title | _words(lead_of(article)))


def _words(text: str) -> WordSet:
    return frozenset(_WORD.findall(without_invisible(text).lower()))


def lead_of(article: Article) -> str:
    """Return a short text of what an article is about: its excerpt, or the beginning of its body."""
    return (article.excerpt or article.body)[:MAX_LEAD]


def same_text(one: Wording, other: Wording) -> bool:
    """Whether two articles are copies, or versions, of one text."""
    common = _overlap(one.all, other.all)
    if common >= SAME_WORDS:
        return True
    long = min(len(one.title), len(other.title)) >= _LONG_TITLE
    return long and common >= SOME_WORDS and _overlap(one.title, other.title) >= SAME_TITLE


def group_copies(wordings: Sequence[Wording]) -> list[int]:
    """Return for each article the place of the first one that it is a copy of: its own where it is none.

    Only those that stand for themselves are compared with, so that a chain of versions does not bring
    together what has little in common."""
    firsts: list[int] = []
    places: list[int] = []
    for place, wording in enumerate(wordings):
        first = next((at for at in firsts if same_text(wordings[at], wording)), place)
        if first == place:
            firsts.append(place)
        places.append(first)
    return places


def _overlap(one: WordSet, other: WordSet) -> float:
    """Return the part of all words that both have (Jaccard), 0 for none."""
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0
