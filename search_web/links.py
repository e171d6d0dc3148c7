"""Links to searches and to what is derived from them. Give me a request, I return its address.

The only builder of search links; `params` reads what it builds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from flask import url_for

from indexer.config import Settings
from indexer.query.request import BLENDS, FACETS, Blend, SearchRequest
from search_web.params import NAMES, OF_A_PAGE, AskedComparison, with_values


@dataclass(frozen=True, slots=True)
class Links:
    """Builds addresses of searches. `size`, `facet_size` and `blend` are the settings', and left out."""

    size: int
    facet_size: int
    explain: bool = False
    blend: Blend = Blend()  # noqa: RUF009 - frozen, as the links are

    @classmethod
    def of(cls, settings: Settings, explain: bool = False) -> Links:
        """Return the builder of links that leaves out what the settings say anyway."""
        search = settings.search
        return cls(search.page_size, search.facet_size, explain, Blend(**asdict(settings.ranking)))

    def typed(self, query: str) -> SearchRequest:
        """Return the request for a query alone."""
        return SearchRequest(query=query, size=self.size, facet_size=self.facet_size, blend=self.blend)

    def pairs(self, request: SearchRequest, *without: str) -> list[tuple[str, str]]:
        """Return names and values in the order of the table, without what is as it is by default."""
        given = {
            "q": (str(request.query),),
            **{name: request.chosen(name) for name in FACETS},
            "after": (request.after,),
            "before": (request.before,),
            "featured": ({True: "yes", False: "no", None: None}[request.featured],),
            "origin": (request.origin,),
            "collapse": ("1" if request.collapse else None,),
            "sort": (request.sort,),
            "page": (None if request.page == 1 else str(request.page),),
            "size": (None if request.size == self.size else str(request.size),),
            "cursor": (request.cursor,),
            "facet_size": (None if request.facet_size == self.facet_size else str(request.facet_size),),
            "broaden": ("1" if request.broaden else None,),
            **{name: (_differing(request.blend, self.blend, name),) for name in BLENDS},
            "since_generation": (str(request.since_generation) if request.since_generation else None,),
            "explain": ("1" if self.explain else None,),
        }
        return [(name, v) for name in NAMES if name not in without for v in given.get(name, ()) if v]

    def query_string(self, request: SearchRequest) -> str:
        """Return what comes after the question mark, or nothing."""
        return urlencode(self.pairs(request), errors="replace")

    def search(self, request: SearchRequest) -> str:
        """Return the address of the page that shows `request`."""
        return _joined(url_for("pages.search"), self.query_string(request))

    def api(self, request: SearchRequest) -> str:
        """Return the address of the same answer as JSON."""
        return _joined(url_for("api.search"), self.query_string(request))

    def over_time(self, endpoint: str, requests: Iterable[SearchRequest], interval: str | None = None) -> str:
        """Return the address of a timeline of requests with the same filters, as a page or as JSON."""
        given = tuple(requests)
        pairs = [("q", str(request.query)) for request in given if request.query]
        pairs += self.of_filters(given[0], "q") + ([("interval", interval)] if interval else [])
        return _joined(url_for(endpoint), urlencode(pairs, errors="replace"))

    def filtered(self, endpoint: str, request: SearchRequest) -> str:
        """Return the address of what is told of all that `request` finds, such as its overview."""
        return _joined(url_for(endpoint), urlencode(self.of_filters(request), errors="replace"))

    def compared(self, endpoint: str, asked: AskedComparison) -> str:
        """Return the address of a comparison, as a page or as JSON."""
        one, other = (name for name, _ in asked.sides)
        pairs = [("by", asked.by), ("a", one), ("b", other), *self.of_filters(asked.base)]
        pairs += [("interval", asked.interval)] if asked.interval else []
        return _joined(url_for(endpoint), urlencode(pairs, errors="replace"))

    def of_filters(self, request: SearchRequest, *without: str) -> list[tuple[str, str]]:
        """Return names and values of the query and the filters: all but the order and the page."""
        return self.pairs(request, *OF_A_PAGE, *without)

    def explained(self, explain: bool) -> Links:
        """Return a builder of links with `explain` so."""
        return replace(self, explain=explain)

    def only(self, facet: str, value: str) -> str:
        """Return the address of everything that has `value` in `facet`."""
        return self.search(
            SearchRequest(
                filters={facet: (value,)}, size=self.size, facet_size=self.facet_size, blend=self.blend
            )
        )


def _differing(blend: Blend, default: Blend, name: str) -> str | None:
    value = getattr(blend, name)
    return None if value == getattr(default, name) else repr(value)


def _joined(path: str, query_string: str) -> str:
    return f"{path}?{query_string}" if query_string else path


def toggled(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """Return `request` with `value` chosen where it was not, and not where it was."""
    chosen = request.chosen(facet)
    rest = tuple(other for other in chosen if other != value)
    return with_values(request, facet, rest if value in chosen else (*chosen, value))
