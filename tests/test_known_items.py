"""Known items are drawn alike each time, asked for as they are typed, and counted as they should be."""

from __future__ import annotations

import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import known_items
from benchmarks.generated import GeneratedArchive
from benchmarks.known_items import (
    CUT,
    SHORT,
    SHUFFLED,
    STRAY,
    TYPO,
    WANTED,
    Form,
    Item,
    Row,
    draw,
    has_form,
    known_items_section,
    measure_forms,
    measure_items,
    mistyped,
)
from benchmarks.queries import plain_words
from benchmarks.saved import load_kept
from indexer import Article, open_archive
from indexer.indexing.index_articles import index_articles
from tests.archives import settings_for

ARTICLES = tuple(GeneratedArchive(200).articles())
PAGE = "# Head\n\n## One\n\ntext\n\n## How noisy\n\nLast.\n"


class TestDrawing:
    def test_the_same_articles_are_drawn_by_a_seed_in_whatever_order_they_come(self) -> None:
        items = draw(ARTICLES, 30)
        assert items == draw(ARTICLES[::-1], 30)
        assert items != draw(ARTICLES, 30, seed=2)
        assert len({item.article.id for item in items}) == len(items) == 30
        assert len(draw(ARTICLES, 1000)) < 200
        assert draw([Article(id="1", title="The ferry of the island")], 5) == []

    def test_what_is_typed_is_made_of_the_title(self) -> None:
        for item in draw(ARTICLES, 60):
            title = set(plain_words(item.article.title))
            typed = {kind: text.split() for kind, text in item.queries.items()}
            assert list(typed) == list(WANTED)
            words = typed[SHUFFLED]
            assert len(set(words)) == 4
            assert set(words) <= title
            (stray,) = set(typed[STRAY]) - set(words)
            assert [word for word in typed[STRAY] if word != stray] == words
            assert stray not in plain_words(f"{item.article.title} {item.article.excerpt}")
            ((right, _),) = [pair for pair in zip(words, typed[TYPO], strict=True) if pair[0] != pair[1]]
            assert len(right) >= 5
            *before, cut = typed[CUT]
            (whole,) = set(words) - set(before)
            assert whole.startswith(cut)
            assert 3 <= len(cut) < len(whole)
            assert typed[SHORT] == [*before[:2], cut]

    def test_a_slip_is_one_of_four_and_not_in_the_first_letter(self) -> None:
        chance = random.Random(1)
        slips = {mistyped("abbas", chance) for _ in range(10_000)}
        assert {"ababs", "abbsa"} < slips  # swapped
        assert {"abas", "abbs", "abba"} < slips  # left out
        assert {"abbbas", "abbaas", "abbass"} < slips  # doubled
        assert {"azbas", "abzas", "abbzs", "abbaz"} < slips  # changed
        assert "abbas" not in slips
        assert {slip[0] for slip in slips} == {"a"}
        assert {len(slip) for slip in slips} == {4, 5, 6}
        assert len(slips) == 2 + 3 + 3 + 4 * 25


class Answers:
    """Answers each text with the ids that it is given for it, and offers one search."""

    def __init__(self, shown: dict[str, list[str]], offered: dict[str, list[str]]) -> None:
        self.shown, self.offered = shown, offered

    def search(self, text: str, **_: Any) -> Any:
        if text.startswith("offer "):
            return hits(self.offered[text[6:]])
        offers = [SimpleNamespace(request=f"offer {text}")] if text in self.offered else []
        return hits(self.shown.get(text, []), offers)

    def story(self, article: Article) -> list[Article]:
        return [article, Article(id="copy", title="Copy")]


class hits(list[Any]):  # noqa: N801 - made like a value
    def __init__(self, ids: list[str], offers: list[Any] | None = None) -> None:
        super().__init__(SimpleNamespace(article=SimpleNamespace(id=one)) for one in ids)
        self.offers = offers or []


