"""Links: a request -> the address that `address` reads it from.

A page has more than a hundred links to searches that differ in one parameter from its own: what they have in
common is written once (`Links.varying`). In the ten searches of `benchmarks.pages` that took 3.7 ms off a
page of 10.7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import quote_plus

from flask import request as http
from flask import url_for

from indexer.config import Settings
from indexer.formats import FORMATS
from indexer.query.answers.labels import query_name
from indexer.query.parameters import DEFAULT_LISTED, FINDING, PARAMETERS, Role
from indexer.query.request import OF_A_PAGE, SearchRequest, usual_request, written

NAMES: tuple[str, ...] = tuple(PARAMETERS)
_PLACES = {name: place for place, name in enumerate(NAMES)}
# What a timeline, an overview and a comparison take of them, as the module's do, and what they do not:
# what is broadened, mixed, collapsed or followed is a list of hits.
SEARCHED: tuple[str, ...] = tuple(name for name in NAMES if name in ("q", "from", "to", *FINDING))
# A search whole, whatever page of it is shown, and how.
WHOLE: tuple[str, ...] = tuple(
    name for name, each in PARAMETERS.items() if each.role is not Role.ADDRESS and name not in OF_A_PAGE
)
_WHOLE = frozenset(WHOLE)
NOT_SEARCHED: tuple[str, ...] = tuple(name for name in NAMES if name not in SEARCHED)


MEASURES = ("articles", "share")  # what the bars of a chart may say
_USUAL = {"find": "", "order": "count", "page": 1, "size": DEFAULT_LISTED}  # of a directory
FILES = ("svg", "csv")  # the charts of a page, and their numbers, to download


@dataclass(frozen=True, slots=True)
class OverTime:
    """What the address of a page of time asks for: `requests`, each of which is a series; `base` is what they
    have in common. A comparison has two `sides`, which are values of the facet `by`, or queries."""

    page: str  # timeline, overview, compare
    base: SearchRequest
    requests: tuple[SearchRequest, ...]
    by: str = ""
    sides: tuple[str, ...] = ()
    interval: str | None = None
    measure: str = MEASURES[0]

    @property
    def named(self) -> list[tuple[str, SearchRequest]]:
        """The sides of a comparison, as `Archive.compare` takes them."""
        return list(zip(self.sides, self.requests, strict=True))

    @property
    def names(self) -> list[str]:
        """What each series is called."""
        by_value = self.by not in ("", "query")
        return list(self.sides) if by_value else [query_name(str(one.query)) for one in self.requests]

    def changed(self, **changes: object) -> OverTime:
        """Return the same with changes in all requests."""
        requests = tuple(changed(one, **changes) for one in self.requests)
        return replace(self, base=changed(self.base, **changes), requests=requests)


@dataclass(frozen=True, slots=True)
class FacetAsked:
    """What the address of a page of a facet's values asks for: those that have `find` in their names, in
    `order` (count or name), of them the page `part`, from 1."""

    request: SearchRequest
    find: str = ""
    order: str = "count"
    part: int = 1
    compact: bool = False


def paths() -> Callable[..., str]:
    """Return what gives the path of an endpoint as the current HTTP request reaches it. `url_for` takes a
    hundred times as long, .3 ms of a page of `benchmarks.pages`; a page has the same paths as the last."""
    return partial(_path_below, http.script_root)


def path_of(endpoint: str, **values: Any) -> str:
    """Return the path of an endpoint as `paths` has it, for templates; a whole address (`_external`) has the
    host that the current HTTP request names."""
    if "_external" not in values:
        try:
            return paths()(endpoint, **values)
        except TypeError:  # a list, say, cannot be a key of what is cached
            pass
    return url_for(endpoint, **values)


@lru_cache(maxsize=1_000)
def _path_below(script_root: str, endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **values)


@dataclass(frozen=True, slots=True)
class Links:
    """Builds the addresses of one page; what is as in `usual`, what the settings say, is left out. `match` is
    what the words of a query require where an address does not say it. `path` gives the path of an endpoint,
    `built` has what several links have in common, `written` the pairs of each request, by its `id`."""

    usual: SearchRequest
    explain: bool = False
    compact: bool = False
    match: str = "auto"
    path: Callable[..., str] = field(default_factory=paths, compare=False, repr=False)
    built: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    written: dict[int, tuple[SearchRequest, list[tuple[str, str]]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, settings: Settings, explain: bool = False, compact: bool = False) -> Links:
        """Return the builder of links that leaves out what the settings say anyway."""
        return cls(usual_request(settings), explain, compact, settings.search.match)

    def pairs(self, request: SearchRequest, *without: str) -> list[tuple[str, str]]:
        """Return names and values in the order of the table, without what is as it is by default."""
        if id(request) not in self.written:  # most links of a page are of one request
            self.written[id(request)] = request, request.pairs(self.usual)
        found = [pair for pair in self.written[id(request)][1] if pair[0] not in without]
        shown = (("compact", self.compact), ("explain", self.explain))
        return found + [(name, "1") for name, here in shown if here and name not in without]

    def search(self, request: SearchRequest) -> str:
        """Return the address of the page that shows `request`."""
        return _joined(self.path("pages.search"), self.pairs(request))

    def varying(self, request: SearchRequest, name: str) -> Callable[[Any], str]:
        """Return what gives, for a value of the parameter `name`, the address of the first page that shows
        `request` with this value in the place of its own."""
        kind, place = PARAMETERS[name].kind, _PLACES[name]
        usual = self.match if name == "match" else self.usual.value(name)
        path, parts = self.path("pages.search"), self._parts(request)
        before = "&".join([part for at, part in parts if at < place])
        behind = "&".join([part for at, part in parts if at > place])
        head = f"{path}?{before}&" if before else f"{path}?"
        tail = f"&{behind}" if behind else ""
        without = (head + behind).rstrip("?&")

        def address(value: Any) -> str:
            if value == usual:
                return without
            own = "&".join([f"{name}={_quoted(text)}" for text in written(kind, value)])
            return f"{head}{own}{tail}" if own else without

        return address

    def only(self, name: str, value: str, query: str = "") -> str:
        """Return the address of everything that has `value` in the facet `name`, or of what a query finds of
        it."""
        if "only" not in self.built:
            shown = "&".join([f"{name}={text}" for name, text in self.pairs(self.usual)])
            self.built["only"] = f"{self.path('pages.search')}?", f"&{shown}" if shown else ""
        path, shown = self.built["only"]
        before = f"q={_quoted(query)}&" if query else ""
        return f"{path}{before}{name}={_quoted(value)}{shown}"

    def query(self, text: str) -> str:
        """Return the address of the search for a query alone."""
        return self.only("q", text)

    def article(self, identity: str) -> str:
        """Return the address of the page of an article, by its id: digits and letters."""
        if "article" not in self.built:
            self.built["article"] = self.path("pages.article", key="-").removesuffix("-")
        return f"{self.built['article']}{identity}"

    def hits(self, request: SearchRequest) -> Callable[[str], str]:
        """Return what gives the address of a hit's article, by its id: the search stays in it, with the page
        of results that the hit is on."""
        pairs = self.pairs(request) or [("page", "1")]
        before, behind = self.article(""), _joined("", pairs)
        return lambda identity: f"{before}{identity}{behind}"

    def api(self, request: SearchRequest) -> str:
        """Return the address of the same answer as JSON."""
        return _joined(self.path("api.search"), self.pairs(request))

    def whole(self, endpoint: str, request: SearchRequest, form: str, **more: str | int | None) -> str:
        """Return the address of all that `request` finds, or of a reference to it, in a format."""
        names = _WHOLE - {"sort"} if FORMATS[form].is_feed else _WHOLE
        given = [part for at, part in self._parts(request) if NAMES[at] in names]
        given += [f"{name}={_quoted(str(value))}" for name, value in more.items() if value]
        return f"{self.path(endpoint)}?{'&'.join([*given, f'format={form}'])}"

    def facet(self, name: str, asked: FacetAsked, **changes: Any) -> str:
        """Return the address of a page of the values of the facet `name`."""
        asked = replace(asked, **changes) if changes else asked
        pairs = self.pairs(changed(asked.request))
        pairs += [("find", asked.find)] if asked.find else []
        pairs += [("order", asked.order)] if asked.order != "count" else []
        pairs += [("part", str(asked.part))] if asked.part > 1 else []
        return _joined(self.path("lists.facet", name=name), pairs)

    def directory(self, facet: str, asked: Mapping[str, Any], form: str = "") -> str:
        """Return the address of a page of the directory of a facet, or of the same as `json`."""
        pairs = [(name, str(value)) for name, value in asked.items() if value != _USUAL.get(name)]
        path = self.path("api.directory", name=facet) if form else self.path(f"lists.{facet}")
        return _joined(path, pairs)

    def over_time(self, asked: OverTime, form: str = "") -> str:
        """Return the address of a page of time, of the same as `json`, or of one of FILES."""
        if asked.sides:
            one, other = asked.sides
            pairs = [("by", asked.by), ("a", one), ("b", other), *self.of_filters(asked.base)]
        else:
            pairs = [("q", str(one.query)) for one in asked.requests if one.query]
            pairs += self.of_filters(asked.base, "q")
        pairs += [("interval", asked.interval)] if asked.interval else []
        if form in ("", "svg") and asked.measure != MEASURES[0]:
            pairs.append(("measure", asked.measure))
        endpoints = {"": f"times.{asked.page}", "json": f"api.{asked.page}"}
        return _joined(self.path(endpoints.get(form, f"times.{asked.page}_{form}")), pairs)

    def filtered(self, endpoint: str, request: SearchRequest) -> str:
        """Return the address of what is said of all that `request` finds, such as its overview."""
        return _joined(self.path(endpoint), self.of_filters(request))

    def of_filters(self, request: SearchRequest, *without: str) -> list[tuple[str, str]]:
        """Return names and values of the query and the filters: all but the order and the page."""
        return self.pairs(request, *NOT_SEARCHED, *without)

    def explained(self, explain: bool) -> Links:
        """Return a builder of links with `explain` so."""
        return self if explain is self.explain else replace(self, explain=explain, built={})

    def plain(self) -> Links:
        """Return a builder of links that show a search as usual."""
        return self.explained(False).viewed(False)

    def viewed(self, compact: bool) -> Links:
        """Return a builder of links to pages with `compact` so."""
        return self if compact is self.compact else replace(self, compact=compact, built={})

    def _parts(self, request: SearchRequest) -> list[tuple[int, str]]:
        """Return the places in the table and the pairs of the address of a request's first page."""
        parts: list[tuple[int, str]]
        known, parts = self.built.get("parts", (None, []))
        if known is not request:
            pairs = self.pairs(changed(request))
            parts = [(_PLACES[name], f"{name}={_quoted(text)}") for name, text in pairs]
            self.built["parts"] = request, parts
        return parts


