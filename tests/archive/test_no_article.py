"""Files of a site that are no articles, and no faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.archive.discover import discover
from indexer.archive.records import Kind
from indexer.config import DEFAULT_IGNORE
from indexer.errors import ConfigError
from tests.archive.helpers import codes, read, reason


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("_config.yml", "title: The Post\ndescription: News\nurl: https://post.example\n", "a configuration file"),
        ("site.yml", "title: The Post\ndescription: News\nurl: https://post.example/\n", "a configuration file"),
        ("hugo.toml", 'title = "The Post"\nbaseURL = "https://post.example/"\n', "a configuration file"),
        ("x.toml", 'title = "T"\nbaseURL = "https://post.example/"\ntheme = "t"\n', "a configuration file"),
        ("sub/package.json", '{"name": "x", "version": "1.0.0"}', "a configuration file"),
        ("schema.json", '{"$schema": "https://s.example/x", "title": "T", "description": "D"}', "a configuration file"),
        ("tsconfig.json", '{"compilerOptions": {}, "files": []}', "a configuration file"),
        ("robots.txt.json", '{"a": 1,}', "data without an article"),
        ("data.json", '[{"a": 1}, {"a": 2}]', "data without an article"),
        ("data.json", '{"title": "T", "description": "D"}', "data without an article"),
        ("data.yml", "- {title: Home, url: /}\n- {title: About, url: /about}\n", "data without an article"),
        ("nav.yml", "- {name: Home, link: /}\n- {name: About, link: /about}\n", "data without an article"),
        ("data.yml", "- {name: A}\n- B\n", "data without an article"),
        ("data.yml", "just text\n", "data without an article"),
        ("data.yml", "name: Someone\n", "data without an article"),
        ("people.yml", "- {name: Ada Quill, email: a@b.example}\n", "a list of persons"),
        ("authors/ada.md", "---\nname: Ada Quill\nbio: Writes.\n---\nMore of her.\n", "a person"),
        ("ada.yml", "display_name: Ada Quill\nTwitter: adaquill\n", "a person"),
        ("ada.toml", 'name = "Ada Quill"\n[social]\nmastodon = "@ada"\n', "a person"),
        ("fair.yml", "title: The fair\nstart: 2020-01-01\nvenue: Quay\n", "an event"),
        ("fair.md", "---\ntitle: The fair\nstart_date: 2020-01-01\nend_date: 2020-01-02\n---\n", "an event"),
        ("news/_index.md", "---\ntitle: News\n---\n", "a page without a text of its own"),
        ("index.md", "---\nlayout: home\n---\n", "a page without a text of its own"),
    ],
)  # fmt: skip
def test_what_is_passed_over(path: str, text: str, what: str) -> None:
    record = read(text, path)
    assert record.kind is Kind.PASSED_OVER, record
    assert [(notice.code, notice.text) for notice in record.notices] == [("passed_over", what)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("ada.md", "---\ntitle: Ada Quill\nbio: Writes.\n---\nAn article on her.\n"),
        ("ada.md", "---\nname: On Ada\ndate: 2020-01-01\nemail: a@b.example\n---\nText.\n"),
        ("fair.md", "---\ntitle: The fair\nstart: 2020-01-01\nend: 2020-01-02\n---\nA report.\n"),
        ("a.json", '{"title": "T", "date": "2020-01-01", "plugins": 1, "theme": 2}'),
        ("a.json", '{"title": "T", "content": "<p>A text.</p>"}'),
        ("a.yml", "title: T\nurl: https://post.example/a\n"),
        ("news/_index.md", "---\ntitle: News\n---\nA text of its own.\n"),
    ],
)
def test_what_is_an_article(path: str, text: str) -> None:
    assert read(text, path).kind is Kind.ARTICLE


def test_the_text_of_a_file_of_data() -> None:
    found = read('{"title": "T", "content_html": "<p>One</p><p>Two</p>"}', "a.json").found[0].article
    assert found.body == "One\n\nTwo"


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("a.json", '{"title": "T" "x"}', "invalid JSON: expecting ',' delimiter"),
        ("a.yml", "taxonomy: topic\n", "a topic without a name"),
        ("a.yml", "", "the file is empty"),
    ],
)
def test_what_is_a_fault_all_the_same(path: str, text: str, why: str) -> None:
    assert reason(read(text, path)) == why


def test_nothing_is_told_of_what_is_passed_over() -> None:
    assert codes(read("---\nname: Ada\nemail: x\nname: Ada\n---\n", "ada.md")) == ["passed_over"]


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")


def test_what_is_ignored_by_default(tmp_path: Path) -> None:
    tree(tmp_path, "README.md", "CHANGELOG.md", "LICENSE.md", "CONTRIBUTING.md", "a.md", "docs/README.md")
    tree(tmp_path, "node_modules/x/README.md", "sub/vendor/b.md", "_site/a.md", "public/a.md", "_drafts/c.md")
    found = discover(tmp_path, DEFAULT_IGNORE)
    assert [file.path for file in found.files] == ["a.md", "docs/README.md"]
    assert found.ignored == (
        "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE.md", "README.md", "_drafts/", "_site/", "node_modules/",
        "public/", "sub/vendor/",
    )  # fmt: skip


def test_patterns_are_those_of_a_gitignore(tmp_path: Path) -> None:
    tree(tmp_path, "a.md", "b.md", "x/b.md", "x/keep.md", "x/y/b.md", "z/b.md")
    found = discover(tmp_path, ("/b.md", "x/**", "!x/keep.md", "# a.md", ""))
    assert [file.path for file in found.files] == ["a.md", "x/keep.md", "z/b.md"]
    with pytest.raises(ConfigError, match=r"archive\.ignore"):
        discover(tmp_path, ("!",))
