"""Counts -> the values of a facet as answers have them: what sources share.

A facet is counted over what the query and all other filters leave, without its own: so chosen values keep
their siblings' counts, and each count is the total of choosing that value alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.query.answers.facet_values import FacetValue, FacetValues, new_value
from indexer.query.facet_names import FacetNames
from indexer.query.language.dates import DayRange
from indexer.query.parameters import NONE
from indexer.query.periods import first_days, period_label, period_name, period_number
from indexer.query.source import Filter

# The finest interval of the date facet that keeps it under about a hundred values.
_YEARS_FROM = 8 * 366  # days of span from which the facet counts by year
_MONTHS_FROM = 92
_NO_DATE_LABEL = "no date"
_NAME_LENGTHS = (4, 7, 10)  # 2020, 2020-06, 2020-06-25
NO_FILTER = Filter(())


def facet_values(
    names: FacetNames,
    counts: NDArray[np.int64],
    chosen: Sequence[str],
    size: int,
    total_of: Callable[[str], int],
) -> FacetValues:
    """Return the values of a facet of which each ordinal has such a count, (ordinals,): those `chosen`
    marked, at most `size` beside these and their ancestors. `total_of` counts what another name chooses."""
    selected = {ordinal for text in chosen for ordinal in names.find(text)}
    present = counts.nonzero()[0]
    shown = _largest(names, present, counts, size)
    if selected or names.is_tree:
        # A child without its parent would hang in the air.
        every = {above for ordinal in {*shown, *selected} for above in names.lines[ordinal]}
        shown = _tree_order(names, every, counts)
    own = dict(zip(shown, counts.take(shown).tolist() if shown else (), strict=True))
    values = _values(names, own, selected)
    for text in chosen:
        if not names.find(text):  # another name of a provider, or nothing at all
            values.append(FacetValue(text, text, total_of(text), True))
    return FacetValues(names.name, values, len(present) - int(counts[names.none] > 0))


def _values(names: FacetNames, counts: Mapping[int, int], selected: Container[int] = ()) -> list[FacetValue]:
    """Return the values of some ordinals, with how many documents have each."""
    named = names.named_ordinals
    return [
        new_value((value, label, count, ordinal in selected, depth, parent))
        for ordinal, count in counts.items()
        for value, label, depth, parent in (named[ordinal],)
    ]


def _largest(names: FacetNames, present: NDArray[Any], counts: NDArray[np.int64], size: int) -> list[int]:
    """Return the ordinals of the `size` largest counts, the largest first, `none` last of all."""
    if not size:
        return []
    # One key of count, then rank of the label: a rank is smaller than the number of ordinals.
    keys = names.label_rank.take(present) - counts.take(present) * len(counts)
    if len(keys) > 2 * size:
        first = keys.argpartition(size)[:size]
        present, keys = present.take(first), keys.take(first)
    order = keys.argsort()[:size]
    shown: list[int] = present.take(order).tolist()
    if names.none in shown:
        shown.remove(names.none)
        shown.append(names.none)
    return shown


def _tree_order(names: FacetNames, shown: set[int], counts: NDArray[np.int64]) -> list[int]:
    """Return `shown` with each value's children right after it, siblings largest first, `none` last."""
    children: dict[int | None, list[int]] = {}
    for ordinal in shown:
        children.setdefault(names.keys[ordinal].parent, []).append(ordinal)

    def last_first(ordinal: int) -> tuple[object, ...]:
        key = names.keys[ordinal]
        return key.value != NONE, int(counts[ordinal]), -int(names.label_rank[ordinal])

    order: list[int] = []
    todo = sorted(children.get(None, ()), key=last_first)  # popped from the end: the largest first
    while todo:
        order.append(at := todo.pop())
        todo += sorted(children.get(at, ()), key=last_first)
    return order


class Dated(Protocol):
    """Some articles, or stories, by their days; days count from 1970-01-01."""

    def undated(self) -> int:
        """Return how many have no date."""

    def span(self) -> tuple[int, int] | None:
        """Return the first and the last day; None where none has a date."""

    def by_period(self, interval: str) -> Iterable[tuple[int, int]]:
        """Return the periods that occur, by their numbers, ascending, and how many are in each."""

    def inside(self, number: int, interval: str) -> Dated:
        """Return those of one period."""

    def count(self, period: DayRange | None) -> int:
        """Return how many are of a range of days, or for None have no date."""


def date_values(base: Dated, given: Filter) -> FacetValues:
    """Return the date facet of `base`, what the filter `given` chooses marked."""
    undated, span = base.undated(), base.span()
    chosen = given.values
    known = {text: _period(text) for text in chosen}
    values: list[FacetValue] = []
    if span:
        named = {name for name in known.values() if name}
        values = _by_period(base, interval_of(span[1] - span[0]), named)
    have = {value.value for value in values}
    for text, period in zip(chosen, given.periods, strict=True):
        name = known[text] or text
        if name != NONE and name not in have:  # a range, or a period without a hit
            values.append(FacetValue(text, period_label(name), base.count(period), True))
    names = {name or text for text, name in known.items()}
    if chosen:
        values = [value._replace(selected=value.selected or value.value in names) for value in values]
    return with_undated(values, undated, selected=NONE in names)


def with_undated(values: list[FacetValue], undated: int, *, selected: bool = False) -> FacetValues:
    """Return the date facet of dated `values` and of what has no date."""
    distinct = len(values)
    if undated or selected:
        values.append(FacetValue(NONE, _NO_DATE_LABEL, undated, selected))
    return FacetValues("date", values, distinct)


@functools.lru_cache(maxsize=10_000)
def named_period(number: int, interval: str) -> tuple[str, str]:
    """Return the name and the label of a period."""
    name = period_name(number, interval)
    return name, period_label(name)


def interval_of(days: int) -> str:
    """Return the interval of the date facet for matches that lie so many whole days apart."""
    return "year" if days >= _YEARS_FROM else "month" if days >= _MONTHS_FROM else "day"


@functools.lru_cache(maxsize=10_000)
def intervals_of(first: int, last: int) -> tuple[str, str]:
    """Return the intervals for matches of two months that lie as near as can be, and as far."""
    ends = [first_days(month, "month") for month in (first, first + 1, last, last + 1)]
    return interval_of(max(ends[2] - ends[1] + 1, 0)), interval_of(ends[3] - ends[0] - 1)


def _by_period(
    base: Dated, interval: str, chosen: set[str], parent: FacetValue | None = None
) -> list[FacetValue]:
    """Return the values of the periods that `base` lies in; after a chosen year its months, after a
    chosen month its days. `parent` is the period that all of `base` lies in."""
    depth, name_above = (parent.depth + 1, parent.value) if parent else (0, None)
    found: list[FacetValue] = []
    for number, count in base.by_period(interval):
        value = FacetValue(*named_period(number, interval), count, False, depth, name_above)
        found.append(value)
        if interval != "day" and any(name.startswith(value.value) for name in chosen):
            finer = "month" if interval == "year" else "day"
            found += _by_period(base.inside(number, interval), finer, chosen, value)
    return found


def _period(text: str) -> str | None:
    """Return the name that the date facet gives to the period `text`; None where it is none of its."""
    text = text.strip().casefold()
    is_name = len(text) in _NAME_LENGTHS and period_number(text)
    return text if text == NONE or is_name else None
