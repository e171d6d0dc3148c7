"""Stock Whoosh's matchers are the oracle of the array engine: same documents, same scores."""

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
from tests.archives import settings_for, write

WORDS = ["harbour", "bridge", "light", "old", "the", "ferry"]
FIELDS = ["text", "title", "excerpt"]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    """Several segments, with deletions in them that are not merged away."""
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
    monkey.undo()
    opened = open_snapshot(given_settings.index.path)
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
    st.lists(st.sampled_from(["harbour", "bridg", "light", "old", "the", "absent"]), min_size=2, max_size=4),
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


def reference(node: q.Query, snapshot: Snapshot) -> dict[int, float]:
    """The rules of the nodes, one document at a time; a leaf is what Whoosh's matcher says."""
    if isinstance(node, q.AndNot | q.AndMaybe | q.Require):
        return join(node, reference(node.a, snapshot), reference(node.b, snapshot))
    if isinstance(node, q.Not):
        excluded = reference(node.query, snapshot)
        return {doc: 1.0 for doc, live in enumerate(snapshot.columns.live) if live and doc not in excluded}
    if isinstance(node, q.ConstantScoreQuery):
        return dict.fromkeys(reference(node.child, snapshot), node.score)
    if isinstance(node, q.And | q.Or | q.DisjunctionMax):
        return combine(node, [reference(part, snapshot) for part in node.subqueries])
    docs, scores = run_matchers(node, snapshot)
    return dict(zip(docs.tolist(), scores.tolist(), strict=True))


def join(node: q.Query, left: dict[int, float], right: dict[int, float]) -> dict[int, float]:
    if isinstance(node, q.AndNot):
        return {doc: score for doc, score in left.items() if doc not in right}
    if isinstance(node, q.Require):
        return {doc: score for doc, score in left.items() if doc in right}
    return {doc: score + right.get(doc, 0.0) for doc, score in left.items()}


def combine(node: q.Query, parts: list[dict[int, float]]) -> dict[int, float]:
    if len(parts) == 1:
        return parts[0]
    docs = set[int]().union(*parts)
    if isinstance(node, q.And):
        docs = docs.intersection(*parts)
    together = max if isinstance(node, q.DisjunctionMax) else sum
    boost = 1.0 if isinstance(node, q.DisjunctionMax) else node.boost
    return {doc: boost * together(part[doc] for part in parts if doc in part) for doc in docs}


@settings(max_examples=300)
@given(trees)
def test_the_array_engine_equals_the_rules_of_the_nodes(snapshot: Snapshot, tree: q.Query) -> None:
    bound = Binder(snapshot, 100).bind(tree)
    docs, scores = Executor(snapshot).run(bound)
    expected = reference(bound, snapshot)
    assert dict(zip(docs.tolist(), scores.tolist(), strict=True)) == pytest.approx(expected)


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
