"""Searches → the answers of the cluster about one generation: several by one request, none twice."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from opensearchpy import OpenSearch

from indexer.cluster.connection import PAUSES
from indexer.cluster.failures import LateError, is_passing, refusal
from indexer.query.cluster.recent import Answer, RecentAnswers
from indexer.query.cluster.translate import Clause, all_of
from indexer.query.deadline import NO_DEADLINE

Request = dict[str, Any]

NEWEST: list[Any] = [{"published": "desc"}, {"id": "asc"}]
_WHOLE = {"allow_partial_search_results": "false"}  # a shard that is lost must not make a count too low
_OF_NODES = 0.9  # of the time that is left: so that what they say by then still arrives in time


class Requests:
    """Sends searches of one index. What a deadline leaves no time for is answered as if nothing were found,
    and whoever has the deadline sees that by `has_cut`. Safe to share between threads."""

    def __init__(self, client: OpenSearch, index: str) -> None:
        self._client = client
        self._index = index
        self._recent = RecentAnswers()
        self._deadline = NO_DEADLINE

    def until(self, deadline: Any) -> Self:
        """Return the same under a deadline: each request is given what is left of it, and no more than
        `source.timeout_ms`."""
        limited = copy.copy(self)
        limited._deadline = deadline
        return limited

    def search(self, request: Request, **parameters: str) -> Answer:
        """Return the answer to one search: of all shards, or none."""

        def send(of_nodes: Mapping[str, str], of_client: Mapping[str, Any]) -> list[Answer]:
            given = {**_WHOLE, **parameters, **of_client}
            return [self._client.search(index=self._index, body={**request, **of_nodes}, params=given)]

        return self._in_time([request], send)[0]

    def search_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Return the answers to several searches, by one request for all that were not answered lately.

        So what will be needed is fetched by a call with all of it; the calls that need a part find it."""
        names = [json.dumps(request) for request in requests]
        found = self._recent.find(names)
        missing = {name: request for name, request in zip(names, requests, strict=True) if name not in found}
        if missing:
            new = dict(zip(missing, self._send(list(missing.values())), strict=True))
            if not self._deadline.has_cut:
                self._recent.add(new)
            found |= new
        if self._deadline.has_cut:  # what was asked may lack what it was to leave out
            return [_nothing(request) for request in requests]
        return [found[name] for name in names]

    def _send(self, requests: Sequence[Request]) -> list[Answer]:
        if len(requests) == 1:
            return [self.search(requests[0])]
        answers = self._send_once(requests)
        for pause in PAUSES:  # a node that is busy may refuse some searches of a request that it took
            again = [at for at, answer in enumerate(answers) if _is_passing(answer)]
            if not again:
                return answers
            time.sleep(min(pause, self._deadline.left))
            for at, answer in zip(again, self._send_once([requests[at] for at in again]), strict=True):
                answers[at] = answer
        self._check(answers)
        return answers

    def _send_once(self, requests: Sequence[Request]) -> list[Answer]:
        """Return the answers, and the refusals that may be none in a moment."""

        def send(of_nodes: Mapping[str, str], of_client: Mapping[str, Any]) -> list[Answer]:
            lines = [line for request in requests for line in (_WHOLE, {**request, **of_nodes})]
            found = self._client.msearch(index=self._index, body=lines, params=dict(of_client))
            answers: list[Answer] = found["responses"]
            self._check(answer for answer in answers if not _is_passing(answer))
            return answers

        return self._in_time(requests, send)

    def _check(self, answers: Iterable[Answer]) -> None:
        """Raise the first failure."""
        for answer in answers:
            if "error" in answer:
                raise refusal(answer.get("status", 500), answer["error"], self._index)

    def _in_time(
        self,
        requests: Sequence[Request],
        send: Callable[[Mapping[str, str], Mapping[str, Any]], list[Answer]],
    ) -> list[Answer]:
        """Send with what is to be said of the time: to the nodes, and to the client."""
        deadline = self._deadline
        if deadline.cuts():
            return list(map(_nothing, requests))
        left = deadline.left
        if left >= self._client.transport.kwargs["timeout"]:
            return send({}, {})
        try:
            return send({"timeout": f"{max(left * _OF_NODES * 1000, 1):.0f}ms"}, {"request_timeout": left})
        except LateError:
            deadline.cut()
            return list(map(_nothing, requests))

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
        found: dict[str, Any] = self.search_all([body])[0]["aggregations"]
        return found

    def matching(self, filters: Sequence[Clause], keys: Sequence[str]) -> list[list[str]]:
        """Return for each filter which of some articles it matches."""
        requests = [matching_request(one, keys) for one in filters]
        return [keys_in(answer) for answer in self.search_all(requests)] if keys else [[] for _ in filters]


def count_request(query: Clause) -> Request:
    """Return the request for how many articles a query matches."""
    return {"query": query, "size": 0, "track_total_hits": True}


def matching_request(filter: Clause, keys: Sequence[str]) -> Request:
    """Return the request for which of some articles a filter matches."""
    return keys_request(all_of([filter, {"terms": {"id": list(keys)}}]), NEWEST, len(keys))


def keys_request(query: Clause, sort: list[Any], size: int) -> Request:
    """Return the request for the articles that a query matches."""
    return {
        "query": query,
        "size": size,
        "sort": sort,
        "_source": False,
        "docvalue_fields": ["id"],
        "track_total_hits": False,
    }


def keys_in(answer: Answer) -> list[str]:
    """Return the articles of an answer."""
    return [hit["fields"]["id"][0] for hit in answer["hits"]["hits"]]


def _is_passing(answer: Answer) -> bool:
    return "error" in answer and is_passing(answer.get("status", 500), answer["error"])


def _nothing(request: Request) -> Answer:
    """Return the answer to a request of which nothing was found."""
    counted = {name: _uncounted(one) for name, one in request.get("aggs", {}).items()}
    return {"hits": {"total": {"value": 0}, "hits": []}, "aggregations": counted}


def _uncounted(aggregation: Mapping[str, Any]) -> Answer:
    within = {name: _uncounted(one) for name, one in aggregation.get("aggs", {}).items()}
    filters = aggregation.get("filters", {}).get("filters", ())
    buckets: Any = {name: {"doc_count": 0, **within} for name in filters} or []
    return {"doc_count": 0, "value": None, "buckets": buckets}
