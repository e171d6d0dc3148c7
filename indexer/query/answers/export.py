"""All that a search finds, of one generation, however many pages: read page by page as it is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from indexer.article import Article, format_iso
from indexer.errors import RequestError
from indexer.query.answers.results import Hit, Results
from indexer.query.answers.wording import found_line, search_name
from indexer.query.request import Blend, SearchRequest

PAGE = 500  # articles that are read at once


@dataclass(frozen=True, slots=True)
class Place:
    """The name of the archive that an export is of, and where it is on the web: `address` gives the address
    of an article's page there by its id, None where there is none."""

    site: str
    address: Callable[[str], str | None]

    def described(self, article: Article, without: Collection[str] = ()) -> dict[str, Any]:
        """Return an article as plain values, but for some fields, with the address of its `page`."""
        return article.to_json(without=without) | {"page": self.address(article.id)}


@dataclass(frozen=True)
class Export:
    """What a search finds, from the first page on that `read` gives for no cursor; `most` articles of it, all
    for None. `usual` is the blend of the settings."""

    request: SearchRequest
    indexed_at: datetime
    usual: Blend
    first: Results
    read: Callable[[str], Results]
    most: int | None = None

    @property
    def generation(self) -> int:
        """The generation that all of it is of."""
        return self.first.generation

    @property
    def count(self) -> int:
        """How many articles, or stories, the search finds."""
        return self.first.total + self.first.begun_total + self.first.some_total

    @property
    def next_cursor(self) -> str | None:
        """Where the search goes on behind the first page; None where there is no more."""
        return self.first.next_cursor

    def hits(self) -> Iterator[Hit]:
        """Yield the hits in order. Raises RequestError where a page was cut short."""
        return islice(self._hits(), self.most)

    def _hits(self) -> Iterator[Hit]:
        results = self.first
        while True:
            yield from results.hits
            cursor = results.next_cursor
            if cursor is None:
                return
            results = whole(self.read(cursor))

    def head(self, place: Place, addresses: Mapping[str, str | None]) -> dict[str, Any]:
        """Return what is said of the search; of `addresses`, `page` is that of its page, `self` that of what
        is written, `next` that of what follows it."""
        name = search_name(self.request)
        parameters = self.request.to_json(self.usual)
        return {
            "title": f"{place.site}: {name}",
            "site": place.site,
            "search": name,
            "parameters": parameters,
            "found": found_line(self.first),
            "count": self.count,
            "counts": self.first.counts,
            "sort": self.first.sort,
            "match": self.first.match,
            "generation": self.generation,
            "indexed_at": format_iso(self.indexed_at),
            "id": f"urn:backfile:search:{_digest(place.site, parameters)}",
        } | {one: addresses.get(one) for one in ("page", "self", "next")}

    def articles(self, place: Place, without: Collection[str] = ()) -> Iterator[dict[str, Any]]:
        """Yield the articles as `Place.described` gives them, each with its `part` of the answer."""
        for hit in self.hits():
            yield place.described(hit.article, without) | {"part": str(hit.part)}


def newest_first(request: SearchRequest) -> SearchRequest:
    """Return `request` as a feed has it. Raises RequestError where it says another order."""
    if request.sort not in (None, "newest"):
        raise RequestError(
            f"a feed cannot be sorted by '{request.sort}'", cure="It has the newest first; leave out 'sort'."
        )
    return replace(request, sort="newest")


def whole(results: Results) -> Results:
    """Return `results`. Raises RequestError where they were cut short."""
    if results.timed_out:
        raise RequestError(
            f"the search was {results.cut_note.partition(':')[0]}, and an export has all of it or nothing",
            cure="Narrow the search; or raise search.time_limit_ms and search.work_limit.",
        )
    return results


def _digest(site: str, parameters: dict[str, Any]) -> str:
    """Return a name of a search of an archive."""
    text = json.dumps([site, parameters], sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
