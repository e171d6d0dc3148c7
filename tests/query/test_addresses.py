"""An article's own address as the query finds the article, and it alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from indexer import Archive, open_archive, reindex
from indexer.analysis import analyzer_for
from indexer.query.language.grammar import parse
from tests.archives import settings_for, write

URL = "https://www.news.example/2020/06/ferry-strike.html"
AMP = "https://amp.news.example/amp/2020/ferry?id=7"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    own = settings_for(tmp_path_factory.mktemp("addresses"))
    write(
        own.archive.path, "ferry.md", title="Ferry strike", url=URL, ampWebUrl=AMP, date="2020-06-25",
        topics=["Sea"],
    )  # fmt: skip
    write(
        own.archive.path, "other.md", f"They wrote about {URL} and more, in 2020 and 06.",
        title="What a ferry strike is", url="https://other.example", date="2021-01-02", topics=["Rail"],
    )  # fmt: skip
    write(own.archive.path, "name.md", title="News.example sold", url="https://third.example/a.b")
    reindex(own)
    with open_archive(index=own.index.path) as opened:
        yield opened


@pytest.mark.parametrize(
    "typed",
    [
        URL,
        f"  {URL}\n",
        f"<{URL}>",
        "http://news.example/2020/06/ferry-strike.html/",
        "HTTPS://WWW.News.Example/2020/06/ferry-strike.html",
        f"{URL}?utm_source=letter&fbclid=9#part",
        "www.news.example/2020/06/ferry-strike.html",
        "news.example/2020/06/ferry-strike.html?utm_medium=x",
        AMP,
        "amp.news.example/amp/2020/ferry?id=7&amp=1",
    ],
)
@pytest.mark.parametrize(
    "given", [{}, {"match": "any"}, {"match": "all", "unfinished": True}, {"sort": "oldest"}]
)
def test_an_address_finds_its_article_alone(archive: Archive, typed: str, given: dict[str, Any]) -> None:
    results = archive.search(typed, **given)
    assert [hit.article.title for hit in results] == ["Ferry strike"]
    assert (results.total, results.begun_total, results.some_total, results.pages) == (1, 0, 0, 1)
    assert results.notes == ("the article at this address",)
    assert (results.offers, results.variants, results.next_cursor) == ((), (), None)


@pytest.mark.parametrize(
    "typed",
    ["https://www.news.example/2020/06/another.html", "news.example", f'"{URL}"', f"{URL} strike", f"-{URL}", "other.example"],
)  # fmt: skip
def test_other_texts_are_searched_for_as_words(archive: Archive, typed: str) -> None:
    results = archive.search(typed)
    assert "the article at this address" not in results.notes
    assert results.parsed.query == parse(typed, analyzer_for("english"), datetime.now(UTC)).query


def test_an_address_in_quotes_is_looked_for_in_the_texts(archive: Archive) -> None:
    assert [hit.article.title for hit in archive.search(f'"{URL}"')] == ["What a ferry strike is"]


def test_a_scheme_makes_a_host_an_address(archive: Archive) -> None:
    assert [hit.article.title for hit in archive.search("https://other.example/")] == [
        "What a ferry strike is"
    ]


def test_filters_and_facets_are_those_of_the_article(archive: Archive) -> None:
    results = archive.search(URL)
    assert [(value.label, value.count) for value in results.facets["topic"]] == [("Sea", 1)]
    assert archive.search(URL, topic="Sea").total == 1
    filtered = archive.search(URL, topic="Rail")
    assert filtered.total == 0
    assert [(o.text, o.total) for o in filtered.offers] == [("without the topic “Rail”", 1)]
    assert archive.search(filtered.offers[0].request).total == 1


def test_explained_it_is_read_as_the_article(archive: Archive) -> None:
    explained = archive.search(URL).to_json(explain=True)
    (hit,) = archive.search(URL)
    assert hit.article.id in explained["explain"]["read_as"]
    assert explained["explain"]["notes"] == [{"kind": "address", "text": "the article at this address"}]
    assert explained["hits"][0]["explanation"]["score"] == explained["hits"][0]["score"]


def test_it_is_one_article_wherever_a_query_is_asked(archive: Archive) -> None:
    assert archive.overview(URL).total == 1
    timeline = archive.timeline([URL, "strike"])
    assert [sum(filter(None, series.counts)) for series in timeline.series] == [1, 2]
    assert archive.facet("topic", archive.request(URL)).distinct == 1
