"""The reader of regular lines gives what libyaml gives, or nothing."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from indexer.archive import front_matter, front_matter_lines, yaml_values
from indexer.archive.discover import discover
from indexer.archive.front_matter import split
from indexer.archive.front_matter_lines import read_lines
from indexer.archive.keys import SealedKeys
from indexer.archive.read import read_bytes
from indexer.archive.records import FileError, FileRecord
from indexer.archive.text import decode
from indexer.archive.values import NullText, SharedMapping
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS
from tests.archive.helpers import read
from tests.archives import REAL_ARCHIVES, REPOSITORY

SEALED = SealedKeys(("secured",))
EXAMPLES = int(os.environ.get("FRONT_MATTER_EXAMPLES", "400"))


def judged(data: bytes, path: str = "news/a.md", **given: Any) -> FileRecord:
    """Read a file by libyaml alone."""
    with patch.object(front_matter, "read_lines", lambda *_: None):
        return read_bytes(path, data, **given) if given else read(data, path)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same to the last character, nulls and the order of keys included."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    nulls = isinstance(one, NullText), isinstance(other, NullText)
    return isinstance(one, str) and isinstance(other, str) and one == other and nulls[0] == nulls[1]


def compare(data: bytes) -> bool:
    """Assert that both readers make the same record of a file; tell whether its lines were regular."""
    record = read(data)
    assert record == judged(data) == read(data)
    return compare_values(data)


def compare_values(data: bytes) -> bool:
    """Assert that both readers find the same values in a file, the same count of secured ones and nothing
    to tell; tell whether its lines were regular."""
    try:
        yaml = split(decode(data, lambda code, text: None)).front
    except FileError:
        return False
    regular = read_lines(yaml, SEALED)
    if regular is None:
        return False
    notices: list[str] = []
    values, secured = yaml_values.read_yaml(yaml, lambda code, text: notices.append(code), SEALED)
    assert same(regular[0], values)
    assert (regular[1], []) == (secured, notices)
    return True


def values_of(yaml: str) -> Any:
    found = read_lines(f"---\n{yaml}\n", SEALED)
    return found and found[0]


@pytest.mark.parametrize(
    ("yaml", "values"),
    [
        ("a: b", {"a": "b"}),
        ("a:   12:30  ", {"a": "12:30"}),
        ("a: 010\nb: yes\nc: 2020-06-25T10:31:00Z\nd: -1", {"a": "010", "b": "yes", "c": "2020-06-25T10:31:00Z", "d": "-1"}),
        ("a: http://a.example/#x\nb: c#d, [e]", {"a": "http://a.example/#x", "b": "c#d, [e]"}),
        ('a: "b: \\"c\\" \\\\ \\/ # d"\nb: \'it\'\'s\'', {"a": 'b: "c" \\ / # d', "b": "it's"}),
        ("a:\nb: ~\nc: null\nd: ''\ne: []\nf: {}", {"a": "", "b": "~", "c": "null", "d": "", "e": [], "f": {}}),
        ("a:\n- b\n-\n- c: d\n  e: f\ng: h", {"a": ["b", "", {"c": "d", "e": "f"}], "g": "h"}),
        ("a:\n\n  b:\n    c: d\n  \n  e: f\ng:\n  - h", {"a": {"b": {"c": "d"}, "e": "f"}, "g": ["h"]}),
        ("a:\n  -\n    b: c\n  - d:\n    - e\n    f: g", {"a": [{"b": "c"}, {"d": ["e"], "f": "g"}]}),
        ("secured: x\na: b", {"a": "b"}),
        ("secured: ~  \na: b", {"a": "b"}),
        ("secured: ''\na:\n  secured: []", {"a": {}}),
    ],
)  # fmt: skip
def test_what_is_regular(yaml: str, values: Any) -> None:
    assert values_of(yaml) == values
    assert compare(f"---\n{yaml}\n---\n".encode())


@pytest.mark.parametrize(
    "yaml",
    [
        "", "# a comment", "a: b # c", "a:\tb", "a: b\tc", "a: 'b\tc'", "a: b: c", "a: b:", "a: &b c", "a: *b",
        "a: !b c", "a: [b]", "a: {b: c}", "a: |\n  b", "a: >\n  b", "a: b\n  c", "a: 'b\n  c'", 'a: "b\n  c"',
        'a: "b\\nc"', 'a: "b\\x41"', "'a': b", '"a": b', "? a\n: b", "a b: c", "<<: a", "a: 'b' c", "a: 'b'c",
        "a: b\na: c", "a: b\n  c: d", "a: b\n  - c", "a: b\n- c", "a:\n  b: c\n d: e", "a:\n    b: c\n  d: e",
        " a: b", "- a", "a:\n  - b\n - c", "a:\n  - - b", "a: - b", "a: ? b", "a: :b", "a: `b", "a: @b", "a: %b",
        "secured:\n  - a", "secured:", "a:b", "just text", "a:\n  b", "a: ,b", "a: ]", "%YAML 1.1", "--- a",
        "a:\n- b\n  - c", "a:\n  - b: c\n   d: e", "a: " + "b: " * 9, "a:" + "\n  - b:" * 2 + "\n c: d",
        "\n".join("  " * n + "a:" for n in range(30)), "a" * 70 + ": b", "a: 'b''", 'a: "b\\"', "a: b\n...c",
    ],
)  # fmt: skip
def test_what_is_refused(yaml: str) -> None:
    assert values_of(yaml) is None
    assert not compare(f"---\n{yaml}\n---\n".encode())


def test_a_front_matter_that_begins_otherwise_is_refused() -> None:
    assert read_lines("\n---\na: b\n", SEALED) is None
    assert read_lines("--- \na: b\n", SEALED) is None


ENTRY = "\n  - title: {}\n    excerpt: E\n    date: 2020-01-01\n    type: a\n    quality: 1\n    heat: 2\n    url: {}"


def entry_of(url: str, more: str = "", sealed: SealedKeys = SEALED) -> Any:
    found = read_lines("---\nrelated:" + ENTRY.format("T", url) + more + "\n", sealed)
    assert found is not None
    return found[0]["related"][0]


def test_an_entry_that_came_before_is_the_same_one() -> None:
    first = entry_of("https://a.example/again")
    assert isinstance(first, SharedMapping)
    assert entry_of("https://a.example/again") is first
    assert entry_of("https://a.example/other") is not first


def test_an_entry_is_read_again_where_other_names_are_sealed() -> None:
    assert "quality" in entry_of("https://a.example/sealed")
    assert "quality" not in entry_of("https://a.example/sealed", sealed=SealedKeys(("quality",)))
    assert "quality" in entry_of("https://a.example/sealed")


def test_what_is_secured_is_not_kept() -> None:
    kept = front_matter_lines._entries_of(SEALED)
    assert not isinstance(entry_of("https://a.example/s", "\n    secured: TGpXaGlm"), SharedMapping)
    assert not any("TGpXaGlm" in text for text in kept)


def test_what_is_kept_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert front_matter_lines.MAX_ENTRIES * front_matter_lines.MAX_ENTRY <= 16_000_000
    monkeypatch.setattr(front_matter_lines, "MAX_ENTRIES", 4)
    sealed = SealedKeys(("secured",))
    entries = [entry_of(f"https://a.example/{number}", sealed=sealed) for number in range(6)]
    kept = front_matter_lines._entries_of(sealed)
    assert [value for value, _ in kept.values()] == entries[2:]
    assert entry_of("https://a.example/5", sealed=sealed) is entries[5]
    long = "https://a.example/" + "x" * front_matter_lines.MAX_ENTRY
    assert entry_of(long) == entry_of(long)
    assert not isinstance(entry_of(long), SharedMapping)


def test_an_entry_that_came_before_is_told_of_again() -> None:
    """Notices have the number and the file; whether a date is in the future hangs on the clock."""
    odd = ENTRY.format("T", "'no:url'")
    plain = ENTRY.format("T", "https://a.example/clock").replace("2020", "2025")
    for related in (odd + plain, plain + odd, odd + odd):
        data = f"---\ntitle: A\ndate: 2020-01-01\nrelated:{related}\n---\n".encode()
        for year in (2030, 2024, 2030):
            clock = {"settings": SETTINGS, "now": datetime(year, 1, 1, tzinfo=UTC)}
            assert read_bytes("b.md", data, **clock) == judged(data, "b.md", **clock)


def test_another_table_reads_a_known_entry_otherwise() -> None:
    data = (
        f"---\ntitle: A\ndate: 2020-01-01\nrelated:{ENTRY.format('T', 'https://a.example/t')}\n---\n".encode()
    )
    other = ArchiveSettings(Path("."), 5000, {**DEFAULT_FIELDS, "title": ("excerpt",)})
    assert [f.article.title for f in read(data).found] == ["A", "T"]
    with_related = read_bytes("a.md", data.replace(b"title: A", b"excerpt: A"), other)
    assert [f.article.title for f in with_related.found] == ["A", "E"]
    assert [f.article.title for f in read(data).found] == ["A", "T"]


# --- any file -------------------------------------------------------------------------------------

KEYS = st.sampled_from(
    [
        "title",
        "excerpt",
        "publishedDateTime",
        "date",
        "webUrl",
        "ampWebUrl",
        "provider",
        "name",
        "domain",
        "topics",
        "images",
        "url",
        "related",
        "secured",
        "quality",
        "removed",
        "type",
        "published",
        "null",
        "y",
        "x",
        "_id",
        "a-b",
    ]
)
PLAIN = st.sampled_from([
    "A title", "12:30", "010", "yes", "-1", "~", "null", "Null", "", "2020-06-25T10:31:00Z", "https://a.example/x",
    "https://a.example/?q=a#b", "a.example", "it's", 'say "so"', "a - b", "- b", "-b", "--- a", "...", "? a", "?a",
    ": a", ":a", "a: b", "a:b", "a:", "a #b", "a#b", "#b", "&a b", "*a", "!a b", "[]", "{}", "[a]", "{a: b}", "[ ]",
    "| ", ">", "|-", "%a", "@a", "`a`", "<<", "=", "a,b", ",a", "a]", "(a", "\u00a0a\u00a0", "é\u2028b", "a\u0085b",
    "\ufeffa", "日本: 語", "a\tb", "\ta", "a\\b", "a\x07b", "\U0001f600", "a  b", "true", "<b>x</b> &amp; y",
])  # fmt: skip
QUOTED = st.builds(
    lambda quote, text: f"{quote}{text}{quote}",
    st.sampled_from(["'", '"']),
    st.text(alphabet="ab :#'\"\\/ntxue0\t\u0085\u2028\u00a0é-[]{},&*!|>%@`~", max_size=12),
)
VALUES = st.one_of(
    PLAIN,
    PLAIN.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    PLAIN.map(lambda text: "'" + text.replace("'", "''") + "'"),
    QUOTED,
)
WORDS = st.sampled_from(
    ["A title", "37", "https://a.example/x", '"quoted: text"', "'it''s'", "~", '"a \\"b\\""']
)


@st.composite
def blocks(draw: st.DrawFn, indent: int, depth: int) -> list[str]:
    """Lines of a mapping at `indent`, regular all of them: what is odd comes later, and seldom twice, so
    that one odd thing is not refused for another."""
    lines: list[str] = []
    for key in draw(st.lists(KEYS, min_size=1, max_size=4, unique=True)):
        start = " " * indent + key + ":"
        shape = draw(st.integers(0, 9)) if depth else 0
        step = draw(st.sampled_from([2, 2, 2, 4, 1]))
        if shape < 6:
            lines.append(f"{start} {draw(WORDS)}")
        elif shape == 6:
            lines += [start, *draw(blocks(indent + step, depth - 1))]
        else:
            column = indent + draw(st.sampled_from([0, step]))
            lines.append(start)
            for _ in range(draw(st.integers(1, 3))):
                if shape == 7:
                    lines.append(" " * column + "- " + draw(WORDS))
                else:
                    inner = draw(blocks(column + 2, depth - 1))
                    lines += [" " * column + "- " + inner[0].lstrip(" "), *inner[1:]]
    return lines


LONG = ENTRY.format("One", "https://b.example/").lstrip("\n").split("\n")
ODD = (
    [" ", "  ", "\t", "-", "- ", ":", ": ", "#", " #", '"', "'", "\\", "&a ", "*a", "!", "|", ">", "[", "]", "{", "}", ",",
     "?", "? ", "%", "@", "`", "~", "<<: ", "\n", "\r\n", "\r", "\n\n", "\n  ", "\n    x", "---", "...", "\u0085", "\u2028",
     "\ufeff", "\x00", "\u00a0", "é", "\n# c\n", "a: b", "secured: c2Vj"]
)  # fmt: skip


VALUE = re.compile(r"(?<=: ).*|(?<=- )[^:]*$")


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = draw(blocks(0, 3))
    for _ in range(draw(st.integers(0, 2))):
        lines += ["related:", *LONG, *draw(blocks(4, 1))] if draw(st.booleans()) else draw(blocks(0, 1))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 1, 1, 2, 3]))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        what = draw(st.integers(0, 8))
        place = draw(st.integers(0, len(line)))
        if what == 0:
            lines[at] = line[:place] + draw(st.sampled_from(ODD)) + line[place:]
        elif what == 1:
            lines[at] = line[:place] + line[place + 1 :]
        elif what == 2:
            lines[at] = " " * draw(st.integers(0, 6)) + line.lstrip(" ")
        elif what == 3:
            lines.insert(draw(st.integers(0, len(lines))), line)
        elif what == 4:
            lines[at] = line + draw(st.sampled_from([" ", "   ", "\t", " # c", ":", "\\", "\n"]))
        elif what == 5 and len(lines) > 1:
            del lines[at]
        else:
            lines[at] = VALUE.sub("", line) + draw(VALUES)
    end = draw(st.sampled_from(["\n", "\n", "\n", "\n", "\r\n"]))
    return end.join(["---", *lines, draw(st.sampled_from(["---", "---", "...", "--- "])), "Body."])


@settings(max_examples=EXAMPLES)
@given(documents())
@example("---\na: 'b\n---\n")
@example("---\ntitle: A\nexcerpt: E\n" + "related:" + ENTRY.format("T", "x") + "\n\n    y: z\n---\n")
@example("---\ntitle: A\nexcerpt: E\n" + "related:" + ENTRY.format("T", "x") + "\n    url: z\n---\n")
@example("---\ntitle: A\nexcerpt: 'E\n" + "related:" + ENTRY.format("T", "x") + "'\n---\n")
def test_any_file_is_read_as_libyaml_reads_it(text: str) -> None:
    event("regular" if compare(text.encode()) else "refused")


LETTERS = "ab: -\"'#\\\u00a0"
FREE = st.text(alphabet=LETTERS, max_size=10) | st.text(alphabet=LETTERS + "[]{}~&*!|>?%@,/\tn", max_size=20)


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.tuples(st.sampled_from(["a:", "b: ", "c: ", "- ", "- a: ", "  ", "  b: "]), FREE), max_size=4)
)
def test_any_lines_are_read_as_libyaml_reads_them(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(start + value for start, value in lines)
    event("regular" if compare(f"---\n{text}\n---\n".encode()) else "refused")


PLACES = """---
a: b c
b: "c: \\"d\\""
c: 'it''s'
d:
  - e f
  -
  - g: http://h.example/#i
    j:
    - k
