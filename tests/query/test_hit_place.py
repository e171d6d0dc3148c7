"""Where an article stands among the hits of a search: where a list of all hits has it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indexer import Archive, open_archive, reindex
from indexer.config import Settings
from indexer.query.assist.highlighting import MAX_READ
from indexer.query.request import SearchRequest
from tests.archives import settings_for, write


def listed(archive: Archive, request: SearchRequest) -> list[str]:
    """Return the ids of all hits, page by page."""
    found: list[str] = []
    results = archive.search(replace(request, page=1))
    while True:
        found += [hit.article.id for hit in results]
        if not results.next_cursor:
            return found
        results = archive.search(
            archive.request(str(request.query), **{**_given(request), "cursor": results.next_cursor})
        )


def _given(request: SearchRequest) -> dict[str, Any]:
    said = {name: value for name, value in request.to_json().items() if name != "query"}
    return said | {"size": request.size}


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("ferry strike", {}),
        ("ferry strike", {"size": 3, "page": 2}),
        ("ferry strike", {"match": "all"}),
        ("ferry strike", {"match": "any", "sort": "oldest"}),
        ("harb", {"unfinished": True}),
        ("the ferry", {"collapse": True}),
        ("", {"topic": "Technology", "size": 100}),
    ],
)
def test_the_place_is_that_of_the_list(corpus: Archive, query: str, given: dict[str, Any]) -> None:
    request = corpus.request(query, **given)
    ids = listed(corpus, request)
    assert ids
    step = max(1, len(ids) // 12)
    border = corpus.search(request).total
    for at in sorted({*range(0, len(ids), step), len(ids) - 1, border - 1, border} & set(range(len(ids)))):
        place = corpus.place(ids[at], request)
        assert (place.number, place.total) == (at + 1, len(ids))
        assert (place.previous.id if place.previous else None) == (ids[at - 1] if at else None)
        assert (place.next.id if place.next else None) == (ids[at + 1] if at + 1 < len(ids) else None)


def test_what_is_no_hit_has_no_place_but_marks(corpus: Archive) -> None:
    other = next(iter(corpus.search("-ferry has:body"))).article
    place = corpus.place(other, corpus.request("ferry"))
    assert (place.number, place.previous, place.next) == (None, None, None)
    assert place.total == corpus.search("ferry").total
    assert place.mark("title", "The ferries").ranges == ((4, 11),)


def test_a_copy_stands_where_its_story_does(corpus: Archive) -> None:
    request = corpus.request("", collapse=True, size=100)
    hit = next(hit for hit in corpus.search(request) if len(hit.story) > 1)
    numbers = {corpus.place(member, request).number for member in hit.story}
    assert len(numbers) == 1


def test_a_hit_that_is_gone_has_no_place(settings: Settings) -> None:
    for number in range(3):
        write(settings.archive.path, f"{number}.md", title=f"Ferry {number}", date=f"2020-01-0{number + 1}")
    reindex(settings)
    with open_archive(settings) as archive:
        request = archive.request("ferry", sort="newest")
        articles = [hit.article for hit in archive.search(request)]
        assert [archive.place(one, request).number for one in articles] == [1, 2, 3]
        (settings.archive.path / "1.md").unlink()
        write(settings.archive.path, "9.md", title="Ferry 9", date="2020-01-09")
        reindex(settings)
        assert [archive.place(one, request).number for one in articles] == [2, None, 3]
        place = archive.place(articles[0], request)
        assert (place.previous and place.previous.title, place.next and place.next.title) == (
            "Ferry 9",
            "Ferry 0",
        )


def test_all_of_a_long_text_is_marked(corpus: Archive) -> None:
    mark = corpus.place(corpus.search("ferry")[0].article, corpus.request('"old ferry"')).mark
    text = "an old ferry\n" * (2 * MAX_READ // 13 + 1)
    assert len(mark("body", text).ranges) == 2 * text.count("ferry")
    assert len(mark("body", "ferry " * MAX_READ).ranges) == 0
    assert mark("body", "").ranges == ()


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    return settings_for(tmp_path)
