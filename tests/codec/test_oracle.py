"""Whatever documents, deletions, updates and merges: Whoosh says the same over our codec as over its own."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query, scoring, sorting
from whoosh.query import spans

from tests.codec import collections_of_documents as cod

pytestmark = pytest.mark.usefixtures("packing")

T = query.Term
QUERIES: list[query.Query] = [
    T("text", "alfa"),
    T("text", "absent"),
    T("title", "bravo"),
    query.And([T("text", "alfa"), T("text", "bravo")]),
    query.Or([T("text", "alfa"), T("title", "bravo"), T("text", "zz")]),
    query.And([T("text", "alfa"), query.Not(T("text", "bravo"))]),
    query.AndMaybe(T("text", "alfa"), T("title", "alfa")),
    query.AndNot(T("text", "alfa"), T("text", "echo")),
    query.Require(T("text", "alfa"), T("title", "alfa")),
    query.DisjunctionMax([T("text", "alfa"), T("title", "alfa")]),
    query.ConstantScoreQuery(T("text", "alfa"), 2.0),
    query.Phrase("text", ["alfa", "bravo"]),
    query.Phrase("text", ["alfa", "delta"], slop=3),
    query.Phrase("title", ["alfa", "bravo"]),
    query.Prefix("text", "brav"),
    query.Wildcard("text", "?e*a*"),
    query.Regex("text", "^d.*s$"),
    query.FuzzyTerm("text", "bravi", maxdist=1),
    query.FuzzyTerm("text", "delts", maxdist=2, prefixlength=1),
    query.Variations("title", "bravo"),
    query.TermRange("text", "b", "d"),
    query.NumericRange("number", -10, 500),
    query.NumericRange("real", 0.0, None),
    query.NumericRange("big", None, 2**40),
    query.DateRange("when", datetime.datetime(1990, 1, 1), datetime.datetime(2020, 1, 1)),
    T("flag", True),
    T("tags", "charlie"),
    query.Every(),
    query.Every("text"),
    query.NestedParent(T("flag", True), T("text", "alfa")),
    query.NestedChildren(T("flag", True), T("text", "alfa")),
    spans.SpanFirst(T("text", "alfa"), 2),
    spans.SpanNear(T("text", "alfa"), T("text", "bravo"), slop=3, ordered=False),
    spans.SpanNot(T("text", "alfa"), T("text", "bravo")),
    spans.SpanOr([T("text", "alfa"), T("text", "bravo")]),
    spans.SpanContains(T("text", "alfa"), T("text", "alfa")),
    spans.SpanBefore(T("text", "alfa"), T("text", "echo")),
    spans.SpanCondition(T("text", "alfa"), T("text", "zz")),
]  # fmt: skip


def hits(ix: Any, tree: query.Query, **options: Any) -> Any:
    weighting = options.pop("weighting", scoring.BM25F)
    with ix.searcher(weighting=weighting) as searcher:
        try:
            results = searcher.search(tree, **options)
        except AssertionError as error:  # Whoosh's RequireMatcher, where nothing could be skipped
            return type(error), str(error)
        rows = [(hit.docnum, pytest.approx(hit.score, rel=1e-5, abs=1e-6)) for hit in results]
        return rows, len(results), results.has_exact_length() and len(results)


@given(cod.histories())
@settings(max_examples=20)
def test_postings_documents_and_statistics_are_the_same(history: list[cod.Commit]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = cod.both(Path(folder), history)
        with ours.reader() as a, theirs.reader() as b:
            assert a.doc_count() == b.doc_count()
            assert a.doc_count_all() == b.doc_count_all()
            assert list(a.all_terms()) == list(b.all_terms())
            assert cod.postings(a) == cod.postings(b)
            infos = cod.term_infos(b)
            assert {t: pytest.approx(v, rel=1e-5) for t, v in cod.term_infos(a).items()} == infos
            assert cod.documents(a) == cod.documents(b)
            for name in ("text", "title", "key", "number"):
                assert a.field_length(name) == b.field_length(name)
                # Whoosh's own fails for a segment without the field.
                if a.field_length(name) and len(a.leaf_readers()) == 1:
                    assert a.max_field_length(name) == b.max_field_length(name)


@given(cod.histories(), st.data())
@settings(max_examples=20)
def test_queries_give_the_same_documents_and_scores(history: list[cod.Commit], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = cod.both(Path(folder), history)
        weighting = data.draw(st.sampled_from([scoring.BM25F, scoring.TF_IDF, scoring.Frequency]))
        limit = data.draw(st.sampled_from([None, 2, 10]))
        for tree in QUERIES:
            options = {"limit": limit, "weighting": weighting}
            assert hits(ours, tree, **options) == hits(theirs, tree, **options), tree


@given(cod.histories())
@settings(max_examples=20)
def test_sorting_and_facets_are_the_same(history: list[cod.Commit]) -> None:
    orders: list[Any] = ["number", "when", "key", "real", "flag", "title"]
    orders += [sorting.FieldFacet(name, reverse=True) for name in ("number", "when", "key", "flag")]
    groups = [
        sorting.RangeFacet("number", -1000, 1000, 250),
        sorting.StoredFieldFacet("flag"),
        sorting.FieldFacet("key"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = cod.both(Path(folder), history)
        with ours.searcher() as a, theirs.searcher() as b:
            every = query.Every()
            for order in orders:
                found = [[h.docnum for h in s.search(every, sortedby=order, limit=None)] for s in (a, b)]
                assert found[0] == found[1], order
            for group in groups:
                found = [s.search(every, groupedby=group, limit=None).groups() for s in (a, b)]
                assert found[0] == found[1], group


@given(cod.histories(), st.sampled_from(cod.WORDS), st.integers(1, 2), st.integers(0, 2))
@settings(max_examples=20)
def test_the_dictionary_is_walked_in_the_same_way(
    history: list[cod.Commit], word: str, distance: int, prefix: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = cod.both(Path(folder), history)
        with ours.reader() as a, theirs.reader() as b:
            if "text" not in set(b.indexed_field_names()):
                return
            for reader in (a, b):
                assert list(reader.expand_prefix("text", word[:2])) == [
                    t for t in reader.lexicon("text") if t.startswith(word[:2].encode())
                ]
            assert list(a.terms_from("title", word)) == list(b.terms_from("title", word))
            assert a.most_frequent_terms("text", 5) == b.most_frequent_terms("text", 5)
            if a.doc_count():  # or Whoosh takes the logarithm of 0
                assert a.most_distinctive_terms("text", 5) == b.most_distinctive_terms("text", 5)
            given_prefix = min(prefix, len(word))
            within = [sorted(r.terms_within("text", word, distance, given_prefix)) for r in (a, b)]
            assert within[0] == within[1]
            suggestions = [r.corrector("text").suggest(word + "x", maxdist=distance) for r in (a, b)]
            assert suggestions[0] == suggestions[1]
            assert a.frequency("text", word) == pytest.approx(b.frequency("text", word))
            assert a.doc_frequency("text", word) == b.doc_frequency("text", word)
            assert a.doc_frequency("text", "absent") == a.frequency("text", "absent") == 0