l:
- m
n:
  o: []
secured: p
---
"""
CHARACTERS = [*map(chr, range(0x20, 0x7F)), *ODD, "\U0001f600", "\ufffe", "\u200b", "\u3000", "\x1c", "\x7f"]


@pytest.mark.parametrize("odd", CHARACTERS)
def test_anything_at_any_place_is_read_as_libyaml_reads_it(odd: str) -> None:
    for place in range(len(PLACES)):
        for following in (place, place + 1):
            data = (PLACES[:place] + odd + PLACES[following:]).encode()
            try:
                compare_values(data)
            except FileError as error:  # libyaml's
                pytest.fail(f"{data!r}: {error}")


# --- real files -----------------------------------------------------------------------------------

SETTINGS = ArchiveSettings(Path("."), 5_000_000, DEFAULT_FIELDS)


def share_of_regular_files(root: Path) -> float:
    """Read all files of an archive both ways, and return the share of those that were regular."""
    given = {"settings": SETTINGS, "now": datetime(2026, 1, 1, tzinfo=UTC)}
    regular = total = 0
    for file in discover(root).files:
        data = (root / file.path).read_bytes()
        assert read_bytes(file.path, data, **given) == judged(data, file.path, **given), file.path
        with suppress(FileError):
            yaml = split(decode(data, lambda code, text: None)).front
            total += 1
            regular += read_lines(yaml, SEALED) is not None
    return regular / total


def test_the_sample_archive_is_read_as_libyaml_reads_it() -> None:
    assert share_of_regular_files(REPOSITORY / "corpus") > 0.5


@pytest.mark.archives
def test_the_real_archives_are_read_as_libyaml_reads_them() -> None:
    assert share_of_regular_files(REAL_ARCHIVES) > 0.99
