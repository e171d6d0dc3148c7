"""What a page takes: processor time, pages a second beside Datasette and beside a bare view, sizes.

    python -m benchmarks.pages --archive ../shared/archives [--index FOLDER] [--seconds 4] [--no-write]

Writes `benchmarks/pages.json`, and the section of `RESULTS.md` that it fills; takes three to five minutes.
Ten stated queries, each in spellings that differ in the case of letters, and no answer is cached
(`web.cache_megabytes`) unless the figure says so.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from werkzeug.test import EnvironBuilder

import search_web
from benchmarks.collection import all_articles, settings_for, shown_name
from benchmarks.figures import table
from benchmarks.page_server import CONNECTIONS, datasette, make_app, pages_a_second, served
from benchmarks.saved import PAGES, RESULTS, Saved, save, write_section
from indexer import load_settings, open_archive, reindex

QUERIES = (
    "facial recognition",
    "climate change",
    "xbox",
    "power apps canvas",
    "diablo",
    "microsoft azure",
    "artificial intelligence in healthcare",
    "robot",
    "machine learning model",
    "google",
)
PAGE = "/search?q={}"
PATTERNS = {"page": PAGE, "live": "/search/live?q={}", "suggestions": "/api/v1/suggest?q={}"}
DATASETTE = "/archive/article?_search={}&_size=10"
FACETED = DATASETTE + "&_facet=provider&_facet=category&_facet=type"

THREADS = (1, 2, 4, 8)
ROUNDS = 5  # of one process beside two
_PEER_ROUNDS = 3
_BARE = "page.html"  # the file that a bare view answers with: our page of the first query
_WARM, _TIMED = 4, 24  # answers to each query

_SCHEMA = """
CREATE TABLE article (id TEXT PRIMARY KEY, title TEXT, excerpt TEXT, body TEXT, url TEXT, published TEXT,
    provider TEXT, category TEXT, type TEXT);
CREATE VIRTUAL TABLE article_fts USING fts5(
    title, excerpt, body, content=article, tokenize='porter unicode61');
