"""The three indices of an archive in a cluster: their names, the state that says which generation is current,
and files in pieces."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from opensearchpy import NotFoundError, OpenSearch

from indexer.cluster.connection import PAUSES
from indexer.cluster.failures import refusal
from indexer.cluster.mapping import STATE_BODY, TABLES_BODY
from indexer.errors import SourceUnavailableError
from indexer.messages import say

_PIECE = 1 << 22  # bytes of a file that are one document
_CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Current:
    """The current generation: its number, the index of its articles, the files beside them with how many
    pieces each has; what it was made with, what its scores are made with."""

    generation: int
    articles: str
    files: Mapping[str, int]
    made_with: str
    averages: Mapping[str, float]
    scale: int
    header: str  # a digest of the header but for its number and time
    earlier: Sequence[tuple[int, str, float]] = ()  # that searches may still answer from: number, index of
    # articles, and when it was replaced, in seconds


class Stamp(NamedTuple):
    """The state of a document that is written only where nobody else has: see `if_seq_no`."""

    sequence: int
    term: int


class ClusterStore:
    """The indices called `alias`. Every method raises what the client raises."""

    def __init__(self, client: OpenSearch, alias: str) -> None:
        self.client = client
        self.alias = alias
        self.tables, self.state = f"{alias}-tables", f"{alias}-state"

    def articles(self, number: int) -> str:
        """Return the name of the n-th index of articles."""
        return f"{self.alias}-articles-{number}"

    def create(self, replicas: int) -> None:
        """Make the indices of tables and state, where they are missing; all have so many copies then."""
        for name, body in ((self.tables, TABLES_BODY), (self.state, STATE_BODY)):
            if not self.client.indices.exists(index=name):
                settings = {**body["settings"], "number_of_replicas": replicas}
                self.client.indices.create(index=name, body={**body, "settings": settings})
        name = "index.number_of_replicas"
        given = self.client.indices.get_settings(index=f"{self.alias}-*", name=name, flat_settings=True)
        others = [index for index, one in given.items() if int(one["settings"][name]) != replicas]
        if others:
            self.client.indices.put_settings(index=",".join(others), body={name: replicas})

    def article_indices(self) -> list[str]:
        """Return the names of all indices of articles."""
        return sorted(self.client.indices.get(index=f"{self.alias}-articles-*", expand_wildcards="all"))

    # State

    def read(self, name: str, seconds: float | None = None) -> tuple[dict[str, Any] | None, Stamp | None]:
        """Return a document of the state, and its stamp; None for one that is not there. It may take so many
        `seconds`, or as long as the client says."""
        try:
            found = self.client.get(index=self.state, id=name, params={"request_timeout": seconds})
        except NotFoundError:
            return None, None
        return found["_source"], Stamp(found["_seq_no"], found["_primary_term"])

    def write(self, name: str, value: Mapping[str, Any], stamp: Stamp | None) -> Stamp:
        """Write a document of the state where it is still as `stamp` says; else raises ConflictError."""
        only_if = (
            {"if_seq_no": stamp.sequence, "if_primary_term": stamp.term} if stamp else {"op_type": "create"}
        )
        done = self.client.index(index=self.state, id=name, body=dict(value), refresh=True, params=only_if)
        return Stamp(done["_seq_no"], done["_primary_term"])

    def current(self, seconds: float | None = None) -> tuple[Current | None, Stamp | None]:
        """Return the current generation, None where there is none, and the stamp of the state; see `read`."""
        found, stamp = self.read(_CURRENT, seconds)
        return (Current(**found) if found else None), stamp

    def commit(self, current: Current, stamp: Stamp | None) -> Stamp:
        """Make a generation the current one. Raises ConflictError where the state is not as `stamp` says."""
        return self.write(_CURRENT, asdict(current), stamp)

    # Files and documents

    def refresh(self, index: str) -> None:
        """Let searches see what was written. Unlike a write, this may fail on one copy of a shard alone, and
        that would answer as before. Raises SourceUnavailableError."""
        for pause in (*PAUSES, None):
            failures = self.client.indices.refresh(index=index)["_shards"].get("failures")
            if not failures:
                return
            if pause is None:
                raise refusal(failures[0]["status"], failures[0]["reason"], index)
            time.sleep(pause)

    def change_all(self, change: Callable[..., Any], index: str, body: Mapping[str, Any]) -> None:
        """Change or delete what a query finds: again, where writes of a run that was killed still arrive and
        are in the way. Raises SourceUnavailableError."""
        for pause in (*PAUSES, None):
            self.refresh(index)
            done = change(index=index, body=body, params={"conflicts": "proceed", "refresh": "true"})
            if not done["version_conflicts"] and not done["failures"]:
                return
            if pause is None:
                what, cure = say("the search server is not ready"), say("Try again in a minute.")
                raise SourceUnavailableError(what, where=index, cure=cure)
            time.sleep(pause)

    def save(self, generation: int, paths: Sequence[Path]) -> dict[str, int]:
        """Put files of a generation into the cluster; return how many pieces each has, by its name."""
        pieces: dict[str, int] = {}
        for path in paths:
            data = path.read_bytes()
            pieces[path.name] = max(1, -(-len(data) // _PIECE))
            for nth in range(pieces[path.name]):
                part = base64.b64encode(data[nth * _PIECE : (nth + 1) * _PIECE]).decode()
                body = {"generation": generation, "data": part}
                self.client.index(index=self.tables, id=f"{path.name}/{nth}", body=body)
        return pieces

    def load(self, name: str, pieces: int, folder: Path) -> Path:
        """Write a file of the cluster to a folder, and return where it is."""
        path = folder / name
        with path.open("wb") as stream:
            for part in self._pieces(name, pieces):
                stream.write(part)
        return path

    def _pieces(self, name: str, pieces: int) -> Iterator[bytes]:
        for nth in range(pieces):
            found = self.client.get(index=self.tables, id=f"{name}/{nth}")
            yield base64.b64decode(found["_source"]["data"])

    def forget(self, before: int) -> None:
        """Remove the files of generations before one."""
        query = {"query": {"range": {"generation": {"lt": before}}}}
        self.refresh(self.tables)
        self.client.delete_by_query(index=self.tables, body=query, params={"conflicts": "proceed"})
