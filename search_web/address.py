"""The address of a search, read: parameters -> a checked request.

The only reader of `request.args`; `links` is the only builder of search links. Both are made from
PARAMETERS, so that `parse(build(request)) == request` can hold, and does (a property test).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from flask import request as http
from werkzeug.datastructures import MultiDict

from indexer.errors import RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.formats import EXPORTS, FORMATS
from indexer.messages import say
from indexer.query.answers.export import newest_first
from indexer.query.archive import Archive
from indexer.query.checking import DATE_CURE
from indexer.query.parameters import (
    DEFAULT_SUGGESTIONS,
    MAX_SUGGESTIONS,
    PARAMETERS,
    VALUE_ORDERS,
    Kind,
    Role,
)
from indexer.query.request import SearchRequest
from search_web import formatting
from search_web.links import MEASURES, NAMES, SEARCHED, FacetAsked, OverTime, changed, with_values

MAX_ANSWER = 20_000_000  # bytes; a hundred articles of 100 kB are half of it
MAX_ADDRESS = 8_000  # characters, of 1 to 9 for each that was typed
FEED_SIZE = 50  # articles on a page of a feed that does not say how many
MAX_TEXT = 4000  # characters of a query: the longest in a year of a busy site's log has some 300

DESCRIBED = ("title", "excerpt", "text", "url", "date")  # of an article that is no part of the archive
COMPARED: tuple[str, ...] = ("query", *FACETS)
_OF_COMPARISON = ("by", "a", "b")

# Of each kind of number: how it is written, what reads it, what it is called.
_NUMBERS: Mapping[Kind, tuple[str, Callable[[str], float], str]] = {
    Kind.WHOLE: (r"[0-9]{1,12}", int, say("a whole number")),
    Kind.DECIMAL: (
        r"[0-9]{1,12}(\.[0-9]{1,21})?|[0-9](\.[0-9]{1,17})?e-[0-9]{1,3}",
        float,
        say("a number such as 0.5"),
    ),
}
_EITHER = {"yes": True, "no": False}
_FLAG = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: the search, whether its reading is to be explained, and whether the page
    is to show more articles at once."""

    request: SearchRequest
    explain: bool = False
    compact: bool = False


def read(ask: Callable[..., SearchRequest]) -> Asked:
    """Return what the current HTTP request asks for; see `parse`."""
    return parse(http.args, ask)


def read_page(ask: Callable[..., SearchRequest]) -> Asked:
    """Return what the current HTTP request for a page asks for. It may not be as long as another: the links
    of the page repeat it."""
    if len(http.query_string) > MAX_ADDRESS:
        raise RequestError(
            say("the address of this page has more than {most} characters behind its '?'", most=MAX_ADDRESS),
            cure=say("Shorten the query, or ask the API, which takes longer ones."),
        )
    return read(ask)


def read_unfinished(ask: Callable[..., SearchRequest]) -> Asked:
    """Return what the current HTTP request asks for, its last word as the beginning of one, too, where the
    address does not say whether it is."""
    asked = read_page(ask)
    if _one(http.args, "unfinished") is not None:
        return asked
    return Asked(asked.request.changed(unfinished=True), asked.explain, asked.compact)


def parse(args: MultiDict[str, str], ask: Callable[..., SearchRequest]) -> Asked:
    """Return what `args` ask for; `ask` is `Archive.request`.

    Empty values are as if not there, and so is an unknown name: shared links grow `utm_source`. Raises
    RequestError.
    """
    given = {
        name: _READERS[parameter.kind](args, name)
        for name, parameter in PARAMETERS.items()
        if name in args and parameter.role not in (Role.QUERY, Role.ADDRESS)
    }
    given |= {"after": _bound(args, "after", "from"), "before": _bound(args, "before", "to")}
    shown = (bool(_choice(args, name, _FLAG)) for name in ("explain", "compact"))
    request = ask(_one(args, "q") or "", **given)
    if _one(args, "from") and _one(args, "to"):
        request = request.changed(days_included=True)
    return Asked(request, *shown)


