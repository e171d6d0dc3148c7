"""The address of a search, read. Give me the parameters, I return a checked request.

The only reader of `request.args`, as `links` is the only builder of search links, so that
`parse(build(request)) == request` can hold, and does (a property test). `PARAMETERS` is the one
table of what an address may say: the reader, the builder and the help page are made from it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request as http
from werkzeug.datastructures import MultiDict

from indexer.errors import RequestError, did_you_mean
from indexer.query import asked
from indexer.query.request import BLENDS, DATE_CURE, FACETS, SORTS, SearchRequest
from search_web import dates

MAX_TEXT = 4000  # characters of a query: the longest in a year of a busy site's log has some 300

DESCRIBED = ("title", "excerpt", "text", "url", "date")  # of an article that is no part of the archive

_SUGGESTIONS = 10
_FEATURED = {"yes": True, "no": False}
_SWITCH = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table: a name, what it means, a value to try, whether it can be repeated."""

    name: str
    meaning: str
    example: str
    repeats: bool = False


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("q", "The query, in the language above; nothing matches everything.", "facial recognition"),
    Parameter("topic", "A topic, as its facet gives it; `none` is articles without one.", "Rail", True),
    Parameter("provider", "A provider's domain, or its name where it has none.", "bbc.com", True),
    Parameter("date", "A year, a month, a day or a range, ends included.", "2020-01-01..2020-06-30", True),
    Parameter("category", "A category.", "news", True),
    Parameter("type", "A type of article.", "article", True),
    Parameter("tag", "A tag.", "railways", True),
    Parameter("author", "An author.", "Wilf Hathersage", True),
    Parameter("after", "Articles after this day, month or year, itself left out (UTC).", "2020-06"),
    Parameter("before", "Articles before this day, month or year, itself left out (UTC).", "2020-06"),
    Parameter("from", "The first day, month or year to take in (UTC), in place of `after`.", "2020-06-01"),
    Parameter("to", "The last day, month or year to take in (UTC), in place of `before`.", "2020-06-30"),
    Parameter("featured", "`yes` for featured articles only, `no` for the others; without it, both.", "yes"),
    Parameter("origin", "`file` for articles with a file of their own, `related` for the others.", "file"),
    Parameter("collapse", "`1` gives each story once: copies and versions of a text as one.", "1"),
    Parameter(
        "sort", f"One of {', '.join(SORTS)}; without it relevance, if there are words, else newest.", "newest"
    ),
    Parameter("page", "The page, from 1.", "2"),
    Parameter("size", "Articles on a page.", "20"),
    Parameter("cursor", "The `next_cursor` of an answer; goes before `page`.", "…"),
    Parameter("facet_size", "How many values of each facet are given.", "100"),
    Parameter(
        "since_generation",
        "The `generation` of an earlier answer: what became of the results since is told.",
        "1",
    ),
    Parameter("broaden", "`1` finds any of the words, and words of the best articles.", "1"),
    Parameter("recency_weight", "How much being new adds to the relevance; 1 doubles it today.", "0.5"),
    Parameter("recency_half_life_days", "The age at which half of that is left.", "90"),
    Parameter("quality_weight", "How much a high quality adds; 1 doubles the highest.", "0.5"),
    Parameter("heat_weight", "How much a high heat adds; 1 doubles the highest.", "0.5"),
    Parameter("explain", "`1` shows how the query was read, and how each score is made.", "1"),
)
NAMES: tuple[str, ...] = tuple(parameter.name for parameter in PARAMETERS)


# What a timeline, an overview and a comparison take of them, as the module's do, and what they do not:
# what is broadened, mixed, collapsed or followed is a list of hits.
FILTERS: tuple[str, ...] = tuple(name for name in NAMES if name in ("q", "from", "to", *asked.FILTERS))
OF_A_PAGE: tuple[str, ...] = tuple(name for name in NAMES if name not in FILTERS)
COMPARED: tuple[str, ...] = ("query", *FACETS)
_OF_COMPARISON = ("by", "a", "b")


@dataclass(frozen=True, slots=True)
class AskedTimeline:
    """What the address of a timeline asks for: a request for each query, and the interval."""

    requests: tuple[SearchRequest, ...]
    interval: str | None


