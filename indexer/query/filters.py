"""The filters of a request -> what a source tests articles by; and what each filter removes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from indexer.errors import RequestError
from indexer.facets import FACETS
from indexer.query.answers.ledger import FilterCount
from indexer.query.language.dates import DateError, TimeRange, parse_period, period_after, period_before
from indexer.query.parameters import NONE
from indexer.query.request import SearchRequest
from indexer.query.source import Filter, Found


def read_filters(request: SearchRequest, now: datetime) -> dict[str, Filter]:
    """Return the filters of a request by name; `now` is what relative dates count from. Raises RequestError
    for a date that cannot be read."""
    filters: dict[str, Filter] = {}
    for name in FACETS:
        values = request.chosen(name)
        if values:
            filters[name] = Filter(values, _periods(values, now) if name == "date" else ())
    if request.featured is not None:
        filters["featured"] = Filter(("yes" if request.featured else "no",))
    if request.origin is not None:
        filters["origin"] = Filter((request.origin,))
    for name, text, read in (
        ("after", request.after, period_after),
        ("before", request.before, period_before),
    ):
        if text is not None:
            try:
                filters[name] = Filter((text,), (read(text, now),))
            except DateError as error:
                raise _bad_date(name, error) from error
    return filters


def filter_counts(filters: Mapping[str, Filter], found: Found) -> tuple[FilterCount, ...]:
    """Return for each filter how many are found without it, all others in force, and how many of these it
    removes."""
    counts = []
    for name, given in filters.items():
        without = found.without(name)
        counts.append(FilterCount(name, given.values, without, without - found.total))
    return tuple(counts)


def _periods(values: tuple[str, ...], now: datetime) -> tuple[TimeRange | None, ...]:
    try:
        return tuple(None if text.casefold() == NONE else parse_period(text, now) for text in values)
    except DateError as error:
        raise _bad_date("date", error) from error


def _bad_date(name: str, error: DateError) -> RequestError:
    return RequestError(f"'{name}': {error.what}", cure=error.cure)
