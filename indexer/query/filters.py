"""The filters of a request -> what a source tests articles by; and what each filter removes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from indexer.errors import RequestError
from indexer.facets import FACETS
from indexer.query.answers.ledger import FilterCount
from indexer.query.language.dates import PERIODS, REVERSED, DateError, DayRange
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
            filters[name] = Filter(values)
    if dates := request.chosen("date"):
        filters["date"] = Filter(dates, tuple(_period("date", text, now) for text in dates))
    if request.featured is not None:
        filters["featured"] = Filter(("yes" if request.featured else "no",))
    if request.origin is not None:
        filters["origin"] = Filter((request.origin,))
    for name in ("after", "before"):
        text = request.value(name)
        if text is not None:
            filters[name] = Filter((text,), (_period(name, text, now),))
    return filters


def filter_counts(filters: Mapping[str, Filter], found: Found) -> tuple[FilterCount, ...]:
    """Return for each filter how many are found without it, all others in force, and how many of these it
    removes."""
    counts = []
    for name, given in filters.items():
        without = found.without(name)
        counts.append(FilterCount(name, given.values, without, without - found.total))
    return tuple(counts)


def reversed_days(filters: Mapping[str, Filter]) -> tuple[int, int] | None:
    """Return the first and the last day that `after` and `before` let in, where the first is the later one
    and so no day is left; None where some are."""
    if "after" not in filters or "before" not in filters:
        return None
    (after,), (before,) = filters["after"].periods, filters["before"].periods
    if after is None or before is None or after.first is None or before.last is None:
        return None
    return (after.first, before.last) if after.first > before.last else None


def remarks(filters: Mapping[str, Filter]) -> list[str]:
    """Return what is to be said of dates that are the wrong way round, each without a full stop."""
    periods = [period for given in filters.values() for period in given.periods if period]
    corrections = dict.fromkeys(period.correction for period in periods if period.correction)
    return [*corrections, REVERSED] if reversed_days(filters) else [*corrections]


def _period(name: str, text: str, now: datetime) -> DayRange | None:
    """Return what a date stands for, None for `none`. Raises RequestError."""
    if name == "date" and text.casefold() == NONE:
        return None
    try:
        return PERIODS[name](text, now)
    except DateError as error:
        raise RequestError(error.what, where=name, cure=error.cure) from error
