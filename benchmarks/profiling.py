"""Where Backfile's own time goes: cProfile, told by function of `indexer` and by part."""

from __future__ import annotations

import cProfile
import pstats
import sysconfig
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).resolve().parent.parent
_LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib"))
_FUNCTIONS = 16
_PARTS = 10

Function = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of a run's time, the largest first.

    `functions` of `indexer` with all that they call; `parts` (modules, packages) with their own
    time and that of the built-in functions that they call. `calls` are how many functions are called for
    each of the `each` (questions, files) that the run is for.
    """

    what: str
    each: str
    calls: float
    functions: tuple[tuple[str, float], ...]
    parts: tuple[tuple[str, float], ...]


def profile(what: str, call: Callable[[], object], count: int, each: str = "question") -> Profile:
    """Run `call`, for `count` of `each`, under cProfile. Its clock makes small functions look slower than
    they are."""
    profiler = cProfile.Profile()
    profiler.runcall(call)
    stats: dict[Function, Any] = pstats.Stats(profiler).stats  # type: ignore[attr-defined]  # the stubs leave `stats` out
    total = max(cumulative for _, _, _, cumulative, _ in stats.values()) or 1.0
    inclusive = {
        f"{_part(function)}: {function[2]}": cumulative / total
        for function, (_, _, _, cumulative, _) in stats.items()
        if _part(function).startswith("indexer.") and not function[2].startswith("<")
    }
    return Profile(
        what,
        each,
        sum(calls for _, calls, _, _, _ in stats.values()) / max(count, 1),
        _largest(inclusive, _FUNCTIONS),
        _largest({part: own / total for part, own in _own_times(stats).items()}, _PARTS),
    )


def _own_times(stats: dict[Function, Any]) -> Counter[str]:
    """Return each part's own seconds; a built-in's are those of its callers."""
    times: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] == "~" and callers:
            for caller, (_, _, its_share, _) in callers.items():
                times[_part(caller)] += its_share
        else:
            times[_part(function)] += own
    return times


def _largest(shares: dict[str, float], most: int) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:most])


def _part(function: Function) -> str:
    """Return `indexer.query.arrays.match.execute`, `whoosh.matching`, or a library's name."""
    path = Path(function[0])
    for root in _LIBRARIES:  # first: they may lie within the project
        if path.is_relative_to(root):
            parts = path.relative_to(root).with_suffix("").parts
            return ".".join(parts[:2] if parts[0] == "whoosh" else parts[:1])
    if path.is_relative_to(_PROJECT):
        return ".".join(path.relative_to(_PROJECT).with_suffix("").parts)
    return "Python"
