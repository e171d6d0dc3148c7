"""Related articles: what is left out changes nothing, copies are shown once, providers take turns."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.index.schema import NO_DATE, TEXT
from indexer.query.arrays.related.related_scores import DatePrior, _distinct, in_order, score_best
from indexer.query.arrays.store.columns import Columns
from indexer.query.arrays.store.postings import Docs, Postings, Scores
from indexer.query.assist.related import AS_GOOD, vary
from indexer.query.assist.related_copies import Wording, group_copies, same_text
from indexer.query.source import Weight

DAY = 86_400
TERMS = "abcdefgh"


class FakeSegment:
    """A segment of made-up documents: each a text of one-letter terms."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.length_fields = {TEXT: SimpleNamespace(sum=sum(map(len, texts)))}

    def lengths(self, _: str) -> Any:
        return np.array([len(text) for text in self.texts], np.uint32)

    def postings(self, _: str, term: bytes) -> tuple[Docs, Any]:
        letter = term.decode()
        docs = np.array([d for d, text in enumerate(self.texts) if letter in text], np.uint32)
        return docs, np.array([text.count(letter) for text in self.texts if letter in text], np.uint8)

    def read_docs(self, out: Docs, field: str, term: bytes, offset: int) -> int:
        docs, _ = self.postings(field, term)
        out[: len(docs)] = docs + np.uint32(offset)
        return len(docs)

    def frequencies(self, field: str, term: bytes) -> tuple[int, Any]:
        docs, freqs = self.postings(field, term)
        return len(docs), freqs


def postings_of(segments: Sequence[Sequence[str]], live: Any) -> Postings:
    """Return the real `Postings` over segments made up of texts."""
    leaves, offset = [], 0
    for texts in segments:
        found = FakeSegment(texts)
        leaf = SimpleNamespace(
            segment=lambda found=found: SimpleNamespace(open_arrays=lambda _: found), storage=lambda: None
        )
        leaves.append((leaf, offset))
        offset += len(texts)
    reader = SimpleNamespace(schema={}, doc_count_all=lambda: offset, leaf_readers=lambda: leaves)
    return Postings(reader, live)


class FakeColumns:
    """The columns that the date prior needs."""

    def __init__(self, published: Sequence[int], live: Any) -> None:
        self.published = np.array(published, np.int64)
        self.live = live
        self.size = len(published)

    @property
    def dated(self) -> Any:
        return self.published != NO_DATE

    by_date = functools.cached_property(Columns.by_date.func)


FakeColumns.by_date.__set_name__(FakeColumns, "by_date")


def everything(
    weights: Sequence[Weight], postings: Postings, prior: DatePrior, exclude: Docs
) -> tuple[Docs, Scores]:
    """The reference: all terms added up for all documents."""
    totals = np.zeros(prior.columns.size, np.float32)
    for weight, _ in in_order(weights, postings):
        docs, scores = postings.scored(TEXT, weight.term)
        totals[docs] += np.float32(weight.times) * scores
    totals[exclude] = 0
    docs = np.flatnonzero(totals).astype(np.uint32)
    return docs, (totals[docs] * prior.of(docs)).astype(np.float32)


texts = st.text(TERMS, min_size=1, max_size=12)
dates = st.just(NO_DATE) | st.integers(0, 200).map(lambda day: 10**9 + day * DAY)


@st.composite
def archives(draw: st.DrawFn) -> tuple[Postings, FakeColumns]:
    segments = draw(st.lists(st.lists(texts, min_size=1, max_size=40), min_size=1, max_size=3))
    size = sum(map(len, segments))
    live = np.array(draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))) > 0
    published = draw(st.lists(dates, min_size=size, max_size=size))
    return postings_of(segments, live), FakeColumns(published, live)


weighted = st.dictionaries(st.sampled_from(TERMS + "z"), st.integers(1, 5), min_size=1, max_size=8)


@given(archives(), weighted, st.none() | dates.filter(lambda d: d != NO_DATE), st.integers(1, 9), st.data())
def test_pruning_leaves_the_same_articles_with_the_same_scores(
    archive: tuple[Postings, Any], drawn: dict[str, int], day: int | None, count: int, data: st.DataObject
) -> None:
    postings, columns = archive
    weights = [Weight(term, float(times)) for term, times in drawn.items()]
    prior = DatePrior(columns, None if day is None else day + 0.5)
    exclude = np.array(sorted(data.draw(st.sets(st.integers(0, columns.size - 1), max_size=3))), np.uint32)
    docs, scores = everything(weights, postings, prior, exclude)
    best = score_best(weights, postings, prior, count, exclude)
    found = dict(zip(best.docs.tolist(), best.scores.tolist(), strict=True))
    whole = dict(zip(docs.tolist(), scores.tolist(), strict=True))
    assert found.items() <= whole.items()
    last = sorted(scores, reverse=True)[:count][-1:]
    assert {doc for doc, score in whole.items() if score >= last[0]} <= set(found) if last else not found