def _joined(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query_string = "&".join([f"{name}={_quoted(text)}" for name, text in pairs])
    return f"{path}?{query_string}" if query_string else path


@lru_cache(maxsize=2_000)  # strangers give long ones
def _quoted(text: str) -> str:
    """Return a value as it stands in an address; most are of facets, the same on every page."""
    return quote_plus(text, errors="replace")


def changed(request: SearchRequest, **changes: object) -> SearchRequest:
    """Return `request` with changes, on its first page: itself, whose address is known, if there are none."""
    wanted = {"page": 1, "cursor": None, **changes}
    if all(getattr(request, name) == value for name, value in wanted.items()):
        return request
    return request.changed(**wanted)


def with_values(request: SearchRequest, facet: str, values: Iterable[str]) -> SearchRequest:
    """Return `request` with just these values chosen in `facet`."""
    filters = {name: chosen for name, chosen in request.filters.items() if name != facet}
    wanted = tuple(dict.fromkeys(values))
    return changed(request, filters=filters | ({facet: wanted} if wanted else {}))


def toggled(request: SearchRequest, facet: str, value: str) -> SearchRequest:
    """Return `request` with `value` chosen where it was not, and not where it was."""
    chosen = request.chosen(facet)
    rest = tuple(other for other in chosen if other != value)
    return with_values(request, facet, rest if value in chosen else (*chosen, value))
