"""The report's sections about indexes: how they are built, how large they are, and opening one."""

from __future__ import annotations

from benchmarks.figures import count, megabytes, percent, table, with_spread
from benchmarks.goals import US
from benchmarks.reindexing import CHANGED, FULL, LOAD, NOTHING
from benchmarks.suite import Findings, Results


def builds_section(f: Findings) -> list[str]:
    """Return what reindexing takes, by collection."""
    paragraphs = [
        "## Reindex: files to searchable",
        "Files in the page cache. “Beside” is the loading of all files with PyYAML alone for the full run "
        "(how many times as fast as that Backfile is), the full run for the others (how many times as fast "
        "as that they are). “Load” is `yaml.load(…, CSafeLoader)` of every file's front matter in one "
        "process, and nothing more: no choice among files with one URL, no HTML decoded. The plain pipelines "
        "are that and then the indexing of the articles, in one process; they do less than Backfile, and "
        "cannot follow changes.",
    ]
    for results in f.results:
        paragraphs += _builds(results)
    return paragraphs


def _builds(results: Results) -> list[str]:
    builds, report = results.builds, results.builds.report
    full, load = builds.seconds(FULL), builds.seconds(LOAD)
    ours = [
        ["full", with_spread(full), count(report["files"] / full.median),
         count(report["articles"] / full.median), with_spread(builds.ratio(LOAD, FULL))],
        ["nothing changed", with_spread(builds.seconds(NOTHING)), "", "",
         with_spread(builds.ratio(FULL, NOTHING))],
        [f"1% changed ({builds.changed_files:,} files)", with_spread(builds.seconds(CHANGED)), "", "",
         with_spread(builds.ratio(FULL, CHANGED))],
    ]  # fmt: skip
    plain = [["load with CSafeLoader alone", "", with_spread(load), with_spread(builds.ratio(LOAD, FULL))]]
    plain += [
        [f"load + {name}", f"{seconds:.2f}", with_spread(builds.pipeline(seconds)),
         with_spread(builds.pipeline_ratio(seconds))]
        for name, seconds in results.indexing.items() if seconds and not name.startswith("Whoosh,")
    ]  # fmt: skip
    return [
        f"### {results.collection.shown}",
        f"{report['files']:,} files ({megabytes(results.sizes.archive)} MB), of which "
        f"{report['articles']:,} searchable articles ({report['duplicates']:,} files repeat one, "
        f"{report['withdrawn']:,} are withdrawn, {report['rejected']:,} rejected, {report['related']:,} "
        "articles come from related lists).",
        table(("Backfile", "seconds", "files/s", "articles/s", "beside"), ours),
        f"Of the full run's time: {_stages(results)}. Its processes together, at their largest: "
        f"{_peak(results)}.",
        table(("plain pipelines", "index s", "with load s", "Backfile full is times as fast"), plain),
        _loaded(results),
    ]


def _stages(results: Results) -> str:
    builds = results.builds
    names = list(dict.fromkeys(name for stages in builds.stages for name in stages))
    whole = sum(sum(stages.values()) for stages in builds.stages) or 1.0
    shares = {name: sum(stages.get(name, 0.0) for stages in builds.stages) / whole for name in names}
    return ", ".join(f"{name} {percent(share)}" for name, share in shares.items())


def _peak(results: Results) -> str:
    peaks = results.builds.peaks
    resident, shared = max(p.resident for p in peaks), max(p.proportional for p in peaks)
    return (
        f"{max(p.processes for p in peaks)} processes, {megabytes(resident)} MB resident (RSS summed, in "
        f"which shared pages count once a process), {megabytes(shared)} MB with shared pages counted once "
        "(PSS)"
    )


def _loaded(results: Results) -> str:
    loaded = results.builds.loaded
    told = f"The plain loader refused {loaded.failed:,} of {loaded.loaded:,} files."
    if loaded.loaded == loaded.files:
        return told
    return f"{told} They are evenly spread over the {loaded.files:,}, and its time is scaled up to all."


def sizes_section(f: Findings) -> list[str]:
    """Return what the indexes take on disk, by collection."""
    paragraphs = [
        "## Size on disk",
        "Backfile keeps whole articles (images, related links, bodies), and a manifest of all files, which "
        "counts as well. “tantivy, the same fields” stores and indexes what Backfile does; the others keep "
        "title, excerpt and URL (FTS5 the body too).",
    ]
    for results in f.results:
        documents, sizes = results.builds.report["articles"] or 1, results.sizes
        ours = sizes.engines[US]
        rows = [
            [name, megabytes(size), count(size / documents), "" if name == US else f"{ours / size:.2f}"]
            for name, size in sizes.engines.items()
        ]
        parts = ", ".join(f"{kind} {megabytes(size)} MB" for kind, size in sizes.parts.items() if size >= 1e4)
        paragraphs += [
            f"### {results.collection.shown}",
            table(("", "MB", "bytes an article", "Backfile's is times as large"), rows),
            f"Backfile's files: {parts or 'all small'}.",
        ]
    return paragraphs


def opened_section(f: Findings) -> list[str]:
    """Return what opening an index takes in time and memory, by collection."""
    rows = []
    for results in f.results:
        opened = results.opened
        rows.append(
            [results.collection.shown, f"{opened.seconds * 1e3:.1f}", f"{opened.first * 1e3:.1f}"]
            + [megabytes(m.get("Private_Dirty", 0)) for m in opened.memory]
            + [megabytes(opened.memory[-1].get("Private_Clean", 0))]
        )
    head = (
        "", "open ms", "first query ms", "private MB before", "after opening", "after all queries",
        "clean MB of files",
    )  # fmt: skip
    return [
        "## An opened index",
        "In a fresh process, files in the page cache: `open_archive`, then the first query with its ten "
        "articles and three facets, then all queries of words. Private memory is `Private_Dirty` of "
        "`smaps_rollup`: pages that only this process has and that no file can give back, the interpreter "
        "and all libraries among them (“before” is those alone). Clean pages of mapped files, which the "
        "system takes back when it needs them, stand apart.",
        table(head, rows),
    ]
