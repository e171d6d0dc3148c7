"""What a run writes to a cluster: what has changed, as one generation, which is there whole or not at all."""

from __future__ import annotations

import dataclasses
import itertools
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from indexer import Archive, IndexReport, open_archive, reindex
from indexer.cluster.connection import connect
from indexer.cluster.mapping import FOREVER
from indexer.cluster.store import ClusterStore
from indexer.config import Settings
from indexer.errors import IndexLockedError, IndexMissingError
from indexer.indexing.report import Progress
from indexer.publishing import publish as publishing
from indexer.publishing.bulk import Bulk
from indexer.publishing.contents import Contents
from indexer.publishing.lease import Lease
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.cluster.source import ClusterSource
from indexer.query.engine import SearchEngine
from tests.archives import settings_for, write
from tests.cluster.nodes import Cluster

pytestmark = pytest.mark.cluster
_NAMES = itertools.count()


@pytest.fixture
def given(cluster: Cluster, tmp_path: Path) -> Settings:
    """Settings of an archive of twelve articles, none of which is indexed yet."""
    settings = settings_for(tmp_path)
    source = dataclasses.replace(
        settings.source,
        kind="opensearch",
        hosts=cluster.hosts,
        alias=f"publishing-{next(_NAMES)}",
        replicas=0,
        timeout_ms=60_000,
    )
    settings = dataclasses.replace(settings, source=source)
    for number in range(12):
        article(settings, number)
    return settings


def article(
    settings: Settings, number: int, word: str = "harbour", topics: tuple[str, ...] = ("Sea",)
) -> None:
    write(
        settings.archive.path,
        f"{number}.md",
        f"The {word} of the island, and a ferry to it.",
        title=f"Article {number} of the {word}",
        url=f"https://a.example/{number}",
        date=f"2020-01-{number + 1:02}",
        topics=list(topics),
    )


@pytest.fixture
def client(given: Settings) -> Iterator[OpenSearch]:
    with connect(given.source) as found:
        yield found


def opened(settings: Settings) -> Archive:
    source = ClusterSource(connect(settings.source), settings.source.alias, fresh=0.0)
    return Archive(settings, SearchEngine(settings, source))


def sent(report: IndexReport) -> int:
    assert report.cluster is not None
    return report.cluster.sent


def answers(archive: Archive) -> Any:
    """What a few searches find, but for scores and generations."""
    found = []
    for query, more in (
        ("harbour", {}),
        ("ferry island", {}),
        ("", {"sort": "newest"}),
        ("tide", {"topic": "Sea"}),
    ):
        results = archive.search(query, size=50, **more)
        facets = {name: [(v.value, v.count) for v in values] for name, values in results.facets.items()}
        found.append((results.total, sorted(hit.article.id for hit in results), facets))
    return found


def embedded(settings: Settings) -> Archive:
    return open_archive(
        dataclasses.replace(settings, source=dataclasses.replace(settings.source, kind="embedded"))
    )


def test_without_an_index_there_is_one_sentence(given: Settings) -> None:
    with pytest.raises(IndexMissingError, match=r"there is no (index|such archive)"):
        open_archive(given).search("harbour")


def test_a_run_brings_the_cluster_in_line(given: Settings) -> None:
    report = reindex(given)
    assert (report.added, report.articles, sent(report)) == (12, 12, 12)
    assert sent(reindex(given)) == 0
    with open_archive(given) as archive, embedded(given) as own:
        assert answers(archive) == answers(own)
        assert archive.stats().articles == 12
        article(given, 3, word="tide")
        article(given, 12, topics=("Sea", "Air"))
        (given.archive.path / "5.md").unlink()
        assert sent(reindex(given)) == 2
        time.sleep(1.1)  # a source looks for a newer generation once a second
        assert answers(archive) == answers(own)
        assert archive.search("tide").total == 1
        assert [(v.value, v.count) for v in archive.facet("topic")] == [("Sea", 12), ("Air", 1)]
        since = archive.search("", since_generation=1).since
        assert since is not None
        assert since.removed


def test_what_another_machine_wrote_is_undone_and_told(given: Settings, tmp_path: Path) -> None:
    """Two machines with different files."""
    reindex(given)
    shutil.copytree(given.archive.path, tmp_path / "other")
    other = dataclasses.replace(
        given,
        archive=dataclasses.replace(given.archive, path=tmp_path / "other"),
        index=dataclasses.replace(given.index, path=tmp_path / "other_index"),
    )
    article(other, 13)
    article(other, 4, word="tide")
    reindex(other)
    report = reindex(given)
    assert (report.added, report.changed, report.removed) == (0, 0, 0)
    assert report.to_json()["cluster"] == {
        "generation": 3, "previous": 2, "added": 0, "changed": 1, "removed": 1, "sent": 1, "rebuilt": "",
    }  # fmt: skip
    report = reindex(given)
    assert report.cluster is not None
    assert (report.cluster.generation, report.cluster.previous, report.cluster.counts) == (3, 3, (0, 0, 0))


