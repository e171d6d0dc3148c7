"""The language of an archive: a vote of its texts, kept in the manifest."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import check_index, open_archive, reindex
from indexer.article import Article
from indexer.config import Settings, load_settings
from indexer.index.generation import Header, load_header
from indexer.index.toc import latest_generation
from indexer.indexing import language as voting
from indexer.indexing.index_articles import index_articles
from tests.archives import drawn, settings_for, write

TEXTS = {
    "german": (
        "Der Rat der Stadt berät über die neue Brücke am Hafen",
        "Die alten Brücken werden im nächsten Jahr geschlossen, sagt die Verwaltung",
        "Warum die Fähre im Winter nicht mehr jeden Tag fährt",
        "Eine Schule zieht um, und die Eltern ärgern sich über den langen Weg",
    ),
    "english": (
        "The council talks about the new bridge at the harbour",
        "The old bridges will be closed next year, the office says",
        "Why the ferry does not sail every day in the winter any more",
        "A school moves, and the parents are angry about the long way",
    ),
    "french": (
        "Le conseil de la ville discute du nouveau pont sur le port",
        "Les vieux ponts seront fermés l'année prochaine, dit la mairie",
        "Pourquoi le bac ne part plus tous les jours pendant l'hiver",
        "Une école déménage, et les parents se plaignent du long trajet",
    ),
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def put(settings: Settings, language: str, count: int, first: int = 0) -> None:
    for n in range(first, first + count):
        text = TEXTS[language][n % 4]
        write(
            settings.archive.path, f"{language}-{n}.md", f"{text}.\n", title=f"{text} {n}", date="2020-01-01"
        )


def header_of(settings: Settings) -> Header:
    return load_header(settings.index.path, latest_generation(settings.index.path))


def named(settings: Settings, language: str) -> Settings:
    return dataclasses.replace(settings, analysis=dataclasses.replace(settings.analysis, language=language))


def notices(settings: Settings) -> list[str]:
    return [notice.text for notice in check_index(settings).notices if notice.code == "language"]


def test_most_texts_choose_the_language(settings: Settings) -> None:
    put(settings, "german", 18)
    put(settings, "english", 6)
    report = reindex(settings)
    assert (report.language, report.votes, report.language_note) == ("german", {"de": 18, "en": 6}, "")
    assert notices(settings) == []
    with open_archive(settings) as archive:
        assert archive.language == "de"
        assert archive.stats().votes == {"de": 18, "en": 6}
        assert archive.search("brücke").total == archive.search("brücken").total > 0


def test_few_articles_are_taken_for_english(settings: Settings) -> None:
    put(settings, "german", 19)
    report = reindex(settings)
    assert (report.language, report.votes) == ("english", {"de": 19})
    assert notices(settings) == ["19 articles are too few to tell the language; taken for English"]
    put(settings, "german", 1, first=19)
    assert reindex(settings).language == "german"


def test_no_majority_is_taken_for_english(settings: Settings) -> None:
    put(settings, "german", 12)
    put(settings, "french", 12)
    assert reindex(settings).language == "english"
    (note,) = notices(settings)
    assert note.startswith("no language is that of most texts: of 24 texts are 12 German, 12 French")


def test_texts_that_say_nothing_have_no_vote(settings: Settings) -> None:
    for n in range(30):
        write(settings.archive.path, f"{n}.md", title=f"No {n}", date="2020-01-01")
    assert (reindex(settings).language, header_of(settings).votes) == ("english", {})
    assert notices(settings) == ["no language is that of most texts; taken for English"]


def test_another_language_analyses_everything_anew(settings: Settings) -> None:
    put(settings, "english", 20)
    assert reindex(settings).language == "english"
    put(settings, "german", 30)
    report = reindex(settings)
    assert report.rebuilt == "its language is German now, not English"
    assert (report.added, report.read, report.language) == (30, 50, "german")


def test_a_language_that_is_set_is_not_voted_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    put(settings, "german", 24)
    with monkeypatch.context() as patch:
        patch.setattr(voting, "elect", None)
        report = reindex(named(settings, "english"))
    assert (report.language, report.votes, notices(settings)) == ("english", None, [])
    assert reindex(settings).rebuilt == "its language is German now, not English"
    # The same language, by the vote or by the settings: nothing is read again, and it is told how it came.
    report = reindex(named(settings, "german"))
    assert (report.rebuilt, report.read, header_of(settings).votes) == ("", 0, None)
    report = reindex(settings)
    assert (report.rebuilt, report.read, header_of(settings).votes) == ("", 0, {"de": 24})
    generation = latest_generation(settings.index.path)
    reindex(settings)
    assert latest_generation(settings.index.path) == generation


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    detect: Callable[[str], str | None] = voting.detect_language

    def count(text: str) -> str | None:
        asked.append(text)
        return detect(text)

    monkeypatch.setattr(voting, "detect_language", count)
    return asked


def test_a_run_asks_only_what_is_new_in_the_sample(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voting, "MAX_VOTES", 30)
    put(settings, "german", 60)
    asked = counting(monkeypatch)
    reindex(settings)
    assert len(asked) == 30
    asked.clear()
    put(settings, "german", 20, first=60)
    reindex(settings)
    assert 0 < len(asked) < 20
    asked.clear()
    sample = sorted(settings.archive.path.iterdir())[:10]
    for path in sample:
        path.unlink()
    reindex(settings)
    assert len(asked) <= 10
    assert header_of(settings).votes == {"de": 30}


@pytest.mark.parametrize("language", ["hebrew", "japanese", "chinese", "korean", "hindi", "polish"])
def test_words_of_a_language_without_a_stemmer_are_folded_alone(settings: Settings, language: str) -> None:
    write(
        settings.archive.path,
        "a.md",
        title="ידיעות על הגשרים",
        excerpt="橋の新しい知らせ Café Übung",
        date="2020-01-01",
    )
    settings = named(settings, language)
    reindex(settings)
    with open_archive(settings) as archive:
        assert archive.stats().language == language
        assert [archive.search(word).total for word in ("הגשרים", "新しい", "cafe", "cafes")] == [1, 1, 1, 0]


def test_articles_without_files_vote_as_well(settings: Settings) -> None:
    articles = [Article(f"{n:016}", f"{TEXTS['french'][n % 4]} {n}") for n in range(40)]
    index_articles(articles, settings)
    assert (header_of(settings).language, header_of(settings).votes) == ("french", {"fr": 40})


def answers(settings: Settings) -> object:
    header = header_of(settings)
    with open_archive(settings) as archive:
        found = {
            word: [hit.article.id for hit in archive.search(word, size=100)]
            for word in ("brücken", "bridges", "ponts", "schulen", "schools", "fermés")
        }
    return header.language, header.votes, header.notices, header.made_with, found


@drawn(12)
@given(
    st.lists(st.tuples(st.sampled_from([*TEXTS]), st.integers(0, 30)), min_size=2, max_size=4), st.integers()
)
def test_any_history_gives_the_index_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("history")
    settings, chance = settings_for(folder), random.Random(seed)
    for number, (language, count) in enumerate(steps):
        put(settings, language, count, first=100 * number)
        here = sorted(settings.archive.path.iterdir())
        for path in chance.sample(here, len(here) // 4):
            path.unlink()
        reindex(settings, allow_loss=True)
    (folder / "fresh").mkdir()
    fresh = load_settings(archive=settings.archive.path, index=folder / "fresh" / "index")
    reindex(fresh, allow_loss=True)
    assert answers(settings) == answers(fresh)
