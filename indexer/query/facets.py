"""Facet counts over the hits of a query: one pass over whole arrays a facet.

A facet is counted over what the query and all other filters leave, without its own: so chosen
values keep their siblings' counts, and each count is the total of choosing that value alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from indexer.query.columns import VALUE_FACETS, Columns, FacetColumn, Mask
from indexer.query.dates import Period, bucket_label, parse_period
from indexer.query.request import NONE
from indexer.query.results import FacetValue, FacetValues

# The finest unit of the date facet that keeps it under about a hundred values.
_YEARS_FROM = 8 * 366  # days of span from which the facet counts by year
_MONTHS_FROM = 92
_UNITS = ("Y", "M", "D")
_BUCKET_LENGTHS = (4, 7, 10)  # 2020, 2020-06, 2020-06-25


def value_mask(columns: Columns, facet: str, chosen: Iterable[str], now: datetime) -> Mask:
    """Return which documents have one of the `chosen` values of `facet`.

    Raises ValueError with a sentence for a date that cannot be read.
    """
    found: Mask = np.zeros(columns.size, bool)
    for text in chosen:
        mask = date_mask(columns, text, now) if facet == "date" else columns.facet(facet).choose(text)
        if mask is not None:
            found |= mask
    return found & columns.live


def date_mask(columns: Columns, text: str, now: datetime) -> Mask:
    """Return which documents were published in the period `text`, or for `none` have no date."""
    if text.casefold() == NONE:
        return ~columns.dated
    return period_mask(columns, parse_period(text, now))


def period_mask(columns: Columns, period: Period) -> Mask:
    """Return which documents were published in `period`."""
    found = columns.dated.copy()
    if period.first is not None:
        found &= columns.published >= period.first
    if period.last is not None:
        found &= columns.published <= period.last
    return found


def count_facet(
    columns: Columns, facet: str, base: Mask, chosen: Sequence[str], size: int, now: datetime
) -> FacetValues:
    """Return the values of `facet` over the documents in `base`, the chosen ones marked.

    `size` bounds how many are given; chosen values and their ancestors come beside it.
    """
    if facet == "date":
        return _count_dates(columns, base, chosen, now)
    if facet not in VALUE_FACETS:
        raise KeyError(facet)
    return _count_values(columns.facet(facet), facet, base, chosen, size)


def _count_values(
    column: FacetColumn, facet: str, base: Mask, chosen: Sequence[str], size: int
) -> FacetValues:
    counts = column.counts(base)
    selected = {ordinal for text in chosen for ordinal in column.find(text)}
    present = np.flatnonzero(counts)
    order = np.lexsort((column.label_rank[present], -counts[present]))
    shown = set(present[order[:size]].tolist()) | selected
    for ordinal in list(shown):
        shown |= _ancestors(column, ordinal)  # a child without its parent would hang in the air
    values = []
    for ordinal in _tree_order(column, shown, counts):
        key = column.keys[ordinal]
        parent_value = column.keys[key.parent].value if key.parent is not None else None
        label = _none_label(facet) if key.value == NONE else key.label
        values.append(
            FacetValue(key.value, label, int(counts[ordinal]), ordinal in selected, key.depth, parent_value)
        )
    for text in chosen:
        if not column.find(text):  # another name of a provider, or nothing at all
            mask = column.choose(text)
            values.append(FacetValue(text, text, 0 if mask is None else int((mask & base).sum()), True))
    return FacetValues(facet, values, len(present) - int(counts[column.none] > 0))


def _ancestors(column: FacetColumn, ordinal: int) -> set[int]:
    found: set[int] = set()
    parent = column.keys[ordinal].parent
    while parent is not None:
        found.add(parent)
        parent = column.keys[parent].parent
    return found


def _tree_order(column: FacetColumn, shown: set[int], counts: NDArray[np.int64]) -> list[int]:
    """Return `shown` with each value's children right after it, siblings largest first, `none` last."""
    children: dict[int | None, list[int]] = {}
    for ordinal in shown:
        children.setdefault(column.keys[ordinal].parent, []).append(ordinal)

    def last_first(ordinal: int) -> tuple[object, ...]:
        key = column.keys[ordinal]
        return key.value != NONE, int(counts[ordinal]), -int(column.label_rank[ordinal])

    order: list[int] = []
    todo = sorted(children.get(None, ()), key=last_first)  # popped from the end: the largest first
    while todo:
        order.append(at := todo.pop())
        todo += sorted(children.get(at, ()), key=last_first)
    return order


def _none_label(facet: str) -> str:
    return f"no {facet}"


def _count_dates(columns: Columns, base: Mask, chosen: Sequence[str], now: datetime) -> FacetValues:
    hits = columns.published[base & columns.dated]
    undated = int((base & ~columns.dated).sum())
    known = {text: _bucket(text) for text in chosen}
    values: list[FacetValue] = []
    if len(hits):
        days = hits.astype("datetime64[s]")
        unit = _unit(days)
        values = _nest(_buckets(days, unit), days, unit, {b for b in known.values() if b})
    have = {value.value for value in values}
    for text in chosen:
        bucket = known[text] or text
        if bucket != NONE and bucket not in have:  # a range, or a period without a hit
            count = int((date_mask(columns, text, now) & base).sum())
            values.append(FacetValue(text, bucket_label(bucket), count, True))
    chosen_buckets = {bucket or text for text, bucket in known.items()}
    values = [_marked(value, value.value in chosen_buckets) for value in values]
    if undated or NONE in chosen_buckets:
        values.append(FacetValue(NONE, _none_label("date"), undated, NONE in chosen_buckets))
    return FacetValues("date", values, sum(value.value != NONE for value in values))


def _marked(value: FacetValue, selected: bool) -> FacetValue:
    return FacetValue(
        value.value, value.label, value.count, selected or value.selected, value.depth, value.parent
    )


def _unit(days: NDArray[np.datetime64]) -> str:
    span = int((days.max() - days.min()).astype("timedelta64[D]").astype(int))
    return "Y" if span >= _YEARS_FROM else "M" if span >= _MONTHS_FROM else "D"


def _buckets(
    days: NDArray[np.datetime64], unit: str, parent: str | None = None, depth: int = 0
) -> list[FacetValue]:
    found, counts = np.unique(days.astype(f"datetime64[{unit}]"), return_counts=True)
    names = np.datetime_as_string(found)
    return [
        FacetValue(str(n), bucket_label(str(n)), int(c), False, depth, parent)
        for n, c in zip(names, counts, strict=True)
    ]


def _nest(
    values: list[FacetValue], days: NDArray[np.datetime64], unit: str, chosen: set[str]
) -> list[FacetValue]:
    """Put the months of a chosen year, and the days of a chosen month, right after it."""
    if unit == "D":
        return values
    finer = _UNITS[_UNITS.index(unit) + 1]
    nested: list[FacetValue] = []
    for value in values:
        nested.append(value)
        if any(bucket.startswith(value.value) for bucket in chosen):
            inside = days[days.astype(f"datetime64[{unit}]") == np.datetime64(value.value)]
            nested += _nest(_buckets(inside, finer, value.value, value.depth + 1), inside, finer, chosen)
    return nested


def _bucket(text: str) -> str | None:
    """Return the name that the date facet gives to the period `text`, None where it is no bucket."""
    text = text.strip().casefold()
    if text == NONE:
        return NONE
    try:
        return str(np.datetime64(text)) if len(text) in _BUCKET_LENGTHS else None
    except ValueError:
        return None