def readable(archive: Archive) -> list[tuple[str, str]]:
    """Return the parameters of a search, with their values, that the current HTTP request has and that can
    be read, each by itself: what a page that refuses the others keeps of them."""
    found: list[tuple[str, str]] = []
    if len(http.query_string) > MAX_ADDRESS:
        return found
    for name in NAMES:
        given = [(name, value) for value in http.args.getlist(name)]
        with suppress(RequestError):
            asked = parse(MultiDict(given), archive.request)
            if name != "q":
                archive.search(asked.request)  # which reads the dates
            found += given
    return found


def read_facet(ask: Callable[..., SearchRequest]) -> FacetAsked:
    """Return what the current HTTP request asks of a page of a facet's values."""
    order = _one(http.args, "order") or "count"
    if order not in VALUE_ORDERS:
        raise _unknown("order", order, VALUE_ORDERS)
    asked, part = read_page(ask), _number(http.args, "part")
    find = _one(http.args, "find") or ""
    return FacetAsked(asked.request, find, order, max(1, 1 if part is None else part), asked.compact)


def read_directory() -> dict[str, Any]:
    """Return what the current HTTP request says of a page of a directory, as `Archive.directory` takes it."""
    given = {"find": _one(http.args, "find"), "order": _one(http.args, "order")}
    given |= {name: _number(http.args, name) for name in ("page", "size")}
    return {name: value for name, value in given.items() if value is not None}


def read_timeline(ask: Callable[..., SearchRequest]) -> OverTime:
    """Return what the current HTTP request asks of a timeline: a request for each `q`, all with the same
    filters, and the interval."""
    filters = _filters(ask, "q")
    requests = tuple(replace(filters, query=query) for query in _all(http.args, "q") or ("",))
    interval = _one(http.args, "interval")
    return OverTime("timeline", requests[0], requests, interval=interval, measure=_measure())


def read_overview(ask: Callable[..., SearchRequest]) -> OverTime:
    """Return what the current HTTP request asks of an overview: a query and filters, no order and no page."""
    request = _filters(ask)
    return OverTime("overview", request, (request,), measure=_measure())


def read_comparison(ask: Callable[..., SearchRequest], *, begun: bool) -> OverTime:
    """Return what the current HTTP request puts side by side. Raises RequestError where a part is missing;
    but where it may be `begun` and says neither side, there are no sides, and `by` may be empty."""
    by, one, other = (_one(http.args, name) for name in _OF_COMPARISON)
    if by and by not in COMPARED:
        raise _unknown("by", by, COMPARED)
    base, interval = _filters(ask), _one(http.args, "interval")
    asked = OverTime("compare", base, (), by or "", interval=interval, measure=_measure())
    if begun and not (one or other):
        return asked
    if by is None or one is None or other is None:
        raise RequestError(
            say("a comparison takes 'by', 'a' and 'b'"), cure=say("For example by=topic&a=Rail&b=Sport.")
        )

    def narrowed(side: str) -> SearchRequest:
        return replace(base, query=side) if by == "query" else with_values(base, by, (side,))

    return replace(asked, sides=(one, other), requests=(narrowed(one), narrowed(other)))


def _filters(ask: Callable[..., SearchRequest], *without: str) -> SearchRequest:
    """Return the request that the query and the filters of the current HTTP request make."""
    given = http.args.items(multi=True)
    args = MultiDict((name, value) for name, value in given if name in SEARCHED and name not in without)
    return parse(args, ask).request


def _measure() -> str:
    """Return what the bars of a chart are to say."""
    name = _one(http.args, "measure") or MEASURES[0]
    if name not in MEASURES:
        raise _unknown("measure", name, MEASURES)
    return name


def read_size(largest: int) -> int | None:
    """Return the `size` of the current HTTP request."""
    size: int | None = _number(http.args, "size")
    if size is not None and not 1 <= size <= largest:
        raise RequestError(f"'size' must be a whole number from 1 to {largest}, not {size}")
    return size


def read_typed() -> dict[str, Any]:
    """Return what the current HTTP request has of `q`, `size` and `kind`, as `Archive.suggest` takes them; a
    blank behind the last word stays, for it ends the word."""
    size, args = read_size(MAX_SUGGESTIONS) or DEFAULT_SUGGESTIONS, http.args
    text = _one(args, "q") or ""
    ended = " " if text and args["q"][-1:].isspace() else ""
    return {"text": text + ended, "size": size, "kinds": _all(args, "kind") or None}


