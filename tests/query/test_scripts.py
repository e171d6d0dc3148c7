"""Articles of many scripts: found, filtered, counted, highlighted and suggested as a reader expects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import Archive, open_archive, reindex
from tests.archives import settings_for, write

ARTICLES = {
    "behaviour": {"body": "The behav\u00adiour was odd, so they wrote to <tips@post.example>; a<b then c>d."},
    "office": {"body": "Das Ver&shy;kehrs&#173;amt antwortet, auf&zwnj;lage."},
    "flood": {"title": "Hoch\u00adwasser in der Stadt"},
    "strike": {"body": "A ferry strike.", "topics": ["Poli\u00adtics"], "author": "Nadia Fen\u200bwright"},
    "vote": {"topics": ["Politics"], "author": "Nadia Fenwright", "tags": ["Ёлка"], "category": "Cul\u2060ture"},
    "fir": {"body": "Зеленая елка, за\u0301мок", "tags": ["Елка"], "category": "Culture"},
    "green": {"body": "Зелёная ёлка, замок"},
    "hebrew": {"title": "תִּקּוּן עולם"},
    "arabic": {"body": "قرأت كِتَابًا جديدا"},
    "persian": {"body": "من می\u200cروم"},
    "thai": {"body": "ฉันชอบกินข้าวเช้าทุกวัน"},
    "kana": {"body": "ｶﾞｲﾄﾞﾌﾞｯｸ"},
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    made = settings_for(tmp_path_factory.mktemp("scripts"))
    for name, fields in ARTICLES.items():
        given = {"title": name, "date": "2020-01-01", **fields}
        write(made.archive.path, f"{name}.md", str(given.pop("body", "")), **given)
    reindex(made)
    with open_archive(made) as opened:
        yield opened


def found(archive: Archive, query: str, **options: object) -> list[str]:
    return sorted(Path(hit.file).stem for hit in archive.search(query, size=50, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("behaviour", ["behaviour"]),
        ("tips@post.example", ["behaviour"]),
        ('"b then c"', ["behaviour"]),
        ("verkehrsamt auflage", ["office"]),
        ("hochwasser", ["flood"]),
        ("fer\u00adry", ["strike"]),
        ("\ufefftitle\u200b:flood OR \u200eferry", ["strike"]),
        ("fe\u200brr*", ["strike"]),
        ("=fer\u2060ry", ["strike"]),
        ("topic:Poli\u200btics", ["strike", "vote"]),
        ("елка", ["fir", "green"]),
        ("ёлка", ["fir", "green"]),
        ("=ёлка", ["green"]),
        ("ёлк*", ["fir", "green"]),
        ("замок", ["fir", "green"]),
        ("тикун OR תקון", ["hebrew"]),
        ("תִּקּוּן", ["hebrew"]),
        ("كتابا", ["arabic"]),
        ("میروم", ["persian"]),
        ('"می روم"', ["persian"]),
        ("ข้าวเช้า", ["thai"]),
        ("ข้าว", ["thai"]),
        ("ガイド", ["kana"]),
        ("ﾌﾞｯｸ", ["kana"]),
    ],
)
def test_a_query_finds_the_articles(archive: Archive, query: str, names: list[str]) -> None:
    assert found(archive, query) == names


@pytest.mark.parametrize(
    ("facet", "value", "names"),
    [
        ("topic", "Politics", ["strike", "vote"]),
        ("topic", "Poli\u00adtics", ["strike", "vote"]),
        ("author", "Nadia Fenwright", ["strike", "vote"]),
        ("author", "Nadia Fen\u200bwright", ["strike", "vote"]),
        ("category", "Culture", ["fir", "vote"]),
        ("tag", "елка", ["fir", "vote"]),
    ],
)
def test_a_value_stands_once_in_its_facet(archive: Archive, facet: str, value: str, names: list[str]) -> None:
    assert found(archive, "", **{facet: value}) == names
    counted = archive.search("", facet_size=50).facets[facet]
    (one,) = [each for each in counted if each.is_called(value)]
    assert one.count == len(names)
    assert "\u00ad" not in one.label


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("behaviour", ["behav\u00adiour"]),
        ("verkehrsamt", ["Ver\u00adkehrs\u00adamt"]),
        ("كتابا", ["كِتَابًا"]),
        ("елка замок", ["елка", "за\u0301мок"]),
        ("میروم", ["می\u200cروم"]),
        ("ข้าวเช้า", ["ข้าวเช้า"]),
        ("ガイド", ["ｶﾞｲﾄﾞ"]),
    ],
)
def test_the_shown_text_is_marked(archive: Archive, query: str, marked: list[str]) -> None:
    snippet = next(iter(archive.search(query))).snippet
    pieces = [piece for piece, is_marked in snippet.pieces() if is_marked]
    assert [one for one in pieces if one in marked] == pieces
    assert len(pieces) == len(marked)


def test_titles_are_suggested(archive: Archive) -> None:
    for typed, title in (("hochw", "Hoch\u00adwasser in der Stadt"), ("תקו", "תִּקּוּן עולם")):
        (suggestion,) = archive.suggest(typed)
        assert suggestion.text == title
        assert len(suggestion.ranges) == 1


def test_german_is_found_in_plain_letters(tmp_path: Path) -> None:
    made = settings_for(tmp_path, analysis={"language": "german"})
    for name, text in {
        "a": "Der Müller Übung",
        "b": "Der Mueller Uebung",
        "c": "neue Poeten in Israel",
    }.items():
        write(made.archive.path, f"{name}.md", text, title=name, date="2020-01-01")
    reindex(made)
    with open_archive(made) as opened:
        for query in ("Müller", "Mueller", "MUELLERS", "Müller-Uebung", '"Müller Übung"', '"Mueller Uebung"'):
            assert found(opened, query) == ["a", "b"], query
        assert found(opened, "=mueller") == ["b"]
        assert [Path(hit.file).stem for hit in opened.search("Müller")] == ["a", "b"]
        for query in ("neue", "Poet", "Israel", "neuen"):
            assert found(opened, query) == ["c"], query
        (note,) = [note.text for note in opened.search("Müller").parsed.notes]
        assert note == "'Müller' finds 'mueller' and 'muller' as well, and ranks its own spelling higher"
