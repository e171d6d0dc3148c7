"""Some articles of a plain view, and what a search finds there: totals, order, pages, facets, reasons."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from whoosh.query import Query

from indexer.facets import VALUE_FACETS
from indexer.index.schema import NO_DATE
from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.parsed import Note
from indexer.query.answers.results import Explanation, ScorePart
from indexer.query.source import Documents, Filter, Page, Plan, SortValues
from tests.sources import words as formulas
from tests.sources.facets import count_dates, in_period
from tests.sources.matching import Matching
from tests.sources.words import single

if TYPE_CHECKING:
    from tests.sources.plain import PlainView


class PlainDocuments:
    """Some articles of a view, in its order."""

    def __init__(self, view: PlainView, keys: Sequence[int]) -> None:
        self.view = view
        self.keys = list(keys)

    @property
    def count(self) -> int:
        return len(self.keys)

    def sample(self, size: int) -> list[str]:
        keys = sorted(self.keys, key=lambda key: self.view.entries[key].article.id)[:size]
        return [f"{self.view.entries[k].article.title}\n{self.view.entries[k].article.excerpt}" for k in keys]

    def days(self) -> tuple[Any, int]:
        days = [self.view.day(key) for key in self.keys]
        known = self.view.days().days.tolist()
        return np.array([days.count(day) for day in known], np.int64), days.count(None)

    def value_days(self, facet: str, values: Sequence[str]) -> Any:
        chosen = [self.view.facets[facet].chosen(value) or () for value in values]
        days = [
            PlainDocuments(self.view, [key for key in self.keys if key in its]).days()[0] for its in chosen
        ]
        return np.array(days, np.int64).reshape(len(values), len(self.view.days().days))

    def date_span(self) -> tuple[int, int] | None:
        days = [day for key in self.keys if (day := self.view.day(key)) is not None]
        return (min(days), max(days)) if days else None

    def within(self, first: int, last: int) -> PlainDocuments:
        day = self.view.day
        inside = [k for k in self.keys if (at := day(k)) is not None and first <= at <= last]
        return PlainDocuments(self.view, inside)

    def common(self, other: Documents) -> int:
        return len(set(self.keys) & set(other.keys))  # type: ignore[attr-defined]

    def stories(self) -> int | None:
        return len({self.view.story_number(key) for key in self.keys})

    def contains(self, keys: Sequence[int]) -> list[bool]:
        return [key in self.keys for key in keys]

    def count_ids(self, ids: Any) -> int:
        wanted = {one.decode() for one in ids.tolist()}
        return sum(one in wanted for one in self.view.ids(self.keys))

    def largest(self, facet: str, size: int | None) -> FacetValues:
        most = len(self.view.facets[facet].values) if size is None else size
        return self.view.facets[facet].counted(self.keys, (), most, lambda key: key)


class PlainFound(PlainDocuments):
    """What passes the filters of a plan."""

    is_about = False

    def __init__(self, view: PlainView, matching: Matching, plan: Plan) -> None:
        self._matching = matching
        self._plan = plan
        super().__init__(view, [])
        self.keys = self._passing()
        self._ordered = self._passing(new=False)
        self.notes: tuple[Note, ...] = tuple(matching.notes)
        self.cut = frozenset(node for node, found in matching.patterns.items() if found.is_cut)

    def _passing(self, without: str = "", *, new: bool = True) -> list[int]:
        """Return what passes all filters but one, and where it is `new`, that no earlier search found."""
        filters = {name: given for name, given in self._plan.filters.items() if name != without}
        known = {self._group(key) for one in self._plan.beyond for key in one._passing(without)}  # type: ignore[attr-defined]
        return [
            key
            for key in sorted(self._matching.scores)
            if not (new and self._group(key) in known)
            and all(self._passes(key, name, given) for name, given in filters.items())
        ]

    def _passes(self, key: int, name: str, given: Filter) -> bool:
        if name in VALUE_FACETS:
            return any(key in (self.view.facets[name].chosen(text) or ()) for text in given.values)
        if name == "featured":
            return self.view.entries[key].article.featured == (given.values == ("yes",))
        if name == "origin":
            return self.view.entries[key].article.origin == given.values[0]
        return any(in_period(self.view.day(key), period) for period in given.periods)

    def words(self, pattern: Query) -> frozenset[tuple[str, str]]:
        found = self._matching.patterns.get(pattern)
        return found.terms if found else frozenset()

    def _group(self, key: int) -> int:
        return self.view.story_number(key) if self._plan.collapse else key

    @property
    def total(self) -> int:
        return len(set(map(self._group, self.keys)))

    def without(self, name: str) -> int:
        return len(set(map(self._group, self._passing(without=name))))

    def facet(self, name: str) -> FacetValues:
        given = self._plan.filters.get(name)
        keys = self._passing(without=name)
        if name == "date":
            days = {key: self.view.day(key) for key in keys}
            return count_dates(days, keys, given, self._group)
        chosen = given.values if given else ()
        return self.view.facets[name].counted(keys, chosen, self._plan.facet_size, self._group)

    # Order

    @functools.cached_property
    def _pool(self) -> list[int]:
        """The best articles by their words, whose pairs of words are looked at."""
        if self._plan.sort != "relevance" or not self._plan.pairs:
            return []
        scores = {key: single(self._matching.scores[key]) for key in self._ordered}
        best = sorted(self._ordered, key=lambda key: (-scores[key], *self.view.newest_first(key)))
        return best[: formulas.POOL]

    @functools.cached_property
    def _pairs(self) -> dict[tuple[str, str], float]:
        """The pairs that stand in any of the pool, and in how many articles they are taken to be."""
        words, pool = self.view.words, self._pool
        having = [p for p in self._plan.pairs if any(words.live[key].side_by_side(p) for key in pool)]
        return {pair: words.pair_documents(pair, pool) for pair in having}

    @functools.cached_property
    def _scores(self) -> dict[int, float]:
        scores = {key: self._matching.scores[key] for key in self._ordered}
        if self._plan.sort == "relevance":
            for key in self._pool:
                scores[key] += sum(self.view.words.pair_score(p, df, key) for p, df in self._pairs.items())
            for key in self._ordered:
                scores[key] *= 1 + sum(weight * value for _, weight, value in self._blend(key))
        return {key: single(score) for key, score in scores.items()}

    def _blend(self, key: int) -> Iterator[tuple[str, float, float]]:
        blend = self._plan.blend
        if self._plan.sort != "relevance":
            return
        if blend.recency_weight:
            value = self.view.recency(key, blend.recency_half_life_days)
            yield "recency", blend.recency_weight, value
        for name, weight in (("quality", blend.quality_weight), ("heat", blend.heat_weight)):
            if weight:
                yield name, weight, self.view.share(name, key)

    def _values(self, key: int) -> SortValues:
        sort, text = self._plan.sort, self.view.words.live[key]
        published = NO_DATE if text.published is None else text.published
        first = 0.0
        if sort == "relevance":
            first = -self._scores[key]
        elif sort == "oldest":
            first = float("inf") if text.published is None else float(text.published)
        elif sort != "newest":
            value = getattr(text, sort)
            first = float("inf") if value is None else -value
        return SortValues(first, published, self.view.entries[key].article.id)

    @functools.cached_property
    def _order(self) -> list[int]:
        """The hits in order, the first article of each story where these are given."""
        first: dict[int, int] = {}
        for key in sorted(self.keys, key=lambda key: _ascending(self._values(key))):
            first.setdefault(self._group(key), key)
        return list(first.values())

    @functools.cached_property
    def page(self) -> Page:
        plan, order = self._plan, self._order
        start = plan.start
        if plan.after is not None:
            after = _ascending(plan.after)
            start = sum(_ascending(self._values(key)) <= after for key in order)
        keys = order[start : start + plan.size]
        return Page(keys, [self._scores[key] for key in keys], start)

    def place(self, key: int) -> int | None:
        return self._order.index(key) if key in self._order else None

    def sort_values(self, place: int) -> SortValues:
        return self._values(self.page.keys[place])

    def explain(self, place: int) -> Explanation:
        key, score = self.page.keys[place], self.page.scores[place]
        article = self.view.articles([key])[0]
        texts = [article.title, article.excerpt, article.body]
        parts = self._matching.parts(self._matching.tree, key, texts, self.view.analyzer)
        parts += self._pair_parts(key)
        base = sum(part.score for part in parts)
        for name, weight, value in self._blend(key):
            detail = {"weight": weight, "value": value, "of": base}
            parts.append(ScorePart(name, name, base * weight * value, detail))
        return Explanation(score, tuple(part for part in parts if part.score))

    def _pair_parts(self, key: int) -> Iterator[ScorePart]:
        words = self.view.words
        for pair, documents in self._pairs.items():
            if key in self._pool:
                detail = {
                    "estimated_documents": documents,
                    "idf": formulas.idf(words.size, documents),
                    "frequency": words.live[key].side_by_side(pair),
                    "weight": formulas.PAIRS,
                }
                yield ScorePart("pair", " ".join(pair), words.pair_score(pair, documents, key), detail)


def _ascending(values: SortValues) -> tuple[float, int, str]:
    return values.key, -values.published, values.id
