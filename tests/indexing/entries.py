"""Entries of a manifest as Hypothesis draws them: few identities, so that they clash."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from indexer.archive.records import Kind, Notice, Organization, Rejection, Topic
from indexer.identity import identity, text_identity
from indexer.index.schema import NO_DATE
from indexer.indexing.entry import Candidate, Extra, FileEntry

IDS = [identity(f"a.example/{n}") for n in range(12)]
TEXTS = [text_identity(f"Story {n}", None) for n in range(3)]
DIGESTS = ["0000000000000000", "00000000000000ff", "fffffffffffffffe", "8000000000000000"]
DATES = [NO_DATE, -5_000_000_000, 0, 1_600_000_000, 1_600_000_001]

ids = st.sampled_from(IDS)
# A landing page is declared by more than three: one identity is drawn much more often than the others.
variants = st.lists(st.just(IDS[0]) | ids, max_size=4, unique=True).map(sorted)


@st.composite
def candidates(draw: st.DrawFn, *, own: bool) -> Candidate:
    given = draw(st.sampled_from(IDS + TEXTS[:1] * (not own)))
    return Candidate(
        id=given,
        aliases=tuple(alias for alias in draw(variants) if alias != given),
        published=draw(st.sampled_from(DATES)),
        digest=draw(st.sampled_from(DIGESTS)),
        text_id=draw(st.sampled_from(TEXTS)) if own else "",
    )


def extras(path: str) -> st.SearchStrategy[Extra]:
    notices = st.lists(st.just(Notice(path, "bad_date", 'no date: "\udcff"')), max_size=2).map(tuple)
    return st.builds(Extra, notices=notices)


@st.composite
def entries(draw: st.DrawFn, path: str) -> FileEntry:
    kind = draw(st.sampled_from([Kind.ARTICLE] * 5 + list(Kind)))
    fields: dict[str, Any] = {
        "extra": draw(extras(path)),
        "secured": draw(st.integers(0, 3)),
        "ctime_ns": draw(st.integers(-5, 2**60)),
        "inode": draw(st.integers(0, 2**63 - 1)),
        "content": draw(st.integers(0, 2**64 - 1)),
    }
    if kind in (Kind.ARTICLE, Kind.WITHDRAWN):
        own = draw(candidates(own=True))
        nested = draw(st.lists(candidates(own=False), max_size=4)) if kind is Kind.ARTICLE else []
        fields["candidates"] = (own, *nested)
    elif kind is Kind.REJECTED:
        fields["extra"] = Extra(rejection=Rejection(path, "no é title", 3))
    elif kind is Kind.TOPIC:
        fields["extra"] = Extra(topics=(Topic("Sea", "sea", None, None, ("ferry", "harbour")),))
    else:
        fields["extra"] = Extra(organization=Organization("A Paper", "a.example"))
    return FileEntry(path, draw(st.integers(0, 2**40)), draw(st.integers(-5, 2**60)), kind, **fields)


names = st.sampled_from(["a.md", "a/b.md", "a-b.md", "é.md", "z/\U0001f600.md", "z.yaml", *"bcdefghijk"])


@st.composite
def archives(draw: st.DrawFn) -> dict[str, FileEntry]:
    """Entries by path, in the order of the paths."""
    paths = sorted(draw(st.sets(names, max_size=12)))
    return {path: draw(entries(path)) for path in paths}
