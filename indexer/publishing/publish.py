"""A generation of an index folder -> the current generation of a cluster: what has changed alone is sent.

The index folder is where a run compares, reads and resolves; the cluster has a manifest of its own, of which
article is there in which version. So any machine that has the files goes on where another one stopped.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from opensearchpy import ConflictError, OpenSearch

from indexer.archive.records import Rejection
from indexer.cluster.mapping import FOREVER, index_body
from indexer.cluster.store import ClusterStore, Current
from indexer.cluster.tables import save_tables
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable
from indexer.config import SourceSettings
from indexer.errors import BuildError, IndexLockedError
from indexer.index.changes import Change, History, history_in
from indexer.index.files import CHANGES, MANIFEST, generation_path, open_generation_file, save_generation_file
from indexer.index.generation import Header
from indexer.indexing.history import MAX_IDS, MAX_TITLES
from indexer.indexing.report import ClusterReport
from indexer.publishing.bulk import Bulk, Rejected
from indexer.publishing.contents import Contents, Measures
from indexer.publishing.lease import Lease
from indexer.query.arrays.store.snapshot import Snapshot

_MAX_DRIFT = 0.01  # of the average length that scores are made with, until all are made anew
_MAX_SEARCH = 600.0  # seconds for which a search, or an export, may go on in a generation that was replaced
_MAX_CHANGED = 0.5  # of the articles: where more have changed, all are written anew

SendHook = Callable[[int, int], None]  # so many articles of so many are sent


class Published(NamedTuple):
    """What a run did in the cluster, which index has the articles, and those that the cluster refused."""

    report: ClusterReport
    articles: str
    rejected: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Versions:
    """The articles of a generation of the cluster: ids, S16 ascending, the generation since which the
    document of each is as it is, and the numbers of articles and documents that `Contents` has."""

    ids: Array
    since: Array
    articles: Array
    signatures: Array


class _Changes(NamedTuple):
    """What has become of the articles: which of the new ones are `known`, which of these have `changed`, of
    which the document is the `same`, and where they are `at` among the old ones; which of the old ones are
    `gone`."""

    known: Array
    changed: Array
    same: Array
    at: Array
    gone: Array

    @property
    def size(self) -> int:
        """How many documents came, changed and went."""
        return int(np.count_nonzero(~self.same)) + int(np.count_nonzero(self.gone))


class _Sent(NamedTuple):
    """What was sent: to which index of articles, since when each is as it is, what scores are made with, what
    was refused; how many were sent."""

    articles: str
    since: Array
    measures: Measures
    rejected: tuple[Rejected, ...]
    size: int


_NONE = _Versions(np.zeros(0, "S16"), np.zeros(0, np.int64), *np.zeros((2, 0), np.uint64))


def publish(  # noqa: PLR0913 - what is to be sent, and how
    client: OpenSearch,
    settings: SourceSettings,
    snapshot: Snapshot,
    *,
    kept_generations: int,
    rebuild: bool = False,
    progress: SendHook = lambda done, of: None,
) -> Published:
    """Make what `snapshot` holds the current generation of the cluster. Searches answer from the one before
    until that is done; where the run is killed, the next one goes on. Raises IndexLockedError where another
    writes. `rebuild` writes all of it anew."""
    store = ClusterStore(client, settings.alias)
    store.create(settings.replicas)
    with Lease(store) as lease:
        run = _Run(store, settings, snapshot, lease)
        return run.run(kept_generations, progress, rebuild=rebuild)


class _Run:
    def __init__(
        self, store: ClusterStore, settings: SourceSettings, snapshot: Snapshot, lease: Lease
    ) -> None:
        self._store, self._settings, self._snapshot, self._lease = store, settings, snapshot, lease
        self._contents = Contents(snapshot)
        self._client = store.client
        self.current, self._stamp = store.current()
        before = self.current.generation if self.current else -1
        self.number = max(snapshot.number, before + 1)

    def run(self, kept: int, progress: SendHook, *, rebuild: bool) -> Published:
        if self._lease.was_left:
            self._clean()
        with tempfile.TemporaryDirectory(prefix="backfile-") as scratch:
            return self._follow(Path(scratch), kept, progress, rebuild)

    def _follow(self, folder: Path, kept: int, progress: SendHook, rebuild: bool) -> Published:
        contents, current = self._contents, self.current
        old = self._versions(folder) if current else _NONE
        changes = _compare(old, contents)
        rebuilt = self._reason_to_rebuild(changes, len(old.ids), asked=rebuild)
        header = _digest(self._snapshot.header)
        if current and not rebuilt and not changes.size and current.header == header:
            return Published(ClusterReport(current.generation, current.generation), current.articles)
        sent = self._send(old, changes, progress, rebuild=bool(rebuilt))
        if not rebuilt and not self._is_whole(sent):
            rebuilt = "some that it had were missing"
            sent = self._send(old, changes, progress, rebuild=True)
        if not self._is_whole(sent):
            raise BuildError(
                "the cluster has not all articles that were sent", where=sent.articles, cure="Run it again."
            )
        change = Change(
            self.number, _seconds(self._snapshot.header),
            contents.ids[~changes.known], contents.ids[changes.changed], old.ids[changes.gone],
            *self._names(old, changes.gone),
        )  # fmt: skip
        history = self._history(change, folder, kept)
        files = save_tables(folder, contents.tables(self.number, history, sent.measures))
        files.append(self._save_versions(folder, sent))
        self._lease.renew()
        pieces = self._store.save(self.number, files)
        measures = sent.measures
        made = Current(
            self.number,
            sent.articles,
            pieces,
            contents.made_with,
            measures.averages,
            measures.scale,
            header,
            self._earlier(),
        )
        self._lease.renew()
        self._commit(made)
        self._forget(made)
        counts = (len(change.added), len(change.changed), len(change.removed))
        previous = current.generation if current else None
        report = ClusterReport(self.number, previous, *counts, sent.size, rebuilt)
        return Published(report, sent.articles, tuple(map(self._rejection, sent.rejected)))

    def _commit(self, current: Current) -> None:
        try:
            self._stamp = self._store.commit(current, self._stamp)
        except ConflictError:
            raise IndexLockedError(
                "another run has written to the cluster meanwhile",
                where=self._store.alias,
                cure="Run it again.",
            ) from None

    def _rejection(self, refused: Rejected) -> Rejection:
        reason = f"the cluster refuses its article: {refused.reason}"
        return Rejection(self._contents.file(refused.id), reason)

    def _send(self, old: _Versions, changes: _Changes, progress: SendHook, *, rebuild: bool) -> _Sent:
        """Send what has changed to the index of the articles, or all of them to a new one."""
        contents, current = self._contents, self.current
        since = np.full(len(contents.ids), self.number, np.int64)
        if rebuild or current is None:
            measures, rows, ended = contents.measures, np.arange(len(since)), np.zeros(0, np.int64)
            index = self._new_index(measures)
        else:
            measures, rows = Measures(current.averages, current.scale), np.flatnonzero(~changes.same)
            index = current.articles
            since[changes.same] = old.since[changes.at[changes.same]]
            replaced = changes.at[changes.known & ~changes.same]
            ended = np.concatenate([np.flatnonzero(changes.gone), replaced])
        bulk = Bulk(self._client, index, self._lease, progress)
        rejected = bulk.send(self._actions(rows, measures, old, ended), len(rows) + len(ended))
        self._store.refresh(index)
        return _Sent(index, since, measures, rejected, len(rows))

    def _is_whole(self, sent: _Sent) -> bool:
        """Whether the index has as many articles in this generation as it should."""
        generation = [
            {"range": {"since": {"lte": self.number}}},
            {"range": {"until": {"gt": self.number}}},
        ]
        body = {"query": {"bool": {"filter": generation}}}
        found = self._client.count(index=sent.articles, body=body)["count"]
        return bool(found == len(sent.since) - len(sent.rejected))

    def _save_versions(self, folder: Path, sent: _Sent) -> Path:
        """Write what the cluster has, without what it refused: the next run sends that again."""
        contents = self._contents
        kept = ~np.isin(contents.ids, np.array([one.id for one in sent.rejected], "S16"))
        arrays = {
            "ids": contents.ids[kept],
            "since": sent.since[kept],
            "articles": contents.articles[kept],
            "signatures": contents.signatures[kept],
        }
        save_generation_file(folder, MANIFEST, self.number, {}, arrays)
        return generation_path(folder, MANIFEST, self.number)

    def _reason_to_rebuild(self, changes: _Changes, articles: int, *, asked: bool) -> str:
        """Return why all documents are to be written anew, if so."""
        current, now = self.current, self._contents.measures.averages
        if current is None:
            return "it had none"
        if asked:
            return "it was asked for"
        if current.made_with != self._contents.made_with:
            return "the version, the language or the fields are others"
        if changes.size > articles * _MAX_CHANGED:
            return "more than half have changed"
        drift = max(abs(now[name] / length - 1) for name, length in current.averages.items())
        return "the average length of articles has changed" if drift > _MAX_DRIFT else ""

    def _versions(self, folder: Path) -> _Versions:
        file = self._file(MANIFEST, folder)
        signatures = file["signatures"]
        # The first version of the manifest has no others: all that it has count as changed.
        return _Versions(file["ids"], file["since"], file.get("articles", signatures), signatures)

    def _file(self, kind: str, folder: Path) -> Any:
        if self.current is None:
            raise AssertionError("there is no generation yet")
        number = self.current.generation
        name = generation_path(folder, kind, number).name
        self._store.load(name, self.current.files[name], folder)
        return open_generation_file(folder, kind, number)

    def _history(self, change: Change, folder: Path, kept: int) -> History:
        if self.current is None:
            return replace(self._snapshot.history)
        return history_in(self._file(CHANGES, folder)).append(change, kept, MAX_IDS)

    def _new_index(self, measures: Measures) -> str:
        """Make an index for all articles; one that a killed run left is removed first."""
        numbers = [int(name.rpartition("-")[2]) for name in self._store.article_indices()]
        used = int(self.current.articles.rpartition("-")[2]) if self.current else -1
        for number in numbers:
            if number > used:
                self._client.indices.delete(index=self._store.articles(number))
        index = self._store.articles(used + 1)
        body = index_body(self._settings.shards, self._settings.replicas, measures.scale)
        self._client.indices.create(index=index, body=body)
        return index

    def _actions(
        self, rows: Array, measures: Measures, old: _Versions, ended: Array
    ) -> Iterator[dict[str, Any]]:
        """Yield what is to be sent: new versions, and where old ones end."""
        for document in self._contents.documents(rows.tolist(), measures):
            versions = {"since": self.number, "until": FOREVER}
            key = f"{document['id']}:{self.number}"
            yield {"_op_type": "index", "_id": key, "_source": {**document, **versions}}
        for row in ended.tolist():
            key = f"{old.ids[row].decode()}:{old.since[row]}"
            yield {"_op_type": "update", "_id": key, "doc": {"until": self.number}}

    def _names(self, old: _Versions, gone: Array) -> tuple[BytesTable, BytesTable]:
        """Return titles and URLs of the removed articles, as far as these are not very many."""
        rows = np.flatnonzero(gone).tolist()
        found: list[tuple[str, str]] = []
        if rows and self.current and len(rows) <= MAX_TITLES:
            keys = [f"{old.ids[row].decode()}:{old.since[row]}" for row in rows]
            answer = self._client.mget(
                index=self.current.articles,
                body={"ids": keys},
                params={"_source": "article.title,article.url"},
            )
            articles = (doc.get("_source", {}).get("article", {}) for doc in answer["docs"])
            found = [(one.get("title") or "", one.get("url") or "") for one in articles]
        found += [("", "")] * (len(rows) - len(found))
        titles, urls = (BytesTable.of(one[at].encode() for one in found) for at in (0, 1))
        return titles, urls

    def _clean(self) -> None:
        """Undo what a killed run has written for a generation that never became current."""
        if self.current is None:
            return
        self._commit(self.current)  # the same again: a commit of that run that still arrives is refused
        index, last = self.current.articles, self.current.generation
        newer = {"query": {"range": {"since": {"gt": last}}}}
        self._store.change_all(self._client.delete_by_query, index, newer)
        ended = {
            "query": {"range": {"until": {"gt": last, "lt": FOREVER}}},
            "script": {"source": f"ctx._source.until = {FOREVER}"},
        }
        self._store.change_all(self._client.update_by_query, index, ended)

    def _earlier(self) -> list[tuple[int, str, float]]:
        """Return the generations that searches may still answer from when the new one is there."""
        if self.current is None:
            return []
        now = time.time()
        still = [one for one in self.current.earlier if one[2] > now - _MAX_SEARCH]
        return [*still, (self.current.generation, self.current.articles, now)]

    def _forget(self, made: Current) -> None:
        """Remove what no generation has from which searches may answer."""
        used = {made.articles, *(articles for _, articles, _ in made.earlier)}
        for name in self._store.article_indices():
            if name not in used:
                self._client.indices.delete(index=name)
        oldest = min((number for number, _, _ in made.earlier), default=made.generation)
        query = {"query": {"range": {"until": {"lte": oldest}}}}
        self._client.delete_by_query(index=made.articles, body=query, params={"conflicts": "proceed"})
        self._store.forget(oldest)


def _compare(old: _Versions, contents: Contents) -> _Changes:
    at = np.minimum(old.ids.searchsorted(contents.ids), max(len(old.ids) - 1, 0))
    known = old.ids[at] == contents.ids if len(old.ids) else np.zeros(len(contents.ids), bool)
    changed, same = known.copy(), known.copy()
    changed[known] = old.articles[at[known]] != contents.articles[known]
    same[known] = old.signatures[at[known]] == contents.signatures[known]
    return _Changes(known, changed, same, at, ~np.isin(old.ids, contents.ids))


def _digest(header: Header) -> str:
    data = asdict(replace(header, generation=0, indexed_at="", files={}))
    return hashlib.blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=8).hexdigest()


def _seconds(header: Header) -> int:
    return int(datetime.fromisoformat(header.indexed_at).timestamp())
