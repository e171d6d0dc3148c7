"""An overview and a comparison tell what searches tell."""

from __future__ import annotations

import json
import re

import pytest

from indexer import Archive
from indexer.errors import RequestError
from indexer.query.parameters import NONE


def test_an_overview_is_what_the_search_has(corpus: Archive) -> None:
    overview, results = corpus.overview("port", after="2019"), corpus.search("port", after="2019")
    assert overview.total == results.total
    assert overview.stories == corpus.search("port", after="2019", collapse=True).total
    newest = corpus.search("port", after="2019", sort="newest")[0].article.day
    oldest = corpus.search("port", after="2019", sort="oldest")[0].article.day
    assert (overview.first_date, overview.last_date) == (oldest, newest)
    for name, values in (("provider", overview.providers), ("topic", overview.topics)):
        counts = {value.value: value.count for value in results.facets[name] if value.value != NONE}
        assert [value.count for value in values] == sorted(counts.values(), reverse=True)[: len(values)]
        assert all(counts[value.value] == value.count for value in values)
        assert len(values) == min(10, len(counts))
    assert overview.timeline == corpus.timeline("port", after="2019")
    assert json.loads(json.dumps(overview.to_json())) == overview.to_json()


def test_values_are_counted_in_what_is_found(corpus: Archive) -> None:
    provider = corpus.search("").facets["provider"][0]
    overview = corpus.overview("", provider=provider.value)
    assert [(value.value, value.count) for value in overview.providers] == [(provider.value, provider.count)]


def test_words_that_a_search_was_broadened_by_may_set_it_apart(corpus: Archive) -> None:
    request = corpus.request("ferry strike", broaden=True)
    (note,) = (n.text for n in corpus.search(request).parsed.notes if n.text.startswith("broadened: "))
    words = {term.term for term in corpus.overview(request).terms}
    assert words & set(re.findall(r"'(\w+)'", note))
    assert not words & {"ferri", "strike"}


def test_an_overview_of_nothing(corpus: Archive) -> None:
    overview = corpus.overview("zzzz")
    assert (overview.total, overview.first_date, overview.last_date, overview.undated) == (0, None, None, 0)
    assert (overview.providers, overview.topics, overview.terms) == ((), (), ())
    assert overview.to_json()["timeline"]["periods"] == []


def test_a_comparison_is_two_searches(corpus: Archive) -> None:
    first, second = (value.value for value in corpus.search("").facets["provider"][:2])
    found = corpus.compare({"provider": first}, {"provider": second}, query="port", interval="year")
    totals = [corpus.search("port", provider=value).total for value in (first, second)]
    assert [side.total for side in found.sides] == totals
    assert [side.query for side in found.sides] == [first, second]
    assert found.both == 0
    assert found.timeline.interval == "year"
    for topic in found.topics:
        counts = [corpus.search("port", provider=value, topic=topic.value).total for value in (first, second)]
        assert list(topic.counts) == counts
        assert min(counts) > 0
        assert list(topic.shares) == [count / total for count, total in zip(counts, totals, strict=True)]
    assert json.loads(json.dumps(found.to_json())) == found.to_json()


def test_queries_and_topics_can_be_compared(corpus: Archive) -> None:
    found = corpus.compare("ferry", {"query": "harbour"}, after="2018")
    assert [side.total for side in found.sides] == [
        corpus.search(q, after="2018").total for q in ("ferry", "harbour")
    ]
    assert found.both == corpus.search("ferry harbour", after="2018").total
    one, other = (value.value for value in corpus.search("").facets["topic"][:2])
    topics = corpus.compare({"topic": one}, {"topic": other})
    assert (
        topics.both
        == corpus.search("", topic=one).total - corpus.search(f'-topic:"{other}"', topic=one).total
    )


def test_alternatives_are_named_in_words(corpus: Archive) -> None:
    found = corpus.compare({"topic": ["Rail", "Sport"], "query": "ferry"}, {"provider": ("Land",)})
    assert [side.query for side in found.sides] == ["Rail or Sport ferry", "Land"]


def test_sides_that_cannot_be_read_are_told(corpus: Archive) -> None:
    with pytest.raises(RequestError, match="has nothing of its own"):
        corpus.compare({}, "b")
    with pytest.raises(RequestError, match="cannot be read"):
        corpus.compare(3, "b")  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="cannot be read"):
        corpus.compare(("a", "b"), "b")  # type: ignore[arg-type]
    with pytest.raises(RequestError, match="'colour' is not a filter"):
        corpus.compare({"colour": "red"}, "b")
    with pytest.raises(RequestError, match="'interval' cannot be"):
        corpus.compare("a", "b", interval="decade")
