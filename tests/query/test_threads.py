"""Threads that share an archive: none waits for another for ever, and none leaves what is gone behind."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from indexer import open_archive, reindex
from indexer.query.arrays.store.postings import Postings
from tests.archives import settings_for, write

_PATIENCE = 30.0  # seconds after which a thread is taken to wait for ever


def test_threads_that_ask_a_new_generation_at_once_all_get_the_same_answers(
    corpus_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is gathered when it is first needed, by whoever comes first, and a small cache is full."""
    monkeypatch.setattr("indexer.query.arrays.store.postings._MAX_BYTES", 2_000)
    queries = ["recogn*", "ferry", "ferry bridge", '"facial recognition"', "brigde~", "topic:rail ferry", ""]
    with open_archive(index=corpus_index) as archive:
        expected = [ask(archive, query) for query in queries]
    with open_archive(index=corpus_index) as archive, ThreadPoolExecutor(8) as threads:
        begin = threading.Barrier(8)

        def run(_: int) -> list[Any]:
            begin.wait(_PATIENCE)
            return [ask(archive, query) for query in queries]

        for answers in threads.map(run, range(8), timeout=_PATIENCE):
            assert answers == expected


def ask(archive: Any, query: str) -> Any:
    results = archive.search(query, facet_size=5)
    related = archive.related(results[0].article.id).to_json() if results.total else None
    facets = {name: list(values) for name, values in results.facets.items()}
    return (
        results.total,
        [hit.to_json() for hit in results],
        facets,
        related,
        archive.suggest(query).to_json(),
    )


def test_the_bytes_that_a_cache_counts_are_those_that_it_holds(corpus_index: Path) -> None:
    with open_archive(index=corpus_index) as archive, ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: archive.search(["ferry", "bridge", "the ferry"][n % 3]).total, range(300)))
        postings: Postings = archive._engine._source.open().snapshot.postings  # type: ignore[attr-defined]
        assert postings._kept_bytes == sum(size for _, size in postings._kept.values())


def test_an_answer_is_released_without_the_garbage_collector(corpus_index: Path) -> None:
    """In a cycle, all that was found would stay in memory until the next collection."""
    queries = ["recogn*", "ferry -bridge", '"facial recognition"', "brigde~", "topic:rail OR ferry", "zzzz"]
    with open_archive(index=corpus_index) as archive:

        def ask_all() -> None:
            for query in queries:
                ask(archive, query)
                archive.search(query, unfinished=True, collapse=True).to_json(explain=True)
                archive.overview(query).to_json()

        ask_all()  # what is gathered once
        gc.collect()
        gc.disable()
        try:
            ask_all()
            assert gc.collect() == 0
        finally:
            gc.enable()


@pytest.mark.parametrize("what", ["a new generation", "closed"])
def test_nothing_of_a_generation_that_is_gone_is_held(tmp_path: Path, what: str) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "1.md", title="Ferry", url="https://a.example/1")
    reindex(settings)
    archive = open_archive(settings)
    assert archive.search("ferr*").total == 1
    assert archive.overview("ferry").terms == ()
    view = weakref.ref(archive._engine._source.open())
    if what == "closed":
        archive.close()
    else:
        write(settings.archive.path, "2.md", title="Ferry, too", url="https://a.example/2")
        reindex(settings)
        assert archive.search("ferr*").total == 2
    gc.collect()
    assert view() is None
