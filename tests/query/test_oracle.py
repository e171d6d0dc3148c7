"""Stock Whoosh's matchers, and the rules of the nodes as the plain source has them, are the oracles of the
arrays: same documents, same scores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q

from indexer import reindex
from indexer.query.arrays.match.binding import Binder
from indexer.query.arrays.match.execute import Executor, run_matchers
from indexer.query.arrays.store.snapshot import Snapshot, open_snapshot
from indexer.query.source import Plan
from tests.archives import settings_for, write
from tests.query.contract.archives import Prepared
from tests.sources.articles import Generation, read_generation
from tests.sources.matching import Matching
from tests.sources.plain import PlainSource, PlainView

WORDS = ["harbour", "bridge", "light", "old", "the", "ferry"]
FIELDS = ["text", "title", "excerpt"]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Several segments, with deletions in them that are not merged away."""
    generations: list[Generation] = []
    monkey = pytest.MonkeyPatch()
    monkey.setattr("indexer.indexing.writer.to_merge", lambda segments, added: [])
    given_settings = settings_for(tmp_path_factory.mktemp("oracle"))
    root = given_settings.archive.path
    for generation in range(3):
        for n in range(40):
            number = generation * 40 + n
            words = [WORDS[(number * k + k * k) % len(WORDS)] for k in range(1, 3 + number % 5)]
            write(
                root, f"{number}.md", title=" ".join(words[:3]), excerpt=" ".join(words[1:]),
                url=f"https://a.example/{number}", quality=number, date=f"2020-01-{number % 28 + 1:02}",
                topics=[["Sea", "Land"][number % 2]],
            )  # fmt: skip
        if generation:
            for n in range(5):
                Path(root / f"{(generation - 1) * 40 + n * 3}.md").unlink()
        reindex(given_settings)
        generations.append(read_generation(given_settings, generations[-1] if generations else None))
    monkey.undo()
    return Prepared(given_settings, tuple(generations))


@pytest.fixture(scope="module")
def plain(indexed: Prepared) -> PlainView:
    return PlainSource(indexed.settings, *indexed.generations).open()


@pytest.fixture(scope="module")
def snapshot(indexed: Prepared) -> Iterator[Snapshot]:
    opened = open_snapshot(indexed.settings.index.path)
    assert len(opened.reader.leaf_readers()) == 3
    assert not opened.columns.live.all()
    yield opened
    opened.close()


terms = st.builds(
    lambda field, word, boost: q.Term(
        field, {"harbour": "harbour", "bridge": "bridg", "ferry": "ferri"}.get(word, word), boost
    ),
    st.sampled_from(FIELDS),
    st.sampled_from([*WORDS, "absent"]),
    st.sampled_from([1.0, 2.0, 0.5]),
)
phrases = st.builds(
    lambda field, words, slop, boost: q.Phrase(field, words, slop=slop, boost=boost),
    st.sampled_from(FIELDS),
    st.lists(st.sampled_from(["harbour", "bridg", "light", "old", "the", "absent"]), min_size=1, max_size=4),
    st.integers(1, 3),
    st.sampled_from([1.0, 3.0]),
)
leaves = (
    terms
    | phrases
    | st.just(q.Every())
    | st.builds(lambda lo: q.NumericRange("quality", lo, None), st.integers(0, 130))
    | st.builds(lambda topic: q.Term("topic", topic), st.sampled_from(["sea", "Land", "none"]))
    | st.builds(lambda text: q.Prefix("text", text), st.sampled_from(["h", "li", "zz"]))
    | st.builds(q.Every, st.sampled_from(FIELDS))
)


def combined(parts: st.SearchStrategy[q.Query]) -> st.SearchStrategy[q.Query]:
    several = st.lists(parts, min_size=1, max_size=3)
    boosts = st.sampled_from([1.0, 2.0])
    return (
        st.builds(lambda subs, boost: q.And(subs, boost=boost), several, boosts)
        | st.builds(lambda subs, boost: q.Or(subs, boost=boost), several, boosts)
        | st.builds(q.DisjunctionMax, st.lists(parts, min_size=2, max_size=3))
        | st.builds(q.AndNot, parts, parts)
        | st.builds(q.AndMaybe, parts, parts)
        | st.builds(q.Require, parts, parts)
        | st.builds(lambda part: q.ConstantScoreQuery(part, 1.5), parts)
        | st.builds(lambda part: q.And([q.Every(), q.Not(part)]), parts)
    )


trees = st.recursive(leaves, combined, max_leaves=8)
# Trees that Whoosh's own matchers answer as they should: its AndNot lets the first excluded document
# through where the excluded side begins earlier, its AndMaybe, Require and DisjunctionMax can take the
# scores of other documents, and its Or of three takes a score of nought for no match.
sound = st.recursive(
    terms | phrases | st.builds(q.Every, st.sampled_from([None, *FIELDS])),
    lambda parts: (
        st.builds(q.And, st.lists(parts, min_size=1, max_size=3), st.sampled_from([1.0, 2.0]))
        | st.builds(q.Or, st.lists(parts, min_size=1, max_size=3), st.sampled_from([1.0, 2.0]))
        | st.builds(lambda part: q.ConstantScoreQuery(part, 1.5), parts)
        | st.builds(lambda part, other: q.And([part, q.Not(other)]), parts, parts)
    ),
    max_leaves=8,
)


@settings(max_examples=300)
@given(sound)
def test_the_array_engine_equals_whooshs_matchers(snapshot: Snapshot, tree: q.Query) -> None:
    bound = Binder(snapshot, 100).bind(tree)
    docs, scores = Executor(snapshot).run(bound)
    expected_docs, expected_scores = run_matchers(bound, snapshot)
    assert docs.tolist() == expected_docs.tolist()
    assert scores == pytest.approx(expected_scores)


@settings(max_examples=300)
@given(trees)
def test_the_array_engine_equals_the_rules_of_the_nodes(
    snapshot: Snapshot, plain: PlainView, tree: q.Query
) -> None:
    bound = Binder(snapshot, 100).bind(tree)
    docs, scores = Executor(snapshot).run(bound)
    expected = Matching(tree, plain.words, plain.facets, Plan(expansion_limit=100)).scores
    found = zip((snapshot.columns.ids[doc].decode() for doc in docs), scores.tolist(), strict=True)
    assert dict(found) == pytest.approx(dict(zip(plain.ids(expected), expected.values(), strict=True)))


def test_span_queries_are_whooshs_own(snapshot: Snapshot) -> None:
    near = q.SpanNear(q.Term("text", "old"), q.Term("text", "harbour"), slop=3, ordered=False)
    for tree in (
        near,
        q.SpanFirst(q.Term("title", "light"), limit=1),
    ):
        docs, scores = Executor(snapshot).run(tree)
        expected_docs, expected_scores = run_matchers(tree, snapshot)
        assert len(docs)
        assert docs.tolist() == expected_docs.tolist()
        assert scores == pytest.approx(expected_scores)


def test_an_excluded_first_document_is_excluded(snapshot: Snapshot) -> None:
    docs, _ = Executor(snapshot).run(q.AndNot(q.Term("text", "bridg"), q.Every()))
    assert docs.tolist() == []
