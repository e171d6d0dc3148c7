"""Suggestions against a plain reference: who matches how, in which order, with which count."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, open_archive, reindex
from indexer.analysis import label_words
from indexer.codec.tables import BytesTable
from indexer.config import Settings
from indexer.errors import RequestError
from indexer.index.derived import PhraseTable, load_phrases, save_phrases
from indexer.index.files import PHRASES, generation_path
from indexer.index.generation import load_header, save_header
from indexer.query.arrays.suggest import title_finder
from indexer.query.arrays.suggest.vocabulary import Vocabulary
from indexer.query.assist.suggest import mark
from indexer.query.source import Title
from tests.archives import settings_for, write
from tests.test_nearness import plain_edits

TITLES = {
    "Facial recognition banned in Ferrol": "2020-01-05",
    "Council debates facial recognition": "2020-03-01",
    "A café opens in Ferrol": "2019-05-05",
    "Ferry late again": "2020-02-02",
    "Ferry on time": "2021-02-02",
    "Recognition for a nurse": "2018-01-01",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = settings_for(tmp_path_factory.mktemp("suggest"))
    for number, (title, date) in enumerate(TITLES.items()):
        write(
            made.archive.path,
            f"{number}.md",
            title=title,
            excerpt="Words about ferries and facial hair.",
            url=f"https://a.example/{number}",
            date=f"{date}T00:00:00Z",
            provider={
                "name": "The Ferrol Herald" if number % 2 else "Gazette",
                "domain": f"{number % 2}.example",
            },
            topics=["Facial recognition"]
            if number < 2
            else ["Shipping", "Café life"]
            if number == 2
            else ["Shipping"],
        )
    reindex(made)
    # An archive this small has no phrase that is no chance: it is given some.
    give_phrases(made, {"facial hair": 6, "facial recognition": 2, "harbour master": 4, "old harbour": 4})
    return made


def give_phrases(made: Settings, counts: dict[str, int], changed: int = 0) -> None:
    """Write phrases for the first generation of an index, counted `changed` changes ago."""
    save_phrases(made.index.path, 1, PhraseTable(*_phrases(counts), changed))
    path = generation_path(made.index.path, PHRASES, 1)
    size = path.stat().st_size
    header = load_header(made.index.path, 1)
    save_header(made.index.path, dataclasses.replace(header, files={**header.files, path.name: size}))


def _phrases(counts: dict[str, int]) -> tuple[BytesTable, np.ndarray, np.ndarray]:
    rows = sorted(counts)
    newest = np.array([100 if row == "old harbour" else 200 for row in rows])
    return BytesTable.of(row.encode() for row in rows), np.array([counts[row] for row in rows]), newest


@pytest.fixture
def archive(site: Settings) -> Iterator[Archive]:
    with open_archive(index=site.index.path) as opened:
        yield opened


def shown(archive: Archive, text: str, **given: object) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in archive.suggest(text, **given)]  # type: ignore[arg-type]


class TestOrder:
    def test_better_matches_then_more_frequent_then_newer_ones(self, archive: Archive) -> None:
        assert shown(archive, "fa") == [
            ("phrase", "facial hair"),
            ("topic", "Facial recognition"),  # and not the phrase of the same words
            ("title", "Facial recognition banned in Ferrol"),
            ("title", "Council debates facial recognition"),
        ]
        assert shown(archive, "harb", kinds="phrase") == [
            ("phrase", "harbour master"),
            ("phrase", "old harbour"),
        ]
        assert shown(archive, "ferr")[:2] == [("title", "Ferry on time"), ("title", "Ferry late again")]

    def test_all_words_must_match_and_the_last_is_a_beginning(self, archive: Archive) -> None:
        assert shown(archive, "facial rec", kinds=["topic", "phrase"]) == [("topic", "Facial recognition")]
        assert shown(archive, "rec facial", kinds="topic") == [("topic", "Facial recognition")]
        assert shown(archive, "ferry la") == [("title", "Ferry late again")]
        assert shown(archive, "fer la", kinds="title") == []  # words before the last are whole in a title
        assert ("title", "Ferry late again") not in shown(archive, "la ", kinds="title")

    def test_case_and_accents_are_folded(self, archive: Archive) -> None:
        for typed in ("cafe", "CAFÉ", "Cafe"):
            assert set(shown(archive, typed)) == {("topic", "Café life"), ("title", "A café opens in Ferrol")}
        assert archive.suggest("cafe")[0].ranges == ((0, 4),)

    def test_within_words_and_with_a_slip_come_after(self, archive: Archive) -> None:
        assert shown(archive, "cognition", kinds="topic") == [("topic", "Facial recognition")]
        for typed in ("facail", "fcial", "faciall", "fadial", "facail recog"):
            assert ("topic", "Facial recognition") in shown(archive, typed), typed
        assert shown(archive, "fza") == []  # fewer than four letters
        assert ("title", "Ferry on time") in shown(archive, "frery")
        found = archive.suggest("frery")[0]
        assert [found.text[a:b] for a, b in found.ranges] == ["Ferry"]

    def test_what_only_the_excerpt_has_is_no_title(self, archive: Archive) -> None:
        assert shown(archive, "hair", kinds="title") == []

    def test_no_kind_takes_all_places(self, archive: Archive) -> None:
        kinds = [kind for kind, _ in shown(archive, "f", size=5)]
        assert len(kinds) == 5
        assert {"topic", "phrase", "title"} <= set(kinds)

    def test_titles_that_begin_so_come_first_without_a_date_as_well(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        titles = {"Ferry without a date": None, "A bridge without a date, and a ferry": None}
        titles |= {f"The ferry of {year}": f"{year}-01-01" for year in range(2000, 2006)}
        for number, (title, date) in enumerate(titles.items()):
            given = {"url": f"https://a.example/{number}", "date": date}
            write(made.archive.path, f"{number}.md", title=title, **given)
        reindex(made)
        with open_archive(index=made.index.path) as archive:
            first = ("title", "Ferry without a date")
            for size in (1, 2, 3, 10):
                dated = [("title", f"The ferry of {2005 - n}") for n in range(min(size - 1, 6))]
                assert shown(archive, "ferry", kinds="title", size=size)[: 1 + len(dated)] == [first, *dated]

    def test_accented_words_that_begin_so_are_found_beside_one_that_does_not(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        for number, title in enumerate(("Eau", "Zoo", "Étude", "Être")):
            write(made.archive.path, f"{number}.md", title=title, url=f"https://a.example/{number}")
        reindex(made)
        with open_archive(index=made.index.path) as archive:
            found = {title for _, title in shown(archive, "e", kinds="title")}
        assert found == {"Eau", "Étude", "Être"}

    def test_a_title_begins_with_a_word_that_it_has_in_several_spellings(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        titles = ("Café bars and a cafe", "Cafes of 2019", "A bar and a cafe", "Cafe tables", "Café chairs")
        for number, title in enumerate(titles):
            given = {"url": f"https://a.example/{number}", "date": f"202{number}-01-01"}
            write(made.archive.path, f"{number}.md", title=title, **given)
        reindex(made)
        with open_archive(index=made.index.path) as archive:
            assert [title for _, title in shown(archive, "cafe ba", kinds="title")] == [titles[0], titles[2]]
            found = [title for _, title in shown(archive, "caf", kinds="title")]
            assert found == [titles[4], titles[3], titles[1], titles[0], titles[2]]

    def test_labels_that_differ_stay_apart(self, archive: Archive, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        for number, topic in enumerate(("C", "C++", "C#", "c#")):
            write(
                made.archive.path, f"{number}.md", title=f"Of language{number}", url=f"https://a.example/{number}",
                topics=[topic], provider={"name": "Code & Co", "domain": f"{number % 2}.example"},
            )  # fmt: skip
        reindex(made)
        with open_archive(index=made.index.path) as own:
            assert {(item.text, item.count) for item in own.suggest("c", kinds="topic")} == {
                ("C", 1),
                ("C++", 1),
                ("C#", 2),
            }
            found = own.suggest("code", kinds="provider")
            assert [item.text for item in found] == ["Code & Co"] * 2
            assert {item.value for item in found} == {"0.example", "1.example"}
        # A phrase that a topic is called by gives way to the topic, where topics are asked for.
        assert ("phrase", "facial recognition") in shown(archive, "facial", kinds="phrase")
        assert ("phrase", "facial recognition") not in shown(archive, "facial")


class TestValues:
    def test_choosing_one_finds_as_many_as_it_says(self, archive: Archive) -> None:
        topic, provider = archive.suggest("facial", kinds="topic")[0], archive.suggest("herald")[0]
        assert archive.search(topic=topic.value).total == topic.count == 2
        assert archive.search(provider=provider.value).total == provider.count == 3
        assert (provider.kind, provider.text, provider.value) == (
            "provider",
            "The Ferrol Herald",
            "1.example",
        )
        phrase = archive.suggest("facial h")[0]
        assert phrase.value == '"facial hair"'
        assert archive.search(phrase.value).total == phrase.count == 6
        title = archive.suggest("council")[0]
        assert archive.article(title.value).title == title.text
        assert title.count == 1

    def test_counts_of_the_sample_archive_hold(self, corpus: Archive) -> None:
        for letter in "abcdefghijklmnopqrstuvwxyz":
            for item in corpus.suggest(letter, size=100):
                given = {item.kind: item.value} if item.kind in ("topic", "provider") else {}
                if item.kind == "phrase":
                    given = {"query": item.value}
                if given:
                    assert corpus.search(**given, size=1).total == item.count, item  # type: ignore[arg-type]
                assert all(0 <= a < b <= len(item.text) for a, b in item.ranges)
                assert item.ranges

    def test_the_last_words_may_be_a_topic_beside_those_before(self, archive: Archive) -> None:
        found = archive.suggest("late ship")
        assert [(item.text, item.before, item.count) for item in found if item.before] == [
            ("Shipping", "late", 1)
        ]
        assert archive.search("late", topic="Shipping").total == 1
        (beside,) = [item for item in archive.suggest("recognition the ferrol her") if item.before]
        assert (beside.text, beside.before) == ("The Ferrol Herald", "recognition")
        assert not any(item.before for item in archive.suggest("hospital ship"))
        assert not any(item.before for item in archive.suggest("ferry ship", kinds=["phrase", "title"]))

    def test_as_json(self, archive: Archive) -> None:
        assert archive.suggest("shipp").to_json() == {
            "q": "shipp",
            "suggestions": [
                {
                    "text": "Shipping", "kind": "topic", "count": 4, "exact": True, "ranges": [[0, 5]],
                    "value": "Shipping", "before": "",
                }
            ],
            "bounded": False,
            "timed_out": False,
        }  # fmt: skip

    def test_phrases_are_suggested_by_the_counts_of_now(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        texts = ("The harbour wall", "A harbour wall", "The harbour master", "A harbour, a light")
        for number, text in enumerate(texts):
            write(made.archive.path, f"{number}.md", title=text, url=f"https://a.example/{number}")
        reindex(made)
        give_phrases(made, {"harbour light": 9, "harbour master": 5, "harbour wall": 3}, changed=1)
        with open_archive(index=made.index.path) as archive:
            for size in (2, 3):
                found = archive.suggest("harb", size=size, kinds="phrase")
                assert [(item.text, item.count, item.exact) for item in found] == [
                    ("harbour wall", 2, True),
                    ("harbour master", 1, True),
                ]
            assert archive.suggest("harbour light", kinds="phrase").items == ()


class TestEdges:
    @pytest.mark.parametrize("typed", ["", " ", "?!", "\x00", "𝔘𝔫𝔦" * 50, "a" * 5000, "'", "x" * 23, "’s"])
    def test_anything_may_be_typed(self, archive: Archive, typed: str) -> None:
        assert isinstance(archive.suggest(typed).items, tuple)

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"size": 0}, "from 1 to 100, not 0"),
            ({"size": 101}, "'size' must be a whole number from 1 to 100, not 101"),
            ({"size": "10"}, "'size' must be a whole number from 1 to 100, not '10'"),
            ({"size": True}, "from 1 to 100, not True"),
            ({"kinds": ["titel"]}, "no kind of suggestion 'titel'.*Did you mean 'title'"),
        ],
    )
    def test_what_cannot_be_used_is_refused(
        self, archive: Archive, given: dict[str, object], told: str
    ) -> None:
        with pytest.raises(RequestError, match=told):
            archive.suggest("x", **given)  # type: ignore[arg-type]
        with pytest.raises(RequestError, match="a text"):
            archive.suggest(3)  # type: ignore[arg-type]

    def test_work_on_common_beginnings_is_bounded_and_said_to_be(
        self, site: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(title_finder, "MAX_POSTINGS", 2)
        with open_archive(index=site.index.path) as archive:
            assert archive.suggest("f", kinds="title").bounded
            assert not archive.suggest("council", kinds="title").bounded
            # A word with too many postings is looked for in the titles that others find.
            assert shown(archive, "ferry la", kinds="title") == [("title", "Ferry late again")]

    def test_what_was_deleted_is_not_suggested(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        for number in range(3):
            write(
                made.archive.path, f"{number}.md", title=f"Ferry number{number}", url=f"https://a.example/{number}",
                topics=[f"Topic {number}"],
            )  # fmt: skip
        reindex(made)
        with open_archive(index=made.index.path) as archive:
            assert len(archive.suggest("ferry", kinds="title")) == 3
            (made.archive.path / "1.md").unlink()
            reindex(made, allow_loss=True)
            assert ("title", "Ferry number1") not in shown(archive, "number1")
            assert ("topic", "Topic 1") not in shown(archive, "topic")

    def test_an_archive_without_phrases_goes_on(self, tmp_path: Path) -> None:
        made = settings_for(tmp_path)
        write(made.archive.path, "a.md", title="Hair", topics=["Facial recognition"], date="2020-01-01")
        reindex(made)
        assert load_phrases(made.index.path, 1).texts.starts.tolist() == [0]
        with open_archive(index=made.index.path) as archive:
            assert shown(archive, "facial r", kinds=["topic", "phrase"]) == [("topic", "Facial recognition")]

    def test_the_phrases_are_read_from_the_generations_file(self, site: Settings) -> None:
        assert len(load_phrases(site.index.path, 1)) == 4


letters = st.text("abcd", max_size=7)


class TestVocabulary:
    @given(st.sets(letters.filter(bool), max_size=20), letters)
    def test_words_are_found_as_by_the_definition(self, words: set[str], typed: str) -> None:
        rows = sorted(words)
        vocabulary = Vocabulary(rows)
        first, last = vocabulary.beginning(typed)
        assert rows[first:last] == [word for word in rows if word.startswith(typed)]
        if typed:
            assert [rows[i] for i in vocabulary.containing(typed)] == [word for word in rows if typed in word]
        near = [word for word in rows if len(typed) >= 4 and plain_edits(typed, word, beginning=True) <= 1]
        assert [rows[i] for i in vocabulary.near(typed)] == near
        for word in rows:  # what is highlighted is what was found
            assert mark(word, [typed], slip=True)[1] == (word in near or typed in word)

    def test_letters_beyond_the_basic_plane_are_no_slip(self) -> None:
        assert list(Vocabulary(["𝔘𝔫𝔦𝔠𝔬"]).near("𝔘𝔫𝔦𝔠")) == []


class TestMarks:
    @given(st.text(max_size=30), st.lists(letters.filter(bool), min_size=1, max_size=3), st.booleans())
    def test_ranges_are_sorted_apart_and_within(self, text: str, typed: list[str], slip: bool) -> None:
        ranges, complete = mark(text, typed, slip=slip)
        flat = [place for pair in ranges for place in pair]
        assert flat == sorted(flat)
        assert all(a < b for a, b in ranges)
        assert not flat or (flat[0] >= 0 and flat[-1] <= len(text))
        if not slip:
            folded = label_words(text)
            assert (
                complete == all(any(word in other for other in folded) for word in typed)
                or not text.isascii()
            )

    @given(
        st.text(st.characters(max_codepoint=127) | st.sampled_from("’‘“”–—…£€\xa0"), max_size=40),
        letters.filter(bool),
        st.booleans(),
    )
    def test_plain_text_is_marked_as_any_other(self, text: str, typed: str, slip: bool) -> None:
        assert mark(text, [typed], slip=slip) == mark(text + " ж", [typed], slip=slip)

    def test_a_word_that_folding_makes_longer_is_marked_whole(self) -> None:
        assert mark("Die Straße", ["strass"], slip=False) == (((4, 10),), True)
        assert mark("Trump's wall", ["trump"], slip=False) == (((0, 5),), True)
        assert mark("recognition, and recognised", ["recogn"], slip=False)[0] == ((0, 6), (17, 23))


def test_the_reference_of_titles(site: Settings, archive: Archive) -> None:
    """Every beginning of every title's words finds it, where there is room for all."""
    for title in TITLES:
        for word in re.findall(r"\w+", title):
            for end in range(1, len(word) + 1):
                assert ("title", title) in shown(archive, word[:end], kinds="title"), (title, word[:end])


def test_no_title_is_drawn_that_is_not_suggested(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    read = title_finder.TitleFinder._read

    def counted(*given: Any) -> Iterator[Title]:
        for title in read(*given):
            drawn.append(title.text)
            yield title

    monkeypatch.setattr(title_finder.TitleFinder, "_read", counted)
    with open_archive(site) as archive:
        shown = [item.text for item in archive.suggest("ferr", size=2, kinds="title")]
    assert drawn == shown
    assert len(shown) == 2
