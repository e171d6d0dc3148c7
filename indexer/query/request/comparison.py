"""What a timeline and a comparison are asked with: give me loose values, I return checked ones, or raise
a RequestError that names the parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from indexer.errors import RequestError, did_you_mean
from indexer.query.request.parameters import INTERVALS, MAX_QUERIES
from indexer.query.request.search_request import SearchRequest, is_query

if TYPE_CHECKING:
    from whoosh.query import Query

Side: TypeAlias = "str | Query | Mapping[str, Any]"
_SIDE_HELP = "Give a query, or filters such as {'provider': 'bbc.com'}."


def check_interval(interval: str | None) -> str | None:
    """Return `interval`. Raises RequestError for an unknown one."""
    if interval is not None and interval not in INTERVALS:
        raise RequestError(f"'interval' cannot be {interval!r}", cure=did_you_mean(str(interval), INTERVALS))
    return interval


def check_queries(requests: list[SearchRequest]) -> list[SearchRequest]:
    """Return `requests`. Raises RequestError for none and for too many."""
    if not 1 <= len(requests) <= MAX_QUERIES:
        raise RequestError(
            f"a timeline takes one to {MAX_QUERIES} queries, not {len(requests)}",
            cure="Ask in turns." if requests else "Give one; an empty text finds every article.",
        )
    return requests


def named_side(
    side: Side, query: str | Query, filters: Mapping[str, Any]
) -> tuple[str, str | Query, dict[str, Any]]:
    """Return the name of a side of a comparison, its query and its filters: what it gives itself, and
    `query` and `filters` for the rest."""
    if isinstance(side, Mapping):
        own = dict(side)
        text = own.pop("query", query)
        if not own and "query" not in side:
            raise RequestError("a side of a comparison has nothing of its own", cure=_SIDE_HELP)
        name = " ".join(_in_words(value) for value in side.values() if value is not None)
        return name, text, {**filters, **own}
    if not is_query(side):
        raise RequestError("a side of a comparison cannot be read", where=repr(side), cure=_SIDE_HELP)
    return str(side), side, dict(filters)


def _in_words(value: object) -> str:
    """Return a value of a side, or several, of which any will do."""
    return " or ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)
