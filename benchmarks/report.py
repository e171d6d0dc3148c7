"""Findings -> the text of `RESULTS.md`. Every sentence with a figure is made from the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.before import before_section
from benchmarks.cluster import cluster_section
from benchmarks.cluster_faults import faults_section
from benchmarks.figures import percent, table
from benchmarks.goals import US, goals
from benchmarks.house import house_section
from benchmarks.known_items import known_items_section
from benchmarks.measure import Spread
from benchmarks.pages import pages_section
from benchmarks.peers import WORDS
from benchmarks.profiling import Profile
from benchmarks.quality import quality_section
from benchmarks.report_builds import builds_section, opened_section, sizes_section
from benchmarks.report_queries import (
    agreement_section,
    derived_section,
    queries_section,
    segments_section,
)
from benchmarks.saved import Kept
from benchmarks.suite import Findings

NOTHING_KEPT = Kept()


def render(findings: Findings, kept: Kept = NOTHING_KEPT) -> str:
    """Return the whole page, in Markdown. `kept` is what was measured apart."""
    sections = [
        _head(findings),
        _goals(findings),
        _crash(kept.crash),
        queries_section(findings),
        segments_section(findings),
        derived_section(findings),
        quality_section(kept.quality),
        known_items_section(kept.known_items),
        builds_section(findings),
        sizes_section(findings),
        opened_section(findings),
        agreement_section(findings),
        _profiles(findings),
        pages_section(kept.pages),
        cluster_section(kept.cluster),
        faults_section(kept.cluster_faults),
        house_section(kept.house),
        before_section(kept.before),
        _noise(findings),
    ]
    return "\n\n".join("\n\n".join(section) for section in sections if section) + "\n"


def _head(f: Findings) -> list[str]:
    m = f.machine
    memory = f", {m.memory_gib:.0f} GiB of memory" if m.memory_gib else ""
    return [
        "# Benchmarks: Backfile beside its peers",
        f"Made by `{f.plan.command}` ({f.plan.rounds} rounds) on {m.when}. Do not edit: the next run "
        "writes it anew.",
        f"Machine: {m.cores} cores ({m.cpu}){memory}, {m.system}; {m.python}; {', '.join(m.libraries)}. "
        f"The machine's load was {m.load:.1f} when the run began and {f.load_after:.1f} when it ended; the "
        "run itself makes about 1, and as many as there are cores while it reads files.",
        "A ratio says how many times as fast as the peer Backfile is; **below 1 Backfile is slower**. Ratios "
        "are of one run with the peers taking turns; seconds are of this machine only.",
        "Peers:\n\n" + "\n".join(f"- **{name}**: {about}." for name, about in f.about.items()),
        *f.left_out,
    ]


def _goals(f: Findings) -> list[str]:
    rows = [(goal.what, goal.wanted, goal.measured, goal.verdict) for goal in goals(f)]
    missed = sum("missed" in verdict for *_, verdict in rows)
    met = sum(verdict == "met" for *_, verdict in rows)
    return [
        "## What was to be shown",
        f"Of {len(rows)} aims {met} are met, {missed} missed and {len(rows) - met - missed} not measured in "
        "this run. What is missed is explained, where a profile can, under “Where Backfile's time goes”.",
        table(("what", "wanted", "measured", ""), rows, left=4),
        "Stock Whoosh is measured with the quickest way of counting topics that was found (from stored "
        "fields) and with the one that its documents show (FieldFacet).",
    ]


def _crash(crash: Mapping[str, Any] | None) -> list[str]:
    if not crash:
        return ["The kill test's count is not known: `make crash` writes it."]
    return [
        f"The kill test (`make crash`, on {crash['date']}): {crash['killed']:,} runs of `reindex` killed at "
        f"random moments, {crash['at_work']:,} of them while they were at work; **{crash['lost']:,} with "
        "anything lost**."
    ]


def _profiles(f: Findings) -> list[str]:
    paragraphs = [
        "## Where Backfile's time goes",
        "By cProfile, which makes small functions look slower than they are: shares, not times.",
    ]
    for results in f.results:
        for found in results.profiles:
            paragraphs.append(f"### {results.collection.shown}: {found.what}")
            paragraphs += [_told(found), _profile_table(found)]
    return paragraphs


def _told(found: Profile) -> str:
    own = ", ".join(f"{part} {percent(share)}" for part, share in found.parts[:4])
    whoosh = sum(share for part, share in found.parts if part.startswith("whoosh"))
    ours = sum(share for part, share in found.parts if part.startswith("indexer"))
    return (
        f"Most of the time itself is spent in {own}. Of the parts below, Whoosh's together have "
        f"{percent(whoosh)}, Backfile's own {percent(ours)}. For each {found.each} "
        f"{found.calls:,.0f} functions are called, Python's, NumPy's and those of the built-in types, "
        "of some tenths of a microsecond to some microseconds each however few articles there are."
    )


def _profile_table(found: Profile) -> str:
    rows = []
    for place in range(max(len(found.functions), len(found.parts))):
        row = []
        for column in (found.functions, found.parts):
            row += [f"`{column[place][0]}`", percent(column[place][1])] if place < len(column) else ["", ""]
        rows.append(row)
    return table(("function, with all it calls", "share", "part, its own time", "share"), rows)


def _noise(f: Findings) -> list[str]:
    widest = max(
        (
            _width(times.ratio(name, US, at))
            for results in f.results
            for kind, times in results.kinds.items()
            for name in times.peers
            for at in (50, 95)
            if kind == WORDS and name != US
        ),
        default=0.0,
    )
    return [
        "## How noisy",
        f"Questions were repeated {f.plan.rounds} times, as were the reindexes of smaller collections; "
        "figures are medians of the rounds, brackets the smallest and the largest; a peer that took more "
        f"than 15 seconds for a round was asked in one only. The widest ratio of the search-page query lies "
        f"{percent(widest)} apart (largest less smallest, of the median). Queries take turns in blocks of "
        "20, garbage is collected before each block, and which peer begins changes from block to block; "
        "others use the machine too.",
    ]


def _width(spread: Spread) -> float:
    return (spread.high - spread.low) / spread.median