"""
_FILLED = (
    "INSERT INTO article_fts (rowid, title, excerpt, body) SELECT rowid, title, excerpt, body FROM article"
)

BARE_SHARE = 0.06  # of a bare view's pages a second that are wanted

# What is wanted: a name, a unit, a figure of what was measured, how much, and whether it is to be below.
AIMS: Sequence[tuple[str, str, Callable[[Saved], float], float, bool]] = (
    ("a page, ms of processor time", "ms", lambda s: s["ms"]["page"], 5.0, True),
    ("a live fragment, ms of processor time", "ms", lambda s: s["ms"]["live"], 4.5, True),
    ("suggestions, ms of processor time", "ms", lambda s: s["ms"]["suggestions"], 1.0, True),
    (
        "pages a second beside Datasette",
        "times",
        lambda s: s["rates"]["Backfile"][0] / s["rates"]["Datasette"][0],
        6.0,
        False,
    ),
    (
        "pages a second beside a bare view",
        "of its",
        lambda s: s["rates"]["Backfile"][0] / s["rates"]["a bare view"][0],
        BARE_SHARE,
        False,
    ),
    (
        "the same, of pages that are cached",
        "of its",
        lambda s: s["rates"]["Backfile, cached"][0] / s["rates"]["a bare view"][0],
        BARE_SHARE,
        False,
    ),
    ("two processes beside one", "times", lambda s: s["processes"]["best"], 1.6, False),
    ("HTML of a page of results, the largest", "kB", lambda s: s["kilobytes"]["HTML"], 40.0, True),
    ("JavaScript of a page of results", "kB", lambda s: s["kilobytes"]["JavaScript"], 20.0, True),
    ("CSS of a page of results", "kB", lambda s: s["kilobytes"]["CSS"], 25.0, True),
)


def spelt(query: str, number: int) -> str:
    """Return a query with some of its letters in capitals, never all of them, for each number others."""
    letters = [place for place, letter in enumerate(query) if letter.isalpha()]
    chosen = number % ((1 << len(letters)) - 1)
    raised = {place for bit, place in enumerate(letters) if chosen >> bit & 1}
    return "".join(letter.upper() if place in raised else letter for place, letter in enumerate(query))


def paths(pattern: str, spellings: int = 8) -> list[str]:
    """Return addresses of all queries in several spellings, a query after another."""
    return [pattern.format(quote_plus(spelt(query, n))) for n in range(spellings) for query in QUERIES]


# Measuring


def answer(app: Any, path: str, **headers: str) -> tuple[float, bytes]:
    """Return the milliseconds of processor time that an app takes for an answer, and its body."""
    base, _, query = path.partition("?")
    environment = EnvironBuilder(path=base, query_string=query, headers=headers).get_environ()
    status: list[str] = []
    began = time.process_time_ns()
    with closing(app.wsgi_app(environment, lambda line, *_: status.append(line))) as pieces:
        body = b"".join(pieces)
    took = (time.process_time_ns() - began) / 1e6
    if not status[0].startswith("200"):
        raise RuntimeError(f"{path}: {status[0]}")
    return took, body


def processor_time(app: Any, pattern: str) -> list[float]:
    """Return for each query the median of what an answer takes, in milliseconds."""
    medians = []
    for query in QUERIES:
        took = [
            answer(app, pattern.format(quote_plus(spelt(query, number))))[0]
            for number in range(_WARM + _TIMED)
        ]
        medians.append(statistics.median(took[_WARM:]))
    return medians


def sizes(app: Any) -> dict[str, float]:
    """Return what a page of results and the files that it loads take, in thousands of bytes, and what all
    files take; HTML is that of the largest page."""
    pages = {path: answer(app, path)[1] for path in paths(PAGE, 1)}
    largest = max(pages, key=lambda path: len(pages[path]))
    static = Path(search_web.__file__).parent / "static"
    found = {
        "HTML": len(pages[largest]),
        "HTML, median": statistics.median(map(len, pages.values())),
        "HTML in gzip": len(answer(app, largest, **{"Accept-Encoding": "gzip"})[1]),
        "HTML in zstd": len(answer(app, largest, **{"Accept-Encoding": "zstd"})[1]),
        "JavaScript": _loaded(app, pages[largest], r'<script[^>]* src="([^"]+)"'),
        "CSS": _loaded(app, pages[largest], r'<link rel="stylesheet" href="([^"]+)"'),
        "JavaScript of all pages": sum(path.stat().st_size for path in static.glob("*.js")),
        "CSS of all pages": sum(path.stat().st_size for path in static.glob("*.css")),
    }
    return {name: size / 1000 for name, size in found.items()}


def _loaded(app: Any, page: bytes, link: str) -> int:
    """Return the bytes of the files that a page loads by links that match the pattern `link`."""
    return sum(len(answer(app, address)[1]) for address in re.findall(link, page.decode()))


def write_database(index: Path, file: Path) -> None:
    """Write the articles of an index to a database as Datasette serves it, with a full-text index."""
    with open_archive(index=index) as archive:
        rows = [
            (
                one.id, one.title, one.excerpt, one.body, one.url,
                one.published_at.isoformat() if one.published_at else None,
                one.provider.name if one.provider else None, one.category, one.type,
            )
            for one in all_articles(archive)
        ]  # fmt: skip
    with sqlite3.connect(file) as database:
        database.executescript(_SCHEMA)
        database.executemany("INSERT INTO article VALUES (?,?,?,?,?,?,?,?,?)", rows)
        database.execute(_FILLED)
    database.close()


def measure_rates(index: Path, folder: Path, threads: int, seconds: float) -> dict[str, list[float]]:
    """Return the pages a second of ours, of a bare view of the same bytes and of Datasette, on many
    connections and on one: medians of rounds in which they take turns."""
    bare, database = folder / _BARE, folder / "archive.db"
    write_database(index, database)
    asked = {
        "Backfile": paths(PAGE),
        "Backfile, cached": paths(PAGE),
        "a bare view": paths(PAGE),
        "Datasette": paths(DATASETTE),
        "Datasette, three facets": paths(FACETED),
    }
    with ExitStack() as stack:
        ours = stack.enter_context(served("backfile", index, 1, threads, asked["Backfile"][0]))
        cached = stack.enter_context(served("cached", index, 1, threads, asked["Backfile"][0]))
        other = stack.enter_context(served("bare", bare, 1, threads, asked["a bare view"][0]))
        peer = stack.enter_context(datasette(database, asked["Datasette"][0]))
        ports = dict(zip(asked, (ours, cached, other, peer, peer), strict=True))
        rounds = [
            {
                (name, connections): pages_a_second(ports[name], asked[name], seconds, connections)
                for name in asked
                for connections in (CONNECTIONS, 1)
            }
            for _ in range(_PEER_ROUNDS + 1)
        ][1:]  # the first one warms them
    return {
        name: [
            statistics.median(each[name, connections] for each in rounds) for connections in (CONNECTIONS, 1)
        ]
        for name in asked
    }


def measure_threads(index: Path, seconds: float) -> dict[str, float]:
    """Return the pages a second of one process with so many threads."""
    found = {}
    for threads in THREADS:
        with served("backfile", index, 1, threads, paths(PAGE)[0]) as port:
            pages_a_second(port, paths(PAGE), 1)
            found[str(threads)] = pages_a_second(port, paths(PAGE), seconds)
    return found


def measure_processes(index: Path, threads: int, seconds: float) -> dict[str, Any]:
    """Return the pages a second of one process and of two, round by round, and the best ratio."""
    first = paths(PAGE)[0]
    rounds = []
    with (
        served("backfile", index, 1, threads, first) as one,
        served("backfile", index, 2, threads, first) as two,
    ):
        for port in (one, two):
            pages_a_second(port, paths(PAGE), 1)
        for _ in range(ROUNDS):
            rates = [pages_a_second(port, paths(PAGE), seconds) for port in (one, two)]
            rounds.append([*rates, os.getloadavg()[0]])
    return {"rounds": rounds, "best": max(two / one for one, two, _ in rounds)}


def measure(archive: Path, index: Path | None, seconds: float, say: Callable[[str], None]) -> dict[str, Any]:
    """Return all figures of a run."""
    load = os.getloadavg()[0]
    with (
        _indexed(archive, index, say) as made,
        tempfile.TemporaryDirectory(prefix="backfile-pages-") as folder,
    ):
        app, page = make_app("backfile", str(made)), Path(folder) / _BARE
        page.write_bytes(answer(app, paths(PAGE)[0])[1])
        say("processor time of a page, a fragment, suggestions, a bare view")
        times = {name: processor_time(app, pattern) for name, pattern in PATTERNS.items()}
        times["a bare view"] = processor_time(make_app("bare", str(page)), PAGE)
        threads = load_settings().web.threads
        say("pages a second, by threads")
        by_threads = measure_threads(made, seconds)
        say("pages a second beside a bare view and Datasette")
        rates = measure_rates(made, Path(folder), threads, seconds)
        say("two processes beside one")
        return {
            "archive": shown_name(archive),
            "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            "articles": make_archive_size(made),
            "ms": {name: statistics.median(found) for name, found in times.items()},
            "ms_of_queries": times,
            "kilobytes": sizes(app),
            "threads": threads,
            "by_threads": by_threads,
            "rates": rates,
            "processes": measure_processes(made, threads, seconds),
            "load": [load, os.getloadavg()[0]],
        }


def make_archive_size(index: Path) -> int:
    """Return how many articles an index has."""
    with open_archive(index=index) as archive:
        return archive.stats().articles


@contextmanager
def _indexed(archive: Path, index: Path | None, say: Callable[[str], None]) -> Iterator[Path]:
    """Give an index of the archive: the one that is there, or one that is made for the while."""
    if index:
        yield index
        return
    with tempfile.TemporaryDirectory(prefix="backfile-pages-index-") as folder:
        say("indexing")
        reindex(settings_for(archive, Path(folder)))
        yield Path(folder)


# Reporting


def pages_section(saved: Saved | None) -> list[str]:
    """Return the section of the page, paragraph by paragraph; nothing where nothing was measured."""
    if not saved:
        return []
    rows = []
    for name, unit, figure, wanted, below in AIMS:
        found = figure(saved)
        met = found <= wanted if below else found >= wanted
        bound = "at most" if below else "at least"
        measured = f"{found:.3f} {unit}" if wanted < 1 else f"{found:.2f} {unit}"
        rows.append((name, f"{bound} {wanted:g} {unit}", measured, "met" if met else "**missed**"))
    ms, kilobytes = saved["ms"], saved["kilobytes"]
    rates = {name: rate for name, (rate, _) in saved["rates"].items()}
    alone = {name: 1000 / rate for name, (_, rate) in saved["rates"].items()}
    bare, bare_view = ms["a bare view"], 1000 / rates["a bare view"]
    by_query = zip(QUERIES, *saved["ms_of_queries"].values(), strict=True)
    threads = ", ".join(f"{number}: {rate:.0f}" for number, rate in saved["by_threads"].items())
    rounds = "; ".join(
        f"{one:.0f} and {two:.0f} (load {load:.1f})" for one, two, load in saved["processes"]["rounds"]
    )
    return [
        "## What a page takes",
        f"By `python -m benchmarks.pages --archive {saved['archive']}` on {saved['date']}, "
        f"{saved['articles']:,} articles; the machine's load was {saved['load'][0]:.1f} before the run and "
        f"{saved['load'][1]:.1f} at its end. Times are of the processor, of a request within the app: "
        "medians of ten queries, each in spellings that differ in the case of letters. Pages a second are "
        "over HTTP, on eight connections, each for fifty answers, uncompressed.",
        table(("what", "wanted", "measured", ""), rows, left=4),
        f"A bare Flask view of the same bytes takes {bare:.2f} ms in the same run, by which machines can be "
        f"compared: a page takes {ms['page'] / bare:.0f} times as long, a live fragment "
        f"{ms['live'] / bare:.0f}, suggestions {ms['suggestions'] / bare:.0f}.",
        f"With {saved['threads']} threads (`web.threads`) a process answers {rates['Backfile']:.0f} pages a "
        f"second, {rates['Backfile, cached']:.0f} of those made before; a bare Flask view of the same "
        f"bytes on the same server {rates['a bare view']:.0f}; "
        f"Datasette on its own server {rates['Datasette']:.1f}, with three facets "
        f"{rates['Datasette, three facets']:.1f} (a page of ours has "
        "all facets, a histogram and marked words). One process by its threads: "
        f"{threads}. One process and two, round by round: {rounds}.",
        f"A bare view takes {bare_view:.2f} ms of that server's time, so that {BARE_SHARE:g} of its pages a "
        f"second would be pages in {bare_view / BARE_SHARE:.1f} ms, with all that the server does.",
        f"A reader alone, who asks again and again on one connection, waits {alone['Backfile']:.1f} ms for "
        f"a page, {alone['a bare view']:.1f} for a bare view, {alone['Datasette']:.1f} for Datasette.",
        "Kilobytes: " + ", ".join(f"{name} {size:.1f}" for name, size in kilobytes.items()) + ".",
        table(
            ("query", "page, ms", "live, ms", "suggestions, ms", "a bare view, ms"),
            [(query, *(f"{ms:.2f}" for ms in each)) for query, *each in by_query],
        ),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep what came of it, and put it into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="the folder of the archives")
    parser.add_argument("--index", type=Path, help="an index of it that is there already")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn of a server (%(default)s)")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True, help="write the page")
    given = parser.parse_args(arguments)
    if not given.archive.is_dir():
        parser.error("--archive must be a folder")
    found = measure(
        given.archive, given.index, given.seconds, lambda line: print(line, file=sys.stderr, flush=True)
    )
    print("\n\n".join(pages_section(found)))
    if given.write:
        save(PAGES, found)
        write_section(pages_section(found), RESULTS)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
