"""An export has what the search has, whoever reads it, and of one generation."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, open_archive, reindex
from indexer.article import Article
from indexer.errors import RequestError
from indexer.formats import EXPORTS, FEEDS, FORMATS, encoded
from indexer.formats.feed import entry_text
from indexer.formats.references import to_article
from indexer.query.answers.export import PAGE, Export, Place
from indexer.query.deadline import Deadline
from tests.archives import drawn, settings_for, write
from tests.exports.readers import READERS

PLACE = Place("The Archive", lambda identity: f"https://archive.example/article/{identity}")
PAGES: list[dict[str, Any]] = [
    {"query": ""},
    {"query": "the"},
    {"query": "ferry strike"},
    {"query": "ferry strike", "match": "all"},
    {"query": "ferr", "match": "any", "broaden": True},
    {"query": "ferry", "topic": "Transport", "sort": "oldest"},
    {"query": "the", "collapse": True},
    {"query": "the", "after": "2020", "language": "en"},
    {"query": "no such words at all xyzzy", "match": "all"},
]


def written(name: str, found: Export) -> str:
    form = FORMATS[name]
    pieces = encoded(form.exported(found.head(PLACE, {}), found.articles(PLACE, form.leaves_out)))
    return b"".join(pieces).decode()


def paged(archive: Archive, **asked: Any) -> list[Article]:
    """Return what the pages of a search have, one by one."""
    found: list[Article] = []
    page = 1
    while results := archive.search(**asked, page=page, size=7):
        found += [hit.article for hit in results]
        page += 1
    return found


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_has_the_title_of_each_article_in_order(corpus: Archive, name: str) -> None:
    found = corpus.export("ferry", sort="newest")
    text, at = written(name, found), 0
    articles = paged(corpus, query="ferry", sort="newest")
    assert len(articles) == found.count > 5
    for article in articles:
        plain = max(re.findall("[A-Za-z ]+", article.title), key=len)  # what no format writes otherwise
        at = text.index(plain, at) + 1


@pytest.mark.parametrize("asked", PAGES, ids=str)
@pytest.mark.parametrize("name", READERS)
def test_an_export_has_what_the_pages_of_the_search_have(
    corpus: Archive, name: str, asked: dict[str, Any]
) -> None:
    asked = asked | ({"sort": "newest"} if name in FEEDS else {})
    articles = paged(corpus, **asked)
    found = corpus.export(**asked)
    assert found.count == len(articles)
    read = READERS[name](written(name, found))
    assert len(read) == len(articles)
    for one, article in zip(read, articles, strict=True):
        own = article.to_json()
        assert one == {key: _as_it_stands(name, own, key) for key in one}


def _as_it_stands(name: str, article: dict[str, Any], key: str) -> Any:
    """Return what a format has in the place of a field."""
    value = article[key]
    if name in FEEDS and key == "excerpt":
        value = entry_text(article)
    if name == "csv" and isinstance(value, str) and value[:1] in ("=", "+", "-", "@"):
        return f"'{value}"
    if key == "url" and value is None and name in ("bibtex", "csl"):
        return PLACE.address(article["id"])
    return " ".join(value.split()) if name in ("bibtex", "text") and isinstance(value, str) else value


def test_the_archive_and_the_search_are_said_where_the_format_has_a_place(corpus: Archive) -> None:
    found = corpus.export("ferry", topic="Transport", sort="newest")
    head = found.head(PLACE, {"page": "https://archive.example/search?q=ferry"})
    assert head["search"] == "“ferry” (topic: Transport)"
    assert head["generation"] == corpus.search().generation
    assert json.loads(written("json", found))["generation"] == head["generation"]
    assert json.loads(written("jsonfeed", found))["_backfile"]["generation"] == head["generation"]
    assert f'<generation xmlns="urn:backfile:feed">{head["generation"]}</generation>' in written(
        "atom", found
    )
    for name in ("bibtex", "text"):
        assert f"generation {head['generation']} of the archive" in written(name, found)


def test_an_export_may_be_of_the_first_articles_alone(corpus: Archive) -> None:
    every = [hit.id for hit in corpus.export("the").hits()]
    assert [hit.id for hit in corpus.export("the", most=3).hits()] == every[:3]
    rest = corpus.export("the", most=3, cursor=corpus.export("the", most=3).next_cursor)
    assert [hit.id for hit in rest.hits()] == every[3:6]
    with pytest.raises(RequestError, match="'most' must be"):
        corpus.export("the", most=0)


MANY = 10_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of 10,000 articles, every seventh with what other formats mean something by."""
    settings = settings_for(tmp_path_factory.mktemp("many"))
    for number in range(MANY):
        odd = f"=SUM({number}) & <b>“more”</b> {{x}} 100% #{number}_$\\" if number % 7 == 0 else ""
        write(
            settings.archive.path,
            f"{number % 100}/{number}.md",
            "The body of it. " * 20,
            title=f"Ferry {number}{odd}",
            excerpt=f"{odd}The excerpt of number {number}.",
            url=f"https://news.example/{number}",
            date=f"20{number % 20:02}-0{number % 9 + 1}-11T10:00:00Z",
            author=f"Author {number % 50}",
        )
    reindex(settings)
    with open_archive(settings) as archive:
        yield archive


