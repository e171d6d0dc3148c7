"""The forms of front matter, its keys, and what a file without any is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexer.archive.records import Kind
from indexer.article import Article
from tests.archive.helpers import codes, read, reason

BODY = "Cars cross it *again*.\n"
FORMS = {
    "yaml": "---\ntitle: The bridge\ndate: 2021-03-04\ntags: [bridges, town]\nauthor: Ada Quill\n---\n",
    "yaml-named": "---yaml\ntitle: The bridge\ndate: 2021-03-04\ntags: [bridges, town]\nauthor: Ada Quill\n---\n",
    "toml": '+++\ntitle = "The bridge"\ndate = 2021-03-04\ntags = ["bridges", "town"]\nauthor = "Ada Quill"\n+++\n',
    "toml-zola": '\n+++\ntitle = "The bridge"\ndate = 2021-03-04\n[taxonomies]\ntags = ["bridges", "town"]\n[extra]\nauthor = "Ada Quill"\n+++\n',
    "toml-named": '---toml\ntitle = "The bridge"\ndate = 2021-03-04\ntags = ["bridges", "town"]\nauthor = "Ada Quill"\n---\n',
    "json": '{\n "title": "The bridge",\n "date": "2021-03-04",\n "tags": ["bridges", "town"],\n "author": "Ada Quill"\n}\n\n',
    "json-named": '---json\n{"title": "The bridge", "date": "2021-03-04", "tags": ["bridges", "town"], "author": "Ada Quill"}\n---\n',
    "script": '---js\nconst title = "The bridge";\nconst date = "2021-03-04";\nlet tags = ["bridges", \'town\'];\n// a comment\nexport const author = `Ada Quill`;\n---\n',
    "script-object": '---js\n{\n  title: "The bridge",\n  date: "2021-03-04",\n  tags: ["bridges", "town"],\n  author: "Ada Quill",\n}\n---\n',
    "json-hexo": '"title": "The bridge",\n"date": "2021-03-04",\n"tags": ["bridges", "town"],\n"author": "Ada Quill"\n;;;\n',
    "pelican": "Title: The bridge\nDate: 2021-03-04\nTags: bridges, town\nAuthor: Ada Quill\nSecured:\n\n",
    "multimarkdown": "title:    The bridge\nDate:   2021-03-04\nKeywords: bridges,\n    town\nauthor: Ada Quill\n\n",
    "nikola": ".. title: The bridge\n.. date: 2021-03-04\n.. tags: bridges, town\n.. author: Ada Quill\n\n",
    "hexo-old": "title: The bridge\ndate: 2021-03-04\ntags:\n- bridges\n- town\nauthor: Ada Quill\n---\n",
    "keys": "---\nTITLE: The bridge\nPublish-Date: 2021-03-04\nTags: [bridges, town]\nBy_Line: Ada Quill\n---\n",
}


def own(text: str, path: str = "news/a.md") -> Article:
    record = read(text, path)
    assert record.kind is Kind.ARTICLE, record.rejection
    return record.found[0].article


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str) -> None:
    found = own(FORMS[form] + BODY)
    assert (found.title, found.body) == ("The bridge", "Cars cross it again.")
    assert found.published_at == datetime(2021, 3, 4, tzinfo=UTC)
    assert (found.tags, found.authors) == (("bridges", "town"), ("Ada Quill",))


SECRET = "TGpXaGlmdDI7c2Vj"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: A\nSecured: {0}\n---\nText.\n",
        "---\ntitle: A\nrelated:\n  - title: B\n    url: https://a.example/b\n    date: 2020-01-01\n    quality: 1\n    heat: 1\n    SECURED: {0}\n---\nText.\n",
        "---\n{{title: A, x: {{se_cured: {0}}}}}\n---\nText.\n",
        '+++\ntitle = "A"\nsecured = "{0}"\n+++\nText.\n',
        '+++\ntitle = "A"\n[extra]\nSecured = ["{0}"]\n+++\nText.\n',
        '{{"title": "A", "secured": {{"a": "{0}"}}}}\nText.\n',
        "Title: A\nSecured: {0}\n\nText.\n",
        "Title: A\nSecured: x\n    {0}\n\nText.\n",
        "title: A\nsecured: {0}\n---\nText.\n",
        '# A\n\nText.\n\nSecured: "{0}"\n',
        '# A\n\nText.\n\n{{"a": 1, "secured": "{0}"}}\n',
    ],
)
def test_secured_is_sealed_in_every_form(text: str) -> None:
    record = read(text.format(SECRET))
    assert record.secured == 1
    assert SECRET not in repr(record)
    assert record.found[0].article.title == "A"
    assert record.found[0].article.body == "Text."


@pytest.mark.parametrize(
    ("text", "path", "title", "body"),
    [
        ("# On high *prices*\n\nText.\n", "a.md", "On high prices", "Text."),
        ("Text.\n\n## Later\n\nMore.\n", "a.md", "Later", "Text.\n\nLater\n\nMore."),
        ("<h1>On <b>prices</b></h1>\n\nText.\n", "a.md", "On prices", "Text."),
        ("# Alone\n", "a.md", "Alone", ""),
        ("Text.\n", "2013-10-3-my-first_post.md", "My first post", "Text."),
        ("Text.\n", "notes/Daily-notes of May.md", "Daily-notes of May", "Text."),
        ("Text.\n", "posts/the-bridge/index.md", "The bridge", "Text."),
        ("Text.\n", "posts/2020-06-25-the-bridge/_index.md", "The bridge", "Text."),
        ("Text.\n", "posts/the-bridge/index.fr.md", "The bridge", "Text."),
        ("Text.\n", "2020-06-25.md", "2020-06-25", "Text."),
        ("---\nlayout: page\n---\n# Of pages\n\nText.\n", "a.md", "Of pages", "Text."),
        ("---\nname: The name\n---\n# Of pages\n\nText.\n", "a.md", "The name", "Of pages\n\nText."),
        ("---\ntitle: Of pages\n---\n# Of pages\n\nText.\n", "a.md", "Of pages", "Text."),
        ("---\n\nA rule comes first.\n\n---\nText.\n", "a.md", "A", "A rule comes first.\n\nText."),
        ("Note: this is a text\n\nText.\n", "a.md", "A", "Note: this is a text\n\nText."),
        ("{% include x %}\nText.\n", "a.md", "A", "Text."),
        ("{unclosed\n\nText.\n", "a.md", "A", "{unclosed\n\nText."),
    ],
)
def test_without_a_title(text: str, path: str, title: str, body: str) -> None:
    found = own(text, path)
    assert (found.title, found.body) == (title, body)


@pytest.mark.parametrize(
    ("front", "path", "date"),
    [
        ("lastmod: 2024-06-11", "a.md", "2024-06-11"),
        ("Last-Modified: 2024-06-11", "a.md", "2024-06-11"),
        ("updated: 2024-06-11\ncreated: 2023-01-01", "a.md", "2023-01-01"),
        ("published: 2021-02-03", "a.md", "2021-02-03"),
        ("published: true", "a.md", None),
        ("updated: 2024-06-11", "2013-10-3-a.md", "2013-10-03"),
        ("x: y", "2013-10-3-a.md", "2013-10-03"),
        ("x: y", "20131003-a.md", "2013-10-03"),
        ("x: y", "2016/06/22/a.md", "2016-06-22"),
        ("x: y", "blog/2020/06/a/index.md", "2020-06-01"),
        ("x: y", "blog/2020-06-25-a/index.md", "2020-06-25"),
        ("x: y", "2020/a.md", None),
        ("x: y", "2020/13/a.md", None),
        ("x: y", "a/1234-56-78.md", None),
    ],
)
def test_dates_besides_the_usual_ones(front: str, path: str, date: str | None) -> None:
    found = own(f"---\ntitle: A\n{front}\n---\nText.\n", path)
    assert (found.published_at and found.published_at.date().isoformat()) == date


def test_an_unreadable_date_is_a_notice() -> None:
    record = read("---\ntitle: A\ndate: soon\n---\nText.\n")
    assert (record.kind, codes(record)) == (Kind.ARTICLE, ["bad_date"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "a.json",
            '{"Title": "A", "date": 20200625, "tags": ["x"], "draft": false, "quality": 3.5, "x": null}',
        ),
        ("a.toml", 'Title = "A"\ndate = 2020-06-25\ntags = ["x"]\ndraft = false\nquality = 3.5\n'),
        ("a.yml", "Title: A\ndate: 2020-06-25\ntags: [x]\ndraft: false\nquality: 3.5\n"),
    ],
)
def test_files_of_data(path: str, text: str) -> None:
    found = own(text, path)
    assert (found.title, found.tags, found.quality) == ("A", ("x",), 3.5)
    assert found.published_at == datetime(2020, 6, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "text", "why", "line"),
    [
        ("a.json", '{"title": "A",\n}', "invalid JSON: ", 2),
        ("a.json", '{"title": "A"}\n{}', "invalid JSON: there is more behind its value", 2),
        ("a.json", "[" * 200_000, "the values are nested more than 100 deep", None),
        ("a.json", '{"a":' * 150 + "1" + "}" * 150, "the values are nested more than 100 deep", None),
        ("a.json", " ", "the file is empty", None),
        ("a.json", "null", "the file is empty", None),
        ("a.toml", "title = 1\nb = \n", "invalid TOML: invalid value", 2),
        ("a.toml", "a = " + "9" * 5000, "invalid TOML: a number is too long", None),
        ("a.toml", "a = " + "[" * 5000, "the values are nested more than 100 deep", None),
    ],
)
def test_what_is_broken_says_where(path: str, text: str, why: str, line: int | None) -> None:
    record = read(text, path)
    assert reason(record).startswith(why)
    assert record.rejection is not None
    assert record.rejection.line == line