def read_format(known: Sequence[str]) -> str:
    """Return the name of the format that the current HTTP request wants its answer in, the first of those
    that are `known` where it names none."""
    name = _one(http.args, "format") or known[0]
    if name not in known:
        raise _unknown("format", name, known)
    return name


def read_fields() -> list[str]:
    """Return which fields of each article the current HTTP request wants."""
    return [name for text in _all(http.args, "fields") for name in text.split(",")]


def read_export(ask: Callable[..., SearchRequest]) -> tuple[str, SearchRequest, int | None]:
    """Return the format, the search and how many articles the current HTTP request wants: all, but for a
    feed, which has pages of its own. Which page of the search it names changes nothing."""
    name, asked = read_format(EXPORTS), read(ask).request
    if FORMATS[name].is_feed:
        return name, newest_first(asked), _number(http.args, "size") or FEED_SIZE
    return name, changed(asked), None


def read_described(largest: int) -> dict[str, Any]:
    """Return what the current HTTP request says of an article, and `size`, as `Archive.related_to` takes
    them."""
    size = read_size(largest)
    known = {name: value for name in DESCRIBED if (value := _one(http.args, name))}
    return known | {"size": size}


def has_search() -> bool:
    """Return whether the current HTTP request has a parameter of a search."""
    return any(name in http.args for name in NAMES)


def refuse_unknown(known: Collection[str]) -> None:
    """Raise RequestError for a parameter of the current HTTP request that is not `known`."""
    for name in http.args:
        if name not in known:
            raise RequestError(f"unknown parameter '{_short(name)}'", cure=did_you_mean(name, known))


def check_answer(answer: bytes) -> bytes:
    """Return what is to be answered. Raises RequestError for what is too much."""
    if len(answer) > MAX_ANSWER:
        raise RequestError(
            say("the answer would have {count} bytes, more than {most}", count=len(answer), most=MAX_ANSWER),
            cure=say("Ask for fewer articles on a page, for fewer values, or with a shorter query."),
        )
    return answer


def clean(text: str) -> str:
    """Return `text` with control characters and lone surrogates as spaces, without space around it."""
    if text.isprintable():  # as most are
        return text.strip()
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).strip()


def _unknown(name: str, text: str, known: Iterable[str]) -> RequestError:
    """Return the error for a value of a parameter that is not `known`."""
    return RequestError(
        say("'{name}' cannot be '{value}'", name=name, value=_short(text)), cure=did_you_mean(text, known)
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def _all(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    if name not in args:  # as most are not
        return ()
    values = dict.fromkeys(clean(value) for value in args.getlist(name))
    for value in values:
        if len(value) > MAX_TEXT:
            raise RequestError(
                say("'{name}' is longer than {most} characters", name=name, most=str(MAX_TEXT)),
                cure=say("Shorten it."),
            )
    return tuple(value for value in values if value)


def _one(args: MultiDict[str, str], name: str) -> str | None:
    values = _all(args, name)
    if len(values) > 1:
        raise RequestError(
            say("'{name}' is given {count} times", name=name, count=len(values)), cure=say("Give it once.")
        )
    return values[0] if values else None


def _number(args: MultiDict[str, str], name: str, kind: Kind = Kind.WHOLE) -> Any:
    """Return a number of `kind`, or None where there is none."""
    text = _one(args, name)
    if text is None:
        return None
    shape, read, what = _NUMBERS[kind]
    if not re.fullmatch(shape, text):
        raise RequestError(
            say("'{name}' must be {what}, not '{value}'", name=name, what=what, value=_short(text))
        )
    return read(text)


def _choice(args: MultiDict[str, str], name: str, known: dict[str, bool]) -> bool | None:
    text = _one(args, name)
    if text is not None and text not in known:
        raise _unknown(name, text, known)
    return None if text is None else known[text]


def _bound(args: MultiDict[str, str], outer: str, inner: str) -> str | None:
    """Return the exclusive bound that `outer` (after, before) or `inner` (from, to) gives."""
    excluded, included = _one(args, outer), _one(args, inner)
    if included is None:
        return excluded
    if excluded is not None:
        raise RequestError(
            say("'{one}' and '{other}' are both given", one=outer, other=inner), cure=say("Give one of them.")
        )
    days = formatting.span(included)
    if days is None:
        raise RequestError(
            say("'{name}' cannot be '{value}'", name=inner, value=_short(included)), cure=DATE_CURE
        )
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
