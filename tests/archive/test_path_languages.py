"""What folders and endings say of languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.archive.path_languages import NO_LANGUAGES, PathLanguages, path_languages


def tags(*paths: str) -> list[str | None]:
    found = path_languages(paths)
    return [found.of(path)[0] for path in paths]


def originals(*paths: str) -> list[str | None]:
    found = path_languages(paths)
    return [found.of(path)[1] for path in paths]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        # Beside each other, with a file of one path, or being most of the folders.
        (("en/a.md", "de/a.md"), ["en", "de"]),
        (("content/en/a.md", "content/de/b.md"), ["en", "de"]),
        (("content/en/a.md", "content/pt-br/a.md", "content/zh_Hant/a.md"), ["en", "pt-BR", "zh-Hant"]),
        (("en/a.md", "de/a.md", "blog/x.md", "notes/y.md", "img/z.md"), ["en", "de", None, None, None]),
        (("en/a.md", "de/b.md", "blog/x.md", "notes/y.md", "img/z.md"), [None] * 5),
        # Beside what they translate.
        (("about.md", "posts/x.md", "de/about.md", "de/posts/x.md", "de/only.md"), [None, None, "de", "de", "de"]),
        (("docs/intro.md", "i18n/fr/docusaurus-plugin-content-docs/current/intro.md"), [None, "fr"]),
        (("locales/ja/x.md",), ["ja"]),
        # Sections, places, domains, words.
        (("it/a.md", "politics/b.md"), [None, None]),
        (("it/_index.md", "_index.md", "no/index.md", "politics/_index.md", "tech/_index.md"), [None] * 5),
        (("2020/is/a.md", "2020/b.md"), [None, None]),
        (("run/a.md", "may/a.md"), [None, None]),
        (("heise.de.md", "crates.io.md", "notes.md"), [None, None, None]),
        # Endings.
        (("post.md", "post.de.md", "only.de.md", "crates.io.md"), [None, "de", "de", None]),
        (("a/index.md", "a/index.fr.md", "b/_index.pt-br.md"), [None, "fr", "pt-BR"]),
        (("a.en.md", "b.de.md"), ["en", "de"]),
        (("a.en.md", "b.de.md", "c.md"), [None, None, None]),
        (("x.de.md", "x.en.md", "y.md"), ["de", "en", None]),
        (("de/x.en.md", "en/x.en.md", "de/x.md"), ["en", "en", "de"]),
        ((".de.md", "a.md"), [None, None]),
    ],
)  # fmt: skip
def test_a_path_says_a_language_where_others_bear_it_out(
    paths: tuple[str, ...], expected: list[str | None]
) -> None:
    assert tags(*paths) == expected


def test_translations_have_their_path_in_common() -> None:
    assert len({*originals("about.md", "de/about.md", "fr/about.markdown")}) == 1
    assert len({*originals("content/en/x/a.md", "content/de/x/a.md")}) == 1
    assert len({*originals("x/index.md", "x/index.de.md", "x/index.pt-br.md")}) == 1
    assert originals("a.md", "b/c.md") == [None, None]


@pytest.mark.parametrize(
    ("translated", "original"),
    [
        ("i18n/fr/docusaurus-plugin-content-docs/current/a/intro.md", "docs/a/intro.md"),
        (
            "i18n/fr/docusaurus-plugin-content-docs/version-1.0/intro.md",
            "versioned_docs/version-1.0/intro.md",
        ),
        ("i18n/fr/docusaurus-plugin-content-blog/2020-01-01-x.md", "blog/2020-01-01-x.md"),
        ("i18n/fr/docusaurus-plugin-content-pages/x.mdx", "src/pages/x.mdx"),
        ("site/i18n/fr/docusaurus-plugin-content-blog/x.md", "site/blog/x.md"),
    ],
)
def test_docusaurus_keeps_translations_in_folders_of_plugins(translated: str, original: str) -> None:
    one, other = originals(translated, original)
    assert one == other is not None


names = st.sampled_from(["a", "b", "index", "x.io"])
folders = st.sampled_from(["", "de/", "en/", "it/", "content/de/", "content/en/", "blog/", "i18n/fr/"])
endings = st.sampled_from([".md", ".de.md", ".fr.md", ".yaml"])
paths = st.lists(st.builds(lambda *parts: "".join(parts), folders, names, endings), max_size=12, unique=True)


@given(paths, st.randoms())
def test_it_is_a_function_of_the_paths_alone(found: list[str], chance: object) -> None:
    said = path_languages(found)
    chance.shuffle(found)  # type: ignore[attr-defined]
    assert path_languages(found) == said
    assert PathLanguages.from_json(said.to_json()) == said
    for path in found:
        tag, original = said.of(path)
        assert (original is None) == (said == NO_LANGUAGES)
        assert tag is None or original is not None


@given(st.lists(st.text(st.sampled_from("abde/.-_"), min_size=1, max_size=12), max_size=8))
def test_any_paths_are_read(found: list[str]) -> None:
    said = path_languages(found)
    assert all(len(said.of(path)) == 2 for path in found)
