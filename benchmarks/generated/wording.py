"""Which words -> texts: endings, function words, digits, capitals and punctuation."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.generated import curves
from benchmarks.generated.curves import Floats, Ints, curve, pick
from benchmarks.generated.text import Subjects, Words, draw_text
from benchmarks.generated.vocabulary import spell

Strings = NDArray[np.object_]

_FUNCTION_WORDS = np.array([word for word, _ in curves.FUNCTION_WORDS], object)
_FUNCTION_SHARES = tuple(share for _, share in curves.FUNCTION_WORDS)
_FORMS = len(curves.FORMS)
_COLON, _COMMA, _STOP = 0.012, 0.05, 0.055  # after how many of the words


@dataclass(slots=True)
class Writer:
    """Writes the texts of one block after another; keeps the words that it has spelled."""

    _spelled: dict[int, str] = field(default_factory=dict)

    def write(
        self, kind: str, about: Subjects, chance: np.random.Generator, title: Words | None = None
    ) -> tuple[list[str], Words]:
        """Return a text for each article, `kind` title or excerpt, and its content words."""
        points = curves.TITLE_WORDS if kind == "title" else curves.EXCERPT_WORDS
        lengths = curve(points, chance.random(len(about.story))).astype(np.int64)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        function = chance.random(starts[-1]) < curves.FUNCTION_SHARE[kind]
        function[starts[1:] - 1] = False  # a text does not end with one
        counts = np.add.reduceat((~function).astype(np.int64), starts[:-1])
        words = draw_text(kind, counts, about, chance, title)
        written = np.empty(starts[-1], object)
        written[function] = _FUNCTION_WORDS[pick(_FUNCTION_SHARES, chance.random(int(function.sum())))]
        written[~function] = self._spell(words.ranks, chance)
        finish = _finish_title if kind == "title" else _finish_excerpt
        marks = chance.random(starts[-1])
        return finish(written, marks, starts), words

    def _spell(self, ranks: Ints, chance: np.random.Generator) -> Strings:
        keys = ranks * _FORMS + pick(curves.FORM_SHARES, chance.random(len(ranks)))
        distinct, where = np.unique(keys, return_inverse=True)
        known = self._spelled
        for key in distinct.tolist():
            if key not in known:
                known[key] = spell(*divmod(key, _FORMS))
        spelled = np.array([known[key] for key in distinct.tolist()], object)[where]
        digits = np.flatnonzero(chance.random(len(ranks)) < curves.NUMBERS)
        numbers = np.exp(chance.random(len(digits)) * 8).astype(np.int64)
        spelled[digits] = [str(number) for number in numbers.tolist()]
        return spelled


def _finish_title(words: Strings, marks: Floats, starts: Ints) -> list[str]:
    """Return titles: three of five with capitals throughout, some in two parts."""
    words[marks < _COLON] += ":"
    titles = [" ".join(words[a:b]).rstrip(":") for a, b in _spans(starts)]
    styles = marks[starts[:-1]]
    return [
        title.title() if style % 0.01 < 0.006 else title[:1].upper() + title[1:]
        for title, style in zip(titles, styles.tolist(), strict=True)
    ]


def _finish_excerpt(words: Strings, marks: Floats, starts: Ints) -> list[str]:
    """Return sentences with commas."""
    ends = marks < _STOP
    ends[starts[1:] - 1] = True
    comma = ~ends & (marks > 1 - _COMMA)
    words[comma] += ","
    words[ends] += "."
    heads = np.flatnonzero(np.concatenate(([True], ends[:-1])))
    words[heads] = [word[:1].upper() + word[1:] for word in words[heads]]
    return [" ".join(words[a:b]) for a, b in _spans(starts)]


def _spans(starts: Ints) -> list[tuple[int, int]]:
    return list(itertools.pairwise(starts.tolist()))