@pytest.mark.parametrize("name", READERS)
def test_ten_thousand_articles_are_all_there_in_order(many: Archive, name: str) -> None:
    found = many.export("ferry", sort="newest")
    articles = many.search(dataclasses.replace(many.request("ferry", sort="newest"), size=MANY)).hits
    read = READERS[name](written(name, found))
    assert len(read) == len(articles) == found.count == MANY
    for one, hit in zip(read, articles, strict=True):
        own = hit.article.to_json()
        assert one == {key: _as_it_stands(name, own, key) for key in one}


@pytest.mark.parametrize("name", ["json", "csv", "atom", "bibtex"])
def test_what_is_written_is_not_held(many: Archive, name: str) -> None:
    form, found = FORMATS[name], many.export()
    head = found.head(PLACE, {})
    sizes = []
    tracemalloc.start()
    try:
        for number, piece in enumerate(encoded(form.exported(head, found.articles(PLACE, form.leaves_out)))):
            sizes.append(len(piece))
            if number == 5:
                tracemalloc.reset_peak()
                early = tracemalloc.get_traced_memory()[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sum(sizes) > 10 * max(sizes)
    assert peak - early < 4_000_000


def test_an_export_goes_on_in_the_generation_that_it_began_in(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number in range(PAGE + 20):
        write(
            settings.archive.path, f"{number}.md", title=f"ferry {number}", date=f"2020-01-0{number % 9 + 1}"
        )
    reindex(settings)
    with open_archive(settings) as archive:
        found = archive.export("ferry")
        begun = found.articles(PLACE)
        ids = [next(begun)["id"]]
        for file in list(settings.archive.path.iterdir())[: PAGE // 3]:
            file.unlink()
        write(settings.archive.path, "new.md", title="ferry new", date="2020-01-05")
        reindex(settings)
        assert archive.search("ferry").total < PAGE
        ids += [one["id"] for one in begun]
        assert len(ids) == len(set(ids)) == PAGE + 20
        assert archive.export("ferry").generation == found.generation + 1


def test_an_export_is_whole_or_refused(many: Archive) -> None:
    search = dataclasses.replace(many.settings.search, work_limit=1_000)
    poor = open_archive(dataclasses.replace(many.settings, search=search))
    with poor, pytest.raises(RequestError, match="an export has all of it or nothing"):
        poor.export("ferry")
    later = many.limited(3_600_000).export("ferry")
    assert len(list(later.hits())) == MANY


def test_each_page_has_the_time_of_a_request(many: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, taken = time.monotonic, 0.0
    monkeypatch.setattr("indexer.query.deadline.monotonic", lambda: clock() + taken)
    found = many.limited(3_600_000).export("ferry")
    for _ in found.hits():
        taken += 3_000 / PAGE
    assert taken > 10 * 3_600
    cut = Deadline(1)
    cut.has_cut = True
    broken = dataclasses.replace(found, read=lambda _: dataclasses.replace(found.first, deadline=cut))
    with pytest.raises(RequestError, match="cut short after 1 ms, and an export has all of it or nothing"):
        list(broken.hits())


def test_what_is_secured_is_in_no_export(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "a.md", title="ferry", secured="c2VjcmV0;aXY=")
    reindex(settings)
    with open_archive(settings) as archive:
        for name in EXPORTS:
            text = written(name, archive.export(sort="newest"))
            assert "ferry" in text
            assert "c2VjcmV0" not in text


# --- any text -----------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def _exported(name: str, **fields: Any) -> str:
    article = Article(**{"id": "abc", "title": "title", "url": "https://a.example/", **fields})
    rows = [PLACE.described(article) | {"part": "all"}]
    head = {
        "title": "t", "site": "s", "search": "“x”", "found": "1 article", "generation": 1, "id": "urn:backfile:search:1",
        "indexed_at": "2020-01-01T00:00:00Z", "self": None, "page": None, "next": None,
    }  # fmt: skip
    return b"".join(encoded(FORMATS[name].exported(head, rows))).decode()


@drawn(100)
@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=2))
def test_no_cell_of_csv_is_a_formula(title: str, excerpt: str, topics: list[str]) -> None:
    text = _exported("csv", title=title, excerpt=excerpt, topics=tuple(topics))
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    for column, value in (("title", title), ("excerpt", excerpt), ("topics", "; ".join(topics))):
        harmless = f"'{value}" if value[:1] in tuple("=+-@\t\r\n＝＋－＠") else value
        assert row[column] == harmless
        assert not row[column].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_number_below_zero_is_no_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(_exported("csv", heat=-1.0, title="-1").removeprefix("\ufeff")))
    assert (row["heat"], row["title"]) == ("-1.0", "'-1")


@drawn(100)
@given(TEXTS, TEXTS, TEXTS)
def test_atom_is_xml_whatever_the_texts(title: str, excerpt: str, topic: str) -> None:
    root = ET.fromstring(_exported("atom", title=title, excerpt=excerpt, topics=(topic,)))
    entry = root.find("{http://www.w3.org/2005/Atom}entry")
    assert entry is not None
    read = entry.findtext("{http://www.w3.org/2005/Atom}title")
    plain = "".join(c if c in "\t\n\r" or c >= " " else "\ufffd" for c in title)
    plain = plain.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
    assert read == plain.replace("\r\n", "\n").replace("\r", "\n")


@drawn(200)
@given(
    st.text(st.sampled_from("aé {}\\%&$#_^~-'`<>,?!\"@=\n"), min_size=1, max_size=20),
    st.text("ab{},& %", max_size=9),
)
def test_bibtex_means_what_the_title_says(title: str, author: str) -> None:
    (read,) = READERS["bibtex"](_exported("bibtex", title=f"x{title}x", authors=(author,) if author else ()))
    assert " ".join(str(read["title"]).split()) == " ".join(f"x{title}x".split())
    assert read["url"] == "https://a.example/"


def test_an_author_whose_name_bibtex_would_take_apart_stays_whole() -> None:
    text = _exported("bibtex", authors=("Nadia Fenwright", "Smith and Sons, Ltd."))
    assert "author = {Nadia Fenwright and {Smith and Sons, Ltd.}}" in text


@pytest.mark.parametrize("name", READERS)
def test_half_a_character_breaks_no_export(name: str) -> None:
    assert READERS[name](_exported(name, title="half \udc80 a character"))


def test_a_reference_without_a_date_and_authors(corpus: Archive) -> None:
    article = PLACE.described(Article(id="abc", title="A title", url=None))
    assert FORMATS["text"].cited(to_article(article, "The Archive")) == (
        "“A title”, no date. https://archive.example/article/abc In: The Archive.\n"
    )