def test_what_a_story_loses_is_no_change_of_the_others(given: Settings) -> None:
    text = " ".join(f"word{number} of the report" for number in range(80))
    for name in "abc":
        write(
            given.archive.path, f"{name}.md", text, title=f"Copy {name}", url=f"https://{name}.example/",
            date="2020-01-01",
        )  # fmt: skip
    reindex(given)
    (given.archive.path / "a.md").unlink()
    article(given, 4, word="tide")
    report = reindex(given)
    assert report.cluster is not None
    assert report.cluster.counts == (report.added, report.changed, report.removed) == (0, 1, 1)
    assert report.cluster.sent > 1  # the others' places in the story are others
    with opened(given) as archive, embedded(given) as own:
        since = [one.search("", since_generation=1).since for one in (archive, own)]
        assert since[0] == since[1]


def test_a_manifest_of_the_first_version_is_followed(
    given: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = publishing.save_generation_file

    def save_as_before(folder: Path, kind: str, number: int, meta: Any, arrays: dict[str, Any]) -> None:
        save(folder, kind, number, meta, {name: arrays[name] for name in ("ids", "since", "signatures")})

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "save_generation_file", save_as_before)
        reindex(given)
    article(given, 12)
    report = reindex(given)
    assert report.cluster is not None
    assert report.cluster.counts == (1, 12, 0)


