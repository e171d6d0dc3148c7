"""What is derived from a search, in multiples of the search-page query: suggestions, related articles,
timelines, overviews. `python -m benchmarks.derived --index DIR` prints a table for an index that is there.

Each kind of answer has a row in `DERIVED`; whoever adds one adds a row. All rows and the search-page
query are asked the same questions in turns, each by an archive of its own, so that none is answered
from what another has evaluated.
"""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Spread, percentile, ratio, spread, take_turns
from benchmarks.peers import WORDS, Question
from benchmarks.peers.backfile import BackfilePeer, query_text
from benchmarks.peers.base import PREFIX, RELATED
from benchmarks.queries import draw_questions
from indexer import Archive, Article, load_settings, open_archive

PAGE = "the search-page query"
_TITLES, _PAGE_SIZE = 20_000, 100  # articles that questions are drawn from, at most, and read at once
_WARM = 20  # questions that are asked before any is timed

Ask = Callable[[Archive, Question, str], object]


@dataclass(frozen=True, slots=True)
class Derived:
    """One kind of answer: `ask` is given an archive, a question and its text, and looks at everything.

    `most` is how many times the search-page query it may take, None where nothing is wanted. `kind` is
    the kind of question it is asked.
    """

    name: str
    most: float | None
    ask: Ask
    kind: str = WORDS


def _related(archive: Archive, question: Question, _: str) -> object:
    assert question.url is not None
    return [(item.article.title, item.reason) for item in archive.related(question.url)]


def _timeline(archive: Archive, _: Question, text: str) -> object:
    timeline = archive.timeline(text)
    return timeline.periods, [(one.counts, one.shares, one.peaks) for one in timeline.series]


def _timeline_and_terms(archive: Archive, _: Question, text: str) -> object:
    return [peak.terms for one in archive.timeline(text).series for peak in one.peaks]


def _overview(archive: Archive, _: Question, text: str) -> object:
    overview = archive.overview(text)
    series = overview.timeline.series[0]
    return overview.terms, overview.topics, overview.providers, overview.timeline.periods, series.peaks


def _suggest(archive: Archive, question: Question, _: str) -> object:
    return [(item.text, item.count, item.ranges) for item in archive.suggest(" ".join(question.words))]


DERIVED: tuple[Derived, ...] = (
    Derived("suggestions", 2, _suggest, PREFIX),
    Derived("related", 15, _related, RELATED),
    Derived("timeline of one query", 2, _timeline),
    Derived("timeline of one query, with the terms of its peaks", None, _timeline_and_terms),
    Derived("overview", 10, _overview),
)


@dataclass(frozen=True, slots=True)
class DerivedTimes:
    """Seconds of each question, round by round, by the name of a row or PAGE."""

    rounds: tuple[Mapping[str, Sequence[float]], ...]

    def percentile(self, name: str, percent: float) -> Spread:
        """Return a row's percentile, in seconds."""
        return spread(percentile(taken[name], percent) for taken in self.rounds)

    def multiple(self, name: str, percent: float = 50) -> Spread:
        """Return how many times the search-page query a row takes, at that percentile."""
        ours, page = ([percentile(taken[key], percent) for taken in self.rounds] for key in (name, PAGE))
        return ratio(ours, page)


def time_derived(
    index: Path, articles: Sequence[Article], queries: int, rounds: int, rows: Sequence[Derived] = DERIVED
) -> DerivedTimes:
    """Ask every row and the search-page query, in turns. Questions are drawn from `articles`."""
    drawn = {kind: draw_questions(kind, articles, queries) for kind in {WORDS, *(row.kind for row in rows)}}
    count = min(map(len, drawn.values()))
    peer = BackfilePeer(load_settings(index=index), snippets=False)
    with ExitStack() as stack:
        peer.open()
        stack.callback(peer.close)
        calls: dict[str, Callable[[int], object]] = {PAGE: lambda at: peer.ask(drawn[WORDS][at])}
        for row in rows:
            archive = stack.enter_context(open_archive(index=index))
            calls[row.name] = asker(row, archive, drawn[row.kind])
        for call in calls.values():
            for at in range(min(_WARM, count)):
                call(at)
        gc.collect()
        gc.freeze()
        try:
            return DerivedTimes(tuple(take_turns(calls, range(count)) for _ in range(rounds)))
        finally:
            gc.unfreeze()


def asker(row: Derived, archive: Archive, questions: Sequence[Question]) -> Callable[[int], object]:
    """Return what asks the question at a place among `questions`."""
    turns: Counter[int] = Counter()

    def ask(at: int) -> object:
        turns[at] += 1  # a blank more each time, so that it is no query that is known
        return row.ask(archive, questions[at], query_text(questions[at]) + " " * turns[at])

    return ask


def spread_articles(index: Path, most: int = _TITLES) -> list[Article]:
    """Return at most `most` articles of an index, page by page, evenly spread from the newest on."""
    with open_archive(index=index) as archive:
        pages = -(-archive.search("", size=_PAGE_SIZE).total // _PAGE_SIZE)
        step = -(-pages * _PAGE_SIZE // most) or 1
        return [
            hit.article
            for page in range(1, pages + 1, step)
            for hit in archive.search("", sort="newest", size=_PAGE_SIZE, page=page)
        ]


def told(times: DerivedTimes, rows: Sequence[Derived] = DERIVED) -> list[str]:
    """Return the lines of a table in Markdown."""
    lines = ["| | p50 ms | p95 ms | times the page | wanted |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, most in ((PAGE, None), *((row.name, row.most) for row in rows)):
        p50, p95, multiple = times.percentile(name, 50), times.percentile(name, 95), times.multiple(name)
        wanted = "" if most is None else f"≤ {most:g}, {'met' if multiple.median <= most else 'missed'}"
        lines.append(
            f"| {name} | {p50.median * 1e3:.2f} | {p95.median * 1e3:.2f} "
            f"| {multiple.median:.1f} ({multiple.low:.1f} to {multiple.high:.1f}) | {wanted} |"
        )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Time what the command line names, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.derived", description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="the folder of an index")
    parser.add_argument("--queries", type=int, default=200, help="questions of each kind (200)")
    parser.add_argument("--rounds", type=int, default=3, help="times that each is asked (3)")
    given = parser.parse_args(arguments)
    times = time_derived(given.index, spread_articles(given.index), given.queries, given.rounds)
    print("\n".join(told(times)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
