"""Each mess of the table in `indexer/archive/read.py`, and what becomes of it."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.archive import read
from indexer.archive.discover import discover
from indexer.archive.read import read_file
from indexer.archive.records import Kind, SourceFile
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS
from tests.archive.helpers import NOW, SETTINGS, article, codes, reason
from tests.archive.helpers import read as read_text

HEAD = "title: A title\ndate: 2020-06-25\nwebUrl: https://a.example/1\n"


def test_invalid_yaml_has_file_line_column_and_reason() -> None:
    record = read_text("---\nlayout: fine\nimage: one: two\n---\n")
    assert record.rejection is not None
    assert record.rejection.file == "news/a.md"
    assert record.rejection.reason == "invalid YAML: mapping values are not allowed in this context"
    assert (record.rejection.line, record.rejection.column) == (3, 11)


def test_invalid_yaml_never_quotes_what_is_secured() -> None:
    record = read_text('---\ntitle: A\nsecured: "c2VjcmV0 : {[\n  x: "c2VjcmV0" y\n---\n')
    assert record.kind is Kind.REJECTED
    assert "c2Vj" not in repr(record)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        (" \n\n", "the file is empty"),
        ("\ufeff", "the file is empty"),
        ("---", "the front matter has no closing ---"),
        ("---\n---\n", "no title"),
        ("---\n- a\n- b\n---\n", "the front matter is not a mapping of names to values"),
        ("---\njust a text\n---\n", "the front matter is not a mapping of names to values"),
        ("---\ndate: 2020-01-01\n---\n", "no title"),
        ("---\ntitle: ~\ndate: 2020-01-01\n---\n", "no title"),
        ("---\ntitle: [a, b]\ndate: 2020-01-01\n---\n", "no title"),
        ("---\ntitle: A\n--- x\n---\n", "several YAML documents in one file"),
        ("---\ntitle: *nothing\n---\n", "invalid YAML: found undefined alias"),
        ("---\n{a: b}: c\n---\n", "a key must be a text, not a list or a mapping"),
        ("---\na: &a [x]\n*a : c\n---\n", "a key must be a text, not a list or a mapping"),
        ("---\na: &a [*a]\n---\n", "a YAML alias holds itself"),
        ("---\n<<: text\n---\n", "invalid YAML: expected a mapping or list of mappings for merging"),
        ("---\na: !b!c d\n---\n", "invalid YAML: found undefined tag handle"),
    ],
)
def test_what_is_rejected_says_why(text: str, why: str) -> None:
    assert reason(read_text(text)) == why


@pytest.mark.parametrize(
    ("text", "notices"),
    [
        ("---\ntitle: A\n---\n \n", ["missing_date"]),
        ("+++\ntitle = 'A'\n+++\n", ["missing_date"]),
        ("---\ntitle: A\n", ["repaired", "missing_date"]),
        ("+++\ntitle = 'A'\n", ["repaired", "missing_date"]),
        ("+++\ntitle = A\n+++\n", ["repaired", "missing_date"]),
        ('{"title": A}\n', ["repaired", "missing_date"]),
        ("---\ntitle: A\ndate: 2020-02-31\n---\n", ["bad_date"]),
        ("---\ntitle: A\ndate: |\n  2020-01-01\n\n  0\n---\n", ["bad_date"]),
        ("---\ntitle: A\ndate: [1]\n---\n", ["bad_date"]),
    ],
)
def test_a_title_alone_can_be_found(text: str, notices: list[str]) -> None:
    record = read_text(text)
    assert record.found[0].article.title == "A"
    assert codes(record) == notices


@pytest.mark.parametrize("path", ["posts/_index.md", "posts/index.de.md", "a.html", "authors/a.md"])
def test_a_page_with_a_title_alone_that_lists_others_is_passed_over(path: str) -> None:
    assert read_text("---\ntitle: A\n---\n", path).kind is Kind.PASSED_OVER


def test_a_post_of_a_day_without_title_and_text_is_called_by_its_name() -> None:
    found = read_text("---\nlayout: post\n---\n", "_posts/2020-01-02-the-old-ferry.md").found[0].article
    assert (found.title, str(found.published_at)[:10]) == ("The old ferry", "2020-01-02")
    assert reason(read_text("---\nlayout: post\n---\n", "the-old-ferry.md")) == "no title"


def test_alias_bomb_is_rejected_without_being_expanded() -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    record = read_text("---\n" + HEAD + "\n".join(levels) + "\n---\n")
    assert reason(record) == "its YAML aliases stand for more than 100,000 values"
    assert record.rejection is not None
    assert record.rejection.line == 9


def test_alias_of_a_long_text_is_a_bomb_too() -> None:
    record = read_text("---\ntitle: &a " + "x" * 1_000_000 + "\ntags: [" + "*a, " * 100 + "]\n---\n")
    assert "aliases" in reason(record)


def test_plain_aliases_and_merges_are_read() -> None:
    text = "base: &base {title: B, excerpt: E}\n<<: *base\ntitle: Own\ntags: [&t one, *t, two]"
    found = article(text)
    assert (found.title, found.excerpt, found.tags) == ("Own", "E", ("one", "two"))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_rejected(opening: str) -> None:
    record = read_text("---\na:\n  " + opening * 100_000 + "\n---\n")
    assert reason(record) == "the values are nested more than 100 deep"


def test_too_large_a_file_is_rejected_with_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\n" + HEAD + "---\n" + "x" * 2000)
    settings = ArchiveSettings(tmp_path, 1500, DEFAULT_FIELDS)
    record = read_file(tmp_path, SourceFile("a.md", 2000, 0), settings)
    assert reason(record) == "it is larger than 1,500 bytes (archive.max_file_bytes)"
    exact = ArchiveSettings(tmp_path, (tmp_path / "a.md").stat().st_size, DEFAULT_FIELDS)
    assert read_file(tmp_path, SourceFile("a.md", 2000, 0), exact).kind is Kind.ARTICLE


def test_a_file_that_grows_while_it_is_read_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("---\n" + HEAD + "---\n" + "x" * 2000)
    monkeypatch.setattr(os, "fstat", lambda number: os.stat_result((0,) * 6 + (10,) + (0,) * 3))
    source = SourceFile("a.md", 10, 0)
    assert len(read_file(tmp_path, source, SETTINGS).found[0].article.body) == 2000
    limited = ArchiveSettings(tmp_path, 1500, DEFAULT_FIELDS)
    assert "larger than 1,500 bytes" in reason(read_file(tmp_path, source, limited))


def test_a_file_that_is_gone_or_unreadable_is_rejected(tmp_path: Path) -> None:
    record = read_file(tmp_path, SourceFile("gone.md", 0, 0), SETTINGS, now=NOW)
    assert reason(record) == "it cannot be read: No such file or directory"
    assert reason(read_file(tmp_path, SourceFile("a\0.md", 0, 0), SETTINGS)) == "its name is no file name"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf---\ntitle: Caf\xc3\xa9\nexcerpt: E\n---\nBody",
        b"---\r\ntitle: Caf\xc3\xa9\r\nexcerpt: E\r\n---\r\nBody",
        b"---\rtitle: Caf\xc3\xa9\rexcerpt: E\r---\rBody",
        "\ufeff---\ntitle: Café\nexcerpt: E\n---\nBody".encode("utf-16-le"),
        "\ufeff---\ntitle: Café\nexcerpt: E\n---\nBody".encode("utf-16-be"),
        "---\ntitle: Cafe\u0301\nexcerpt: E\n---  \nBody".encode(),
        b"\n\n--- \ntitle: Caf\xc3\xa9\nexcerpt: E\n...\nBody",
    ],
)
def test_marks_line_ends_and_forms_do_not_matter(data: bytes) -> None:
    record = read_text(data)
    found = record.found[0].article
    assert (found.title, found.excerpt, found.body) == ("Café", "E", "Body")
    assert codes(record) == ["missing_date"]


def test_lines_are_the_files_lines_whatever_ends_them() -> None:
    record = read_text("\n\n---\r\ntitle: A\u2028B\x85C\r\nexcerpt: one: two\n---\n")
    assert [notice.line for notice in record.notices if notice.code == "repaired"] == [5]


def test_bytes_that_are_not_utf8_are_windows_1252() -> None:
    record = read_text(b"---\ntitle: Caf\xe9 \x93na\xc3\xafve\x94 \x81\n" + b"date: 2020-06-25\n---\n")
    assert record.found[0].article.title == "Café “naïve” \ufffd"
    assert codes(record) == ["bad_bytes"]
    assert "byte 15 is not UTF-8" in record.notices[0].text


def test_utf16_that_is_broken_is_mended() -> None:
    record = read_text("\ufeff---\ntitle: A\ndate: 2020-06-25\n---\n".encode("utf-16-le") + b"\x00")
    assert codes(record) == ["bad_bytes"]


def test_control_characters_are_left_out() -> None:
    record = read_text(
        "---\n" + HEAD.replace("A title", 'A\x00\x1b ti\x07tle "\x9f"') + "---\nBo\x0bdy\ufeff"
    )
    assert record.found[0].article.title == 'A title ""'
    assert record.found[0].article.body == "Body"
    assert codes(record) == ["control_characters"]
    assert record.notices[0].text == "6 control characters were left out"


def test_control_characters_by_yaml_escape_are_left_out() -> None:
    assert article('title: "A\\0\\e[31m B\\x85C"').title == "A[31m B C"


def test_entities_and_tags_are_decoded_and_stripped() -> None:
    found = article(
        "title: AT&amp;T &#39;wins&#39; &amp;quot;again&amp;quot;\n"
        'excerpt: "A <b>bold</b> one<br/>&lt;p&gt;two&lt;/p&gt; a < b <GM.N> <iframe src=\\"x"'
    )
    assert found.title == "AT&T 'wins' \"again\""
    assert found.excerpt == "A bold one two a < b <GM.N>"


def test_explicit_tags_construct_nothing() -> None:
    record = read_text(
        '---\ntitle: !!python/object/apply:os.system ["echo harm"]\ndate: 2020-01-01\n---\n',
    )
    assert reason(record) == "no title"
    found = article("title: !!int 010\nexcerpt: !foo bar\ntags: !!set {a: , b: }")
    assert (found.title, found.excerpt) == ("010", "bar")


def test_duplicate_keys_the_last_holds() -> None:
    record = read_text("---\n" + HEAD + "title: Second\n---\n")
    assert record.found[0].article.title == "Second"
    assert codes(record) == ["duplicate_key"]
    assert "line 5 " in record.notices[0].text


@pytest.mark.parametrize(
    "title",
    ["12:30", "010", "yes", "No", "1984", "3.10", "1e3", "0x1F", "2020-06-25", "Null", "null", "NULL"],
)
def test_a_title_keeps_its_characters(title: str) -> None:
    assert article(f"title: {title}\nexcerpt: {title}x").title == title


def test_topics_as_one_text_are_one_topic() -> None:
    found = article("topics: AI, Robots\ntags: one, two ,, ONE\nauthor: Ann Lee, Bo Ek")
    assert found.topics == ("AI, Robots",)
    assert found.tags == ("one", "two")
    assert found.authors == ("Ann Lee", "Bo Ek")


def test_provider_as_a_text() -> None:
    by_name, by_domain = article("provider: The Valley Courier"), article("provider: WWW.BBC.com")
    assert by_name.provider is not None
    assert (by_name.provider.name, by_name.provider.domain) == ("The Valley Courier", None)
    assert by_domain.provider is not None
    assert (by_domain.provider.name, by_domain.provider.domain) == ("WWW.BBC.com", "bbc.com")


def test_images_empty_or_relative_are_none() -> None:
    assert article("images:").images == ()
    assert article("images: []").images == ()
    assert article("images:\n  - url: /assets/a.jpg\n  -\n  - url:").images == ()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2020-06-25", "2020-06-25T00:00:00Z"),
        ("2020-06-25T10:31:00+02:00", "2020-06-25T08:31:00Z"),
        ("2020-06-25 10:31", "2020-06-25T10:31:00Z"),
    ],
)
def test_dates_without_time_and_with_offset(text: str, iso: str) -> None:
    assert article(f"date: {text}").to_json()["published_at"] == iso


@pytest.mark.parametrize("text", ["2020-02-30", "0000-00-00", "soon", "2020-13", "[2020-01-01]"])
def test_an_impossible_date_is_none(text: str) -> None:
    record = read_text(f"---\ntitle: A\nexcerpt: E\ndate: {text}\n---\n")
    assert record.found[0].article.published_at is None
    assert codes(record) == ["bad_date"]


def test_a_future_date_is_kept_and_told() -> None:
    record = read_text("---\ntitle: A\ndate: 2024-05-03\n---\n")
    assert record.found[0].article.published_at is not None
    assert codes(record) == ["future_date"]
    assert codes(read_text("---\ntitle: A\ndate: 2024-05-02\n---\n")) == []


def test_a_missing_date_is_told() -> None:
    assert codes(read_text("---\ntitle: A\nexcerpt: E\ndate:\n---\n")) == ["missing_date"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/relative", "ftp://a.example/"])
def test_a_url_that_is_not_http_is_none(url: str) -> None:
    record = read_text(f"---\ntitle: A\ndate: 2020-01-01\nwebUrl: '{url}'\n---\n")
    assert record.found[0].article.url is None
    assert codes(record) == ["bad_url"]


@pytest.mark.parametrize(
    ("line", "language", "told"),
    [("lang: pt_BR", "pt-BR", []), ("language: no", "no", []), ("locale: en_GB.UTF-8", "en-GB", []),
     ("lang: php", None, ["bad_language"]), ("lang: ~", None, []), ("lang: php\nlocale: fr", "fr", [])],
)  # fmt: skip
def test_a_language_is_kept_as_a_tag(line: str, language: str | None, told: list[str]) -> None:
    record = read_text(f"---\n{HEAD}{line}\n---\n")
    assert (record.found[0].article.language, codes(record)) == (language, told)


def test_related_without_a_title_is_left_out_and_told() -> None:
    related = "related:\n  - webUrl: https://b.example/\n  - https://c.example/\n  - title: Only a title\n"
    record = read_text("---\n" + HEAD + related + "---\n")
    assert codes(record) == ["bad_related"] * 3
    assert len(record.found) == 1


@pytest.mark.parametrize("line", ["removed: true", "deleted: Yes", "removed: false\ndeleted: 'on'"])
def test_withdrawn_keeps_its_identity_only(line: str) -> None:
    nested = "related:\n  - {title: N, webUrl: 'https://b.example/'}\n"
    record = read_text(f"---\n{HEAD}{nested}{line}\n---\n")
    assert record.kind is Kind.WITHDRAWN
    assert [found.article.url for found in record.found] == ["https://a.example/1"]
    assert read_text("---\nremoved: true\n---\n").kind is Kind.WITHDRAWN


SECRET = "TGpXaGlmdDI7c2Vj"


@pytest.mark.parametrize(
    ("front", "count"),
    [
        (f"secured: {SECRET}", 1),
        ("secured:", 0),
        (f"secured: [{SECRET}, {{a: {SECRET}, {SECRET}: b, {SECRET}: c}}]", 1),
        (f"related:\n  - title: N\n    date: 2020-01-01\n    secured: {SECRET}\nsecured: {SECRET}", 2),
        (f"provider: {{name: P, secured: {SECRET}}}", 1),
        (f"secured: |\n  {SECRET}\n  {SECRET}", 1),
    ],
)
def test_secured_is_counted_and_goes_nowhere(front: str, count: int) -> None:
    record = read_text(f"---\n{HEAD}{front}\n---\n")
    assert record.kind is Kind.ARTICLE
    assert record.secured == count
    assert SECRET not in repr(record)


@pytest.mark.parametrize("secured", ["&s ", "[&s ", "{a: &s "])
def test_an_alias_cannot_copy_what_is_secured(secured: str) -> None:
    close = {"[": "]", "{": "}"}.get(secured[0], "")
    record = read_text(f"---\n{HEAD}secured: {secured}{SECRET}{close}\nexcerpt: *s\n---\n")
    assert SECRET not in repr(record)
    assert reason(record) == "invalid YAML: found undefined alias"


def test_secured_after_a_stray_line_is_not_body() -> None:
    record = read_text(f'---\n{HEAD}---\nsecured: "{SECRET}"\n---\nThe body.\n')
    assert SECRET not in repr(record)
    assert record.secured == 1
    assert record.found[0].article.body == "The body."


def test_a_table_that_names_secured_as_a_text_does_not_open_it() -> None:
    fields = {**DEFAULT_FIELDS, "excerpt": ("secured", "excerpt"), "title": ("secured", "title")}
    settings = ArchiveSettings(Path("."), 5000, fields)
    record = read.read_bytes("a.md", f"---\n{HEAD}secured: {SECRET}\n---\n".encode(), settings)
    assert SECRET not in repr(record)


def test_notices_of_one_file_have_a_limit() -> None:
    entries = "related:\n" + "  - x\n" * 500
    assert len(read_text(f"---\n{HEAD}{entries}---\n").notices) == read.MAX_NOTICES


def test_a_link_out_of_the_archive_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.md").write_text("---\n" + HEAD + "---\n")
    root = tmp_path / "archive"
    root.mkdir()
    os.symlink(tmp_path / "outside.md", root / "link.md")
    discovery = discover(root)
    assert list(discovery.files) == []
    assert [(r.file, r.reason) for r in discovery.not_followed] == [
        ("link.md", "a symbolic link out of the archive is not followed")
    ]


def test_the_table_of_messes_is_whole() -> None:
    """Every notice code that a file can have is in the table."""
    assert read.__doc__ is not None
    told = set(re.findall(r"`([a-z]+_[a-z]+)`", read.__doc__))
    assert told >= {
        "duplicate_key", "bad_bytes", "control_characters", "bad_date",
        "future_date", "missing_date", "bad_language", "bad_url", "bad_related",
    }  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        "secured: CIPHER",
        "secured:\n- CIPHER\n- CIPHER",
        "secured: |\n  CIPHER\n\n  CIPHER",
        "related:\n- secured: CIPHER\n  title: x",
        '{"secured": "CIPHER"}',
        "  'secured' : CIPHER",
    ],
)
def test_a_ciphertext_that_lands_in_the_body_goes_nowhere(lines: str) -> None:
    record = read_text(f"---\ntitle: A\nexcerpt: b\n---\nBefore.\n\n{lines}\nAfter.\n")
    assert record.secured == 1
    assert "CIPHER" not in repr(record)
    assert "Before." in record.found[0].article.body
    assert "After." in record.found[0].article.body


def test_a_file_without_a_date_has_that_of_its_name() -> None:
    own = read_text("---\ntitle: A\n---\nText.\n", "_posts/2019-12-31-new-year.md")
    assert own.found[0].article.published_at == datetime(2019, 12, 31, tzinfo=UTC)
    assert own.notices == ()
    bad = read_text("---\ntitle: A\nexcerpt: b\ndate: soon\n---\n", "2019-12-31-new-year.md")
    assert bad.found[0].article.published_at is None
    assert codes(bad) == ["bad_date"]
    none = read_text("---\ntitle: A\nexcerpt: b\n---\n", "2019-13-31-new-year.md")
    assert codes(none) == ["missing_date"]


def test_a_draft_is_withdrawn() -> None:
    assert read_text("---\ntitle: A\ndate: 2020-01-01\ndraft: true\n---\n").kind is Kind.WITHDRAWN
