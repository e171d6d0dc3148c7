"""The arrays choose the winners that the rules choose, an article at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from indexer.archive.records import Kind
from indexer.identity import identity
from indexer.indexing.entry import Candidate, FileEntry
from indexer.indexing.manifest import FileTable, text
from indexer.indexing.resolve import Resolution, compare, resolve
from tests.archives import drawn
from tests.indexing import resolve_oracle as oracle
from tests.indexing.entries import IDS, TEXTS, archives

Archive = dict[str, FileEntry]


def as_rules_say(resolution: Resolution) -> oracle.Resolution:
    """The resolution as the oracle would give it."""
    winners = {}
    for number in range(len(resolution)):
        (identity,) = resolution.ids_of(np.array([number]))
        digest, aliases = int(resolution.digests[number]), map(text, resolution.aliases[number])
        place = resolution.path(int(resolution.rows[number])), int(resolution.indexes[number])
        winners[identity] = oracle.Winner(*place, f"{digest:016x}", tuple(aliases))
    losers = {
        text(resolution.ids[number]): tuple(map(resolution.path, resolution.losers[at].tolist()))
        for at, number in enumerate(resolution.clashes.tolist())
    }
    assert list(winners) == sorted(winners)
    return oracle.Resolution(winners, losers)


def changes_by_rule(old: oracle.Resolution, new: oracle.Resolution) -> tuple[set[str], set[str], set[str]]:
    common = new.winners.keys() & old.winners.keys()
    changed = {i for i in common if new.winners[i] != old.winners[i]}
    return new.winners.keys() - old.winners.keys(), changed, old.winners.keys() - new.winners.keys()


@drawn(60)
@given(archives())
def test_the_winners_are_those_of_the_rules(files: Archive) -> None:
    assert as_rules_say(resolve(FileTable.of(files.values()))) == oracle.resolve(files)


@drawn(300)  # of 60, none has an article whose other identities alone change
@given(archives(), archives())
def test_what_changes_is_what_differs(before: Archive, after: Archive) -> None:
    old, new = resolve(FileTable.of(before.values())), resolve(FileTable.of(after.values()))
    changes = compare(old, new)
    added, changed, removed = changes_by_rule(oracle.resolve(before), oracle.resolve(after))
    assert set(new.ids_of(changes.added)) == added
    assert set(new.ids_of(changes.changed)) == changed
    assert set(old.ids_of(changes.removed)) == removed
    assert changes.counts == (len(added), len(changed), len(removed), len(new) - len(added) - len(changed))


def test_an_identity_that_no_one_has_is_not_found() -> None:
    resolution = resolve(FileTable.of(()))
    assert len(resolution) == 0


def test_a_related_article_at_a_landing_page_gives_way_to_the_page_s_own_file() -> None:
    def entry(path: str, *given: Candidate) -> FileEntry:
        return FileEntry(path, 1, 1, Kind.ARTICLE, given)

    page = Candidate(IDS[0], (), 0, "00" * 8, TEXTS[0])
    naming = [Candidate(IDS[n], (IDS[0],), 0, "00" * 8, identity(f"text {n}")) for n in range(1, 6)]
    nested = Candidate(IDS[0], (), 5, "11" * 8, "")
    files = [entry(f"{n}.md", own, nested) for n, own in enumerate(naming)]
    resolution = resolve(FileTable.of([*files, entry("page.md", page)]))
    number = resolution.ids.tolist().index(IDS[0].encode())
    assert (resolution.path(resolution.rows[number]), resolution.indexes[number]) == ("page.md", 0)
    assert len(resolution) == 6