def test_common_words_are_looked_up_for_few_only(monkeypatch: pytest.MonkeyPatch) -> None:
    # One document has the rare words, and all have the common one.
    texts = ["h" * (n % 3 + 1) + "g" for n in range(300)] + ["abcdef", "abcdeg"]
    live = np.ones(len(texts), bool)
    postings = postings_of([texts], live)
    columns: Any = FakeColumns([NO_DATE] * len(texts), live)
    asked: list[str] = []
    scored = postings.scored
    monkeypatch.setattr(postings, "scored", lambda field, term: (asked.append(term), scored(field, term))[1])
    best = score_best(
        [Weight(term, 1.0) for term in "abcdefgh"],
        postings, DatePrior(columns, None), 1, np.empty(0, np.uint32),
    )  # fmt: skip
    assert 300 in best.docs
    assert not {"g", "h"} & set(asked)


@given(st.lists(st.integers(0, 9), max_size=30))
def test_distinct(docs: list[int]) -> None:
    assert _distinct(np.array(docs, np.uint32)).tolist() == sorted(set(docs))


scores_and_providers = st.lists(
    st.tuples(st.floats(0.5, 9), st.sampled_from(["a", "b", None])), max_size=20
).map(lambda pairs: sorted(pairs, key=lambda pair: -pair[0]))


@given(scores_and_providers, st.integers(0, 12))
def test_of_what_is_as_good_the_provider_shown_least_comes_next(
    pairs: list[tuple[float, str | None]], count: int
) -> None:
    scores, providers = [s for s, _ in pairs], [p for _, p in pairs]
    order = vary(scores, providers, count)
    assert len(order) == len(set(order)) == min(count, len(pairs))
    shown: Counter[str | None] = Counter({None: 0})
    left = set(range(len(pairs)))
    for place in order:
        best = max(scores[other] for other in left)
        assert scores[place] >= best * AS_GOOD
        for other in left:
            if scores[other] >= best * AS_GOOD:
                assert shown[providers[other]] >= shown[providers[place]]
                if shown[providers[other]] == shown[providers[place]]:
                    assert scores[other] <= scores[place]
        left.remove(place)
        if providers[place] is not None:
            shown[providers[place]] += 1


def test_a_much_better_article_is_not_moved() -> None:
    assert vary([9.0, 8.9, 8.8, 1.0], ["a", "a", "b", "c"], 4) == [0, 2, 1, 3]
    assert vary([9.0, 5.0, 1.0], ["a", "a", "b"], 3) == [0, 1, 2]


def article(title: str, excerpt: str = "", day: int = 1) -> Article:
    return Article(title, title, excerpt=excerpt, published_at=datetime(2020, 1, day, tzinfo=UTC))


WIRE = "The harbour board of Port Halden voted on Tuesday to close the old ferry pier for good in the spring"


def test_copies_are_known_by_their_words() -> None:
    first = Wording.of(article("Harbour board closes pier", WIRE))
    assert same_text(first, Wording.of(article("Harbour board closes old pier", WIRE + " and summer")))
    shortened = " ".join(WIRE.split()[:9])
    assert same_text(first, Wording.of(article("Harbour board closes pier", shortened)))
    assert not same_text(
        first, Wording.of(article("Harbour board closes pier", "A quite different text of theirs"))
    )
    assert not same_text(
        first, Wording.of(article("Ferry strike goes on", "Crews of the ferry met the board"))
    )
    assert not same_text(Wording.of(article("")), Wording.of(article("")))


@given(st.lists(st.sampled_from(["one two three", "one two three four", "five six", "seven"]), max_size=8))
def test_each_is_grouped_with_the_first_that_it_is_a_copy_of(titles: list[str]) -> None:
    wordings = [Wording.of(article(title)) for title in titles]
    firsts = group_copies(wordings)
    for place, first in enumerate(firsts):
        assert first <= place
        assert firsts[first] == first
        assert first == place or same_text(wordings[first], wordings[place])
    alone = [place for place, first in enumerate(firsts) if place == first]
    assert not any(same_text(wordings[one], wordings[other]) for one, other in combinations(alone, 2))
