"""The questions, drawn by a seed from the articles' own titles. A kind of question is one function.

Words are plain (letters only, no stop word of any peer), so that the peers' analyses differ in
little more than their stemmers.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import timedelta

from whoosh.analysis import STOP_WORDS as WHOOSH_STOP_WORDS
from whoosh.lang.stopwords import stoplists

from benchmarks.peers.base import (
    DATE,
    FACETS_OFF,
    NEWEST,
    OR,
    PHRASE,
    PREFIX,
    RELATED,
    TOPIC,
    WORDS,
    Question,
    Words,
)  # fmt: skip
from indexer import Article
from indexer.analysis.stopwords import query_stop_words

STOP_WORDS = query_stop_words("english") | frozenset(stoplists["en"]) | WHOOSH_STOP_WORDS

_PLAIN = re.compile(r"[a-z]{2,}(?=[,.:;?!]*$)")
_LENGTHS, _SEVERAL = (1, 2, 2, 3), (2, 2, 3)
_TRIES = 50  # for each question wanted: a small archive has no more distinct ones
_SHORTEST_PREFIX, _CUT = 4, 2  # letters that are left of a word, at least, and that are cut off it
_MAX_DAYS = 365  # of a range of dates

Draw = Callable[[Article, random.Random], Question | None]


def draw_questions(kind: str, articles: Sequence[Article], count: int, seed: int = 1) -> list[Question]:
    """Return at most `count` distinct questions of a kind, drawn from the articles.

    Each article is as likely as any other, so common words come up as often as titles use them.
    """
    chance = random.Random(f"{seed} {kind}")
    draw = _DRAWS[kind]
    found: dict[Question, None] = {}
    for _ in range(count * _TRIES if articles else 0):
        if len(found) == count:
            break
        question = draw(chance.choice(articles), chance)
        if question is not None:
            found[question] = None
    return list(found)


def plain_words(text: str) -> list[str]:
    """Return the words of `text` that every peer reads alike: letters alone, no stop words."""
    return [word for word in map(_plain, text.lower().split()) if word]


def _plain(written: str) -> str:
    match = _PLAIN.match(written)
    return match.group() if match and match.group() not in STOP_WORDS else ""


def _neighbours(article: Article, chance: random.Random, lengths: tuple[int, ...] = _LENGTHS) -> Words | None:
    """Return words of the title that are neighbours once stop words, and other words, are gone."""
    return _stretch([plain_words(article.title)], chance, lengths)


def _stretch(runs: Sequence[Sequence[str]], chance: random.Random, lengths: tuple[int, ...]) -> Words | None:
    """Return some words that stand in a row in one of `runs`, none of them twice."""
    length = chance.choice(lengths)
    places = [(run, start) for run in runs for start in range(len(run) - length + 1)]
    if not places:
        return None
    run, start = chance.choice(places)
    words = tuple(run[start : start + length])
    return words if len(set(words)) == length else None


def _plainly(kind: str, lengths: tuple[int, ...] = _LENGTHS) -> Draw:
    def draw(article: Article, chance: random.Random) -> Question | None:
        words = _neighbours(article, chance, lengths)
        return Question(kind, words) if words else None

    return draw


def _phrase(article: Article, chance: random.Random) -> Question | None:
    """Draw words that stand side by side as they are written, no mark and no other word between."""
    runs: list[list[str]] = [[]]
    for written in article.title.lower().split():
        word = _plain(written)
        if word:
            runs[-1].append(word)
        if word != written:
            runs.append([])
    words = _stretch(runs, chance, _SEVERAL)
    return Question(PHRASE, words) if words else None


def _prefix(article: Article, chance: random.Random) -> Question | None:
    """Draw words as above, the last one not typed to its end."""
    words = _neighbours(article, chance)
    if not words or len(words[-1]) <= _SHORTEST_PREFIX:
        return None
    last = words[-1][: max(_SHORTEST_PREFIX, len(words[-1]) - _CUT)]
    return Question(PREFIX, (*words[:-1], last)) if last not in STOP_WORDS else None


def _topic(article: Article, chance: random.Random) -> Question | None:
    words = _neighbours(article, chance)
    return Question(TOPIC, words, topic=chance.choice(article.topics)) if words and article.topics else None


def _date(article: Article, chance: random.Random) -> Question | None:
    """Draw a range of one day to a year around the article's day."""
    words = _neighbours(article, chance)
    if not words or article.published_at is None:
        return None
    day = article.published_at.date()
    before, after = (timedelta(days=chance.randrange(_MAX_DAYS // 2)) for _ in range(2))
    return Question(DATE, words, first=day - before, last=day + after)


def _related(article: Article, chance: random.Random) -> Question | None:
    words = tuple(dict.fromkeys(plain_words(article.title)))
    return Question(RELATED, words, url=article.url) if words and article.url else None


_DRAWS: dict[str, Draw] = {
    WORDS: _plainly(WORDS),
    OR: _plainly(OR, _SEVERAL),
    PHRASE: _phrase,
    PREFIX: _prefix,
    TOPIC: _topic,
    DATE: _date,
    NEWEST: _plainly(NEWEST),
    FACETS_OFF: _plainly(FACETS_OFF),
    RELATED: _related,
}
