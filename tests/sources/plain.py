"""A source over a list of articles, slow and simple: what any source must answer (see `indexer.query.source`).

    source = PlainSource(settings, generation_of([Article("a", "The bridge")]))
    Archive(settings, SearchEngine(settings, source)).search("bridge").total

Everything is computed from the articles when it is asked for, one article and one word at a time.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import numpy as np
from whoosh.query import Query

from indexer.analysis import analyzer_for
from indexer.article import ORIGIN_FILE, Article
from indexer.codec.tables import BytesTable
from indexer.config import Settings
from indexer.errors import RequestError
from indexer.facets import VALUE_FACETS
from indexer.index.changes import Difference, History
from indexer.index.derived import NO_DAY
from indexer.index.schema import DAY, TEXT
from indexer.query.answers.stats import ArchiveStats
from indexer.query.periods import date_of
from indexer.query.source import (
    DayCounts,
    Documents,
    Found,
    Label,
    NearWord,
    Plan,
    Terms,
    Title,
    Weight,
)
from indexer.zones import zone_of
from tests.sources import words as formulas
from tests.sources.articles import Entry, Generation
from tests.sources.facets import Facet
from tests.sources.matching import Matching
from tests.sources.plain_found import PlainDocuments, PlainFound
from tests.sources.typing_ahead import Row, Titles, find_labels, near_words
from tests.sources.words import Text, Words, single


class PlainSource:
    """Answers from the last of some generations, the earlier ones of which are its history."""

    def __init__(self, settings: Settings, *generations: Generation) -> None:
        self._kept = settings.index.kept_generations
        self._generations = generations
        self._view: PlainView | None = None
        self.closed = False

    def add(self, generation: Generation) -> None:
        """Answer from a newer generation from now on."""
        self._generations = (*self._generations, generation)

    def open(self) -> PlainView:
        """Return the view of the newest generation."""
        if self.closed:
            raise RequestError("the archive is closed", cure="Open it again with `open_archive`.")
        if self._view is None or self._view.number != self._generations[-1].number:
            self._view = PlainView(self._generations[-self._kept - 1 :])
        return self._view

    def close(self) -> None:
        """Close it."""
        self.closed = True


class PlainView:
    """One generation; keys are places in its list of articles."""

    def __init__(self, generations: Sequence[Generation]) -> None:
        self._generations = generations
        self._generation = generation = generations[-1]
        self.number = generation.number
        self.analyzer = analyzer_for(generation.language)
        self.zone = zone_of(generation.timezone)
        self.entries = generation.entries
        self.words = Words(
            [Text(entry.article, self.analyzer) for entry in self.entries],
            [Text(entry.article, self.analyzer) for entry in generation.gone],
        )
        articles = [entry.article for entry in self.entries]
        self.facets = {
            name: Facet(name, articles, generation.topics, generation.providers) for name in VALUE_FACETS
        }
        ids = {entry.article.id: key for key, entry in enumerate(self.entries)}
        self.stories = {
            ids[one]: tuple(ids[o] for o in group) for group in generation.stories for one in group
        }

    @property
    def size(self) -> int:
        return len(self.entries)

    def published(self, key: int) -> int | None:
        return self.words.live[key].published

    def story_number(self, key: int) -> int:
        """Return what the articles of one story have in common."""
        return self.stories.get(key, (key,))[0]

    # Searching

    def find(self, tree: Query, plan: Plan) -> PlainFound:
        return PlainFound(self, Matching(tree, self.words, self.facets, plan), plan)

    def totals(self, asks: Sequence[tuple[Query, Plan]]) -> list[PlainFound]:
        return [self.find(tree, plan) for tree, plan in asks]

    def prefetch(self, searches: Callable[[], Sequence[Found]]) -> None:
        """Do nothing."""

    def contains(self, sets: Sequence[Documents], keys: Sequence[int]) -> list[list[bool]]:
        return [cast("PlainDocuments", one).contains(keys) for one in sets]

    def everything(self) -> PlainDocuments:
        return PlainDocuments(self, range(self.size))

    def days(self) -> DayCounts:
        found = sorted({day for key in range(self.size) if (day := self.day(key)) is not None})
        counts = [sum(self.day(key) == day for key in range(self.size)) for day in found]
        return DayCounts(np.array(found, np.int64), np.array(counts, np.int64))

    def day(self, key: int) -> int | None:
        return self.words.live[key].day

    # Articles

    def resolve(self, ids: Sequence[str]) -> list[int | None]:
        return [self._resolve(identity) for identity in ids]

    def _resolve(self, identity: str) -> int | None:
        for names in (lambda entry: (entry.article.id,), lambda entry: entry.aliases):
            for key, entry in enumerate(self.entries):
                if identity in names(entry):
                    return key
        return None

    def at_path(self, path: str) -> int | None:
        for key, entry in enumerate(self.entries):
            if entry.file == path and entry.article.origin == ORIGIN_FILE:
                return key
        return None

    def linking(self, keys: Sequence[int], ids: Sequence[str]) -> list[int]:
        names = {*ids, *(alias for key in keys for alias in self.entries[key].aliases)}
        found = [
            other
            for other, entry in enumerate(self.entries)
            if names & {link.id for link in entry.article.related}
        ]
        return sorted(found, key=self.newest_first)

    def translated(self, shared: str) -> list[int]:
        return [key for key, entry in enumerate(self.entries) if entry.article.translation == shared]

    def newest_first(self, key: int) -> tuple[bool, int, str]:
        published = self.published(key)
        return published is None, -(published or 0), self.entries[key].article.id

    def articles(self, keys: Sequence[int]) -> list[Article]:
        return [self._named(self.entries[key]) for key in keys]

    def _named(self, entry: Entry) -> Article:
        provider = entry.article.provider
        if provider is None:
            return entry.article
        name = self._generation.providers.name(provider)
        return dataclasses.replace(entry.article, provider=dataclasses.replace(provider, name=name))

    def ids(self, keys: Sequence[int]) -> list[str]:
        return [self.entries[key].article.id for key in keys]

    def file(self, key: int) -> str:
        return self.entries[key].file

    def logo(self, provider: str) -> str | None:
        return self._generation.providers.logo(provider)

    # Terms

    def frequency(self, terms: Terms) -> list[int]:
        return [len(self.words.having(field, term)) for field, term in terms]

    def idf(self, frequency: int) -> float:
        return formulas.idf(self.words.size, frequency)

    def term_counts(self, terms: Sequence[str], sets: Sequence[Documents]) -> Any:
        counts = [[len(set(self.words.having(TEXT, term)) & set(one.keys)) for term in terms] for one in sets]
        return np.array(counts, np.int64).reshape(len(sets), len(terms))

    def holds(self, terms: Sequence[str], keys: Sequence[int]) -> list[set[str]]:
        return [{term for term in terms if self.words.live[key].frequency(TEXT, term)} for key in keys]

    def near(self, word: str, edits: int) -> list[NearWord]:
        return near_words(self.words, word, edits)

    # Facet values, suggestions

    def facet_labels(self, facet: str) -> list[str]:
        return self.facets[facet].labels()

    def has_value(self, facet: str, text: str) -> bool:
        return self.facets[facet].named(text) is not None

    @functools.cached_property
    def _rows(self) -> list[Row]:
        rows: list[Row] = []
        for kind in ("topic", "provider"):
            facet = self.facets[kind]
            counts = facet.count(range(self.size), lambda key: key)
            values = sorted(facet.values.values(), key=lambda value: -counts.get(value.folded, 0))
            for value in values:
                if value.folded != "none":
                    days = [self.day(key) for key in facet.having([value])]
                    day = max([day for day in days if day is not None], default=NO_DAY)
                    rows.append(Row(kind, value.label, value.value, counts.get(value.folded, 0), day))
        for phrase in sorted(self._generation.phrases, key=lambda phrase: -phrase.count):
            exact = self._generation.phrases_are_exact
            rows.append(Row("phrase", phrase.text, phrase.text, phrase.count, phrase.day, exact))
        return rows

    def labels(self, typed: Sequence[str], kinds: Sequence[str], most: int, enough: int) -> list[Label]:
        return find_labels(self._rows, typed, kinds, most, enough) if typed else []

    @functools.cached_property
    def _titles(self) -> Titles:
        rows = [
            (e.article.id, e.article.title, self.published(key), self.day(key))
            for key, e in enumerate(self.entries)
        ]
        return Titles(rows, self.words, self.analyzer, NO_DAY)

    def titles(
        self, typed: Sequence[str], most: int, *, whole: bool, slip: bool
    ) -> tuple[Iterator[Title], bool]:
        find = self._titles.near if slip else self._titles.find
        return find(typed, most, whole=whole), False

    # Related articles, stories, changes

    def likely(
        self, weights: Sequence[Weight], published: float | None, size: int, without: Sequence[int]
    ) -> list[tuple[int, float]]:
        scores = {}
        for key in range(self.size):
            terms = [w for w in weights if self.words.live[key].frequency(TEXT, w.term)]
            total = sum(w.times * self.words.score(TEXT, w.term, key) for w in terms)
            if terms and key not in without:
                scores[key] = single(total * self._prior(key, published))
        best = sorted(scores, key=lambda key: (-scores[key], *self.newest_first(key)))
        return [(key, scores[key]) for key in best[:size]]

    def _prior(self, key: int, published: float | None) -> float:
        own = self.published(key)
        return 1.0 if own is None or published is None else 1 + 2 / (1 + abs(own - published) / DAY / 7)

    def story(self, key: int) -> list[int]:
        return list(self.stories.get(key, (key,)))

    def history(self) -> History:
        return PlainHistory(self._generations)  # type: ignore[return-value]

    def changes(self, generation: int) -> Difference:
        then = [g for g in self._generations if g.number <= generation][-1]
        later = [then, *(g for g in self._generations if g.number > generation)]
        was, now = ({e.article.id: e for e in g.entries} for g in (then, later[-1]))
        known = {one for g in later for e in g.entries if (one := e.article.id)}
        touched = {
            one
            for one in known
            for before, after in itertools.pairwise(later)
            if _entry(before, one) != _entry(after, one)
        }
        gone = sorted(was.keys() - now.keys())
        last = {one: next(e for g in reversed(later) if (e := _entry(g, one))).article for one in gone}
        return Difference(
            added=_ids(now.keys() - was.keys()),
            changed=_ids(now.keys() & was.keys() & touched),
            removed=_ids(gone),
            titles=BytesTable.of([last[one].title.encode() for one in gone]),
            urls=BytesTable.of([(last[one].url or "").encode() for one in gone]),
        )

    def warnings(self) -> tuple[str, ...]:
        return ()

    def stats(self) -> ArchiveStats:
        generation = self._generation
        span = self.everything().date_span()
        first, last = map(date_of, span) if span else (None, None)
        return ArchiveStats(
            archive=generation.archive,
            generation=self.number,
            indexed_at=generation.made,
            first_date=first,
            last_date=last,
            undated=sum(self.published(key) is None for key in range(self.size)),
            language=generation.language,
            votes=generation.votes,
            timezone=generation.timezone,
            rejections=generation.rejections,
            notices=generation.notices,
            **generation.counts,
        )

    def recency(self, key: int, half_life: float) -> float:
        published = self.published(key)
        if published is None:
            return 0.0
        age = max(self._generation.made.timestamp() - published, 0) / DAY
        return float(2 ** (-age / half_life))

    def share(self, name: str, key: int) -> float:
        """Return which share of the articles with a number have no larger one."""
        own = getattr(self.words.live[key], name)
        known = [value for text in self.words.live if (value := getattr(text, name)) is not None]
        return 0.0 if own is None else sum(value <= own for value in known) / len(known)


class PlainHistory:
    """When each generation was made."""

    def __init__(self, generations: Sequence[Generation]) -> None:
        self._made = {g.number: int(g.made.timestamp()) for g in generations}
        self.first = min(self._made)
        self.first_made = self._made[self.first]

    def made(self, generation: int) -> int:
        return max(made for number, made in self._made.items() if number <= generation)


def _entry(generation: Generation, identity: str) -> Entry | None:
    return next((entry for entry in generation.entries if entry.article.id == identity), None)


def _ids(ids: Any) -> Any:
    return np.array(sorted(ids), "S16")