@dataclass(frozen=True, slots=True)
class AskedComparison:
    """What the address of a comparison asks for: two named requests; `base` is what they share."""

    by: str
    base: SearchRequest
    sides: tuple[tuple[str, SearchRequest], ...]
    interval: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the search, and whether its reading is to be explained."""

    request: SearchRequest
    explain: bool = False


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
    after, before = _bound(args, "after", "from"), _bound(args, "before", "to")
    facets = {name: values for name in FACETS if (values := _all(args, name))}
    request = ask(
        _one(args, "q") or "",
        after=after,
        before=before,
        featured=_choice(args, "featured", _FEATURED),
        origin=_one(args, "origin"),
        collapse=_choice(args, "collapse", _SWITCH) or None,
        sort=_one(args, "sort"),
        page=_number(args, "page"),
        size=_number(args, "size"),
        cursor=_one(args, "cursor"),
        facet_size=_number(args, "facet_size"),
        broaden=_choice(args, "broaden", _SWITCH),
        **{name: _decimal(args, name) for name in BLENDS},
        since_generation=_number(args, "since_generation"),
        **facets,
    )
    return Asked(request, bool(_choice(args, "explain", _SWITCH)))


def read_timeline(ask: Callable[..., SearchRequest], *, strict: bool) -> AskedTimeline:
    """Return the timeline that the current HTTP request asks for; see `parse_timeline`."""
    return parse_timeline(http.args, ask, strict=strict)


def parse_timeline(
    args: MultiDict[str, str], ask: Callable[..., SearchRequest], *, strict: bool
) -> AskedTimeline:
    """Return a request for each `q` of `args`, all with the same filters, and the interval."""
    if strict:
        refuse_unknown(args, (*FILTERS, "interval"))
    filters = parse(_only_filters(args, "q"), ask, strict=False).request
    requests = tuple(replace(filters, query=query) for query in _all(args, "q") or ("",))
    return AskedTimeline(requests, _one(args, "interval"))


def read_filters(ask: Callable[..., SearchRequest], *, strict: bool) -> SearchRequest:
    """Return the query and the filters of the current HTTP request: no order and no page."""
    if strict:
        refuse_unknown(http.args, FILTERS)
    return parse(_only_filters(http.args), ask, strict=False).request


def read_comparison(ask: Callable[..., SearchRequest], *, strict: bool) -> AskedComparison:
    """Return what the current HTTP request puts side by side. Raises RequestError where a part is missing."""
    if strict:
        refuse_unknown(http.args, (*FILTERS, *_OF_COMPARISON, "interval"))
    begun = read_comparison_begun(ask)
    _, one, other = (_one(http.args, name) for name in _OF_COMPARISON)
    if not begun.by or one is None or other is None:
        cure = "For example by=topic&a=Rail&b=Sport."
        raise RequestError("a comparison takes 'by', 'a' and 'b'", cure=cure)
    sides = tuple(
        (
            side,
            replace(begun.base, query=side)
            if begun.by == "query"
            else with_values(begun.base, begun.by, (side,)),
        )
        for side in (one, other)
    )
    return replace(begun, sides=sides)


def read_comparison_begun(ask: Callable[..., SearchRequest]) -> AskedComparison:
    """Return what the current HTTP request says of a comparison but for its sides; `by` may be empty."""
    base = parse(_only_filters(http.args), ask, strict=False).request
    by = _one(http.args, "by") or ""
    if by and by not in COMPARED:
        raise RequestError(f"'by' cannot be '{_short(by)}'", cure=did_you_mean(by, COMPARED))
    return AskedComparison(by, base, (), _one(http.args, "interval"))


def _only_filters(args: MultiDict[str, str], *without: str) -> MultiDict[str, str]:
    return MultiDict((n, v) for n, v in args.items(multi=True) if n in FILTERS and n not in without)


def has_comparison() -> bool:
    """Return whether the current HTTP request says what is to be put side by side."""
    return bool(_one(http.args, "a") or _one(http.args, "b"))


def read_nothing() -> None:
    """Refuse any parameter of the current HTTP request."""
    refuse_unknown(http.args, ())


def read_size(largest: int) -> int | None:
    """Return `size`, the one parameter that the current HTTP request may have."""
    refuse_unknown(http.args, ("size",))
    return _size(largest)


def _size(largest: int) -> int | None:
    size = _number(http.args, "size")
    if size is not None and not 1 <= size <= largest:
        raise RequestError(f"'size' must be a whole number from 1 to {largest}, not {size}")
    return size


@dataclass(frozen=True, slots=True)
class Typed:
    """What an address of suggestions asks for."""

    text: str
    size: int
    kinds: tuple[str, ...]


def read_typed(largest: int) -> Typed:
    """Return what the current HTTP request has of `q`, `size` and `kind`; a blank behind the last word
    stays, for it ends the word."""
    refuse_unknown(http.args, ("q", "size", "kind"))
    text = _one(http.args, "q") or ""
    ended = " " if text and http.args["q"][-1:].isspace() else ""
    return Typed(text + ended, _size(largest) or _SUGGESTIONS, _all(http.args, "kind"))


def read_described(largest: int) -> dict[str, Any]:
    """Return what the current HTTP request tells of an article, and `size`, as `Archive.related_to` takes
    them."""
    refuse_unknown(http.args, (*DESCRIBED, "size"))
    known = {name: value for name in DESCRIBED if (value := _one(http.args, name))}
    return known | {"size": _size(largest)}


def has_search() -> bool:
    """Return whether the current HTTP request has a parameter of a search."""
    return any(name in http.args for name in NAMES)


def refuse_unknown(args: MultiDict[str, str], known: Iterable[str]) -> None:
    """Raise RequestError for a name that is not `known`."""
    names = tuple(known)
    for name in args:
        if name not in names:
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


def _number(args: MultiDict[str, str], name: str) -> int | None:
    text = _one(args, name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise RequestError(f"'{name}' must be a whole number, not '{_short(text)}'")
    return int(text)


def _decimal(args: MultiDict[str, str], name: str) -> float | None:
    text = _one(args, name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,17})?|[0-9](\.[0-9]{1,17})?e-[0-9]{1,3}", text):
        raise RequestError(f"'{name}' must be a number such as 0.5, not '{_short(text)}'")
    return float(text)


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
    days = dates.span(included)
    if days is None:
        raise RequestError(f"'{inner}' cannot be '{_short(included)}'", cure=DATE_CURE)
    beyond: date | None = dates.day_before(days[0]) if inner == "from" else dates.day_after(days[1])
    return None if beyond is None else beyond.isoformat()


# --- from a request to an address -------------------------------------------------------------------


def changed(request: SearchRequest, **changes: object) -> SearchRequest:
    """Return `request` with changes, on its first page."""
    return replace(request, **{"page": 1, "cursor": None} | changes)  # type: ignore[arg-type]  # names of fields


def with_values(request: SearchRequest, facet: str, values: Iterable[str]) -> SearchRequest:
    """Return `request` with just these values chosen in `facet`."""
    filters = {name: chosen for name, chosen in request.filters.items() if name != facet}
    wanted = tuple(dict.fromkeys(values))
    return changed(request, filters=filters | ({facet: wanted} if wanted else {}))
