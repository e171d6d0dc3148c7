"""The questions, drawn by a seed from the articles' own titles. A kind of query is one function.

Words are plain (letters only, no stop word of any peer), so that the peers' analyses differ in
little more than their stemmers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from whoosh.analysis import STOP_WORDS
from whoosh.lang.stopwords import stoplists

from indexer import Article
from indexer.analysis.stopwords import query_stop_words

Words = tuple[str, ...]

_WORD = re.compile(r"(?<!\S)[a-z]{2,}(?=[,.:;?!]*(?:\s|$))")
_STOP = query_stop_words("english") | frozenset(stoplists["en"]) | STOP_WORDS
_LENGTHS = (1, 2, 3)
_TRIES = 50  # for each query wanted: a small archive has no more distinct ones


def draw_words(articles: Sequence[Article], count: int, seed: int = 1) -> list[Words]:
    """Return at most `count` distinct queries of one to three neighbouring words of a title.

    Neighbours once stop words, and words with other characters, are gone. Each title is as likely
    as any other, so common words come up as often as titles use them.
    """
    chance = random.Random(seed)
    found: dict[Words, None] = {}
    for _ in range(count * _TRIES if articles else 0):
        if len(found) == count:
            break
        words = plain_words(chance.choice(articles).title)
        length = chance.choice(_LENGTHS)
        if len(words) >= length:
            start = chance.randrange(len(words) - length + 1)
            query = tuple(words[start : start + length])
            if len(set(query)) == length:
                found[query] = None
    return list(found)


def plain_words(text: str) -> list[str]:
    """Return the words of `text` that every peer reads alike: letters alone, no stop words."""
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]
