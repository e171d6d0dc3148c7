"""Archives, deletions, merges and query trees that Hypothesis draws: the engine's documents, totals,
facet counts and scores are those of stock Whoosh's searcher over our segments, and over its own."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.filedb.filestore import RamStorage
from whoosh.searching import Searcher
from whoosh.util.numeric import byte_to_length, length_to_byte

from indexer import open_archive, reindex
from indexer.analysis import analyzer_for
from indexer.article import Article
from indexer.codec.column import OrdinalsColumn
from indexer.index.schema import EXACT, NUMBER_FIELDS, TEXT_FIELDS, keys_of, numbers_of
from indexer.query.arrays.match.binding import Binder
from indexer.query.arrays.match.execute import Executor, run_matchers
from indexer.query.arrays.store.matchers import CombinedBm25
from indexer.query.arrays.store.snapshot import Snapshot
from tests.archives import settings_for, write
from tests.indexing.slow_path import words as words_of_text
from tests.indexing.written_fields import written_schema

WORDS = ["harbour", "bridges", "light", "old", "the", "ferry", "café"]
TERMS = ["harbour", "bridg", "light", "old", "the", "ferri", "cafe", "absent", "=café", "=bridges"]
FIELDS = ["text", "title", "excerpt"]
ANALYZER = analyzer_for("english")
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@dataclass(frozen=True)
class Story:
    title: str
    excerpt: str
    topics: tuple[str, ...]
    provider: str
    day: int
    quality: int | None


@dataclass(frozen=True)
class History:
    """For each generation the articles that come, which of those before go, and whether all merge."""

    generations: tuple[tuple[tuple[Story, ...], int, bool], ...]


stories = st.builds(
    Story,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    texts,
    st.sets(st.sampled_from(["Sea", "Land", "Air"])).map(lambda topics: tuple(sorted(topics))),
    st.sampled_from(["a.example", "b.example"]),
    st.integers(1, 5),
    st.none() | st.integers(1, 9),
)
histories = st.builds(
    History,
    st.lists(
        st.tuples(
            st.lists(stories, min_size=1, max_size=6).map(tuple), st.integers(0, 2**6 - 1), st.booleans()
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
terms = st.builds(q.Term, st.sampled_from(FIELDS), st.sampled_from(TERMS), st.sampled_from([1.0, 2.0]))
leaves = (
    terms
    | st.builds(
        lambda field, words, slop: q.Phrase(field, words, slop=slop),
        st.sampled_from(FIELDS),
        st.lists(st.sampled_from(TERMS[:7]), min_size=2, max_size=3),
        st.integers(1, 3),
    )
    | st.builds(q.Every, st.none() | st.sampled_from(FIELDS))
    | st.builds(lambda low: q.NumericRange("quality", low, None), st.integers(0, 9))
    | st.builds(lambda text: q.Prefix("text", text), st.sampled_from(["h", "caf", "zz"]))
    | st.builds(lambda topic: q.Term("topic", topic), st.sampled_from(["sea", "Land", "none"]))
)
# What Whoosh's own matchers answer as they should: see test_oracle.
trees = st.recursive(
    leaves,
    lambda parts: (
        st.builds(q.And, st.lists(parts, min_size=1, max_size=3), st.sampled_from([1.0, 2.0]))
        | st.builds(q.Or, st.lists(parts, min_size=2, max_size=2), st.sampled_from([1.0, 2.0]))
        | st.builds(lambda part: q.ConstantScoreQuery(part, 1.5), parts)
        | st.builds(lambda part, other: q.And([part, q.Not(other)]), parts, parts)
    ),
    max_leaves=6,
)


def build(history: History, folder: Path) -> Any:
    """Write and index an archive generation by generation; return its settings."""
    given_settings = settings_for(folder)
    root = given_settings.archive.path
    root.mkdir(exist_ok=True)
    there: list[str] = []
    for number, (coming, going, merges) in enumerate(history.generations):
        gone = [name for bit, name in enumerate(there) if going >> bit & 1]
        for name in gone:
            (root / name).unlink()
        there = [name for name in there if name not in gone]
        for n, story in enumerate(coming):
            name = f"{number}-{n}.md"
            write(
                root, name, title=story.title, excerpt=story.excerpt, url=f"https://a.example/{name}",
                topics=list(story.topics), provider={"name": "P", "domain": story.provider},
                date=f"2020-01-{story.day:02}", **({"quality": story.quality} if story.quality else {}),
            )  # fmt: skip
            there.append(name)
        with pytest.MonkeyPatch.context() as monkey:
            chosen = (lambda sizes, added: list(range(len(sizes)))) if merges else lambda sizes, added: []
            monkey.setattr("indexer.indexing.writer.to_merge", chosen)
            reindex(given_settings, allow_loss=True)
    return given_settings


def compared(snapshot: Snapshot, tree: q.Query) -> list[int]:
    """Compare the engine with Whoosh's matchers over our segments; return the documents."""
    bound = Binder(snapshot, 100).bind(tree)
    docs, scores = Executor(snapshot).run(bound)
    expected_docs, expected_scores = run_matchers(bound, snapshot)
    assert docs.tolist() == expected_docs.tolist()
    assert scores == pytest.approx(expected_scores, rel=1e-5)
    return docs.tolist()


