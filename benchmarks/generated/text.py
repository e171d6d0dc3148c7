"""Titles and excerpts, as arrays: how many words, and about what -> which words.

Words come in runs. A run begins with a word of the article's story, of its title (in an excerpt) or
with any word of its topic, and goes on with words that belong together; so neighbouring words have
matches in other articles, as they do in what people write.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.generated import curves
from benchmarks.generated.curves import Floats, Ints, draw_words
from benchmarks.generated.vocabulary import companions, mix

_TITLE_OF = "title"


@dataclass(frozen=True, slots=True)
class Subjects:
    """What each article of a block is about: its story and its topic, as numbers."""

    story: Ints
    topic: Ints


@dataclass(frozen=True, slots=True)
class Words:
    """The content words of many texts, one after the other: those of text i start at `starts[i]`."""

    ranks: Ints
    starts: Ints

    @property
    def counts(self) -> Ints:
        """How many words each text has."""
        return np.diff(self.starts)


def draw_text(
    kind: str, counts: Ints, about: Subjects, chance: np.random.Generator, title: Words | None = None
) -> Words:
    """Return `counts[i]` content words for each article i; an excerpt repeats words of the `title`."""
    starts = np.concatenate(([0], np.cumsum(counts)))
    article = np.repeat(np.arange(len(counts)), counts)
    total = len(article)
    first = np.zeros(total, bool)
    first[starts[:-1][counts > 0]] = True
    begins = first | (chance.random(total) >= curves.GOES_ON[kind])
    at = np.arange(total)
    since = at - np.maximum.accumulate(np.where(begins, at, 0))  # places from the start of the run
    origin = at - since
    from_story, from_title = _origins(kind, chance.random(total), title, article)
    story_place = (chance.random(total) * curves.STORY_WORDS).astype(np.int64)
    ranks = _of_topic(about.topic[article], chance)
    told = from_story[origin]
    ranks[told] = _of_story(about, article[told], (story_place[origin] + since)[told])
    free = ~told
    if title is not None:
        copied = begins & from_title
        ranks[copied] = _of_title(title, article[copied], chance)
    for depth in range(1, int(since.max(initial=0)) + 1):
        here = np.flatnonzero((since == depth) & free)
        ranks[here] = companions(ranks[here - 1], chance.random(len(here)))
    return Words(ranks, starts)


def _origins(
    kind: str, chance: Floats, title: Words | None, article: Ints
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where a run would begin with a word of the story, and where with one of the title."""
    story = chance < curves.FROM_STORY[kind]
    if title is None:
        return story, np.zeros(len(chance), bool)
    copied = ~story & (chance < curves.FROM_STORY[kind] + curves.FROM_TITLE)
    return story, copied & (title.counts[article] > 0)


def _of_topic(topic: Ints, chance: np.random.Generator) -> Ints:
    """Return a word for each, rather one that is at home in its topic."""
    ranks = draw_words(chance.random(len(topic)))
    for _ in range(curves.TOPIC_TRIES - 1):
        stranger = np.flatnonzero(home(ranks) != topic)
        ranks[stranger] = draw_words(chance.random(len(stranger)))
    return ranks


def home(ranks: Ints) -> Ints:
    """Return the topic that each word belongs to."""
    return curves.pick(curves.OTHER_TOPICS, mix(ranks, 3))


def _of_story(about: Subjects, article: Ints, place: Ints) -> Ints:
    """Return the words that stand at `place` in the key words of the articles' stories."""
    place = place % curves.STORY_WORDS
    story = about.story[article]
    lead = draw_words(mix(story, place, 11))
    for number in range(1, curves.TOPIC_TRIES):
        stranger = home(lead) != about.topic[article]
        lead = np.where(stranger, draw_words(mix(story, place, 11 + number)), lead)
    return lead


def _of_title(title: Words, article: Ints, chance: np.random.Generator) -> Ints:
    place = (chance.random(len(article)) * title.counts[article]).astype(np.int64)
    found: Ints = title.ranks[title.starts[:-1][article] + place]
    return found
