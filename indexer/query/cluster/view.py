"""One generation of a cluster; keys are the ids of articles. See `source.View`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Query

from indexer.article import ORIGIN_FILE
from indexer.cluster.mapping import scored
from indexer.index.changes import Difference, History, difference
from indexer.index.schema import DAY, NO_DATE, TEXT
from indexer.query.answers.stats import ArchiveStats
from indexer.query.arrays.suggest.labels import Labels
from indexer.query.arrays.suggest.near_words import near_words
from indexer.query.cluster.documents import ClusterDocuments
from indexer.query.cluster.found import ClusterFound
from indexer.query.cluster.generation import MOST, ClusterGeneration
from indexer.query.cluster.requests import NEWEST, Requests
from indexer.query.cluster.titles import TitleFinder
from indexer.query.cluster.translate import EVERYTHING, Clause, Translator, all_of
from indexer.query.deadline import NO_DEADLINE
from indexer.query.periods import date_of
from indexer.query.ranking import WEEK, idf
from indexer.query.source import DayCounts, Documents, Found, Label, NearWord, Plan, Terms, Title, Weight


class ClusterView(ClusterGeneration):
    """Answers from one generation. Safe to share between threads."""

    # Searching

    @property
    def size(self) -> int:
        """How many articles there are."""
        return self.tables.articles

    def find(self, tree: Query, plan: Plan) -> ClusterFound:
        """Return what `tree` finds; refuse at once what cannot be searched for."""
        return ClusterFound(self, tree, plan)

    def totals(self, asks: Sequence[tuple[Query, Plan]]) -> list[ClusterFound]:
        """Return what several searches find; their totals come by one request."""
        found = [self.find(tree, plan) for tree, plan in asks]
        plain = [one for one in found if not one.counts_stories]
        totals = self._ask_of(plain).count([one.filter for one in plain])
        for one, total in zip(plain, totals, strict=True):
            one.set_total(total)
        return found

    def prefetch(self, searches: Callable[[], Sequence[Found]]) -> None:
        """Fetch at once what the plans of some searches say: they are likely to be made soon."""
        found = [cast("ClusterFound", one) for one in searches()]
        self._ask_of(found).search_all([request for one in found for request in one.requests()])

    def _ask_of(self, sets: Sequence[Documents]) -> Requests:
        """Return what asks about sets of one search, until its deadline."""
        return cast("ClusterDocuments", sets[0]).ask if sets else self.ask

    def contains(self, sets: Sequence[Documents], keys: Sequence[str]) -> list[list[bool]]:
        """Return for each set which of some articles are in it."""
        filters = [cast("ClusterDocuments", one).filter for one in sets]
        found = self._ask_of(sets).matching(filters, keys)
        return [[key in some for key in keys] for some in found]

    def everything(self) -> ClusterDocuments:
        """Return all articles."""
        return ClusterDocuments(self, self.current(EVERYTHING))

    def days(self) -> DayCounts:
        """Return the days that have an article, and how many articles each has."""
        return DayCounts(*self.tables.days)

    # Articles

    def resolve(self, ids: Sequence[str]) -> list[str | None]:
        """Return for each id, or identity of another of an article's URLs, the article that has it."""
        if not ids:
            return []
        names = list(ids)
        clause = {"bool": {"should": [{"terms": {"id": names}}, {"terms": {"alias": names}}]}}
        body = {
            "query": self.current(clause),
            "size": MOST,
            "_source": ["id", "alias"],
            "track_total_hits": False,
        }
        owners: dict[str, str] = {}
        own: set[str] = set()
        for hit in self.ask.search(body)["hits"]["hits"]:
            own.add(hit["_source"]["id"])
            owners |= dict.fromkeys(hit["_source"]["alias"], hit["_source"]["id"])
        return [one if one in own else owners.get(one) for one in ids]

    def at_path(self, path: str) -> str | None:
        """Return the article that the file `path` of the archive is about, None where there is none."""
        clause = all_of([{"term": {"file": path}}, {"term": {"origin": ORIGIN_FILE}}])
        return next(iter(self.keys_of(clause, NEWEST, 1)), None)

    def linking(self, keys: Sequence[str], ids: Sequence[str]) -> list[str]:
        """Return the articles whose editors link to one of the articles `keys` or to one of `ids`, newest
        first."""
        body = {
            "query": self.current({"terms": {"id": list(keys)}}),
            "size": len(keys),
            "_source": ["alias"],
        }
        hits = self.ask.search(body)["hits"]["hits"] if keys else []
        names = [*ids, *(alias for hit in hits for alias in hit["_source"]["alias"])]
        return self.keys_of({"terms": {"link": names}}, NEWEST)

    def translated(self, shared: str) -> list[str]:
        """Return the articles that have this `translation` in common."""
        return self.keys_of({"term": {"translation": shared}}, [{"id": "asc"}])

    def ids(self, keys: Sequence[str]) -> list[str]:
        """Return the ids of articles."""
        return list(keys)

    def file(self, key: str) -> str:
        """Return the path, within the archive, of the file that gave an article."""
        return self.files([key])[0]

    def logo(self, provider: str) -> str | None:
        """Return the URL of the logo of a provider, by its key."""
        return self.providers.logo(provider)

    # Terms

    def frequency(self, terms: Terms) -> list[int]:
        """Return how many articles have each term."""
        return [self.words.live_frequency(field, term) for field, term in terms]

    def idf(self, frequency: int) -> float:
        """Return the weight of a term that so many articles have."""
        return idf(self.tables.documents, frequency)

    def term_counts(self, terms: Sequence[str], sets: Sequence[Documents]) -> NDArray[np.int64]:
        """Return how many articles of each set have each term of the text, (sets, terms)."""
        if not terms or not sets:
            return np.zeros((len(sets), len(terms)), np.int64)
        filters = {str(at): {"term": {scored(TEXT): term}} for at, term in enumerate(terms)}
        counted = {"terms": {"filters": {"filters": filters}}}
        bodies = [
            {"query": one.filter, "size": 0, "track_total_hits": False, "aggs": counted}  # type: ignore[attr-defined]
            for one in sets
        ]
        rows = [
            answer["aggregations"]["terms"]["buckets"] for answer in self._ask_of(sets).search_all(bodies)
        ]
        return np.array([[row[str(at)]["doc_count"] for at in range(len(terms))] for row in rows], np.int64)

    def holds(self, terms: Sequence[str], keys: Sequence[str]) -> list[set[str]]:
        """Return for each article which of some terms of the text it has."""
        if not terms or not keys:
            return [set() for _ in keys]
        named = [{"term": {scored(TEXT): {"value": term, "_name": str(at)}}} for at, term in enumerate(terms)]
        body = {
            "query": self.current({"bool": {"should": named}}, [{"terms": {"id": list(keys)}}]),
            "size": len(keys),
            "_source": False,
            "docvalue_fields": ["id"],
            "track_total_hits": False,
        }
        hits = self.ask.search(body)["hits"]["hits"]
        found = {
            hit["fields"]["id"][0]: {terms[int(name)] for name in hit.get("matched_queries", ())}
            for hit in hits
        }
        return [found.get(key, set()) for key in keys]

    def near(self, word: str, edits: int) -> list[NearWord]:
        """Return the words at one edit or up to `edits` from `word`, folded; a swap is one edit."""
        return near_words(word, edits, [self.words.lexicon])

    # Facet values, suggestions

    def facet_labels(self, facet: str) -> list[str]:
        """Return the labels of a facet's values, in the order of the values."""
        names = self.facets[facet]
        return [key.label for ordinal, key in enumerate(names.keys) if ordinal != names.none]

    def has_value(self, facet: str, text: str) -> bool:
        """Return whether a value, a label or another name of the facet is `text`."""
        return self.facets[facet].named(text) is not None

    @functools.cached_property
    def _labels(self) -> Labels:
        return Labels([tuple(row) for row in self.tables.labels], self.tables.phrases)

    def labels(self, typed: Sequence[str], kinds: Sequence[str], most: int, enough: int) -> list[Label]:
        """Return topics, providers and phrases that have all words `typed`, the best first."""
        return self._labels.find(typed, kinds, most, enough)

    @functools.cached_property
    def _titles(self) -> TitleFinder:
        return TitleFinder(self)

    def titles(
        self, typed: Sequence[str], most: int, *, whole: bool, slip: bool
    ) -> tuple[Iterator[Title], bool]:
        """Return titles with all words `typed`; none is passed over."""
        find = self._titles.near if slip else self._titles.find
        return find(typed, whole=whole, most=most), False

    # Related articles, stories, changes

    def likely(
        self, weights: Sequence[Weight], published: float | None, size: int, without: Sequence[str]
    ) -> list[tuple[str, float]]:
        """Return the best articles for weighted terms, times the prior of their dates, in order."""
        translator = Translator(self.words, self.facets, 0, NO_DEADLINE)
        terms = [translator.term(TEXT, one.term, one.times) for one in weights]
        query: Clause = {"bool": {"should": terms, "minimum_should_match": 1}}
        if published is not None:
            source = (
                f"long p = doc['published'].value; if (p == {NO_DATE}L) {{ return _score; }} "
                "return _score * (1 + 2 / (1 + Math.abs(p - params.moment) / params.week));"
            )
            params = {"moment": published, "week": WEEK * DAY}
            query = {"script_score": {"query": query, "script": {"source": source, "params": params}}}
        body = {
            "query": self.current(query, without=[{"terms": {"id": list(without)}}] if without else ()),
            "size": size,
            "sort": [{"_score": "desc"}, *NEWEST],
            "_source": False,
            "docvalue_fields": ["id"],
            "track_total_hits": False,
        }
        hits = self.ask.search(body)["hits"]["hits"] if terms else []
        return [(hit["fields"]["id"][0], float(hit["_score"])) for hit in hits]

    def story(self, key: str) -> list[str]:
        """Return the articles of an article's story, the earliest first, itself among them."""
        story = self.sources([key], "story")[0]["story"]
        return self.keys_of({"term": {"story": story}}, [{"story_place": "asc"}, {"id": "asc"}])

    def history(self) -> History:
        """Return since which generation changes are kept."""
        return self.tables.history

    def changes(self, generation: int) -> Difference:
        """Return what the changes after a generation come to."""
        return difference([one for one in self.tables.history.changes if one.generation > generation])

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        days = self.tables.days[0]
        first, last = (date_of(int(days[0])), date_of(int(days[-1]))) if len(days) else (None, None)
        return ArchiveStats(
            first_date=first, last_date=last, undated=self.tables.undated, **self.tables.header.stats()
        )
