"""One generation of a cluster: what all that answers from it asks the cluster with."""

from __future__ import annotations

import functools
import json
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
from indexer.cluster.failures import refusal
from indexer.cluster.mapping import scored
from indexer.cluster.tables import Tables
from indexer.facets import VALUE_FACETS
from indexer.query.cluster.recent import Answer, RecentAnswers
from indexer.query.cluster.translate import Clause, all_of
from indexer.query.cluster.words import ClusterWords
from indexer.query.facet_names import FacetNames
from indexer.zones import zone_of

_KEPT = 1_000  # articles that are at hand
MOST = 10_000  # articles that one request may give: what a cluster allows by itself
_WHOLE = {"allow_partial_search_results": "false"}  # a shard that is lost must not make a count too low
SHOWN = ("article", "file")  # of a document: what a list of hits shows
NEWEST: list[Any] = [{"published": "desc"}, {"id": "asc"}]

Request = dict[str, Any]


class ClusterGeneration:
    """Answers from one generation of the index `articles`. Safe to share between threads."""

    def __init__(self, client: OpenSearch, articles: str, tables: Tables) -> None:
        self._client = client
        self._index = articles
        self.tables = tables
        header = tables.header
        self.number = header.generation
        self.analyzer = Analyzer(header.language)
        self.zone = zone_of(header.timezone)
        self.made = int(datetime.fromisoformat(header.indexed_at).timestamp())
        self.words = ClusterWords(tables)
        self.facets = {name: FacetNames.from_json(name, tables.facets[name]) for name in VALUE_FACETS}
        self.providers = build_provider_directory(header.organizations)
        self._recent = RecentAnswers()
        self._lock = threading.Lock()
        self._articles: OrderedDict[str, tuple[Article, str]] = OrderedDict()

    # Requests

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

    def search(self, body: Request, **parameters: str) -> dict[str, Any]:
        """Return the answer to one search: of all shards, or none."""
        found: dict[str, Any] = self._client.search(index=self._index, body=body, params=parameters | _WHOLE)
        return found

    def search_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Return the answers to several searches, by one request for all that were not answered lately.

        So what will be needed is fetched by a call with all of it; the calls that need a part find it."""
        names = [json.dumps(request) for request in requests]
        found = self._recent.find(names)
        missing = {name: request for name, request in zip(names, requests, strict=True) if name not in found}
        if missing:
            new = dict(zip(missing, self._send(list(missing.values())), strict=True))
            self._recent.add(new)
            found |= new
        return [found[name] for name in names]

    def _send(self, requests: Sequence[Request]) -> list[dict[str, Any]]:
        if len(requests) == 1:
            return [self.search(requests[0])]
        lines = [line for request in requests for line in (_WHOLE, request)]
        answers: list[dict[str, Any]] = self._client.msearch(index=self._index, body=lines)["responses"]
        for answer in answers:
            if "error" in answer:
                raise refusal(answer.get("status", 500), answer["error"], self._index)
        return answers

    def count(self, queries: Sequence[Clause]) -> list[int]:
        """Return how many articles each query matches."""
        answers = self.search_all([count_request(query) for query in queries])
        return [answer["hits"]["total"]["value"] for answer in answers]

    def count_scored(self, asks: Sequence[tuple[Clause, float]]) -> list[int]:
        """Return how many articles each query matches with at least such a score."""
        answers = self.search_all([{**count_request(query), "min_score": least} for query, least in asks])
        return [answer["hits"]["total"]["value"] for answer in answers]

    def aggregate(self, query: Clause, aggregations: dict[str, Any]) -> dict[str, Any]:
        """Return what is counted over the articles of a query."""
        body = {"query": query, "size": 0, "track_total_hits": False, "aggs": aggregations}
        found: dict[str, Any] = self.search(body)["aggregations"]
        return found

    def term_filter(self, field: str, term: str) -> Clause:
        """Return a filter for the articles of this generation that have a term."""
        return self.current({"term": {scored(field): term}})

    def keys_of(self, clause: Clause, sort: list[Any], size: int = MOST) -> list[str]:
        """Return the articles that a filter matches."""
        return _keys_in(self.search(_keys_request(self.current(clause), sort, size)))

    def matching(self, filters: Sequence[Clause], keys: Sequence[str]) -> list[list[str]]:
        """Return for each filter which of some articles it matches."""
        requests = [self.matching_request(one, keys) for one in filters]
        return [_keys_in(answer) for answer in self.search_all(requests)] if keys else [[] for _ in filters]

    @staticmethod
    def matching_request(filter: Clause, keys: Sequence[str]) -> Request:
        """Return the request for which of some articles a filter matches."""
        return _keys_request(all_of([filter, {"terms": {"id": list(keys)}}]), NEWEST, len(keys))

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
        record: dict[str, Any] = source["article"]
        given = record.get("provider")
        if not given or not len(self.providers):
            return record
        name = self.providers.name(Provider(given["name"], given.get("domain")))
        return {**record, "provider": {**given, "name": name}}

    def sources(self, keys: Sequence[str], *parts: str) -> list[dict[str, Any]]:
        """Return some parts of the documents of articles."""
        answer = self.search(self.sources_request(keys, *parts))
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


def _keys_request(query: Clause, sort: list[Any], size: int) -> Request:
    return {
        "query": query,
        "size": size,
        "sort": sort,
        "_source": False,
        "docvalue_fields": ["id"],
        "track_total_hits": False,
    }


def _keys_in(answer: Answer) -> list[str]:
    return [hit["fields"]["id"][0] for hit in answer["hits"]["hits"]]


def count_request(query: Clause) -> Request:
    """Return the request for how many articles a query matches."""
    return {"query": query, "size": 0, "track_total_hits": True}
