"""The order of hits: a stream of places, the best first, as far as it is read.

Where the query has neighbouring words, the best PAIR_POOL by their words alone are looked at: pairs that
stand side by side in them add to their scores, by the rule of `arrays.rank.relevance`. They can but rise, so
what comes behind them stays in its order.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from indexer.cluster.mapping import NEXT, NO_MOMENT, NO_NUMBER, PAIRS
from indexer.index.schema import DAY, NO_DATE, TEXT
from indexer.query.cluster.generation import MOST, SHOWN, ClusterGeneration
from indexer.query.cluster.requests import Request, count_request, matching_request
from indexer.query.cluster.translate import Clause, all_of
from indexer.query.ranking import PAIR_POOL, PAIR_WEIGHT, idf, weight_of
from indexer.query.source import Plan, SortValues

_BATCH = 1000  # hits of a request, where many are passed by
_MAX_PAIRS = 100  # of a query
_MAX_SHOWN = 100  # hits of a request that gives what they show as well
_FIELDS = ["id", "published", "length", "story"]
_KEYS = {"oldest": "oldest", "quality": "quality", "heat": "heat"}


class Place(NamedTuple):
    """A hit in the order: its key there, its date, its id; its final score; its story."""

    key: float
    published: int
    id: str
    score: float
    story: str

    @property
    def values(self) -> SortValues:
        """The place in the order."""
        return SortValues(self.key, self.published, self.id)

    @property
    def rank(self) -> tuple[float, int, str]:
        """What ascends in the order."""
        return self.key, -self.published, self.id


class PairScore(NamedTuple):
    """What one pair adds: the estimate of how many articles have it, its weight; by id, how often it stands
    there and what that adds."""

    pair: tuple[str, str]
    df: float
    idf: float
    freqs: dict[str, int]
    scores: dict[str, float]


class Ordering:
    """The order of what `query` matches; `whole` matches what earlier parts of the answer have, too: the best
    of these are what pairs are looked for in."""

    def __init__(
        self, view: ClusterGeneration, query: Clause, plan: Plan, whole: Clause | None = None
    ) -> None:
        self._view = view
        self._ask = view.ask.until(plan.deadline)
        self._query = query
        self._whole = query if whole is None else whole
        self._plan = plan
        self._has_pairs = plan.sort == "relevance" and bool(plan.pairs)

    # The stream

    def places(self, first: int) -> Iterator[Place]:
        """Yield all hits in order; `first` is how many will be read at the least."""
        if self._has_pairs and not self._is_full:
            return iter(self.pool)
        wanted = first if self.is_mixed else first - len(self.pool)
        rest = self._read(self._scored(self._rest), wanted)
        if self._plan.blend:
            return heapq.merge(self.pool, rest, key=lambda place: place.rank)
        return itertools.chain(self.pool, rest)

    @property
    def is_mixed(self) -> bool:
        """Whether the pool is spread over the order, not its beginning."""
        return self._has_pairs and bool(self._plan.blend)

    @functools.cached_property
    def pool(self) -> list[Place]:
        """The best by their words, pairs added, in their order; nothing where the query has no pairs."""
        hits = self._best
        places = []
        for hit in hits:
            added = sum(pair.scores.get(hit["id"], 0.0) for pair in self.pairs)
            score = float(np.float32((hit["score"] + added) * self._factor(hit)))
            places.append(Place(-score, hit["published"], hit["id"], score, hit["story"]))
        if self._whole is not self._query and places:
            shown = set(self._ask.matching([self._query], [hit["id"] for hit in hits])[0])
            places = [place for place in places if place.id in shown]
        return sorted(places, key=lambda place: place.rank)

    @functools.cached_property
    def _best(self) -> list[dict[str, Any]]:
        return [hit for hit, _ in self._batch(self._whole, PAIR_POOL, None)] if self._has_pairs else []

    @property
    def _is_full(self) -> bool:
        return len(self._best) == PAIR_POOL

    def _factor(self, hit: Mapping[str, Any]) -> float:
        """Return what the score of a hit of the pool is multiplied by."""
        quality, heat = (
            None if hit.get(name) == NO_NUMBER else hit.get(name) for name in ("quality", "heat")
        )
        parts = blended(self._view, self._plan, hit["published"], quality, heat)
        return 1.0 + sum(weight * value for _, weight, value in parts)

    @property
    def _rest(self) -> Clause:
        """What is not of the pool."""
        if not self._best:
            return self._query
        return {"bool": {"must": [self._query], "must_not": [_ids(hit["id"] for hit in self._best)]}}

    def values_of(self, identity: str) -> Place | None:
        """Return the place of an article of the rest; None for another one."""
        query = {"bool": {"must": [self._scored(self._rest)], "filter": [_ids([identity])]}}
        return next((self._place(hit) for hit, _ in self._batch(query, 1, None)), None)

    def _read(self, query: Clause, first: int, after: list[Any] | None = None) -> Iterator[Place]:
        size = _first_size(first)
        while True:
            found = list(self._batch(query, size, after))
            for hit, _ in found:
                yield self._place(hit)
            if len(found) < size:
                return
            after, size = found[-1][1], _BATCH

    def after(self, place: SortValues, size: int) -> list[Place]:
        """Return the hits behind a place, `size` of them; it is none of the pool."""
        found = self._batch(self._scored(self._rest), size, self._cursor(place))
        return [self._place(hit) for hit, _ in found]

    def _place(self, hit: dict[str, Any]) -> Place:
        return Place(self._key(hit), hit["published"], hit["id"], hit["score"], hit["story"])

    def _key(self, hit: dict[str, Any]) -> float:
        sort, value = self._plan.sort, hit["key"]
        if sort == "relevance":
            return -float(hit["score"])
        if sort == "newest":
            return 0.0
        if sort == "oldest":
            return math.inf if value == NO_MOMENT else float(value)
        return math.inf if value == NO_NUMBER else -float(value)

    def _cursor(self, place: SortValues) -> list[Any]:
        sort, last = self._plan.sort, [place.published, place.id]
        if sort == "relevance":
            return [-place.key, *last]
        if sort == "newest":
            return last
        if sort == "oldest":
            return [NO_MOMENT if place.key == math.inf else int(place.key), *last]
        return [NO_NUMBER if place.key == math.inf else -place.key, *last]

    def first_request(self) -> Request:
        """Return the request that the page begins with."""
        plan = self._plan
        if self._has_pairs:
            return self._request(self._whole, PAIR_POOL)
        query = self._scored(self._query)
        if plan.after is not None:
            return self._request(query, plan.size, self._cursor(plan.after))
        if self.is_plain and not self.is_far:
            return self._request(query, plan.size, start=plan.start)
        return self._request(query, _first_size(plan.start + plan.size))

    @property
    def is_plain(self) -> bool:
        """Whether the order is that of the cluster."""
        return not (self._has_pairs or self._plan.collapse)

    @property
    def is_far(self) -> bool:
        """Whether a page of a plain order is further from its start than a request counts off."""
        plan = self._plan
        return self.is_plain and plan.after is None and plan.start + plan.size > MOST

    def page(self, total: int) -> list[Place] | None:
        """Return the hits of a page of a plain order by one request, which counts from the nearer end; None
        where the page is too far from both."""
        plan = self._plan
        if not self.is_far:
            return [self._place(hit) for hit, _ in self._hits(self.first_request())]
        left = total - plan.start
        if left > MOST:
            return None
        size = max(min(plan.size, left), 0)
        request = self._request(self._scored(self._query), size, start=left - size if size else 0)
        request["sort"] = [
            {name: "asc" if way == "desc" else "desc"} for one in request["sort"] for name, way in one.items()
        ]
        return [self._place(hit) for hit, _ in self._hits(request)][::-1]

    def _request(self, query: Clause, size: int, after: list[Any] | None = None, start: int = 0) -> Request:
        sort = self._plan.sort
        order: list[Any] = [{"published": "desc"}, {"id": "asc"}]
        if sort == "relevance":
            order.insert(0, {"_score": "desc"})
        elif sort in _KEYS:
            order.insert(0, {_KEYS[sort]: "asc" if sort == "oldest" else "desc"})
        body: Request = {
            "query": query,
            "size": size,
            "sort": order,
            "track_scores": True,
            "track_total_hits": False,
            "_source": ["id", *SHOWN] if size <= _MAX_SHOWN else False,
            "docvalue_fields": [*_FIELDS, *(("quality", "heat") if self._plan.blend else ())],
        }
        if after:
            body["search_after"] = after
        if start:
            body["from"] = start
        return body

    def _batch(
        self, query: Clause, size: int, after: list[Any] | None
    ) -> Iterator[tuple[dict[str, Any], list[Any]]]:
        """Yield hits in order, each with what the next request goes on behind."""
        return self._hits(self._request(query, size, after))

    def _hits(self, request: Request) -> Iterator[tuple[dict[str, Any], list[Any]]]:
        (answer,) = self._ask.search_all([request])
        hits = answer["hits"]["hits"]
        self._view.hold([hit["_source"] for hit in hits if "_source" in hit])
        for hit in hits:
            fields = {name: values[0] for name, values in hit["fields"].items()}
            yield {**fields, "score": float(hit["_score"] or 0.0), "key": hit["sort"][0]}, hit["sort"]

    def before(self, place: SortValues) -> int:
        """Return how many hits of the rest come before a place, or are at it."""
        sort = self._plan.sort
        earlier: list[Clause] = [
            {"range": {"published": {"gt": place.published}}},
            all_of([{"term": {"published": place.published}}, {"range": {"id": {"lte": place.id}}}]),
        ]
        tied: Clause = {"bool": {"should": earlier, "minimum_should_match": 1}}
        if sort != "relevance":
            key = self._cursor(place)[0]
            if sort == "newest":
                return self._ask.count([all_of([self._rest, tied])])[0]
            field = _KEYS[sort]
            nearer = {"range": {field: {"lt" if sort == "oldest" else "gt": key}}}
            same = all_of([{"term": {field: key}}, tied])
            clause = {"bool": {"should": [nearer, same], "minimum_should_match": 1}}
            return self._ask.count([all_of([self._rest, clause])])[0]
        score = np.float32(-place.key)
        above = float(np.nextafter(score, np.float32(np.inf)))
        query = self._scored(self._rest)
        both = {"bool": {"must": [query], "filter": [tied]}}
        asks = [(query, above), (both, float(score)), (both, above)]
        more, reached, more_tied = self._ask.count_scored(asks)
        return more + reached - more_tied

    # Scores

    def _scored(self, query: Clause) -> Clause:
        """Return the query with what the plan mixes into the scores."""
        blend = self._plan.blend
        if not blend or self._plan.sort != "relevance":
            return query
        script = ["double f = 1.0;"]
        params: dict[str, Any] = {}
        if blend.recency_weight:
            params |= {"rw": blend.recency_weight, "half": blend.recency_half_life_days * DAY}
            params["now"] = self._view.made
            script.append(
                f"long p = doc['published'].value; if (p != {NO_DATE}L) "
                "{ f += params.rw * Math.pow(2.0, -Math.max(params.now - p, 0) / (double) params.half); }"
            )
        for name, weight in (("quality", blend.quality_weight), ("heat", blend.heat_weight)):
            if weight:
                values, shares = self._view.tables.shares[name]
                params |= {f"{name}_w": weight, f"{name}_v": values.tolist(), f"{name}_s": shares.tolist()}
                script.append(
                    f"double v_{name} = doc['{name}'].value; "
                    f"int i_{name} = Collections.binarySearch(params.{name}_v, v_{name}); "
                    f"if (i_{name} >= 0) {{ f += params.{name}_w * params.{name}_s[i_{name}]; }}"
                )
        source = " ".join([*script, "return _score * f;"])
        return {"script_score": {"query": query, "script": {"source": source, "params": params}}}

    @functools.cached_property
    def pairs(self) -> list[PairScore]:
        """What each pair that stands in any of the pool adds."""
        hits, asked, words = self._best, self._plan.pairs[:_MAX_PAIRS], self._view.words
        if not hits:
            return []
        lengths = {hit["id"]: hit["length"] for hit in hits}
        pool = _ids(lengths)
        rarer = [min(pair, key=lambda term: words.frequency(TEXT, term)) for pair in asked]
        standing = [self._pair_request(pair, pool) for pair in asked]
        having = [count_request(all_of([pool, self._view.term_filter(TEXT, term)])) for term in rarer]
        self._fetch([*standing, *having])
        counts = [answer["hits"]["total"]["value"] for answer in self._ask.search_all(having)]
        scored: list[PairScore] = []
        average = self._view.tables.averages[TEXT]
        for pair, term, answer, found in zip(
            asked, rarer, self._ask.search_all(standing), counts, strict=True
        ):
            freqs = {hit["fields"]["id"][0]: round(hit["_score"]) for hit in answer["hits"]["hits"]}
            if freqs:
                df = len(freqs) * math.sqrt(words.frequency(TEXT, term) / found)
                weight = idf(words.documents, df)
                scores = {
                    one: weight * PAIR_WEIGHT * weight_of(freq, lengths[one], average)
                    for one, freq in freqs.items()
                }
                scored.append(PairScore(pair, df, weight, freqs, scores))
        return scored

    def _fetch(self, requests: list[Request]) -> None:
        """Fetch some requests together with what else the pool needs: which of it earlier parts have not,
        what the best by their words show, for most of these are on the page, and where the order is mixed,
        the first of the others."""
        ids = [hit["id"] for hit in self._best]
        if self._whole is not self._query:
            requests.append(matching_request(self._query, ids))
        if self.is_mixed and self._is_full:
            requests.append(
                self._request(self._scored(self._rest), _first_size(self._plan.start + self._plan.size))
            )
        likely = min(2 * (self._plan.start + self._plan.size), _MAX_SHOWN)
        *_, shown = self._ask.search_all([*requests, self._view.sources_request(ids[:likely], *SHOWN)])
        self._view.hold([hit["_source"] for hit in shown["hits"]["hits"]])

    def _pair_request(self, pair: tuple[str, str], pool: Clause) -> Request:
        return {
            "query": self._view.current({"term": {PAIRS: NEXT.join(pair)}}, [pool]),
            "size": len(self._best),
            "_source": False,
            "docvalue_fields": ["id"],
            "track_total_hits": False,
        }


def blended(
    view: ClusterGeneration, plan: Plan, published: int, quality: float | None, heat: float | None
) -> Iterator[tuple[str, float, float]]:
    """Yield what is mixed into the score of an article: its name, its weight, its value there."""
    blend = plan.blend
    if blend.recency_weight:
        age = max(view.made - published, 0) / DAY
        value = 0.0 if published == NO_DATE else 2 ** (-age / blend.recency_half_life_days)
        yield "recency", blend.recency_weight, value
    for name, weight, given in (
        ("quality", blend.quality_weight, quality),
        ("heat", blend.heat_weight, heat),
    ):
        if weight:
            yield name, weight, view.share(name, given)


def _first_size(wanted: int) -> int:
    return max(1, min(wanted, _BATCH))


def _ids(ids: Any) -> Clause:
    return {"terms": {"id": list(ids)}}
