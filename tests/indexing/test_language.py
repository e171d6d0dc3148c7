"""The language of an archive: a vote of its texts, kept in the manifest."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import check_index, open_archive, reindex
from indexer.article import Article
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.index.generation import Header, load_header
from indexer.index.toc import latest_generation
from indexer.indexing import language as voting
from indexer.indexing.index_articles import index_articles
from indexer.languages import language_name
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


def of_code(code: str) -> tuple[str, ...]:
    return TEXTS[language_name(code).lower()]


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
    # The same language, by the vote or by the settings: nothing is read again, and the report says how it came.
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
    assert languages_of(settings) == {"fr": 40}


def languages_of(settings: Settings) -> dict[str, int]:
    """Return how many articles are in which language, by their tags, once filter and facet say the same."""
    with open_archive(settings) as archive:
        pages = range(1, archive.search("").total // 100 + 2)
        articles = [hit.article for page in pages for hit in archive.search("", size=100, page=page)]
        found = Counter(article.language for article in articles)
        counted = {value.value: value.count for value in archive.search("").facets["language"]}
        assert counted.get("none", 0) == found.pop(None, 0)
        for tag in found:
            narrower = sum(count for other, count in found.items() if f"{other}-".startswith(f"{tag}-"))
            assert counted[tag] == archive.search(f"lang:{tag}").total == narrower
        return {tag: count for tag, count in found.items() if tag}


def beside(settings: Settings, ending: str, language: str, count: int) -> None:
    """Write translations into a language of the first German files, `german-0.md`."""
    for n in range(count):
        text = TEXTS[language][n % 4]
        write(
            settings.archive.path,
            f"german-{n}.{ending}.md",
            f"{text}.\n",
            title=f"{text} {n}",
            date="2020-01-01",
        )


def test_articles_that_name_no_language_are_in_the_archives(settings: Settings) -> None:
    put(settings, "german", 20)
    reindex(settings)
    assert languages_of(settings) == {"de": 20}
    write(settings.archive.path, "named.md", "Fin.\n", title="Le pont du port", lang="fr", date="2020-01-01")
    write(settings.archive.path, "none.md", "Ende.\n", title="Das Ende", lang="php", date="2020-01-01")
    assert reindex(settings).read == 2
    assert languages_of(settings) == {"de": 21, "fr": 1}


def test_where_the_vote_is_unsure_they_have_none(settings: Settings) -> None:
    put(settings, "english", 19)
    reindex(settings)
    assert languages_of(settings) == {}
    put(settings, "english", 1, first=19)
    report = reindex(settings)
    assert report.rebuilt == "articles that name no language are in English now"
    assert languages_of(settings) == {"en": 20}
    (settings.archive.path / "english-3.md").unlink()
    report = reindex(settings)
    assert report.rebuilt == "it is not sure any more which language articles are in that name none"
    assert languages_of(settings) == {}


@pytest.mark.parametrize(("french", "language"), [(16, "english"), (40, "french")])
def test_texts_beside_their_translations_choose_their_own(
    settings: Settings, french: int, language: str
) -> None:
    put(settings, "german", 16)
    beside(settings, "fr", "french", 16)
    for n in range(french - 16):
        text = TEXTS["french"][n % 4]
        title = f"{text} {n + 100}"
        write(settings.archive.path, f"more-{n}.fr.md", f"{text}.\n", title=title, date="2020-01-01")
    assert reindex(settings).language == language
    assert languages_of(settings) == {"de": 16, "fr": french}
    with open_archive(settings) as archive:
        for own, other in (("fr", "de"), ("de", "fr")):
            articles = [hit.article for hit in archive.search(f"lang:{own}", size=100)]
            article = next(one for one in articles if one.title == f"{of_code(own)[3]} 3")
            assert [one.language for one in archive.translations(article)] == [other]
            assert {item.article.language for item in archive.related(article)} == {own}


def test_of_a_few_texts_the_archives_language_is_believed_alone(settings: Settings) -> None:
    for ending in ("fr", "nl"):
        beside(settings, ending, "french", 24)
    put(settings, "german", 9)
    assert reindex(settings).language == "french"
    assert languages_of(settings) == {"fr": 24, "nl": 24}
    put(settings, "french", 10)
    assert "name no language are in French" in reindex(settings).rebuilt
    assert languages_of(settings) == {"fr": 43, "nl": 24}


def test_a_language_that_is_set_is_that_of_articles_that_name_none(settings: Settings) -> None:
    put(settings, "german", 3)
    reindex(settings)
    assert languages_of(settings) == {}
    assert reindex(named(settings, "german")).rebuilt
    assert languages_of(settings) == {"de": 3}


def configured(settings: Settings, language: str) -> None:
    (settings.archive.path / "_config.yml").write_text(f"lang: {language}\npermalink: pretty\n", "utf-8")
    (settings.archive.path / "_posts").mkdir(exist_ok=True)


def test_the_sites_configuration_says_it_where_the_texts_do_not(settings: Settings) -> None:
    put(settings, "german", 4)
    configured(settings, "de-AT")
    reindex(settings)
    assert languages_of(settings) == {"de-AT": 4}
    configured(settings, "de-CH")
    assert reindex(settings).rebuilt == "the configuration of its site changed"
    assert languages_of(settings) == {"de-CH": 4}
    put(settings, "german", 16, first=4)
    assert reindex(settings).rebuilt == "its language is German now, not English"
    assert languages_of(settings) == {"de-CH": 20}
    configured(settings, "en-US")  # as the starter had it
    reindex(settings)
    assert languages_of(settings) == {"de": 20}


def test_what_is_in_other_letters_is_in_no_language(settings: Settings) -> None:
    put(settings, "english", 24)
    write(settings.archive.path, "he.md", title="ידיעות על הגשרים", date="2020-01-01")
    write(settings.archive.path, "ja.md", title="Bridge 7", excerpt="橋の新しい知らせ", date="2020-01-01")
    write(settings.archive.path, "signs.md", title="7 € – “a naïve plan”", date="2020-01-01")
    reindex(settings)
    assert languages_of(settings) == {"en": 25}


def test_related_articles_of_a_translation_are_in_no_language(settings: Settings) -> None:
    put(settings, "english", 24)
    for name, lang in (("own", None), ("german", "de")):
        related = [{"title": f"The ferry that {name} names", "url": f"https://example.com/{name}"}]
        more = {"lang": lang} if lang else {}
        write(
            settings.archive.path, f"{name}.md", title="A ferry", date="2020-01-01", related=related, **more
        )
    reindex(settings)
    with open_archive(settings) as archive:
        found = [archive.search(f"https://example.com/{name}").hits[0] for name in ("own", "german")]
        assert [hit.article.language for hit in found] == ["en", None]


def answers(settings: Settings) -> object:
    header = header_of(settings)
    with open_archive(settings) as archive:
        found = {
            word: [hit.article.id for hit in archive.search(word, size=100)]
            for word in ("brücken", "bridges", "ponts", "schulen", "schools", "fermés")
        }
    others = header.site["language"], languages_of(settings)
    return header.language, header.votes, header.notices, header.made_with, found, others


@drawn(12)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*TEXTS]),
            st.integers(0, 30),
            st.sampled_from(["", "fr", "en"]),
            st.sampled_from(["", "en", "pt-BR", "de-AT"]),
        ),
        min_size=2,
        max_size=4,
    ),
    st.integers(),
)
def test_any_history_gives_the_index_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, str, str]], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("history")
    settings, chance = settings_for(folder), random.Random(seed)
    for number, (language, count, ending, site) in enumerate(steps):
        put(settings, language, count, first=100 * number)
        if ending:
            beside(settings, ending, "english", count)
        if site:
            configured(settings, site)
        here = sorted(settings.archive.path.glob("*.md"))
        for path in chance.sample(here, len(here) // 4):
            path.unlink()
        reindex(settings, allow_loss=True)
    (folder / "fresh").mkdir()
    fresh = load_settings(archive=settings.archive.path, index=folder / "fresh" / "index")
    reindex(fresh, allow_loss=True)
    assert answers(settings) == answers(fresh)
