"""What a cluster does not count to the end says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from whoosh import query as q

from indexer import Archive, open_archive, reindex
from indexer.config import Settings
from indexer.errors import RequestError
from indexer.query.cluster import counting, documents, found
from search_web import create_app
from tests.archives import settings_for, write
from tests.cluster.nodes import Cluster
from tests.query.contract.comparison import differences

pytestmark = pytest.mark.cluster
TEXT = (
    "The council voted on the harbour bridge, and after a long debate on its costs it was approved at last."
)


@pytest.fixture(scope="module")
def given(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A story of twelve articles, and two articles alone; seven topics."""
    settings = settings_for(tmp_path_factory.mktemp("limits"))
    for number in range(14):
        write(
            settings.archive.path,
            f"{number}.md",
            title="Ferry",
            excerpt=TEXT if number < 12 else f"It leaves at {number} o'clock.",
            topics=[f"Topic {topic}" for topic in range(7) if number % (topic + 1) == 0],
            url=f"https://post.example/{number}",
            date="2020-01-01",
        )
    source = dataclasses.replace(
        settings.source, kind="opensearch", hosts=cluster.hosts, alias="limits", replicas=0, timeout_ms=60_000
    )
    settings = dataclasses.replace(settings, source=source)
    reindex(settings)
    return settings


@pytest.fixture
def archive(given: Settings) -> Iterator[Archive]:
    with open_archive(given) as opened:
        yield opened


@pytest.fixture
def few_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (documents, found):
        monkeypatch.setattr(module, "MAX_SHARED", 5)


@pytest.fixture
def few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MAX_VALUES", 3)


@pytest.fixture(scope="module")
def wordy(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Articles that share some of 1,300 words."""
    settings = settings_for(tmp_path_factory.mktemp("wordy"))
    words = words_of(1_300)
    write(settings.archive.path, "all.md", title="All", body=" ".join(words), date="2020-01-01")
    for number in range(1, 9):
        text = " ".join(words[number :: number + 1])
        write(settings.archive.path, f"{number}.md", title=f"Part {number}", body=text, date="2020-01-01")
    source = dataclasses.replace(
        settings.source, kind="opensearch", hosts=cluster.hosts, alias="wordy", replicas=0, timeout_ms=60_000
    )
    settings = dataclasses.replace(settings, source=source)
    reindex(settings)
    return settings


def words_of(count: int) -> list[str]:
    """Return distinct words that no stem joins."""
    return [
        f"{'bcdfgklmnp'[n // 100 % 10]}o{'bcdfgklmnp'[n // 10 % 10]}u{'bcdfgklmnp'[n % 10]}ak{'bdgk'[n // 1000]}o"
        for n in range(count)
    ]


@pytest.mark.parametrize(
    "options", [{}, {"match": "all"}, {"match": "any"}, {"sort": "newest"}, {"explain": True}]
)
def test_a_query_of_very_many_words_is_answered_as_by_the_index_folder(
    wordy: Settings, options: dict[str, Any]
) -> None:
    explain = options.pop("explain", False)
    embedded = dataclasses.replace(wordy, source=dataclasses.replace(wordy.source, kind="embedded"))
    query = " ".join(words_of(1_250))
    with open_archive(wordy) as one, open_archive(embedded) as other:
        found, expected = (each.search(query, **options).to_json(explain=explain) for each in (one, other))
    assert list(differences(expected, found)) == []
    assert expected["total"] + expected["some_total"] >= 1


@pytest.mark.parametrize("kind", [q.Or, q.And])
def test_a_tree_of_very_many_words_is_answered_as_by_the_index_folder(
    wordy: Settings, kind: type[q.Or] | type[q.And]
) -> None:
    embedded = dataclasses.replace(wordy, source=dataclasses.replace(wordy.source, kind="embedded"))
    tree = kind([q.Term("body", word) for word in words_of(1_200)])
    with open_archive(wordy) as one, open_archive(embedded) as other:
        found, expected = (each.search(tree).to_json() for each in (one, other))
    assert list(differences(expected, found)) == []
    assert expected["total"] == (9 if kind is q.Or else 1)


def test_a_tree_of_more_parts_than_a_node_takes_is_refused_in_a_sentence(archive: Archive) -> None:
    pair = [q.Term("text", "ferri"), q.Term("text", "council")]
    tree = q.Or([q.And(pair) for _ in range(1_100)])
    with pytest.raises(
        RequestError, match=r"the query has more parts than the search server takes\. Ask for less"
    ):
        archive.search(tree).total  # noqa: B018 - a search is made when its answer is looked at


def test_up_to_the_limit_counts_of_stories_are_exact(archive: Archive) -> None:
    answer = archive.search("ferry", collapse=True).to_json()
    assert (answer["total"], answer["total_relation"], answer["notes"]) == (3, "eq", [])
    assert archive.overview("ferry").stories == 3


@pytest.mark.usefixtures("few_stories")
def test_beyond_it_they_are_about_right_and_say_so(archive: Archive, given: Settings) -> None:
    note = "stories are distinguished among 5 of the articles that share one"
    results = archive.search("ferry", collapse=True)
    answer = results.to_json()
    assert answer["total_relation"] == "about"
    assert 3 < answer["total"] <= 14
    assert len(answer["hits"]) == 3  # of the order, each story is there once
    assert note in answer["notes"][0]
    assert note in archive.facet("topic", archive.request("ferry", collapse=True)).notes[0]
    assert archive.search("ferry").to_json()["total_relation"] == "eq"
    assert archive.overview("ferry").stories is None
    page = create_app(given).test_client().get("/search?q=ferry&collapse=1").text
    assert f"About {answer['total']} stories" in page
    assert note[1:] in page


@pytest.mark.usefixtures("few_values")
def test_a_facet_of_too_many_values_has_the_largest_and_says_so(archive: Archive, given: Settings) -> None:
    facet = archive.facet("topic", archive.request("ferry", topic="Topic 6"))
    counts = {value.value: value.count for value in facet}
    assert counts == {"Topic 0": 14, "Topic 1": 7, "Topic 2": 5, "Topic 6": 2}
    assert facet.to_json()["distinct_relation"] == "gte"
    assert "of all values, the 3 that most articles have are counted" in facet.notes
    assert archive.facet("category", archive.request("ferry")).to_json()["distinct_relation"] == "eq"
    client = create_app(given).test_client()
    page = client.get("/facet/topic?q=ferry").text
    assert "the 3 that most articles have are counted" in page
    assert "More than 3 topics" in client.get("/topics").text
    assert client.get("/api/v1/directory/topic").get_json()["distinct_relation"] == "gte"
