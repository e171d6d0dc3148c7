"""The address of a search, read and built. Give me parameters, I return a checked request; give me a
request, I return its address.

The only reader of `request.args` and the only builder of search links, both made from PARAMETERS, so that
`parse(build(request)) == request` can hold, and does (a property test).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import request as http
from flask import url_for
from werkzeug.datastructures import MultiDict

from indexer.config import Settings
from indexer.errors import RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.formats import FORMATS
from indexer.query.parameters import DEFAULT_SUGGESTIONS, FINDING, MAX_SUGGESTIONS, PARAMETERS, Kind, Role
from indexer.query.request import DATE_CURE, Blend, SearchRequest
from search_web import formatting

MAX_TEXT = 4000  # characters of a query: the longest in a year of a busy site's log has some 300

DESCRIBED = ("title", "excerpt", "text", "url", "date")  # of an article that is no part of the archive
NAMES: tuple[str, ...] = tuple(PARAMETERS)
# What a timeline, an overview and a comparison take of them, as the module's do, and what they do not:
# what is broadened, mixed, collapsed or followed is a list of hits.
SEARCHED: tuple[str, ...] = tuple(name for name in NAMES if name in ("q", "from", "to", *FINDING))
NOT_SEARCHED: tuple[str, ...] = tuple(name for name in NAMES if name not in SEARCHED)
COMPARED: tuple[str, ...] = ("query", *FACETS)
_OF_COMPARISON = ("by", "a", "b")

# Of each kind of number: how it is written, what reads it, what it is called.
_NUMBERS: Mapping[Kind, tuple[str, Callable[[str], float], str]] = {
    Kind.WHOLE: (r"[0-9]{1,12}", int, "a whole number"),
    Kind.DECIMAL: (
        r"[0-9]{1,12}(\.[0-9]{1,21})?|[0-9](\.[0-9]{1,17})?e-[0-9]{1,3}",
        float,
        "a number such as 0.5",
    ),
}
_EITHER = {"yes": True, "no": False}
_FLAG = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the search, and whether its reading is to be explained."""

    request: SearchRequest
    explain: bool = False


@dataclass(frozen=True, slots=True)
class AskedComparison:
    """What the address of a comparison asks for: two named requests; `base` is what they share."""

    by: str
    base: SearchRequest
    sides: tuple[tuple[str, SearchRequest], ...]
    interval: str | None


# --- from an address to a request -------------------------------------------------------------------


def read(ask: Callable[..., SearchRequest], *, strict: bool) -> Asked:
    """Return what the current HTTP request asks for; see `parse`."""
    return parse(http.args, ask, strict=strict)


def parse(args: MultiDict[str, str], ask: Callable[..., SearchRequest], *, strict: bool) -> Asked:
    """Return what `args` ask for; `ask` is `Archive.request`.

    Empty values are as if not there. With `strict` an unknown name is refused, else it is ignored
    (shared links grow `utm_source`). Raises RequestError.
    """
    if strict:
        refuse_unknown(args, NAMES)
    given = {
        name: _READERS[parameter.kind](args, name)
        for name, parameter in PARAMETERS.items()
        if parameter.role not in (Role.QUERY, Role.ADDRESS)
    }
    given |= {"after": _bound(args, "after", "from"), "before": _bound(args, "before", "to")}
    return Asked(ask(_one(args, "q") or "", **given), bool(_choice(args, "explain", _FLAG)))


def read_timeline(
    ask: Callable[..., SearchRequest], *, strict: bool
) -> tuple[tuple[SearchRequest, ...], str | None]:
    """Return what the current HTTP request asks of a timeline: a request for each `q`, all with the same
    filters, and the interval."""
    if strict:
        refuse_unknown(http.args, (*SEARCHED, "interval"))
    filters = _filters(ask, "q")
    requests = tuple(replace(filters, query=query) for query in _all(http.args, "q") or ("",))
    return requests, _one(http.args, "interval")


def read_filters(ask: Callable[..., SearchRequest], *, strict: bool) -> SearchRequest:
    """Return the query and the filters of the current HTTP request: no order and no page."""
    if strict:
        refuse_unknown(http.args, SEARCHED)
    return _filters(ask)


def read_comparison(ask: Callable[..., SearchRequest], *, strict: bool) -> AskedComparison:
    """Return what the current HTTP request puts side by side. Raises RequestError where a part is missing;
    but without `strict`, where it says neither side, there are no sides, and `by` may be empty."""
    if strict:
        refuse_unknown(http.args, (*SEARCHED, *_OF_COMPARISON, "interval"))
    by, one, other = (_one(http.args, name) for name in _OF_COMPARISON)
    if by and by not in COMPARED:
        raise RequestError(f"'by' cannot be '{_short(by)}'", cure=did_you_mean(by, COMPARED))
    base = _filters(ask)
    begun = AskedComparison(by or "", base, (), _one(http.args, "interval"))
    if not (strict or one or other):
        return begun
    if by is None or one is None or other is None:
        cure = "For example by=topic&a=Rail&b=Sport."
        raise RequestError("a comparison takes 'by', 'a' and 'b'", cure=cure)

    def narrowed(side: str) -> SearchRequest:
        return replace(base, query=side) if by == "query" else with_values(base, by, (side,))

    return replace(begun, sides=tuple((side, narrowed(side)) for side in (one, other)))


