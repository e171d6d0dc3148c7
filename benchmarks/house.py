"""How large the house is, how far a question walks in it, and what a command costs to start.

    python -m benchmarks.house [--checkout PATH] [--rounds N] [--no-write]

Writes `benchmarks/house.json`, and the section of `RESULTS.md` that it fills. With `--checkout` another
checkout of the project is measured beside this one, each with its own code and an index of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.checkout import HERE, Checkout
from benchmarks.figures import table
from benchmarks.saved import HOUSE, RESULTS, Saved, save, write_section
from benchmarks.source import count_lines, imports_of, inside, rooms_of, shape
from benchmarks.startup import COMMAND, HELP, KNOWN, MISTYPED, UNKNOWN, VERSION, measure_startup

_QUERY = "indexer.query"
THIS, OTHER = "this checkout", "the other"


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: its key in the JSON, what it is, and the most that is wanted, if anything is."""

    key: str
    what: str
    most: float | None = None


ROWS: tuple[Row, ...] = (
    Row("rooms", "`indexer/query`: rooms (packages, and modules beside packages)"),
    Row("room_floors", "… floors of rooms (0: there is a cycle)"),
    Row("room_arrows", "… import arrows between rooms"),
    Row("modules", "… modules"),
    Row("floors", "… floors of modules, the longest chain of imports"),
    Row("arrows", "… import arrows between modules"),
    Row("lines", "lines of code of `indexer` and `search_web`", 19_000),
    Row("readme", "words of the README", 1_000),
    Row("search_modules", "a search of two words: modules entered", 32),
    Row("search_passages", "… passages", 220),
    Row("page_modules", "`/search?q=…`: modules entered", 44),
    Row("page_passages", "… passages"),
    Row("index_modules", "a first index: modules entered", 52),
    *(Row(row, row, most) for row, most in (
        (HELP, 1.5), (VERSION, 1.5), (MISTYPED, 1.5), (COMMAND, 2), (KNOWN, 2.5), (UNKNOWN, 4)
    )),
)  # fmt: skip


def measure_source(root: Path) -> dict[str, float]:
    """Return what is counted in the files of a checkout."""
    arrows = inside(imports_of(root, "indexer"), _QUERY)
    modules, rooms = shape(arrows), shape(rooms_of(arrows))
    return {
        "rooms": rooms.nodes,
        "room_floors": rooms.floors or 0,
        "room_arrows": rooms.arrows,
        "modules": modules.nodes,
        "floors": modules.floors or 0,
        "arrows": modules.arrows,
        "lines": count_lines(root / top for top in ("indexer", "search_web")),
        "readme": len((root / "README.md").read_text(encoding="utf-8").split()),
    }


def measure(checkouts: Sequence[Checkout], rounds: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Return everything, by checkout."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="backfile-house-") as name:
        indexes = {checkout.name: Path(name, str(at)) for at, checkout in enumerate(checkouts)}
        for checkout in checkouts:
            tell(f"{checkout.name}: counting lines, modules and passages")
            found[checkout.name] = measure_source(checkout.root) | _entered(checkout, indexes[checkout.name])
        tell("starting commands")
        for one, ratios in measure_startup(checkouts, indexes, rounds).items():
            found[one] |= ratios
    date = datetime.now(UTC).date().isoformat()
    return {"date": date, "rounds": rounds, "compiled": not sys.dont_write_bytecode, "checkouts": found}


def _entered(checkout: Checkout, index: Path) -> dict[str, float]:
    found = json.loads(checkout.run("benchmarks.entered", str(HERE / "corpus"), str(index)))
    return {
        f"{name}_{what}": number
        for name, numbers in found.items()
        for what, number in zip(("modules", "passages"), numbers, strict=True)
    }


def verdict(row: Row, value: float) -> str:
    """Return whether a measure is what was wanted; nothing where nothing was."""
    if row.most is None:
        return ""
    return "met" if value <= row.most else f"**missed** by {value / row.most - 1:.0%}"


def house_section(saved: Saved | None) -> list[str]:
    """Return the report's section about the house."""
    if not saved:
        return []
    checkouts: Mapping[str, Mapping[str, float]] = saved["checkouts"]
    other = OTHER in checkouts
    return [
        "## The house",
        f"By `python -m benchmarks.house` on {saved['date']}, {saved['rounds']} rounds. "
        "Modules are files but `__init__.py`; imports inside functions count. A passage is a call of one of "
        "the project's functions (or a generator of it that goes on) by one in another file, seen by "
        "`sys.setprofile`; a module is entered where one of its functions runs. The search is of two words "
        "on the sample archive, ten hits' titles and snippets and three facets looked at, each word and the "
        "same hits asked for before, the pair not: the median of nine. Commands are given in times the "
        "processor time of the bare imports that they need, the median of the rounds; of `COMMAND` the "
        "slowest. The "
        f"project's bytecode is {'there' if saved['compiled'] else 'made anew each time'}.",
        table(
            ("", THIS, *([OTHER] if other else []), "wanted, at most", ""),
            list(_table_rows(checkouts, other)),
        ),
    ]


def _table_rows(checkouts: Mapping[str, Mapping[str, float]], other: bool) -> Iterator[list[str]]:
    for row in ROWS:
        values = [checkouts[name][row.key] for name in (THIS, OTHER) if name == THIS or other]
        wanted = "" if row.most is None else _shown(row.most)
        yield [row.what, *map(_shown, values), wanted, verdict(row, values[0])]


def _shown(value: float) -> str:
    return f"{value:,.2f}" if isinstance(value, float) and value != int(value) else f"{value:,.0f}"


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep what came of it, and put it into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.house", description=__doc__)
    parser.add_argument("--checkout", type=Path, help="another checkout, measured beside this one")
    parser.add_argument("--rounds", type=int, default=7, help="runs of each command (%(default)s)")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True, help="write the page")
    given = parser.parse_args(arguments)
    checkouts = [Checkout(THIS, HERE)]
    if given.checkout:
        checkouts.append(Checkout(OTHER, given.checkout.resolve()))
    found = measure(checkouts, given.rounds, lambda line: print(line, file=sys.stderr, flush=True))
    section = house_section(found)
    print(section[-1])
    if given.write:
        save(HOUSE, found)
        write_section(section, RESULTS)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
