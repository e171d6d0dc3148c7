"""Facet counts over the hits of a query: one pass over whole arrays a facet.

A facet is counted over what the query and all other filters leave, without its own: so chosen
values keep their siblings' counts, and each count is the total of choosing that value alone.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.facets import VALUE_FACETS
from indexer.query.answers.facet_values import FacetValue, FacetValues, new_value
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.facet_column import FacetColumn, Test
from indexer.query.arrays.store.postings import Docs, Mask
from indexer.query.arrays.store.stories import StoryColumn
from indexer.query.language.dates import DayRange
from indexer.query.parameters import NONE
from indexer.query.periods import first_days, period_label, period_name, period_number
from indexer.query.source import Filter

# The finest interval of the date facet that keeps it under about a hundred values.
_YEARS_FROM = 8 * 366  # days of span from which the facet counts by year
_MONTHS_FROM = 92
_NO_DATE_LABEL = "no date"
_NAME_LENGTHS = (4, 7, 10)  # 2020, 2020-06, 2020-06-25
_NO_FILTER = Filter(())


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The documents that a facet is counted over, and by which stories; None counts articles."""

    docs: Docs
    stories: StoryColumn | None = None

    def by_value(self, column: FacetColumn) -> NDArray[np.int64]:
        """Return for each ordinal of a facet how many have it."""
        counts = column.counts(self.docs)
        if self.stories is None:
            return counts
        places, stories = self.stories.shared(self.docs)
        owners, ordinals = column.pairs(self.docs.take(places))
        return counts - np.bincount(_again(stories.take(owners), ordinals), minlength=len(counts))

    def total(self, mask: Mask | None = None) -> int:
        """Return how many there are, or how many of those that `mask`, (documents,), says."""
        if self.stories is None:
            return len(self.docs) if mask is None else int(np.count_nonzero(mask))
        return self.stories.count(self.docs if mask is None else self.docs[mask])

    def kept(self, mask: Mask) -> Counted:
        """Return those that `mask`, (documents,), says."""
        return Counted(self.docs[mask], self.stories)

    def by_bucket(self, buckets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the buckets that occur, ascending, and how many are in each; `buckets` are those of the
        documents, (documents,)."""
        found, counts = np.unique(buckets, return_counts=True)
        if self.stories is not None and len(found):
            places, stories = self.stories.shared(self.docs)
            numbers = np.searchsorted(found, buckets.take(places))
            counts = counts - np.bincount(_again(stories, numbers), minlength=len(found))
        return found, counts


def _again(stories: NDArray[np.int32], values: NDArray[Any]) -> NDArray[np.int64]:
    """Return the value of each pair of a story and a value, but for the first of those that are alike."""
    width = int(values.max(initial=0)) + 1
    pairs = np.sort(stories.astype(np.int64) * width + values)
    again: NDArray[np.int64] = pairs[1:][pairs[1:] == pairs[:-1]] % width
    return again


def filter_test(columns: Columns, name: str, given: Filter) -> Test:
    """Return what tells which of some documents pass a filter."""
    if name in VALUE_FACETS:
        return columns.facet(name).test(given.values)
    if name == "featured":
        featured = columns.flag_mask("is", "featured")
        return (featured if given.values == ("yes",) else ~featured).take
    if name == "origin":
        return columns.flag_mask("origin", given.values[0]).take
    tests = [period_test(columns, period) for period in given.periods]
    return tests[0] if len(tests) == 1 else lambda docs: np.logical_or.reduce([test(docs) for test in tests])


def period_test(columns: Columns, period: DayRange | None) -> Test:
    """Return what tells which documents were published in `period`, or for None have no date."""
    if period is None:
        return lambda docs: ~columns.dated.take(docs)
    return lambda docs: columns.days.within(docs, period.first, period.last)


def count_facet(columns: Columns, base: Counted, facet: str, given: Filter | None, size: int) -> FacetValues:
    """Return the values of a facet over `base`, those that the filter `given` chooses marked: at most `size`
    beside these and their ancestors."""
    if facet == "date":
        found = None if given or base.stories else _count_months(columns, base.docs)
        return _count_dates(columns, base, given or _NO_FILTER) if found is None else found
    return _count_values(columns.facet(facet), base, given.values if given else (), size)


def count_by_day(columns: Columns, docs: Docs, facet: str, values: Sequence[str]) -> NDArray[np.int64]:
    """Return how many of `docs` have each of `values` on each day of `columns.days`, (values, days)."""
    column, size = columns.facet(facet), len(columns.days.periods) + 1
    rows = np.full(len(column.keys), len(values))  # of what is not asked for
    ordinals = [column.find(value)[0] for value in values]
    rows[ordinals] = np.arange(len(values))
    docs = docs[column.mask(ordinals).take(docs)]
    places, found = column.pairs(docs)
    cells = rows.take(found) * size + columns.days.places(docs).take(places)
    counts = np.bincount(cells, minlength=(len(values) + 1) * size).reshape(-1, size)
    return counts[:-1, 1:]


def _values(
    column: FacetColumn, counts: Mapping[int, int], selected: Container[int] = ()
) -> list[FacetValue]:
    """Return the values of some ordinals, with how many documents have each."""
    named = column.named_ordinals
    return [
        new_value((value, label, count, ordinal in selected, depth, parent))
        for ordinal, count in counts.items()
        for value, label, depth, parent in (named[ordinal],)
    ]


def _count_values(column: FacetColumn, base: Counted, chosen: Sequence[str], size: int) -> FacetValues:
    counts = base.by_value(column)
    selected = {ordinal for text in chosen for ordinal in column.find(text)}
    present = counts.nonzero()[0]
    shown = _largest(column, present, counts, size)
    if selected or column.is_tree:
        # A child without its parent would hang in the air.
        every = {above for ordinal in {*shown, *selected} for above in column.lines[ordinal]}
        shown = _tree_order(column, every, counts)
    own = dict(zip(shown, counts.take(shown).tolist() if shown else (), strict=True))
    values = _values(column, own, selected)
    for text in chosen:
        if not column.find(text):  # another name of a provider, or nothing at all
            mask = column.choose(text)
            values.append(
                FacetValue(text, text, 0 if mask is None else base.total(mask.take(base.docs)), True)
            )
    return FacetValues(column.name, values, len(present) - int(counts[column.none] > 0))


def _largest(column: FacetColumn, present: NDArray[Any], counts: NDArray[np.int64], size: int) -> list[int]:
    """Return the ordinals of the `size` largest counts, the largest first, `none` last of all."""
    if not size:
        return []
    # One key of count, then rank of the label: a rank is smaller than the number of ordinals.
    keys = column.label_rank.take(present) - counts.take(present) * len(counts)
    if len(keys) > 2 * size:
        present = present.take(keys.argpartition(size)[:size])
        keys = column.label_rank.take(present) - counts.take(present) * len(counts)
    order = keys.argsort()[:size]
    shown: list[int] = present.take(order).tolist()
    if column.none in shown:
        shown.remove(column.none)
        shown.append(column.none)
    return shown


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


def _count_months(columns: Columns, base: Docs) -> FacetValues | None:
    """Return the date facet of `base` by month or year, or None where it is counted by day."""
    by_month, undated = columns.months.count(base)
    present = by_month.nonzero()[0]
    months, counts = columns.months.periods.take(present).tolist(), by_month.take(present).tolist()
    values: list[FacetValue] = []
    if months:
        interval, longest = _intervals(months[0], months[-1])
        if interval != longest:
            interval = _interval_of(columns, base)
        if interval == "day":
            return None
        if interval == "year":
            by_year: Counter[int] = Counter()
            for month, count in zip(months, counts, strict=True):
                by_year[month // 12] += count
            months, counts = list(by_year), list(by_year.values())
        values = [
            new_value((*_named(number, interval), count, False, 0, None))
            for number, count in zip(months, counts, strict=True)
        ]
    distinct = len(values)
    if undated:
        values.append(FacetValue(NONE, _NO_DATE_LABEL, undated, False))
    return FacetValues("date", values, distinct)


def _count_dates(columns: Columns, base: Counted, given: Filter) -> FacetValues:
    dated = columns.dated.take(base.docs)
    undated = base.total(~dated)
    if undated:
        base = base.kept(dated)
    chosen = given.values
    known = {text: _period(text) for text in chosen}
    values: list[FacetValue] = []
    if len(base.docs):
        named = {name for name in known.values() if name}
        values = _by_period(columns, base, _interval_of(columns, base.docs), named)
    have = {value.value for value in values}
    for text, period in zip(chosen, given.periods, strict=True):
        name = known[text] or text
        if name != NONE and name not in have:  # a range, or a period without a hit
            count = base.total(period_test(columns, period)(base.docs))
            values.append(FacetValue(text, period_label(name), count, True))
    names = {name or text for text, name in known.items()}
    if chosen:
        values = [value._replace(selected=value.selected or value.value in names) for value in values]
    if undated or NONE in names:
        values.append(FacetValue(NONE, _NO_DATE_LABEL, undated, NONE in names))
    return FacetValues("date", values, sum(value.value != NONE for value in values))


@functools.lru_cache(maxsize=10_000)
def _named(number: int, interval: str) -> tuple[str, str]:
    name = period_name(number, interval)
    return name, period_label(name)


def _interval(days: int) -> str:
    """Return the interval for matches that lie so many whole days apart."""
    return "year" if days >= _YEARS_FROM else "month" if days >= _MONTHS_FROM else "day"


@functools.lru_cache(maxsize=10_000)
def _intervals(first: int, last: int) -> tuple[str, str]:
    """Return the intervals for matches of two months that lie as near as can be, and as far."""
    ends = [first_days(month, "month") for month in (first, first + 1, last, last + 1)]
    return _interval(max(ends[2] - ends[1] + 1, 0)), _interval(ends[3] - ends[0] - 1)


def _interval_of(columns: Columns, docs: Docs) -> str:
    """Return the interval for `docs`, of which one at least has a date."""
    first, last = columns.days.span(docs) or (0, 0)
    return _interval(last - first)


def _by_period(
    columns: Columns, base: Counted, interval: str, chosen: set[str], parent: FacetValue | None = None
) -> list[FacetValue]:
    """Return the values of the periods that `base` was published in; after a chosen year its months, after a
    chosen month its days. `parent` is the period that all of `base` lies in."""
    depth, name_above = (parent.depth + 1, parent.value) if parent else (0, None)
    periods = columns.days.of(base.docs) if interval == "day" else columns.months.of(base.docs)
    if interval == "year":
        periods //= 12
    found: list[FacetValue] = []
    for number, count in zip(*(part.tolist() for part in base.by_bucket(periods)), strict=True):
        value = FacetValue(*_named(number, interval), count, False, depth, name_above)
        found.append(value)
        if interval != "day" and any(name.startswith(value.value) for name in chosen):
            finer = "month" if interval == "year" else "day"
            found += _by_period(columns, base.kept(periods == number), finer, chosen, value)
    return found


def _period(text: str) -> str | None:
    """Return the name that the date facet gives to the period `text`; None where it is none of its."""
    text = text.strip().casefold()
    is_name = len(text) in _NAME_LENGTHS and period_number(text)
    return text if text == NONE or is_name else None