def _filters(ask: Callable[..., SearchRequest], *without: str) -> SearchRequest:
    """Return the request that the query and the filters of the current HTTP request make."""
    given = http.args.items(multi=True)
    args = MultiDict((name, value) for name, value in given if name in SEARCHED and name not in without)
    return parse(args, ask, strict=False).request


def read_nothing() -> None:
    """Refuse any parameter of the current HTTP request."""
    refuse_unknown(http.args, ())


def read_size(largest: int, *others: str) -> int | None:
    """Return `size`, which the current HTTP request may have beside `others`."""
    refuse_unknown(http.args, (*others, "size"))
    size: int | None = _number(http.args, "size")
    if size is not None and not 1 <= size <= largest:
        raise RequestError(f"'size' must be a whole number from 1 to {largest}, not {size}")
    return size


def read_typed() -> dict[str, Any]:
    """Return what the current HTTP request has of `q`, `size` and `kind`, as `Archive.suggest` takes them; a
    blank behind the last word stays, for it ends the word."""
    size = read_size(MAX_SUGGESTIONS, "q", "kind") or DEFAULT_SUGGESTIONS
    text = _one(http.args, "q") or ""
    ended = " " if text and http.args["q"][-1:].isspace() else ""
    return {"text": text + ended, "size": size, "kinds": _all(http.args, "kind") or None}


def read_format() -> str:
    """Return the name of the format that the current HTTP request wants its answer in."""
    name = _one(http.args, "format") or "json"
    if name not in FORMATS:
        raise RequestError(f"'format' cannot be '{_short(name)}'", cure=did_you_mean(name, FORMATS))
    return name


def read_described(largest: int) -> dict[str, Any]:
    """Return what the current HTTP request says of an article, and `size`, as `Archive.related_to` takes
    them."""
    size = read_size(largest, *DESCRIBED)
    known = {name: value for name in DESCRIBED if (value := _one(http.args, name))}
    return known | {"size": size}


def has_search() -> bool:
    """Return whether the current HTTP request has a parameter of a search."""
    return any(name in http.args for name in NAMES)


def refuse_unknown(args: MultiDict[str, str], known: Iterable[str]) -> None:
    """Raise RequestError for a name that is not `known`; the format of an answer is known to all."""
    names = tuple(known)
    for name in args:
        if name not in names and name != "format":
            cure = did_you_mean(name, names) if names else "This address takes no parameters."
            raise RequestError(f"unknown parameter '{_short(name)}'", cure=cure)


