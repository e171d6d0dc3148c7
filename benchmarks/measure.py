"""Taking times and comparing them: percentiles, turns, ratios with their spread."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

BLOCK = 20  # queries a peer answers before the next has its turn: its caches are warm, the noise is shared


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure taken in several rounds: the median, the smallest and the largest."""

    median: float
    low: float
    high: float


def spread(values: Iterable[float]) -> Spread:
    """Return the median of `values` and how far they lie apart."""
    found = list(values)
    return Spread(statistics.median(found), min(found), max(found))


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Spread:
    """Return the spread of the ratios, round by round."""
    return spread(a / b for a, b in zip(numerators, denominators, strict=True))


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the nearest-rank percentile: the smallest value that `percent` % of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that `call` takes by the clock, garbage of others collected before."""
    gc.collect()
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def take_turns(
    calls: Mapping[str, Callable[[Item], object]], items: Sequence[Item], block: int = BLOCK
) -> dict[str, list[float]]:
    """Return for each of `calls` the seconds it takes for each of `items`, in their order.

    They take turns block by block, each time another one first.
    """
    samples: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    for start in range(0, len(items), block):
        for name in names:
            call, taken = calls[name], samples[name]
            gc.collect()
            for item in items[start : start + block]:
                began = time.perf_counter()
                call(item)
                taken.append(time.perf_counter() - began)
        names.append(names.pop(0))
    return samples
