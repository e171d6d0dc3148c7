"""What is limited in a request: at each limit all is as asked, above it the answer says what was left out, or one
sentence what to do. (The limits of the language are in `test_grammar`, of time and work in `test_deadline`.)"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from indexer import Archive, Article, Settings, open_archive, reindex
from indexer.analysis import analyzer_for
from indexer.errors import RequestError
from indexer.facets import FACETS
from indexer.query.assist import corrections, highlighting, hits, related, related_copies
from indexer.query.language.leaves import MAX_SLOPPY
from indexer.query.language.tree import Highlightable
from indexer.query.parameters import MAX_CHOSEN, MAX_FACET_SIZE, MAX_PAGE
from search_web import address, create_app
from tests.archives import settings_for, write
from tests.web.fake import fake_archive

NAMES = [name for name in FACETS if name != "date"]


def chosen(count: int) -> dict[str, list[str]]:
    """Return so many values, spread over the facets."""
    values: dict[str, list[str]] = {}
    for number in range(count):
        values.setdefault(NAMES[number % len(NAMES)], []).append(f"value {number}")
    return values


def test_values_of_all_facets_together(corpus: Archive) -> None:
    assert corpus.search(**chosen(MAX_CHOSEN)).total == 0
    with pytest.raises(
        RequestError, match=f"takes at most {MAX_CHOSEN} values of facets, not {MAX_CHOSEN + 1}"
    ):
        corpus.search(**chosen(MAX_CHOSEN + 1))
    with pytest.raises(RequestError, match="Choose fewer, or search in steps"):
        corpus.timeline("ferry", topic=[f"value {n}" for n in range(MAX_CHOSEN + 1)])


def test_pages_and_values_that_may_be_asked_for(corpus: Archive) -> None:
    assert list(corpus.search(page=MAX_PAGE)) == []
    with pytest.raises(RequestError, match=f"'page' must be a whole number from 1 to {MAX_PAGE}"):
        corpus.search(page=MAX_PAGE + 1)
    assert corpus.search(facet_size=MAX_FACET_SIZE).facets["topic"].distinct
    with pytest.raises(RequestError, match=f"'facet_size' must be a whole number from 0 to {MAX_FACET_SIZE}"):
        corpus.search(facet_size=MAX_FACET_SIZE + 1)
    most = corpus.settings.search.max_page_size
    assert len(corpus.search("", size=most)) <= most
    with pytest.raises(RequestError, match=f"'size' must be a whole number from 1 to {most}"):
        corpus.search("", size=most + 1)


def sloppy(count: int) -> str:
    return " OR ".join(f'"harbour number{n}"~9' for n in range(count))


def test_phrases_with_words_in_between(corpus: Archive) -> None:
    note = f"a query takes {MAX_SLOPPY} phrases with words in between"
    said = [note.text for note in corpus.search(sloppy(MAX_SLOPPY)).parsed.notes]
    assert not any(text.startswith(note) for text in said)
    results = corpus.search(sloppy(MAX_SLOPPY) + ' OR "harbour of"~9')
    # Some other word stands between them.
    assert corpus.search('"harbour of"~9').total > results.total == corpus.search('"harbour of"').total
    results = corpus.search(sloppy(MAX_SLOPPY + 1))
    assert any(text.text.startswith(note) for text in results.parsed.notes) or len(results.parsed.notes) == 60


def test_a_text_that_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlighting, "MAX_READ", 1_000)
    marks = Highlightable({("text", "ferri")})
    highlighter = highlighting.Highlighter(marks, analyzer_for("english"), 100)
    body = "harbour " * 124 + "ferries "
    _, snippet = highlighter.highlight(Article("a", "A title", body=body))
    assert len(body) == 1_000
    assert snippet.ranges
    _, snippet = highlighter.highlight(Article("a", "A title", body="harbour " + body))
    assert not snippet.ranges


def test_a_query_that_other_spellings_are_looked_for(corpus: Archive) -> None:
    wrong = "brigde "
    filled = wrong + "ferry " * 200
    assert corpus.search(filled[: corrections.MAX_TEXT], match="all").offers
    assert not [o for o in corpus.search(filled, match="all").offers if o.kind == "spelling"]


def test_a_text_that_related_articles_are_found_by(corpus: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(related_copies, "MAX_LEAD", 100)
    filler = "unheardof " * 9
    assert any("harbour" in one.shared for one in corpus.related_to(title="x", excerpt=filler + "harbour"))
    assert not any(
        "harbour" in one.shared for one in corpus.related_to(title="x", excerpt=filler * 2 + "harbour")
    )


def test_articles_of_a_story_and_candidates_to_be_related(
    archive_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "A freighter has hit the pier of the outer harbour at night, and the pilots who were aboard say so."
    )
    for n in range(12):
        write(archive_folder, f"{n:02}.md", text, title="Freighter hits old pier", url=f"https://a.example/{n}",
              date=f"2021-03-{1 + n:02}", excerpt=text)  # fmt: skip
    settings = settings_for(tmp_path)
    reindex(settings)
    with open_archive(settings) as archive:
        middle = archive.article("https://a.example/6")
        assert len(archive.story(middle)) == 12
        monkeypatch.setattr(hits, "MAX_MEMBERS", 12)
        assert len(archive.story(middle)) == 12
        monkeypatch.setattr(hits, "MAX_MEMBERS", 4)
        for n, named in ((0, [0, 1, 2, 3]), (6, [4, 5, 6, 7]), (11, [8, 9, 10, 11])):
            story = archive.story(f"https://a.example/{n}")
            assert [one.url for one in story] == [f"https://a.example/{m}" for m in named]
            assert story.to_json()["articles"] == 4
        (hit,) = archive.search("freighter", collapse=True)
        assert len(hit.story) == 4

        def copies() -> int:
            return sum(1 + len(one.copies) for one in archive.related(middle, size=1))

        monkeypatch.setattr(related, "_SPARE", -19)  # so that one is looked at first
        assert copies() == 11
        monkeypatch.setattr(related, "MAX_CANDIDATES", 4)
        assert copies() == 4


@pytest.fixture
def large_app(tmp_path: Path) -> Flask:
    settings: Settings = settings_for(tmp_path)
    articles = [Article(f"a{n}", "Ferry", body="ferry " * 1_000) for n in range(10)]
    uncached = replace(settings, web=replace(settings.web, cache_megabytes=0))
    return create_app(uncached, fake_archive(settings, *articles))


@pytest.mark.parametrize("path", ["/api/v1/search?q=ferry&size=10", "/search?q=ferry&size=10"])
def test_bytes_of_an_answer(large_app: Flask, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    client = large_app.test_client()
    client.get(path)
    size = len(client.get(path).data)
    monkeypatch.setattr(address, "MAX_ANSWER", size)
    assert client.get(path).status_code == 200
    monkeypatch.setattr(address, "MAX_ANSWER", size - 1)
    refused = client.get(path)
    assert refused.status_code == 400
    assert f"he answer would have {size:,} bytes, more than {size - 1:,}" in refused.text
    assert "Ask for fewer articles on a page" in refused.text


def test_the_page_of_the_most_filters_is_small(corpus: Archive, corpus_index: Path) -> None:
    app = create_app(settings_for(corpus_index.parent), corpus)
    answer = app.test_client().get("/search", query_string=chosen(MAX_CHOSEN))
    assert answer.status_code == 200
    assert len(answer.data) < 1_000_000
    refused = app.test_client().get("/search", query_string=chosen(MAX_CHOSEN + 1))
    assert refused.status_code == 400
    assert "Choose fewer, or search in steps." in refused.text