def clean(text: str) -> str:
    """Return `text` with control characters and lone surrogates as spaces, without space around it."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).strip()


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def _all(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    values = dict.fromkeys(clean(value) for value in args.getlist(name))
    for value in values:
        if len(value) > MAX_TEXT:
            raise RequestError(f"'{name}' is longer than {MAX_TEXT} characters", cure="Shorten it.")
    return tuple(value for value in values if value)


def _one(args: MultiDict[str, str], name: str) -> str | None:
    values = _all(args, name)
    if len(values) > 1:
        raise RequestError(f"'{name}' is given {len(values)} times", cure="Give it once.")
    return values[0] if values else None


def _number(args: MultiDict[str, str], name: str, kind: Kind = Kind.WHOLE) -> Any:
    """Return a number of `kind`, or None where there is none."""
    text = _one(args, name)
    if text is None:
        return None
    shape, read, what = _NUMBERS[kind]
    if not re.fullmatch(shape, text):
        raise RequestError(f"'{name}' must be {what}, not '{_short(text)}'")
    return read(text)


def _choice(args: MultiDict[str, str], name: str, known: dict[str, bool]) -> bool | None:
    text = _one(args, name)
    if text is not None and text not in known:
        raise RequestError(f"'{name}' cannot be '{_short(text)}'", cure=did_you_mean(text, known))
    return None if text is None else known[text]


def _bound(args: MultiDict[str, str], outer: str, inner: str) -> str | None:
    """Return the exclusive bound that `outer` (after, before) or `inner` (from, to) gives."""
    excluded, included = _one(args, outer), _one(args, inner)
    if included is None:
        return excluded
    if excluded is not None:
        raise RequestError(f"'{outer}' and '{inner}' are both given", cure="Give one of them.")
    days = formatting.span(included)
    if days is None:
        raise RequestError(f"'{inner}' cannot be '{_short(included)}'", cure=DATE_CURE)
    beyond: date | None = formatting.day_before(days[0]) if inner == "from" else formatting.day_after(days[1])
    return None if beyond is None else beyond.isoformat()


_READERS: Mapping[Kind, Callable[[MultiDict[str, str], str], Any]] = {
    Kind.TEXT: _one,
    Kind.VALUES: _all,
    Kind.DATE: _one,
    Kind.FLAG: partial(_choice, known=_FLAG),
    Kind.EITHER: partial(_choice, known=_EITHER),
    Kind.CHOICE: _one,
    Kind.WHOLE: _number,
    Kind.DECIMAL: partial(_number, kind=Kind.DECIMAL),
}


# --- from a request to an address -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Links:
    """Builds addresses of searches; what is as in `usual`, what the settings say, is left out. `match` is
    what the words of a query require where an address does not say it."""

    usual: SearchRequest
    explain: bool = False
    match: str = "auto"

    @classmethod
    def of(cls, settings: Settings, explain: bool = False) -> Links:
        """Return the builder of links that leaves out what the settings say anyway."""
        search, blend = settings.search, Blend(**asdict(settings.ranking))
        usual = SearchRequest(size=search.page_size, facet_size=search.facet_size, blend=blend)
        return cls(usual, explain, search.match)

    def typed(self, query: str) -> SearchRequest:
        """Return the request for a query alone."""
        return replace(self.usual, query=query)

    def pairs(self, request: SearchRequest, *without: str) -> list[tuple[str, str]]:
        """Return names and values in the order of the table, without what is as it is by default."""
        found = [
            (name, text)
            for name, value in request.differing(self.usual).items()
            if name not in without
            for text in _written(PARAMETERS[name].kind, value)
        ]
        return [*found, ("explain", "1")] if self.explain and "explain" not in without else found

    def search(self, request: SearchRequest) -> str:
        """Return the address of the page that shows `request`."""
        return _joined("pages.search", self.pairs(request))

    def api(self, request: SearchRequest) -> str:
        """Return the address of the same answer as JSON."""
        return _joined("api.search", self.pairs(request))

    def over_time(self, endpoint: str, requests: Iterable[SearchRequest], interval: str | None = None) -> str:
        """Return the address of a timeline of requests with the same filters, as a page or as JSON."""
        given = tuple(requests)
        pairs = [("q", str(request.query)) for request in given if request.query]
        pairs += self.of_filters(given[0], "q") + ([("interval", interval)] if interval else [])
        return _joined(endpoint, pairs)

    def matching(self, request: SearchRequest, match: str) -> SearchRequest:
        """Return `request` with what its words require, which is not said where it is as usual."""
        return changed(request, match=None if match == self.match else match)

    def filtered(self, endpoint: str, request: SearchRequest) -> str:
        """Return the address of what is said of all that `request` finds, such as its overview."""
        return _joined(endpoint, self.of_filters(request))

    def compared(self, endpoint: str, asked: AskedComparison) -> str:
        """Return the address of a comparison, as a page or as JSON."""
        one, other = (name for name, _ in asked.sides)
        pairs = [("by", asked.by), ("a", one), ("b", other), *self.of_filters(asked.base)]
        return _joined(endpoint, pairs + ([("interval", asked.interval)] if asked.interval else []))

    def of_filters(self, request: SearchRequest, *without: str) -> list[tuple[str, str]]:
        """Return names and values of the query and the filters: all but the order and the page."""
        return self.pairs(request, *NOT_SEARCHED, *without)

    def explained(self, explain: bool) -> Links:
        """Return a builder of links with `explain` so."""
        return replace(self, explain=explain)

    def only(self, facet: str, value: str) -> str:
        """Return the address of everything that has `value` in `facet`."""
        return self.search(replace(self.usual, filters={facet: (value,)}))


def _written(kind: Kind, value: Any) -> Iterable[str]:
    """Return a value as addresses have it; of what is as usual, and what is nothing, there is none."""
    if kind is Kind.VALUES:
        return tuple(value)
    if kind is Kind.EITHER:
        return () if value is None else ("yes" if value else "no",)
    if kind is Kind.FLAG:
        return ("1",) if value else ()
    return () if value is None else (repr(value) if kind is Kind.DECIMAL else str(value),)


def _joined(endpoint: str, pairs: list[tuple[str, str]]) -> str:
    query_string = urlencode(pairs, errors="replace")
    return f"{url_for(endpoint)}?{query_string}" if query_string else url_for(endpoint)


def changed(request: SearchRequest, **changes: object) -> SearchRequest:
    """Return `request` with changes, on its first page."""
    return replace(request, **{"page": 1, "cursor": None} | changes)  # type: ignore[arg-type]  # names of fields


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
