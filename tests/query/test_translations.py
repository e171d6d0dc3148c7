"""An article in several languages: one in each, told apart, and never among the related ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer import Archive, check_index, open_archive, reindex
from indexer.config import Settings
from search_web import create_app
from tests.archives import settings_for, write

WORDS = {
    "en": ("The council closes the harbour bridge", "The bridge at the harbour is closed for a year, says the council"),
    "de": ("Der Rat schließt die Hafenbrücke", "Die Brücke am Hafen bleibt ein Jahr geschlossen, sagt der Rat"),
    "fr": ("Le conseil ferme le pont du port", "Le pont du port reste fermé un an, dit le conseil"),
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def put(settings: Settings, path: str, written: str, subject: str = "", **fields: object) -> None:
    title, text = WORDS[written]
    fields = {"title": f"{title} {subject}", "excerpt": f"{text} {subject}", "date": "2020-01-01", **fields}
    write(settings.archive.path, path, f"{text}.\n", **fields)


def opened(settings: Settings) -> Archive:
    reindex(settings)
    return open_archive(settings)


def languages(archive: Archive, path: str) -> list[str]:
    return [one.language for one in archive.translations(archive.article(path))]


def related(archive: Archive, path: str) -> set[str]:
    found = archive.related(archive.article(path))
    return {archive.file(item.article) for item in (*found.items, *found.mentioned_by)}


def test_a_folder_for_each_language(settings: Settings) -> None:
    for lang in WORDS:
        for subject in ("Halden", "Orrin"):
            put(settings, f"content/{lang}/{subject}.md", lang, subject)
    with opened(settings) as archive:
        assert languages(archive, "content/en/Halden.md") == ["de", "fr"]
        assert languages(archive, "content/fr/Orrin.md") == ["de", "en"]
        assert related(archive, "content/en/Halden.md") == {"content/en/Orrin.md"}
        # Of the others and their translations, that in the article's own language.
        assert related(archive, "content/de/Halden.md") == {"content/de/Orrin.md"}
        assert archive.search("lang:de").total == 2
        assert {v.value: (v.label, v.count) for v in archive.search("").facets["language"]} == {
            "de": ("German", 2), "en": ("English", 2), "fr": ("French", 2),
        }  # fmt: skip


def test_an_ending_for_each_but_the_archives_own(settings: Settings) -> None:
    put(settings, "posts/a/index.md", "en")
    put(settings, "posts/a/index.de.md", "de")
    put(settings, "posts/b/index.md", "en", "again")
    with opened(settings) as archive:
        assert languages(archive, "posts/a/index.md") == ["de"]
        assert languages(archive, "posts/a/index.de.md") == ["en"]
        assert languages(archive, "posts/b/index.md") == []
        assert related(archive, "posts/a/index.md") == {"posts/b/index.md"}


def test_a_key_in_the_front_matter(settings: Settings) -> None:
    for lang in ("en", "de"):
        put(settings, f"{lang}-pier.md", lang, lang=lang, translationKey="pier")
    put(settings, "again.md", "en", lang="en", translationKey="pier")
    put(settings, "regions.md", "en", lang="en-GB", translationKey="pier")
    with opened(settings) as archive:
        assert languages(archive, "en-pier.md") == ["de", "en-GB"]
        assert languages(archive, "de-pier.md") == ["en", "en-GB"]
        assert related(archive, "en-pier.md") == {"again.md"}


def test_editors_may_link_a_translation(settings: Settings) -> None:
    put(
        settings,
        "en/a.md",
        "en",
        url="https://a.example/en",
        related=[{"title": "x", "webUrl": "https://a.example/de"}],
    )
    put(settings, "de/a.md", "de", url="https://a.example/de")
    with opened(settings) as archive:
        assert related(archive, "en/a.md") == related(archive, "de/a.md") == set()
        assert languages(archive, "en/a.md") == ["de"]


def test_translations_are_no_story(settings: Settings) -> None:
    for lang in ("en", "de"):  # not translated yet: the texts are one
        put(
            settings,
            f"{lang}/a.md",
            "en",
            "of a long title in which all words are the same",
            url=f"https://{lang}.example/a",
        )
    for n in range(2):
        put(
            settings,
            f"en/copy-{n}.md",
            "en",
            "that two providers have a copy of",
            url=f"https://{n}.example/c",
        )
    with opened(settings) as archive:
        assert len(archive.story(archive.article("en/a.md"))) == 1
        assert len(archive.story(archive.article("en/copy-0.md"))) == 2
        assert archive.search("harbour", collapse=True).total == 3


def test_a_folder_that_becomes_a_languages_changes_the_files_in_it(settings: Settings) -> None:
    put(settings, "it/a.md", "en")
    put(settings, "b.md", "en", "more")
    with opened(settings) as archive:
        assert archive.article("it/a.md").language is None
    put(settings, "a.md", "en")
    report = reindex(settings)
    assert (report.added, report.changed, report.unchanged) == (1, 2, 0)
    with open_archive(settings) as archive:
        assert archive.article("it/a.md").language == "it"
        assert languages(archive, "a.md") == ["it"]
    (settings.archive.path / "a.md").unlink()
    reindex(settings)
    with open_archive(settings) as archive:
        assert archive.article("it/a.md").language is None
    assert check_index(settings).ok


def test_they_are_shown_everywhere(settings: Settings) -> None:
    for lang in WORDS:
        put(settings, f"{lang}/a.md", lang, url=f"https://a.example/{lang}")
    with opened(settings) as archive:
        (hit,) = archive.search("lang:en council")
        assert [(one.language, one.article.url) for one in hit.translations] == [
            ("de", "https://a.example/de"), ("fr", "https://a.example/fr"),
        ]  # fmt: skip
        told = json.loads(json.dumps(hit.to_json()))["translations"]
        assert [one["url"] for one in told] == ["https://a.example/de", "https://a.example/fr"]
        assert [one.language for one in archive.related(hit.article).translations] == ["de", "fr"]
        client = create_app(settings, archive=archive).test_client()
        page = client.get(f"/article/{hit.article.id}").text
        assert "Also in <a" in page
        assert 'hreflang="de"' in page
        assert "Also in <a" in client.get("/search?q=council").text
        data = client.get(f"/api/v1/article/{hit.article.id}").json
        assert [one["language"] for one in data["translations"]] == ["de", "fr"]
