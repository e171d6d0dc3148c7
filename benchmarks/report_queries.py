"""The report's sections about questions: how fast they are answered, and whether alike."""

from __future__ import annotations

from benchmarks.agreement import Agreement
from benchmarks.asking import KindTimes
from benchmarks.derived import told
from benchmarks.figures import count, in_ms, percent, table
from benchmarks.goals import US
from benchmarks.measure import percentile
from benchmarks.peers import NONE, PROVIDERS, WORDS
from benchmarks.peers.backfile import query_text
from benchmarks.peers.base import DATE, FACETS_OFF, NEWEST, OR, PHRASE, PREFIX, RELATED, TOPIC
from benchmarks.segmented import IN_SEGMENTS, SEGMENTS
from benchmarks.suite import Findings, Results

_PERCENTILES = (50, 95, 99)

WHAT = {
    WORDS: "words, all required: the search-page query",
    OR: "any of the words",
    PHRASE: "a phrase",
    PREFIX: "words, the last one cut short",
    TOPIC: "filtered by topic",
    DATE: "filtered by date",
    NEWEST: "newest first",
    FACETS_OFF: "top ten only, no total, no facets",
    RELATED: "related articles",
}


def queries_section(f: Findings) -> list[str]:
    """Return how fast each peer answers each kind of question, by collection."""
    paragraphs = [
        "## Queries",
        "The work of one: parse the text, find all matches, the best ten with title, excerpt and URL read, "
        f"the exact total, exact counts by topic, provider (the {PROVIDERS} largest) and month; top ten and "
        "related articles alone where that is said. One to three neighbouring words of a title each, seeded, "
        "without stop words. Warm. Backfile's cache of 64 evaluated queries never answers: no two of the "
        "questions are alike, and each turn differs by a blank. It counts dates by year or day instead of "
        "month where the span of the matches asks for it, and topics beside a chosen one as if none were "
        "chosen, which the peers do not.",
    ]
    for results in f.results:
        paragraphs += [f"### {results.collection.shown}", _mix(results), _kinds_table(results)]
        paragraphs.append(_plain_words(results))
    return paragraphs


def _mix(results: Results) -> str:
    told = []
    for kind, times in results.kinds.items():
        totals = times.agreements.totals
        matches = (
            f", a median of {percentile(totals, 50):,.0f} matches, 95% have at most "
            f"{percentile(totals, 95):,.0f}"
            if totals
            else ""
        )
        told.append(f"{kind}: {len(times.questions)} distinct questions{matches}")
    return "; ".join(told) + "."


def _kinds_table(results: Results) -> str:
    rows = []
    for kind, times in results.kinds.items():
        for name in times.peers:
            cells = [WHAT[kind] if name == US else "", name]
            cells += [in_ms(times.percentile(name, at)) for at in _PERCENTILES]
            cells += ["" if name == US else f"{times.ratio(name, US, at).median:.2f}" for at in _PERCENTILES]
            rows.append(cells)
        rows += [
            ["", name, f"left out: {seconds:.2f} s a question", *[""] * 5]
            for name, seconds in times.too_slow.items()
        ]
    head = ("", "", *(f"p{at} ms" for at in _PERCENTILES), *(f"ratio p{at}" for at in _PERCENTILES))
    return table(head, rows, left=2)


def _plain_words(results: Results) -> str:
    slower = []
    for kind, times in results.kinds.items():
        for name in times.peers:
            if name.startswith(US):
                continue
            worst = min((times.ratio(name, US, at).median, at) for at in _PERCENTILES)
            if worst[0] < 1:
                slower.append(
                    f"- {WHAT[kind]}, beside {name}: at p{worst[1]} it takes {1 / worst[0]:.1f} times as long"
                )
    if not slower:
        return "In plain words: Backfile is faster than every peer at every kind and percentile."
    return "In plain words, Backfile is slower at\n\n" + "\n".join(slower)