@settings(max_examples=40, deadline=None)
@given(histories, st.lists(trees, min_size=1, max_size=8))
def test_the_engine_equals_stock_whoosh_over_our_segments(history: History, drawn: list[q.Query]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        given_settings = build(history, Path(folder))
        with open_archive(index=given_settings.index.path) as archive:
            number = archive.search("").generation
            snapshot = Snapshot(given_settings.index.path, number)
            for tree in drawn:
                docs = compared(snapshot, tree)
                counted(archive, tree, [snapshot.article(doc) for doc in docs])
            snapshot.close()


def counted(archive: Any, tree: q.Query, articles: list[Article]) -> None:
    """Compare totals and facet counts with what the found articles say."""
    results = archive.search(tree, size=100)
    assert results.total == len(articles)
    assert {hit.article.id for hit in results} == {article.id for article in articles}
    topics = Counter(topic for article in articles for topic in article.topics or ("none",))
    providers = Counter(article.provider.domain for article in articles if article.provider)
    days = Counter(article.published_at.date().isoformat() for article in articles if article.published_at)
    for name, expected in (("topic", topics), ("provider", providers), ("date", days)):
        assert {value.value: value.count for value in results.facets[name]} == expected


def fits_whooshs_byte(story: Story) -> bool:
    """Whether Whoosh's codec, which keeps a length in a byte and none of nought (of stop words alone),
    keeps those of this article exactly."""
    counts = [sum(token.counts for token in ANALYZER.tokens(text)) for text in (story.title, story.excerpt)]
    if not counts[0] or bool(story.excerpt) != bool(counts[1]):
        return False
    return all(byte_to_length(length_to_byte(n)) == n for n in (*counts, 2 * counts[0] + counts[1]))


def whooshs_own(snapshot: Snapshot) -> Any:
    """Return stock Whoosh's searcher over the same articles, in segments of its own codec."""
    storage = RamStorage()
    schema = written_schema()
    for name in schema.names():
        if isinstance(schema[name].column_type, OrdinalsColumn):
            schema[name].column_type = None  # only our codec has it
    index = storage.create_index(schema)
    writer = index.writer()
    for doc in range(snapshot.columns.size):
        article = snapshot.article(doc)
        posted, _, _ = words_of_text(article, ANALYZER)
        fields: dict[str, Any] = {"text": posted, **keys_of(article), "id": [article.id]}
        for name in TEXT_FIELDS:
            tokens = ANALYZER.tokens(getattr(article, name))
            fields[name] = [(token.term, token.position, token.counts) for token in tokens]
            fields[name] += [(EXACT + token.exact, token.position, False) for token in tokens]
        fields |= {
            name: number
            for name, number in zip(NUMBER_FIELDS, numbers_of(article), strict=True)
            if number is not None
        }
        writer.add_document(**fields, article=article.id, _stored_id=article.id)
    writer.commit()
    return Searcher(index.reader(), weighting=CombinedBm25())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(stories.filter(fits_whooshs_byte), min_size=1, max_size=12),
    st.lists(trees, min_size=1, max_size=8),
)
def test_the_engine_equals_stock_whoosh_over_segments_of_its_own(
    coming: list[Story], drawn: list[q.Query]
) -> None:
    history = History(((tuple(coming), 0, False),))
    with tempfile.TemporaryDirectory() as folder:
        given_settings = build(history, Path(folder))
        snapshot = Snapshot(given_settings.index.path, 1)
        whoosh = whooshs_own(snapshot)
        for tree in drawn:
            if any(
                type(leaf) is not q.Term or leaf.fieldname not in FIELDS for leaf in tree.leaves()
            ) and any(
                isinstance(leaf, q.Prefix | q.NumericRange) or leaf.field() == "topic"
                for leaf in tree.leaves()
            ):
                continue  # these have meanings of our own, or none in Whoosh without tiers of terms
            docs, scores = Executor(snapshot).run(tree)
            found = {
                snapshot.article(int(doc)).id: score for doc, score in zip(docs, scores.tolist(), strict=True)
            }
            hits = whoosh.search(tree, limit=None)
            expected = {hit["article"]: hit.score for hit in hits}
            assert found == pytest.approx(expected, rel=1e-5)
        snapshot.close()
