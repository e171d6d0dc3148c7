"""One generation of a cluster: what all that answers from it knows, and what it asks the cluster by."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opensearchpy import OpenSearch

from indexer.analysis import Analyzer
from indexer.archive.taxonomy import build_provider_directory
from indexer.article import Article, Provider
from indexer.cluster.health import warnings_of
from indexer.cluster.mapping import scored
from indexer.cluster.tables import Tables
from indexer.facets import VALUE_FACETS
from indexer.query.cluster.requests import Request, Requests, keys_in, keys_request
from indexer.query.cluster.translate import Clause
from indexer.query.cluster.words import ClusterWords
from indexer.query.facet_names import FacetNames
from indexer.zones import zone_of

_KEPT = 1_000  # articles that are at hand
MOST = 10_000  # articles that one request may give: what a cluster allows by itself
SHOWN = ("article", "file", "more.body")  # of a document: what a list of hits shows


class ClusterGeneration:
    """Answers from one generation of the index `articles`. Safe to share between threads."""

    def __init__(self, client: OpenSearch, articles: str, tables: Tables) -> None:
        self.ask = Requests(client, articles)
        self._client, self._index = client, articles
        self.tables = tables
        header = tables.header
        self.number = header.generation
        self.analyzer = Analyzer(header.language)
        self.zone = zone_of(header.timezone)
        self.made = int(datetime.fromisoformat(header.indexed_at).timestamp())
        self.words = ClusterWords(tables)
        self.facets = {name: FacetNames.from_json(name, tables.facets[name]) for name in VALUE_FACETS}
        self.providers = build_provider_directory(header.organizations)
        self._lock = threading.Lock()
        self._articles: OrderedDict[str, tuple[Article, str]] = OrderedDict()

    def current(
        self, scoring: Clause, filters: Sequence[Clause] = (), without: Sequence[Clause] = ()
    ) -> Clause:
        """Return what `scoring` matches of this generation, under filters, `without` some."""
        generation: list[Clause] = [
            {"range": {"since": {"lte": self.number}}},
            {"range": {"until": {"gt": self.number}}},
        ]
        parts: dict[str, Any] = {"must": [scoring], "filter": [*generation, *filters]}
        if without:
            parts["must_not"] = list(without)
        return {"bool": parts}

    def term_filter(self, field: str, term: str) -> Clause:
        """Return a filter for the articles of this generation that have a term."""
        return self.current({"term": {scored(field): term}})

    def keys_of(self, clause: Clause, sort: list[Any], size: int = MOST) -> list[str]:
        """Return the articles that a filter matches."""
        return keys_in(self.ask.search(keys_request(self.current(clause), sort, size)))

    def on_days(self, answer: dict[str, Any]) -> NDArray[np.int64]:
        """Return counts by day on each day of `days`."""
        known = self.tables.days[0]
        found = np.zeros(len(known), np.int64)
        for bucket in answer["buckets"]:
            found[known.searchsorted(int(bucket["key"]))] = bucket["doc_count"]
        return found

    def share(self, name: str, value: float | None) -> float:
        """Return which share of the articles with a quality, or a heat, have no more than `value`."""
        values, shares = self.tables.shares[name]
        return 0.0 if value is None else float(shares[values.searchsorted(value)])

    def warnings(self) -> tuple[str, ...]:
        """Return what is wrong with the cluster, though it answers."""
        return warnings_of(self._client, self._index)

    # Articles

    def articles(self, keys: Sequence[str]) -> list[Article]:
        """Return articles; what is rarely looked at is read for all of them when it is for one."""
        return [article for article, _ in self._articles_and_files(keys)]

    def files(self, keys: Sequence[str]) -> list[str]:
        """Return the paths of the files that gave articles."""
        return [file for _, file in self._articles_and_files(keys)]

    def _articles_and_files(self, keys: Sequence[str]) -> list[tuple[Article, str]]:
        with self._lock:
            found = {key: self._articles[key] for key in keys if key in self._articles}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            found |= self.hold(self.sources(missing, *SHOWN))
        return [found[key] for key in keys]

    def read(self, keys: Sequence[str], ask: Requests) -> bool:
        """Have articles at hand; return whether there was time for it."""
        with self._lock:
            missing = [key for key in keys if key not in self._articles]
        if not missing:
            return True
        hits = ask.search_all([self.sources_request(missing, *SHOWN)])[0]["hits"]["hits"]
        self.hold([hit["_source"] for hit in hits])
        return len(hits) == len(missing)

    def hold(self, sources: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Article, str]]:
        """Return the articles of documents, given by id and SHOWN, with their files, and hold these ready."""
        keys = [source["id"] for source in sources]
        rest = functools.cache(lambda: self.sources(keys, "more"))

        def more_of(at: int) -> Callable[[], dict[str, Any]]:
            return lambda: rest()[at]["more"]

        articles = Article.from_stored(map(self._record, sources), map(more_of, range(len(keys))))
        files = [source["file"] for source in sources]
        found = dict(zip(keys, zip(articles, files, strict=True), strict=True))
        with self._lock:
            self._articles |= found
            while len(self._articles) > _KEPT:
                self._articles.popitem(last=False)
        return found

    def _record(self, source: Mapping[str, Any]) -> dict[str, Any]:
        record: dict[str, Any] = source["article"] | source.get("more", {})
        given = record.get("provider")
        if not given or not len(self.providers):
            return record
        name = self.providers.name(Provider(given["name"], given.get("domain")))
        return {**record, "provider": {**given, "name": name}}

    def sources(self, keys: Sequence[str], *parts: str) -> list[dict[str, Any]]:
        """Return some parts of the documents of articles."""
        answer = self.ask.search(self.sources_request(keys, *parts))
        found = {hit["_source"]["id"]: hit["_source"] for hit in answer["hits"]["hits"]}
        return [found[key] for key in keys]

    def sources_request(self, keys: Sequence[str], *parts: str) -> Request:
        """Return the request for some parts of the documents of articles."""
        return {
            "query": self.current({"terms": {"id": list(keys)}}),
            "size": len(keys),
            "_source": ["id", *parts],
            "track_total_hits": False,
        }