def derived_section(f: Findings) -> list[str]:
    """Return what is derived from a search, beside it."""
    paragraphs = [
        "## What is derived from a search",
        "In multiples of the search-page query, asked in turn with it, everything looked at.",
    ]
    for results in f.results:
        paragraphs += [f"### {results.collection.shown}", "\n".join(told(results.derived))]
    return paragraphs


def segments_section(f: Findings) -> list[str]:
    """Return what searching several segments takes beside one, of the collections where it was measured."""
    measured = [results for results in f.results if results.segmented]
    if not measured:
        return []
    paragraphs = [
        "## Segments that wait to be merged",
        f"The same articles in {SEGMENTS} segments of one size, as {SEGMENTS} runs leave them where none "
        "merges, asked the same questions: how many times as long as in one they take.",
    ]
    for results in measured:
        rows = []
        for kind, times in results.segmented.items():
            ours, theirs = (in_ms(times.percentile(name, 50)) for name in (US, IN_SEGMENTS))
            ratios = [f"{times.ratio(IN_SEGMENTS, US, at).median:.2f}" for at in _PERCENTILES]
            beside = times.agreements.peers[1]
            alike = "–" if beside.same_totals is None else percent(beside.same_totals)
            rows.append([WHAT[kind], ours, theirs, *ratios, alike, percent(beside.same_hits)])
        head = (
            "", "one, p50 ms", f"{SEGMENTS}, p50 ms", *(f"times at p{at}" for at in _PERCENTILES),
            "equal totals", "hits in common",
        )  # fmt: skip
        paragraphs += [f"### {results.collection.shown}", table(head, rows)]
    return paragraphs


def agreement_section(f: Findings) -> list[str]:
    """Return whether the peers count alike, by collection and kind."""
    paragraphs = [
        "## Whether they count the same",
        "Before anything is timed. Analyses differ (stemmers, compounds, apostrophes), so totals are "
        "compared loosely; counts by facet are compared where the totals are equal. Backfile takes spellings "
        "of a topic that differ in case as one, adds a topic's children where the archive has a tree, counts "
        "topics beside a chosen one, and takes a provider's name and its domain as one; the peers count what "
        "is written. The beginning of a word is looked for among stems by the peers, by Backfile among words "
        "as they are written as well. Rankings differ, so the best ten need not be the same.",
    ]
    faults = []
    for results in f.results:
        rows = []
        for kind, times in results.kinds.items():
            rows += [_row(kind, peer) for peer in times.agreements.peers[1:]]
            faults += [
                f"- {results.collection.shown}, {WHAT[kind]}: {peer.peer}: {fault}."
                for peer in times.agreements.peers
                for fault in peer.faults
            ]
        head = (
            "", "", "median ratio of totals", "equal totals", "of these: topics", "providers", "months",
            "hits in common",
        )  # fmt: skip
        paragraphs += [f"### {results.collection.shown}, beside {US}", table(head, rows, left=2)]
        paragraphs += _differences(results.kinds.get(WORDS))
    if faults:
        return [*paragraphs, "What cannot be true of an answer was found:\n\n" + "\n".join(faults)]
    return [
        *paragraphs,
        f"In every answer the months (with “{NONE}”) sum up to the total, and the providers together do not "
        "exceed it.",
    ]


def _row(kind: str, peer: Agreement) -> list[str]:
    ratio = "–" if peer.median_ratio is None else f"{peer.median_ratio:.3f}"
    shares = [percent(share) for share in peer.same_facets.values()]
    return [kind, peer.peer, ratio, percent(peer.same_totals), *shares, percent(peer.same_hits)]


def _differences(times: KindTimes | None) -> list[str]:
    found = times.agreements.differences if times else ()
    if not found:
        return []
    names = list(found[0].totals)
    rows = [[f"`{query_text(d.question)}`", *(count(d.totals[name]) for name in names)] for d in found]
    return ["Where totals differ most:", table(("query", *names), rows)]