def test_right_is_the_article_its_story_or_its_title_among_ten_shown_or_offered() -> None:
    article, twin = Article(id="it", title="Harbour light"), Article(id="twin", title="HARBOUR LIGHT")
    others = [f"other{n}" for n in range(10)]
    items = [Item(article, dict.fromkeys(WANTED, text)) for text in "abcdefg"]
    answers = Answers(
        shown={"a": ["other", "it"], "b": ["copy"], "c": ["twin"], "d": [*others, "it"], "e": ["other"]},
        offered={"a": ["other"], "e": ["it"], "f": [*others, "it"]},
    )
    rows = measure_items(answers, items, [article, twin])  # type: ignore[arg-type]
    assert rows == [Row(kind, questions=7, shown=3, found=4, nothing=2) for kind in WANTED]


def test_forms_are_counted_as_they_are_typed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    titles = ("Universities meet", "The Universe expands", "A university", "universe-wide", "Harbour")
    articles = [Article(id=str(n), title=title) for n, title in enumerate(titles)]
    assert [has_form(article, "universe") for article in articles] == [False, True, False, True, False]
    index_articles(articles, settings)
    with open_archive(settings) as archive:
        assert measure_forms(archive, articles, ["universe"]) == [Form("universe", 4, 2, 2, 4)]


class TestCommand:
    @pytest.fixture
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(known_items, "KNOWN_ITEMS", tmp_path / "known_items.json")
        monkeypatch.setattr(known_items, "RESULTS", tmp_path / "RESULTS.md")
        (tmp_path / "RESULTS.md").write_text(PAGE)
        GeneratedArchive(120).write(tmp_path / "archives" / "ai-2020")
        return tmp_path

    def test_it_measures_an_archive_and_keeps_what_it_finds(
        self, place: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["--archive", str(place / "archives"), "--articles", "20"]
        assert known_items.main([*arguments, "--no-write"]) == 0
        printed = capsys.readouterr().out
        assert not (place / "known_items.json").exists()
        assert known_items.main(arguments) == 0
        assert capsys.readouterr().out == printed
        saved = load_kept(place).known_items
        assert saved == json.loads((place / "known_items.json").read_text())
        assert saved is not None
        assert saved["articles"] == 120
        assert [row["kind"] for row in saved["items"]] == list(WANTED)
        for row in saved["items"]:
            assert row["questions"] == 20
            assert row["shown"] <= row["found"] <= 20
        assert saved["items"][0]["shown"] == 20  # all words of a title, among few articles
        assert [form["word"] for form in saved["forms"]] == list(known_items.EXACT)
        text = (place / "RESULTS.md").read_text()
        assert printed.strip() in text
        assert text.index("## One") < text.index("## Articles that readers") < text.index("## How noisy")
        assert str(place) not in text

    def test_an_archive_without_that_of_the_forms_has_no_table_of_them(self, place: Path) -> None:
        (place / "archives" / "ai-2020").rename(place / "archives" / "other")
        found = known_items.measure(place / "archives", 2, 1, lambda _: None)
        assert found["forms"] == []
        assert "share their stem" not in "".join(known_items_section(found))

    def test_a_missing_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SystemExit):
            known_items.main(["--archive", str(tmp_path / "missing")])


def test_the_section_says_what_is_met_and_missed() -> None:
    rows = [
        {"kind": kind, "questions": 100, "shown": 50, "found": 95, "nothing": 7} for kind in (SHUFFLED, TYPO)
    ]
    forms = [{"word": "aids", "hits": 10, "first": 3, "articles": 1234, "total": 60}]
    saved = {
        "date": "2026-01-02",
        "archive": "news",
        "seed": 1,
        "articles": 5000,
        "items": rows,
        "forms": forms,
    }
    text = "\n".join(known_items_section(saved))
    assert "| four words, shuffled | 100 | 0.070 | 0.500 | 0.950 | 0.98 | **missed** |" in text
    assert "| with a typo | 100 | 0.070 | 0.500 | 0.950 | 0.94 | met |" in text
    assert "| `aids` | 3 of 10 | 1,234 | 60 |" in text
    assert "--archive news` on 2026-01-02" in text
    assert "all 5,000 articles in one index" in text
    assert known_items_section(None) == []
