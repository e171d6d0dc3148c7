"""Front matter that no parser accepts: what is read of it, what is held back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.archive.front_matter import split
from indexer.archive.keys import sealed_keys
from indexer.archive.records import FileError, Kind
from indexer.archive.yaml_values import read_yaml
from indexer.article import Article
from tests.archive.helpers import codes, read, reason


def repaired(front: str, fence: str = "---") -> Article:
    record = read(f"{fence}\n{front}\n{fence}\nThe text.\n")
    assert record.kind is Kind.ARTICLE, record.rejection
    assert "repaired" in codes(record)
    assert "The text." in record.found[0].article.body
    return record.found[0].article


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: Tech moves: a story", "Tech moves: a story"),
        ('title: "An unclosed quote', "An unclosed quote"),
        ("title: 'It's here'", "It's here"),
        ('title: "He said "no" again"', 'He said "no" again'),
        ('title: "The end" of it', '"The end" of it'),
        ("title: [Update] the bridge", "[Update] the bridge"),
        ("title: *The* bridge", "*The* bridge"),
        ("title: @town says", "@town says"),
        ("title: %s of it", "%s of it"),
        ("title: `code` in it", "`code` in it"),
        ("title:No space", "No space"),
        ("title:\tA tab\nx: a: b", "A tab"),
        ("\ttitle: All: indented\n\tdate: 2020-01-01", "All: indented"),
        ("title: Of two: lines\n  and more", "Of two: lines and more"),
    ],
)
def test_a_title_that_yaml_does_not_take(line: str, title: str) -> None:
    assert repaired(line).title == title


def test_the_rest_is_read_as_ever() -> None:
    found = repaired(
        "title: One: two\ndate: 2020-06-25\ntags:\n\t- a\n\t- b\nauthor: [Ann, Bo\n"
        'excerpt: "of\n  lines"\nprovider:\n  name: The Post\nurl: https://a.example/1'
    )
    assert (found.title, found.tags, found.authors) == ("One: two", ("a", "b"), ("Ann", "Bo"))
    assert (found.excerpt, found.url) == ("of lines", "https://a.example/1")
    assert found.provider is not None
    assert found.provider.name == "The Post"


def test_a_repair_says_line_fault_and_assumption() -> None:
    (notice,) = (n for n in read("---\nx: y\ntitle: One: two\n---\nText.\n").notices if n.code == "repaired")
    assert notice.line == 3
    assert notice.text == (
        "mapping values are not allowed in this context; assumed: `title` is the text of its line"
    )


@pytest.mark.parametrize(
    "block",
    [
        "provider:\n  name: a: b\n  title: Evil\n  url: https://evil.example/",
        "provider:\n\tname: a: b\n\ttitle: Evil\n\turl: https://evil.example/",
        "provider: {name: [\n  title: Evil\n  url: https://evil.example/",
        "related:\n  - title: a: b\n    url: https://evil.example/\n    title: Evil",
        "provider: x\n  title: Evil\n  url: https://evil.example/",
    ],
)
def test_a_nested_block_is_no_part_of_the_article(block: str) -> None:
    record = read(f"---\n{block}\ntitle: Good\n---\nText.\n")
    assert [found.article.title for found in record.found] == ["Good"]
    assert "evil" not in repr(record.found).lower()


@pytest.mark.parametrize(
    "url", ["https://a.example/x: y", '"https://a.example/"x', "https://a.example/a b: c"]
)
def test_a_repaired_address_must_be_one(url: str) -> None:
    assert repaired(f"title: A\nurl: {url}").url is None


def test_an_address_with_one_quote_is_one() -> None:
    assert repaired('title: A\nurl: "https://a.example/x').url == "https://a.example/x"


def test_a_repaired_date_must_be_one() -> None:
    record = read("---\ntitle: A\ndate: 2020-01-01: x\n---\nText.\n")
    assert record.found[0].article.published_at is None
    assert sorted(codes(record)) == ["bad_date", "repaired"]


BROKEN = "title: One: two\n"


@pytest.mark.parametrize(
    ("front", "name"),
    [
        ('draft: "true', "draft"),
        ("draft:true", "draft"),
        ("draft true", "draft"),
        ("draft:", "draft"),
        ("draft: true\ndraft: false", "draft"),
        ("draft:\ntrue", "draft"),
        ("x: {draft: true", "draft"),
        ("x: a: b draft: true", "draft"),
        ("x: a: b, draft: yes # soon", "draft"),
        ("x: a: b published: 'false'", "published"),
        ("x: a: b expiryDate: 2020-01-01", "expiryDate"),
        ("x: a: b status: hidden", "status"),
        ("x: a: b secured: U0VDUkVU", "secured"),
        ("x:\n\t- a\n  draft: true", "draft"),
        ("base: &b {draft: true}\n<<: *b", "draft"),
        ("published: [no", "published"),
        ("Un-Listed: 'no", "Un-Listed"),
        ("removed: a: b", "removed"),
        ('secured: "U0VDUkVU', "secured"),
        ("secured: U0VDUkVU\nU0VDUkVU==", "secured"),
        ("secured: |\nU0VDUkVU", "secured"),
        ('note: "a\ndraft: true\nb"', "draft"),
        ("note: [a,\ndraft: true,\nb]", "draft"),
    ],
)
def test_what_may_be_held_back_is(front: str, name: str) -> None:
    record = read(f"---\n{BROKEN}{front}\n---\nText.\n")
    assert reason(record).startswith(f"held back: `{name}` could not be read surely")
    assert record.rejection is not None
    assert record.rejection.line is not None
    assert "U0VDUkVU" not in repr(record)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("draft: false", Kind.ARTICLE),
        ("draft: true", Kind.WITHDRAWN),
        ("published: true", Kind.ARTICLE),
        ("published: false", Kind.WITHDRAWN),
        ("unlisted: 'no'  # not yet", Kind.ARTICLE),
        ("removed: yes", Kind.WITHDRAWN),
        ("tags: [published, draft]", Kind.ARTICLE),
    ],
)
def test_what_is_read_surely_holds(line: str, kind: Kind) -> None:
    assert read(f"---\n{BROKEN}{line}\n---\nText.\n").kind is kind


def test_secured_that_is_read_surely_is_counted() -> None:
    record = read(f"---\n{BROKEN}secured: 'U0VDUkVU;aXY='\n---\nText.\n")
    assert (record.kind, record.secured) == (Kind.ARTICLE, 1)
    assert "U0VDUkVU" not in repr(record)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("---\ntitle: A\ndate: 2020-01-01\n\nText.\n\nMore.\n", "A", "Text.\n\nMore."),
        ("---\ntitle: A\n\ntags:\n  - x\n\nText.\n", "A", "Text."),
        ("---\ntitle: A\n\nText.\n\n---\n\nMore.\n", "A", "Text.\n\nMore."),
        ("+++\ntitle = 'A'\n[extra]\nx = 1\n\nText.\n", "A", "Text."),
        ("+++\ntitle = 'A' b\nx = 1\n+++\nText.\n", "'A' b", "Text."),
        ('{\n"title": "A",\n}\n\nText.\n', "A", "Text."),
    ],
)
def test_front_matter_that_never_ends_or_is_of_another_form(text: str, title: str, body: str) -> None:
    record = read(text)
    found = record.found[0].article
    assert "repaired" in codes(record)
    assert (found.title, found.body) == (title, body)


@pytest.mark.parametrize("line", ["draft: true", "secured: U0VDUkVU", "Removed: yes"])
def test_front_matter_that_never_ends_holds_back(line: str) -> None:
    record = read(f"---\ntitle: A\n\nText.\n\n{line}\n")
    assert "held back" in reason(record)
    assert "U0VDUkVU" not in repr(record)


LINES = st.sampled_from(
    [
        "title: A: b", 'title: "A', "title: A", "tags: [a", "tags: [a, b]", "tags:", "- x", "  - y", "\t- z", "",
        "# note", "excerpt: |", "  text", "text", 'excerpt: "a', 'b"', "provider:", "  name: x: y", "<<: *a",
        "draft: true", "draft: false", "  draft: true", "\tdraft: true", 'secured: "U0VDUkVU"', "secured: U0VDUkVU",
        'secured: "U0VDUkVU', "secured: |", "  U0VDUkVU", "secured:", "Secured: &s U0VDUkVU", "excerpt: *s", "}", "]",
        "a: {b: c", "x: 'y", "'", "url: https://a.example/", "  title: Evil", "---", "key: &a {draft: true}",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=10))
def test_whatever_is_broken_fails_closed(lines: list[str]) -> None:
    text = "---\n" + "\n".join(lines) + "\n---\nText.\n"
    record = read(text)
    if "  U0VDUkVU" not in lines:  # alone, it is a text like any other
        assert "U0VDUkVU" not in repr(record)
    if "repaired" not in codes(record):
        return
    try:  # (of a text that is valid, `draft: true` may be a line in quotes)
        read_yaml(split(text).front, lambda code, text: None, sealed_keys(("secured",)))
    except FileError:
        front = text.split("\n---\n")[0].split("\n")
        assert record.kind is not Kind.ARTICLE or "draft: true" not in front


@pytest.mark.parametrize(
    "title",
    [
        "Draft: a plan for the quay",
        "News: the draft: what it says",
        "Weekly notes: ideas, draft plans",
        "Published: how we did it",
        "Private: keep out [draft]",
    ],
)
def test_a_word_in_a_text_holds_nothing_back(title: str) -> None:
    record = read(f"---\ntitle: {title}\nx: [a\n  - draft\n---\nText.\n")
    assert record.kind is Kind.ARTICLE, record.rejection
    assert record.found[0].article.title == title


@pytest.mark.parametrize(
    ("line", "by"),
    [
        ("const draft = true;", "draft"),
        ("const draft = process.env.DRAFT;", "draft"),
        ("export const published = false", "published"),
        ("let draft\n  = true", "draft"),
    ],
)
def test_a_script_withdraws(line: str, by: str) -> None:
    record = read(f'---js\nconst title = "A";\n{line}\n---\nText.\n')
    assert (record.kind, record.withdrawn_by) == (Kind.WITHDRAWN, by)


def test_what_is_no_literal_of_a_script_is_left_out() -> None:
    text = (
        '---js\nconst title = "A";\nconst tags = ["x"].map(f);\nfunction draft() { return 1; }\n---\nText.\n'
    )
    record = read(text)
    assert record.kind is Kind.ARTICLE, record.rejection
    assert record.found[0].article.title == "A"
    assert "repaired" in {notice.code for notice in record.notices}
