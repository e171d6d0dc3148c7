"""Facet counts over the hits of a query: one pass over whole arrays a facet.

A facet is counted over what the query and all other filters leave, without its own: so chosen
values keep their siblings' counts, and each count is the total of choosing that value alone.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.query.columns import VALUE_FACETS, Columns
from indexer.query.dates import Period, bucket_label, parse_period
from indexer.query.facet_column import FacetColumn, Mask, Test
from indexer.query.postings import Docs
from indexer.query.request import NONE
from indexer.query.results import FacetValue, FacetValues
from indexer.schema import NO_DATE

# The finest unit of the date facet that keeps it under about a hundred values.
_YEARS_FROM = 8 * 366  # days of span from which the facet counts by year
_MONTHS_FROM = 92
_DAY = 86_400
_FEW = 128  # documents
_UNITS = ("Y", "M", "D")
_BUCKET_LENGTHS = (4, 7, 10)  # 2020, 2020-06, 2020-06-25


def value_test(columns: Columns, facet: str, chosen: Sequence[str], now: datetime) -> Test:
    """Return what tells which of some documents have one of the `chosen` values of `facet`.

    Raises ValueError with a sentence for a date that cannot be read.
    """
    if facet != "date":
        return columns.facet(facet).test(chosen)
    tests = [date_test(columns, text, now) for text in chosen]
    return tests[0] if len(tests) == 1 else lambda docs: np.logical_or.reduce([test(docs) for test in tests])


def date_test(columns: Columns, text: str, now: datetime) -> Test:
    """Return what tells which documents were published in the period `text`, or for `none` have no date."""
    if text.casefold() == NONE:
        return lambda docs: columns.published.take(docs) == NO_DATE
    return period_test(columns, parse_period(text, now))


def period_test(columns: Columns, period: Period) -> Test:
    """Return what tells which documents were published in `period`."""
    first = NO_DATE + 1 if period.first is None else period.first
    published = columns.published

    def test(docs: Docs) -> Mask:
        seconds = published.take(docs)
        found: Mask = seconds >= first
        return found if period.last is None else found & (seconds <= period.last)

    return test


def count_facet(
    columns: Columns, facet: str, base: Docs, chosen: Sequence[str], size: int, now: datetime
) -> FacetValues:
    """Return the values of `facet` over the documents `base`, the chosen ones marked.

    Without a choice, a few documents are counted one by one: that takes a third of the time that array
    operations need to begin.

    `size` bounds how many are given; chosen values and their ancestors come beside it.
    """
    few = len(base) <= _FEW and not chosen
    if facet == "date":
        found = _few_dates(columns, base) if few else None
        return _count_dates(columns, base, chosen, now) if found is None else found
    if facet not in VALUE_FACETS:
        raise KeyError(facet)
    if few and not columns.facet(facet).is_tree:
        return _count_few(columns.facet(facet), facet, base, size)
    return _count_values(columns.facet(facet), facet, base, chosen, size)


def _count_few(column: FacetColumn, facet: str, base: Docs, size: int) -> FacetValues:
    counts = Counter(column.list_of(base.tolist()))
    ranks, none = column.label_ranks, column.none
    order = sorted(counts, key=lambda ordinal: (-counts[ordinal], ranks[ordinal]))[:size]
    if none in counts and none in order:
        order.remove(none)
        order.append(none)
    values = []
    for ordinal in order:
        value, label, depth, parent = column.named_ordinals[ordinal]
        label = _none_label(facet) if ordinal == none else label
        values.append(FacetValue(value, label, counts[ordinal], False, depth, parent))
    return FacetValues(facet, values, len(counts) - (none in counts))


def _few_dates(columns: Columns, base: Docs) -> FacetValues | None:
    """Return the date facet, or None where it is counted by day."""
    docs = base.tolist()
    published, months = columns.published.data, columns.months.data
    dated = [doc for doc in docs if published[doc] != NO_DATE]
    values: list[FacetValue] = []
    if dated:
        seconds = [published[doc] for doc in dated]
        unit = _unit_of(max(seconds) - min(seconds))
        if unit == "D":
            return None
        counts = Counter([months[doc] // 12 if unit == "Y" else months[doc] for doc in dated])
        values = [_month_value(number, unit, counts[number]) for number in sorted(counts)]
    distinct = len(values)
    if len(dated) < len(docs):
        values.append(FacetValue(NONE, _none_label("date"), len(docs) - len(dated), False))
    return FacetValues("date", values, distinct)


def _count_values(
    column: FacetColumn, facet: str, base: Docs, chosen: Sequence[str], size: int
) -> FacetValues:
    counts = column.counts(base)
    selected = {ordinal for text in chosen for ordinal in column.find(text)}
    present = np.flatnonzero(counts)
    shown = _largest(column, present, counts, size)
    if selected or column.is_tree:
        every = set(shown) | selected
        for ordinal in list(every):
            every |= _ancestors(column, ordinal)  # a child without its parent would hang in the air
        shown = _tree_order(column, every, counts)
    named, none, values = column.named_ordinals, column.none, []
    for ordinal, count in zip(shown, counts.take(shown).tolist() if shown else (), strict=True):
        value, label, depth, parent = named[ordinal]
        if ordinal == none:
            label = _none_label(facet)
        values.append(FacetValue(value, label, count, ordinal in selected, depth, parent))
    for text in chosen:
        if not column.find(text):  # another name of a provider, or nothing at all
            mask = column.choose(text)
            values.append(FacetValue(text, text, 0 if mask is None else int(mask.take(base).sum()), True))
    return FacetValues(facet, values, len(present) - int(counts[column.none] > 0))


def _largest(column: FacetColumn, present: NDArray[Any], counts: NDArray[np.int64], size: int) -> list[int]:
    """Return the ordinals of the `size` largest counts, the largest first, `none` last of all."""
    if not size:
        return []
    own = counts.take(present)
    if len(present) > 2 * size:  # few of many: put those alone in order
        bound = np.partition(own, len(own) - size)[len(own) - size]
        present = present[own >= bound]
        own = counts.take(present)
    order = np.lexsort((column.label_rank.take(present), -own))[:size]
    shown: list[int] = present.take(order).tolist()
    if column.none in shown:
        shown.remove(column.none)
        shown.append(column.none)
    return shown


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


def _count_dates(columns: Columns, base: Docs, chosen: Sequence[str], now: datetime) -> FacetValues:
    seconds = columns.published.take(base)
    dated = seconds != NO_DATE
    undated = len(base) - int(np.count_nonzero(dated))
    if undated:
        base, seconds = base[dated], seconds[dated]
    known = {text: _bucket(text) for text in chosen}
    values: list[FacetValue] = []
    if len(seconds):
        unit = _unit(seconds)
        if chosen or unit == "D":
            moments = seconds.astype("datetime64[s]")
            values = _nest(_buckets(moments, unit), moments, unit, {b for b in known.values() if b})
        else:
            values = _months(columns.months.take(base), unit)
    have = {value.value for value in values}
    for text in chosen:
        bucket = known[text] or text
        if bucket != NONE and bucket not in have:  # a range, or a period without a hit
            count = int(date_test(columns, text, now)(base).sum())
            values.append(FacetValue(text, bucket_label(bucket), count, True))
    chosen_buckets = {bucket or text for text, bucket in known.items()}
    if chosen:
        values = [_marked(value, value.value in chosen_buckets) for value in values]
    if undated or NONE in chosen_buckets:
        values.append(FacetValue(NONE, _none_label("date"), undated, NONE in chosen_buckets))
    return FacetValues("date", values, sum(value.value != NONE for value in values))


def _months(months: NDArray[np.int32], unit: str) -> list[FacetValue]:
    """Return the buckets of documents by their months, or by their years."""
    if unit == "Y":
        months = months // 12
    first = int(months.min())
    counts = np.bincount(months - first)
    present = np.flatnonzero(counts)
    return [
        _month_value(first + place, unit, count)
        for place, count in zip(present.tolist(), counts.take(present).tolist(), strict=True)
    ]


def _month_value(number: int, unit: str, count: int) -> FacetValue:
    name, label = _month_names(number, unit)
    return FacetValue(name, label, count, False)


@functools.lru_cache(maxsize=10_000)
def _month_names(number: int, unit: str) -> tuple[str, str]:
    name = f"{number + 1970:04}" if unit == "Y" else f"{number // 12 + 1970:04}-{number % 12 + 1:02}"
    return name, bucket_label(name)


def _marked(value: FacetValue, selected: bool) -> FacetValue:
    return FacetValue(
        value.value, value.label, value.count, selected or value.selected, value.depth, value.parent
    )


def _unit(seconds: NDArray[np.int64]) -> str:
    return _unit_of(int(seconds.max()) - int(seconds.min()))


def _unit_of(seconds: int) -> str:
    """Return the unit for matches that lie so far apart."""
    span = seconds // _DAY
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
