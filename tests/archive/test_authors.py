"""Authors that articles name by a slug, and the files that have their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import open_archive, reindex
from indexer.archive.authors import read_authors
from indexer.archive.read import read_bytes
from indexer.archive.records import Kind
from indexer.fields import DEFAULT_FIELDS
from tests.archive.helpers import SETTINGS
from tests.archives import settings_for, write


def author(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_data/authors.yml", "ada:\n  name: Ada Quill\n  email: a@b.example\n"),
        ("blog/authors.yml", "ada: {name: Ada Quill, title: Editor, url: https://a.example}\n"),
        ("data/authors.json", '{"ada": "Ada Quill"}'),
        ("data/authors/ada.toml", 'name = "Ada Quill"\n'),
        ("_authors/ada.md", "---\ntitle: Ada Quill\nshort_name: ada\n---\nWrites.\n"),
        ("content/authors/ada/_index.md", "---\nDisplay-Name: Ada Quill\n---\n"),
        ("authors/ada.yml", "first_name: Ada\nlast_name: Quill\n"),
    ],
)
def test_where_names_are(tmp_path: Path, name: str, text: str) -> None:
    author(tmp_path, name, text)
    assert read_authors(tmp_path, DEFAULT_FIELDS, 5000) == {"ada": "Ada Quill"}


def test_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    author(tmp_path, "authors.yml", "ada: {name: [\n")
    author(tmp_path, "_authors/bo.md", "---\ntitle: Bo\n")
    author(tmp_path, "_authors/cy.md", "x" * 6000)
    author(tmp_path, "_authors/.hidden.md", "---\nname: Hidden\n---\n")
    author(
        tmp_path,
        "_data/authors.json",
        '{"dee": {"name": "Dee", "secured": "x"}, "f": {"email": "x"}}',
    )
    assert read_authors(tmp_path, DEFAULT_FIELDS, 5000) == {"bo": "Bo", "dee": "Dee"}


def test_articles_have_the_names(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    author(root, "_data/authors.yml", "ada: {name: Ada Quill, email: x}\nbo: {name: Bo Ek, email: y}\n")
    write(root, "a.md", "Text.", title="One", author="ada")
    write(root, "b.md", "Text.", title="Two", authors=["Bo", "Cy Oak"])
    report = reindex(settings)
    assert (report.articles, report.rejected, report.passed_over) == (2, 0, 1)
    with open_archive(index=settings.index.path) as archive:
        values = {value.value for value in archive.search("").facets["author"]}
        assert {"Ada Quill", "Bo Ek", "Cy Oak"} <= values
    author(root, "_data/authors.yml", "ada: {name: Ada Quill-Moss, email: x}\n")
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        assert archive.search("", author="Ada Quill-Moss").total == 1
        assert archive.search("", author="Ada Quill").total == 0


def test_the_file_of_an_author_without_a_text_is_no_fault() -> None:
    record = read_bytes("_authors/ada.md", b"---\ntitle: Ada Quill\n---\n", SETTINGS)
    assert record.kind is Kind.PASSED_OVER
