"""What was to be shown, and whether it was: Findings -> a row for each aim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.derived import DERIVED
from benchmarks.figures import megabytes
from benchmarks.peers import WORDS
from benchmarks.peers.base import DATE, FACETS_OFF, NEWEST, PHRASE, PREFIX, TOPIC
from benchmarks.reindexing import CHANGED, FULL, LOAD, NOTHING
from benchmarks.segmented import IN_SEGMENTS, SEGMENTS
from benchmarks.suite import Findings, Results

SMALL, LARGE = 25_000, 1_000_000
ARCHIVE = "archive"  # the name of the real archive's collection
US = "Backfile"
NOT_MEASURED = "not measured in this run"

_PERCENTILES = (50, 95)
_MAX_MEMORY, _MAX_OPENING, _MAX_RESIDENT, _MAX_SIZE = 150e6, 0.05, 1.5e9, 1.5
_MAX_OF_SEGMENTS = 1.5  # times what a search takes in one
_MAX_BESIDE = 0.3
FINDING = ("finding phrases", "finding stories")  # stages of a run


@dataclass(frozen=True, slots=True)
class Goal:
    """An aim, what was wanted, what was measured, and whether it was met or by how much it was missed."""

    what: str
    wanted: str
    measured: str
    verdict: str


def goals(findings: Findings, small: int = SMALL, large: int = LARGE) -> list[Goal]:
    """Return every aim, also those that this run did not measure."""
    by_name = {results.collection.name: results for results in findings.results}
    few, many = (by_name.get(f"generated-{size}") for size in (small, large))
    found = [*_speeds(few, many, small, large)]
    found += _reindex(by_name.get(ARCHIVE))
    for results, what in (
        (few, f"{small:,}"),
        (many, f"{large:,}"),
        (by_name.get(ARCHIVE), "the real archive"),
    ):
        found.append(_size(results, results.collection.shown if results else what))
    found += [*_resources(many, large), _segments(many, large), *_derived(many, large)]
    return [*found, _beside_reindex(many, large)]


def _speeds(few: Results | None, many: Results | None, small: int, large: int) -> Iterator[Goal]:
    page = "the search-page query at"
    for peer, wanted in (("tantivy", 2.0), ("SQLite FTS5", 4.0), ("Whoosh", 100.0)):
        yield _faster(few, WORDS, peer, wanted, f"{page} {small:,}")
    yield _faster(few, WORDS, "Whoosh, FieldFacet topics", 100.0, f"{page} {small:,}")
    yield _faster(many, WORDS, "tantivy", 3.0, f"{page} {large:,}")
    others = {
        FACETS_OFF: "facets off, top ten only", PHRASE: "a phrase", PREFIX: "a prefix",
        TOPIC: "filtered by topic", DATE: "filtered by date", NEWEST: "newest first",
    }  # fmt: skip
    for kind, what in others.items():
        yield _faster(many, kind, "tantivy", 1.0, f"{what}, at {large:,}")


def _faster(results: Results | None, kind: str, peer: str, wanted: float, what: str) -> Goal:
    times_as = "" if wanted == 1 else f"{wanted:g} times "
    aim = f"{times_as}as fast as {peer}, p50 and p95"
    times = results.kinds.get(kind) if results else None
    if times is None or peer not in times.peers:
        return Goal(what, aim, "–", NOT_MEASURED)
    ratios = [times.ratio(peer, US, at).median for at in _PERCENTILES]
    measured = ", ".join(f"p{at} {found:.2f}" for at, found in zip(_PERCENTILES, ratios, strict=True))
    short = [
        f"at p{at} by {1 - found / wanted:.0%}"
        for at, found in zip(_PERCENTILES, ratios, strict=True)
        if found < wanted
    ]
    return Goal(what, aim, measured, _verdict(short))


def _reindex(archive: Results | None) -> Sequence[Goal]:
    shown = archive.collection.shown if archive else "the real archive"
    what = f"reindex of {shown}, all"
    small_runs = ((NOTHING, "nothing changed", 0.03, 0.6), (CHANGED, "1% changed", 0.1, 1.2))
    aims = {name: f"{share:.0%} of the full run or {least} s" for name, _, share, least in small_runs}
    first = "4 times as fast as PyYAML loads the files"
    if archive is None:
        rows = [(what, first), *((f"{told}, {shown}", aims[name]) for name, told, *_ in small_runs)]
        return [Goal(told, aim, "–", NOT_MEASURED) for told, aim in rows]
    builds = archive.builds
    ratio = builds.ratio(LOAD, FULL).median
    found = [Goal(what, first, f"{ratio:.2f}", _verdict([f"by {1 - ratio / 4:.0%}"] if ratio < 4 else []))]
    full = builds.seconds(FULL).median
    for name, told, share, least in small_runs:
        took, most = builds.seconds(name).median, max(share * full, least)
        measured = f"{took:.2f} s, {took / full:.1%} of {full:.2f} s"
        found.append(_at_most(f"{told}, {shown}", aims[name], measured, took / most))
    return found


def _size(results: Results | None, what: str) -> Goal:
    what, aim = f"index size, {what}", f"{_MAX_SIZE} times that of tantivy storing the same fields"
    theirs = results.sizes.engines.get("tantivy, the same fields") if results else None
    if results is None or not theirs:
        return Goal(what, f"at most {aim}", "–", NOT_MEASURED)
    ratio = results.sizes.engines[US] / theirs
    return _at_most(what, f"at most {aim}", f"{ratio:.2f}", ratio / _MAX_SIZE)


def _resources(many: Results | None, large: int) -> Iterator[Goal]:
    index = f"an opened index of {large:,}"
    aims = (
        (f"private memory of {index}", f"under {_MAX_MEMORY / 1e6:.0f} MB"),
        (f"opening an index of {large:,}", f"under {_MAX_OPENING * 1e3:.0f} ms"),
        (
            f"resident memory of a full reindex of {large:,}, all processes",
            f"under {_MAX_RESIDENT / 1e9} GB",
        ),
    )
    if many is None or not many.opened.memory[-1]:
        yield from (Goal(what, aim, "–", NOT_MEASURED) for what, aim in aims)
        return
    private, opening = many.opened.memory[-1]["Private_Dirty"], many.opened.seconds
    resident = max(peak.resident for peak in many.builds.peaks)
    shared = max(peak.proportional for peak in many.builds.peaks)
    measured = (
        f"{megabytes(private)} MB",
        f"{opening * 1e3:.1f} ms",
        f"{megabytes(resident)} MB (shared pages counted once: {megabytes(shared)} MB)",
    )
    parts = (private / _MAX_MEMORY, opening / _MAX_OPENING, resident / _MAX_RESIDENT)
    for (what, aim), told, part in zip(aims, measured, parts, strict=True):
        yield _at_most(what, aim, told, part)


def _segments(many: Results | None, large: int) -> Goal:
    what = f"{SEGMENTS} segments of {large:,} beside one, the slowest kind of search"
    aim = f"at most {_MAX_OF_SEGMENTS} times, p50 and p95"
    if many is None or not many.segmented:
        return Goal(what, aim, "–", NOT_MEASURED)
    ratios = [
        max((times.ratio(IN_SEGMENTS, US, at).median, kind) for kind, times in many.segmented.items())
        for at in _PERCENTILES
    ]
    measured = ", ".join(
        f"p{at} {found:.2f} ({kind})" for at, (found, kind) in zip(_PERCENTILES, ratios, strict=True)
    )
    return _at_most(what, aim, measured, max(ratios)[0] / _MAX_OF_SEGMENTS)


def _derived(many: Results | None, large: int) -> Iterator[Goal]:
    for row in DERIVED:
        if row.most is None:
            continue
        what, aim = f"{row.name}, at {large:,}", f"at most {row.most:g} times the search-page query, p50"
        if many is None:
            yield Goal(what, aim, "–", NOT_MEASURED)
        else:
            times = many.derived.multiple(row.name).median
            yield _at_most(what, aim, f"{times:.2f}", times / row.most)


def _beside_reindex(many: Results | None, large: int) -> Goal:
    """What phrases and stories add to a full run. Stories' signatures are made while files are read, and
    are not told apart there: some 3% of the reading."""
    what, aim = (
        f"finding phrases and stories, at {large:,}",
        f"at most {_MAX_BESIDE:.0%} of the rest of a full run",
    )
    if many is None:
        return Goal(what, aim, "–", NOT_MEASURED)
    stages = many.builds.stages
    beside = sum(taken.get(name, 0.0) for taken in stages for name in FINDING)
    share = beside / (sum(sum(taken.values()) for taken in stages) - beside)
    return _at_most(what, aim, f"{share:.1%}", share / _MAX_BESIDE)


def _at_most(what: str, wanted: str, measured: str, part: float) -> Goal:
    """`part` is what was measured, of the most that is allowed."""
    return Goal(what, wanted, measured, _verdict([f"by {part - 1:.0%}"] if part > 1 else []))


def _verdict(short: Sequence[str]) -> str:
    return f"**missed** {', '.join(short)}" if short else "met"
