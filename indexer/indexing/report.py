"""What a run did, and what a check found, as values that print themselves as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from indexer.archive.records import ASSUMED, Notice, Rejection
from indexer.errors import RejectedError
from indexer.indexing.rejected import verdict


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: `stage` is `waiting`, `reading`, `writing`, `finding phrases`, `finding
    stories`, `committing` or, to a cluster, `sending`; `done` of `total` items. `detail` says what a run
    waits for."""

    stage: str
    done: int
    total: int
    detail: str = ""


ProgressHook = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """Take no notice of the progress."""


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What a run did in a cluster: `added`, `changed` and `removed` count articles since the generation
    `previous` of the cluster, None where it had none; where that is `generation`, the run wrote nothing."""

    generation: int
    previous: int | None
    added: int = 0
    changed: int = 0
    removed: int = 0
    sent: int = 0  # articles: all of them, where they are written anew
    rebuilt: str = ""  # why they are, if so

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many articles came, changed and went."""
        return self.added, self.changed, self.removed


@dataclass(frozen=True, slots=True)
class IndexReport:
    """One run of `backfile index`. The first four count articles of this run, the next nine are of
    the index as it now is; `read` counts the files that were new or changed; `seconds` is wall-clock."""

    added: int
    changed: int
    removed: int
    unchanged: int
    files: int
    articles: int
    duplicates: int
    withdrawn: int
    rejected: int
    topics: int
    organizations: int
    related: int
    read: int
    seconds: float
    passed_over: int = 0
    rebuilt: str = ""  # why everything was read again, where it was
    rejections: tuple[Rejection, ...] = ()
    site: Mapping[str, str] = field(
        default_factory=dict
    )  # what the archive was taken for: kind, why, base_url
    language: str = ""
    votes: Mapping[str, int] | None = None  # how many texts are in which language, where these chose it
    undated: int = 0  # files of articles without a date
    cluster: ClusterReport | None = None  # what was done in a cluster; None without one
    warnings: tuple[str, ...] = ()  # sentences about that cluster
    language_note: str = ""  # why it is taken for English where they do not say

    @property
    def failure(self) -> RejectedError | None:
        """What to tell where more than half of the files were rejected; None where they were not."""
        return verdict(self.rejections, self.files - self.passed_over, "")

    def to_json(self) -> dict[str, Any]:
        """Return what `backfile index --json` prints."""
        data = asdict(self) | {"seconds": round(self.seconds, 3)}
        del data["rebuilt"], data["rejections"], data["undated"]
        if self.cluster is None:
            del data["cluster"], data["warnings"]
        data["site"] = {name: self.site.get(name, "") for name in ("kind", "why", "base_url")}
        return data


@dataclass(frozen=True, slots=True)
class Clash:
    """Files that hold one article: the one that is indexed, and those that gave way."""

    id: str
    url: str | None
    winner: str
    losers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dangling:
    """A related link of `file` that leads to no searchable article."""

    file: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `backfile check` tells. Rejected files and damage are faults, the rest are notices.

    `archive` is the archive's folder, where the index can tell it; files' paths start there."""

    archive: str
    rejected: tuple[Rejection, ...]
    damaged: tuple[str, ...]
    dangling: tuple[Dangling, ...]
    clashes: tuple[Clash, ...]
    missing_dates: tuple[str, ...]
    future_dates: tuple[str, ...]
    notices: tuple[Notice, ...]
    secured: int
    withdrawn: Mapping[str, int] = field(default_factory=dict)  # how many files by which field or folder
    repaired: tuple[Notice, ...] = ()  # front matter that no parser accepts; texts as `ASSUMED` has them
    not_indexed: frozenset[str] = frozenset()  # the files among those repaired that are not published

    @property
    def ok(self) -> bool:
        """Whether there is no fault."""
        return not self.rejected and not self.damaged

    def to_json(self) -> dict[str, Any]:
        """Return what `backfile check --json` prints."""
        return {
            "rejected": [
                {"file": r.file, "line": r.line, "column": r.column, "reason": r.reason}
                for r in self.rejected
            ],
            "damaged": list(self.damaged),
            "dangling": [asdict(link) for link in self.dangling],
            "clashes": [asdict(clash) | {"losers": list(clash.losers)} for clash in self.clashes],
            "missing_dates": list(self.missing_dates),
            "future_dates": list(self.future_dates),
            "repaired": [
                _repair(notice) | {"indexed": notice.file not in self.not_indexed} for notice in self.repaired
            ],
            "notices": [
                {"file": notice.file, "code": notice.code, "text": notice.text} for notice in self.notices
            ],
            "secured": self.secured,
            "withdrawn": dict(self.withdrawn),
        }


def _repair(notice: Notice) -> dict[str, Any]:
    wrong, _, assumed = notice.text.partition(ASSUMED)
    return {"file": notice.file, "line": notice.line, "wrong": wrong, "assumed": assumed}