def test_what_has_changed_alone_is_sent(given: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    reindex(given)
    sizes: list[int] = []
    shown: list[Progress] = []
    send = Bulk.send

    def counted(self: Bulk, actions: Any, total: int) -> Any:
        found = list(actions)
        sizes.append(len(found))
        return send(self, iter(found), total)

    monkeypatch.setattr(Bulk, "send", counted)
    article(given, 4, word="tide")
    reindex(given, progress=shown.append)
    assert sizes == [2]  # the new version, and the end of the one before
    (given.archive.path / "2.md").unlink()
    reindex(given, progress=shown.append)
    assert sizes == [2, 1]
    sent = [Progress("sending", 2, 2), Progress("sending", 1, 1)]
    assert [one for one in shown if one.stage == "sending"] == sent
    reindex(given)
    assert sizes == [2, 1]
    shutil.rmtree(given.index.path)  # as another machine begins
    reindex(given)
    assert sizes == [2, 1]


def test_a_search_goes_on_in_its_generation(given: Settings) -> None:
    reindex(given)
    with opened(given) as archive:
        view = archive._engine._source.open()
        held = Archive(
            given,
            SearchEngine(given, type("Held", (), {"open": lambda self: view, "close": lambda self: None})()),
        )
        before = answers(held)
        for number in range(4):
            article(given, number, word="tide")
        (given.archive.path / "7.md").unlink()
        reindex(given)
        assert answers(held) == before
        assert answers(archive) != before


def test_nothing_of_a_run_that_is_cut_off_is_seen(
    given: Settings, client: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex(given)
    with opened(given) as archive:
        before = answers(archive)
        article(given, 1, word="tide")
        article(given, 12)
        (given.archive.path / "2.md").unlink()
        with monkeypatch.context() as patched:
            patched.setattr(ClusterStore, "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                reindex(given)
        assert answers(archive) == before
        article(given, 1, word="harbour")  # it is as it was, and what was sent of it must go
        reindex(given)
        with embedded(given) as own:
            assert answers(archive) == answers(own)
    store = ClusterStore(client, given.source.alias)
    current, _ = store.current()
    assert current
    client.indices.refresh(index=current.articles)
    live = {"query": {"term": {"until": FOREVER}}}
    assert client.count(index=current.articles, body=live)["count"] == 12


def test_one_writer_at_a_time(given: Settings, client: OpenSearch) -> None:
    reindex(given)
    store = ClusterStore(client, given.source.alias)
    article(given, 13)
    with Lease(store), pytest.raises(IndexLockedError, match="another run is writing to the cluster"):
        reindex(given)
    reindex(given)
    with opened(given) as archive:
        assert archive.search("harbour").total == 13


def test_a_writer_that_is_gone_is_passed_over(given: Settings, client: OpenSearch) -> None:
    reindex(dataclasses.replace(given, source=dataclasses.replace(given.source, kind="embedded")))
    snapshot = open_snapshot(given.index.path)
    store = ClusterStore(client, given.source.alias)
    store.create(0)
    Lease(store, length=5).__enter__()
    with pytest.raises(IndexLockedError):
        publishing.publish(client, given.source, snapshot, kept_generations=3)
    time.sleep(5)
    publishing.publish(client, given.source, snapshot, kept_generations=3)
    with opened(given) as archive:
        assert archive.search("harbour").total == 12


def test_the_lease_of_a_process_that_has_ended_is_taken_at_once(given: Settings, client: OpenSearch) -> None:
    store = ClusterStore(client, given.source.alias)
    store.create(0)
    child = os.fork()
    if child == 0:
        Lease(ClusterStore(connect(given.source), given.source.alias)).__enter__()
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    left, _ = store.read("writer")
    assert left
    with Lease(store) as lease:  # the process has ended, and nobody has looked at how
        assert lease.was_left
    os.waitpid(child, 0)
    store.write("writer", left, store.read("writer")[1])
    with Lease(store) as lease:
        assert lease.was_left
    store.write("writer", {**left, "machine": "another"}, store.read("writer")[1])
    with pytest.raises(IndexLockedError):
        Lease(store).__enter__()


def test_an_article_that_the_cluster_refuses_is_reported(
    given: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = Contents.documents

    def spoilt(self: Contents, *given: Any) -> Any:
        for number, document in enumerate(documents(self, *given)):
            yield {**document, "unknown": 1} if number == 3 else document

    monkeypatch.setattr(Contents, "documents", spoilt)
    report = reindex(given)
    (rejection,) = report.rejections
    assert rejection.file.endswith(".md")
    assert rejection.reason.startswith("the cluster refuses its article: ")
    monkeypatch.undo()
    with opened(given) as archive:
        assert archive.search("harbour").total == 11
        assert not reindex(given).rejections  # it is sent once more
        assert archive.search("harbour").total == 12


def test_any_history_gives_what_a_fresh_build_gives(given: Settings) -> None:
    chance = random.Random(3)
    reindex(given)
    with opened(given) as archive, embedded(given) as own:
        for _ in range(4):
            for number in chance.sample(range(20), 4):
                path = given.archive.path / f"{number}.md"
                if path.exists() and chance.random() < 0.3:
                    path.unlink()
                else:
                    topics = tuple(chance.sample(["Sea", "sea", "Air", "Rail"], chance.randrange(3)))
                    article(given, number, chance.choice(["harbour", "tide", "ferry bridge"]), topics)
            reindex(given)
            assert answers(archive) == answers(own)


def test_all_is_written_anew_where_lengths_have_changed(
    given: Settings, client: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    reindex(given)
    store = ClusterStore(client, given.source.alias)
    first, _ = store.current()
    write(given.archive.path, "long.md", "harbour " * 400, title="A long one", url="https://a.example/long")
    reindex(given)
    second, _ = store.current()
    assert first is not None
    assert second is not None
    assert first.articles != second.articles
    article(given, 3, word="tide")
    reindex(given)
    assert store.article_indices() == [first.articles, second.articles]  # a search may go on in the first
    monkeypatch.setattr(publishing, "_MAX_SEARCH", 0.0)
    article(given, 2, word="tide")
    reindex(given)
    assert store.article_indices() == [second.articles]  # no generation that may be read needs the first


def test_documents_that_were_lost_are_sent_again(given: Settings, client: OpenSearch) -> None:
    reindex(given)
    current, _ = ClusterStore(client, given.source.alias).current()
    assert current is not None
    lost = {"query": {"term": {"file": "5.md"}}}
    client.delete_by_query(index=current.articles, body=lost, params={"refresh": "true"})
    with opened(given) as archive:
        assert archive.search("harbour").total == 11
        article(given, 3, word="tide")
        reindex(given)
        assert archive.search("island").total == 12
        client.delete_by_query(
            index=f"{given.source.alias}-articles-1", body=lost, params={"refresh": "true"}
        )
        reindex(given, full=True)
        assert archive.search("island").total == 12


def test_a_publication_says_what_it_did(given: Settings, client: OpenSearch) -> None:
    alone = dataclasses.replace(given, source=dataclasses.replace(given.source, kind="embedded"))
    reindex(alone)
    done = [
        publishing.publish(client, given.source, open_snapshot(given.index.path), kept_generations=3)
        for _ in range(2)
    ]
    assert [(one.report.generation, one.report.added, one.report.rebuilt) for one in done] == [
        (1, 12, "it had none"),
        (1, 0, ""),
    ]
