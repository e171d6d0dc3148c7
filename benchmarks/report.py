"""Findings -> the text of `RESULTS.md`. Every sentence with a figure is made from the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.agreement import Agreement
from benchmarks.measure import Spread, percentile
from benchmarks.peers import NONE, PROVIDERS
from benchmarks.profiling import Profile
from benchmarks.reindexing import CHANGED, FULL, LOAD, NOTHING
from benchmarks.suite import Findings

# What holds for the engine as it is.
_STAGE = (
    "Matches and facets are array operations; articles, facet values and snippets are made in Python, "
    "and are most of what a query takes."
)


def render(findings: Findings) -> str:
    """Return the whole page, in Markdown."""
    sections = (_head, _reindex, _queries, _agreement, _sizes, _profiles, _noise)
    return "\n\n".join("\n\n".join(section(findings)) for section in sections) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table: the first column to the left, figures to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _head(f: Findings) -> list[str]:
    m = f.machine
    memory = f", {m.memory_gib:.0f} GiB of memory" if m.memory_gib else ""
    return [
        "# Benchmarks: Backfile beside its peers",
        f"Made by `{f.plan.command}` ({f.plan.rounds} rounds) on {m.when}. Do not edit: the next run "
        "writes it anew.",
        f"Machine: {m.cores} cores ({m.cpu}){memory}, {m.system}; {m.python}; {', '.join(m.libraries)}. "
        f"The machine's load was {m.load:.1f} when the run began and {f.load_after:.1f} when it ended; the "
        "run itself makes about 1, 2 while it reads files.",
        f"{_STAGE} A ratio says how many times as fast as the peer Backfile is; **below 1 Backfile is "
        "slower**. Ratios are of one run with the peers taking turns; seconds are of this machine only.",
        "Peers:\n\n" + "\n".join(f"- **{name}**: {about}." for name, about in f.about.items()),
        *f.left_out,
    ]


def _reindex(f: Findings) -> list[str]:
    report, builds = f.builds.report, f.builds
    full = builds.seconds(FULL)
    ours = [
        ["full", _seconds(full), _count(report.files / full.median), _count(report.articles / full.median),
         _times(builds.ratio(LOAD, FULL))],
        ["nothing changed", _seconds(builds.seconds(NOTHING)), "", "", _times(builds.ratio(FULL, NOTHING))],
        [f"1% changed ({builds.changed_files:,} files)", _seconds(builds.seconds(CHANGED)), "", "",
         _times(builds.ratio(FULL, CHANGED))],
    ]  # fmt: skip
    load = builds.seconds(LOAD)
    plain = [
        ["load with CSafeLoader alone", _seconds(load), "", _seconds(load), _times(builds.ratio(LOAD, FULL))]
    ]
    plain += [
        [f"load + {name}", _seconds(load), _seconds(builds.seconds(name)), _seconds(builds.pipeline(name)),
         _times(builds.pipeline_ratio(name))]
        for name in f.bytes_on_disk if name != f.whole
    ]  # fmt: skip
    stages = [stage for stage in ("reading", "writing", "committing") if stage in builds.stages[0]]
    shares = ", ".join(
        f"{stage} {_percent(sum(s[stage] for s in builds.stages) / sum(r[FULL] for r in builds.rounds))}"
        for stage in stages
    )
    return [
        "## Reindex: files to searchable",
        f"`{f.plan.shown}`: {report.files:,} files, of which {report.articles:,} searchable articles "
        f"({report.duplicates:,} files repeat one, {report.withdrawn:,} are withdrawn, {report.rejected:,} "
        f"rejected, {report.related:,} articles come from related lists). Files in the page cache.",
        table(("Backfile", "seconds", "files/s", "articles/s", "beside"), ours),
        "“Beside” is the loading of all files with PyYAML alone for the full run (how many times as fast as "
        "that Backfile is), the full run for the others (how many times as fast as that they are). The full "
        f"run reads in {f.machine.cores} processes and writes in one: {shares} of its time.",
        table(("plain pipelines", "load", "index", "both", "Backfile full is times as fast"), plain),
        "“Load” is `yaml.load(…, CSafeLoader)` of every file's front matter in one process "
        f"({builds.loaded.failed} of {builds.loaded.files:,} failed), and nothing more: no choice among "
        "files with one URL, no HTML decoded. “Index” is given the articles that Backfile made. So the "
        "pipelines do less than Backfile, in one process where it has several, and cannot follow changes.",
    ]


def _queries(f: Findings) -> list[str]:
    totals = f.agreements.totals
    lengths = [len(words) for words in f.queries]
    mix = ", ".join(f"{lengths.count(n)} of {n} word{'s' * (n > 1)}" for n in sorted(set(lengths)))
    rows = []
    for name in f.about:
        cells = [name, _ms(f.times.percentile(name, 50)), _ms(f.times.percentile(name, 95))]
        for base in (f.base, f.whole):
            ours = name in (f.base, f.whole)
            cells += ["" if ours else _times(f.times.ratio(name, base, p)) for p in (50, 95)]
        rows.append(cells)
    return [
        "## Queries",
        f"{len(f.queries)} distinct queries (seeded: {mix}, from titles, no stop words; a median of "
        f"{percentile(totals, 50):,.0f} matches, 95% have at most {percentile(totals, 95):,.0f}). The work "
        "of one: parse the text, all words required, the best ten with title, excerpt and URL read, the "
        f"exact total, exact counts by topic, provider (the {PROVIDERS} largest) and month. Warm.",
        table(("", "p50 ms", "p95 ms", "same work: p50", "p95", "with snippets: p50", "p95"), rows),
        "The ratio columns say how many times as fast as the peer Backfile is: without snippets, which is "
        "the same work, and with the highlighted titles and snippets that only Backfile makes here. Its "
        "cache of 64 evaluated queries never answers: no two of the questions are alike, and each turn "
        "differs by a blank. Backfile's date facet counts by year or day instead of month where the span of "
        "the matches asks for it.",
        *_plain_words(f),
    ]


def _plain_words(f: Findings) -> list[str]:
    told = []
    for name in f.about:
        if name not in (f.base, f.whole):
            p50, p95 = (f.times.ratio(name, f.base, p).median for p in (50, 95))
            told.append(f"- beside {name}, at p50 {_compared(p50)}, at p95 {_compared(p95)}")
    return ["In plain words, for the same work Backfile is\n\n" + ";\n".join(told) + "."] if told else []


def _compared(ratio: float) -> str:
    return f"{ratio:.1f} times as fast" if ratio >= 1 else f"slower: it takes {1 / ratio:.1f} times as long"


def _agreement(f: Findings) -> list[str]:
    found = f.agreements
    paragraphs = [
        "## Whether they count the same",
        "Before anything is timed. Analyses differ (stemmers, compounds, apostrophes), so totals are "
        "compared loosely; counts by facet are compared where the totals are equal. Backfile takes spellings "
        "of a topic that differ in case as one, adds a topic's children where the archive has a tree, and "
        "takes a provider's name and its domain as one; the peers count what is written.",
        table(
            ("", "median ratio of totals", "equal totals", "of these: topics", "providers", "months"),
            [_agreement_row(peer) for peer in found.peers],
        ),
    ]
    faults = [f"- {peer.peer}: {fault}." for peer in found.peers for fault in peer.faults]
    if faults:
        paragraphs.append("What cannot be true of an answer was found:\n\n" + "\n".join(faults))
    else:
        paragraphs.append(
            f"In every answer the months (with “{NONE}”) sum up to the total, no topic exceeds it, and the "
            "providers together do not."
        )
    if found.differences:
        names = list(found.differences[0].totals)
        rows = [[f"`{d.query}`", *(_count(d.totals[name]) for name in names)] for d in found.differences]
        paragraphs += ["Where they differ most:", table(("query", *names), rows)]
    return paragraphs


def _agreement_row(peer: Agreement) -> list[str]:
    shares = ["–" if share is None else _percent(share) for share in peer.same_facets.values()]
    return [peer.peer, f"{peer.median_ratio:.3f}", _percent(peer.same_totals), *shares]


def _sizes(f: Findings) -> list[str]:
    documents = f.builds.report.articles
    ours = f.bytes_on_disk[f.whole]
    rows = [
        [name, f"{size / 1e6:.1f}", _count(size / documents),
         "" if name == f.whole else f"{ours / size:.2f}"]
        for name, size in f.bytes_on_disk.items()
    ]  # fmt: skip
    parts = ", ".join(f"{kind} {size / 1e6:.1f} MB" for kind, size in f.backfile_files.items() if size >= 1e4)
    return [
        "## Size on disk",
        table(("", "MB", "bytes an article", "Backfile's is times as large"), rows),
        f"Backfile's is {parts or 'small'}: it keeps whole articles (images, related links, bodies), words "
        "as written beside stems, three fields beside the combined one, and a manifest of all files; the "
        "others keep title, excerpt and URL (FTS5 the body too).",
    ]


def _profiles(f: Findings) -> list[str]:
    paragraphs = [
        "## Where Backfile's time goes",
        "By cProfile, which makes small functions look slower than they are: shares, not times.",
    ]
    for found in f.profiles:
        paragraphs += [f"### {found.what}", _told(found), _profile_table(found)]
    return paragraphs


def _told(found: Profile) -> str:
    own = ", ".join(f"{part} {_percent(share)}" for part, share in found.parts[:4])
    whoosh = sum(share for part, share in found.parts if part.startswith("whoosh"))
    ours = sum(share for part, share in found.parts if part.startswith("indexer"))
    return (
        f"Most of the time itself is spent in {own}. Of the parts below, Whoosh's together have "
        f"{_percent(whoosh)}, Backfile's own {_percent(ours)}."
    )


def _profile_table(found: Profile) -> str:
    rows = []
    for place in range(max(len(found.functions), len(found.parts))):
        row = []
        for column in (found.functions, found.parts):
            row += [f"`{column[place][0]}`", _percent(column[place][1])] if place < len(column) else ["", ""]
        rows.append(row)
    return table(("function, with all it calls", "share", "part, its own time", "share"), rows)


def _noise(f: Findings) -> list[str]:
    others = [name for name in f.about if name not in (f.base, f.whole)]
    widest = max((_width(f.times.ratio(name, f.base, p)) for name in others for p in (50, 95)), default=0.0)
    builds = [_width(f.builds.pipeline_ratio(n)) for n in f.bytes_on_disk if n != f.whole]
    return [
        "## How noisy",
        f"Everything was repeated {f.plan.rounds} times; figures are medians of the rounds, brackets the "
        f"smallest and the largest. The widest ratio of the queries lies {_percent(widest)} apart, of the "
        f"full reindex {_percent(max(builds, default=0.0))} (largest less smallest, of the median). "
        "Queries take turns in blocks of 20, garbage is collected before each block, and which peer begins "
        "changes from block to block; others use the machine too.",
    ]


def _width(spread: Spread) -> float:
    return (spread.high - spread.low) / spread.median


def _seconds(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"


def _ms(spread: Spread) -> str:
    return f"{spread.median * 1e3:.2f} ({spread.low * 1e3:.2f}–{spread.high * 1e3:.2f})"


def _times(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"


def _count(number: float) -> str:
    return f"{number:,.0f}"


def _percent(share: float) -> str:
    return f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
