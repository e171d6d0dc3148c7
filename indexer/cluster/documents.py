"""An article of an index -> its document in a cluster, but for the generations that it is of."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.analysis import Analyzer
from indexer.article import Article, load_stored
from indexer.cluster.mapping import (
    FREQUENCY,
    HOLE,
    MAX_IMPACT,
    NEXT,
    NO_MOMENT,
    NO_NUMBER,
    PAIRS,
    STACK,
    scored,
)
from indexer.identity import path_identity
from indexer.index.schema import COPIES, EXACT, FLAG_FIELDS, NO_DATE, TEXT, TEXT_FIELDS, keys_of, numbers_of

Stacks = list[list[str]]  # the forms at each position
Weight = Callable[[float, float, float], float]  # of a frequency, a length and an average


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an archive as a whole says of an article: the values of each facet, folded, their ancestors among
    them; its other identities; the file that gave it; its story, where it shares one, and its place there."""

    facets: Mapping[str, Sequence[str]]
    aliases: Sequence[str]
    file: str
    story: str | None
    story_place: int


class DocumentMaker:
    """Makes documents of articles: `analyzer` makes their words, `averages` are the lengths that a field has
    on average, in words that count; `scale` is that of `mapping.scale_for`, `weight` is the
    formula."""

    def __init__(self, analyzer: Analyzer, averages: Mapping[str, float], scale: int, weight: Weight) -> None:
        self._analyzer = analyzer
        self._averages = averages
        self._scale = scale
        self._weight = weight

    def make(self, article: Article, resolved: Resolved) -> dict[str, Any]:
        """Return the document of an article."""
        keys = keys_of(article)
        published, day, quality, heat = numbers_of(article)
        record, more = load_stored(article.to_stored())
        return {
            "id": article.id,
            **self._words(article),
            **{name: list(values) for name, values in resolved.facets.items() if values},
            **{name: list(keys[name]) for name in FLAG_FIELDS if keys[name]},
            "alias": list(resolved.aliases),
            "file": resolved.file,
            "source": path_identity(resolved.file),
            "published": NO_DATE if published is None else published,
            "oldest": NO_MOMENT if published is None else published,
            **({} if day is None else {"day": day}),
            "quality": NO_NUMBER if quality is None else quality,
            "heat": NO_NUMBER if heat is None else heat,
            "story": resolved.story or article.id,
            **({"shared": resolved.story} if resolved.story else {}),
            "story_place": resolved.story_place,
            "article": record,
            "more": more,
        }

    def _words(self, article: Article) -> dict[str, Any]:
        found: dict[str, Any] = {}
        whole: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        length = 0
        for name, copies in zip(TEXT_FIELDS, COPIES, strict=True):
            stacks, counted = self._stacks(getattr(article, name))
            if not stacks:
                continue
            found[name] = " ".join(STACK.join(forms) if forms else HOLE for forms in stacks)
            terms = Counter(form for forms in stacks for form in forms)
            found[scored(name)] = self._weighed(terms, counted, self._averages[name])
            length += copies * counted
            for term, count in terms.items():
                whole[term] += copies * count
            for left, right in itertools.pairwise(stacks):
                for pair in _pairs(left, right):
                    pairs[pair] += copies
        found["length"] = length
        if whole:
            found[scored(TEXT)] = self._weighed(whole, length, self._averages[TEXT])
        if pairs:
            found[PAIRS] = _with_frequencies(pairs)
        return found

    def _stacks(self, text: str) -> tuple[Stacks, int]:
        """Return the forms at each position of a text, and how many words of it count."""
        at: dict[int, list[str]] = defaultdict(list)
        counted = 0
        for token in self._analyzer.tokens(text):
            at[token.position].append(token.term)
            counted += token.counts
            if token.exact:
                at[token.position].append(EXACT + token.exact)
        return [at.get(place, []) for place in range(max(at, default=-1) + 1)], counted

    def _weighed(self, terms: Mapping[str, int], length: int, average: float) -> str:
        scale, weight = self._scale, self._weight
        return _with_frequencies(
            {
                term: max(1, min(round(scale * weight(count, length, average)), 4 * MAX_IMPACT))
                for term, count in terms.items()
            }
        )


def _pairs(left: Sequence[str], right: Sequence[str]) -> set[str]:
    return {f"{one}{NEXT}{two}" for one in left for two in right if one[:1] != EXACT and two[:1] != EXACT}


def _with_frequencies(terms: Mapping[str, int]) -> str:
    return " ".join(f"{term}{FREQUENCY}{count}" for term, count in terms.items())
