from __future__ import annotations

import dataclasses
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.archive.dialects import Context, read_mapping
from indexer.archive.markdown import Body, read_markdown
from indexer.archive.read import read_file
from indexer.archive.records import FileError, FileRecord, Kind, SourceFile
from indexer.archive.text import plain_text
from indexer.fields import DEFAULT_FIELDS
from tests.archive.helpers import NOW, SETTINGS, read
from tests.archives import article_from

NAMES = sorted({name for names in DEFAULT_FIELDS.values() for name in names} - {"secured"})
KEYS = st.sampled_from([*NAMES, "name", "domain", "parent", "taxonomy", "url", "id", "title", "x"])
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.datetimes(), st.dates(),
    st.sampled_from(["https://a.example", "data:x", "2020-01-01", "topic", "organization", "a.example"]),
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=12)
SECRET = "Zm9vYmFyLXNlY3JldA"


def check(record: FileRecord) -> None:
    """What holds for the record of any file."""
    assert isinstance(record.kind, Kind)
    assert (record.rejection is not None) == (record.kind is Kind.REJECTED)
    assert bool(record.topics) == (record.kind is Kind.TOPIC)
    assert (record.organization is not None) == (record.kind is Kind.ORGANIZATION)
    assert bool(record.found) == (record.kind in (Kind.ARTICLE, Kind.WITHDRAWN))
    for found in record.found:
        text = json.dumps(found.article.to_json(), ensure_ascii=False)
        plain = dataclasses.replace(found.article, body_html="")
        assert article_from(json.loads(text.encode("utf-8"))) == plain
        assert found.article.id not in found.aliases
    for link in record.found[0].article.related if record.found else ():
        assert link.id in {found.article.id for found in record.found[1:]}
    if record.rejection:
        assert "\n" not in record.rejection.reason


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200), front=st.booleans(), path=st.sampled_from(["a.md", "b.YAML"]))
@example(data=b"\xff\xfe\x00", front=False, path="a.md")
@example(data=b"%YAML 9.9\n--- x", front=False, path="b.YAML")
@example(data=b'title: "\\ud800"\ndate: 2020-01-01', front=True, path="a.md")
def test_any_bytes_have_one_kind(data: bytes, front: bool, path: str, tmp_path_factory: Any) -> None:
    folder: Path = tmp_path_factory.getbasetemp()
    whole = b"---\n" + data + b"\n---\n" + data if front else data
    (folder / path).write_bytes(whole)
    check(read_file(folder, SourceFile(path, len(whole), 0), SETTINGS, now=NOW))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="-+.:\n\t [](){}<>&*!|>'\"#%@`~?,ab0=é\u2028\x00", max_size=150))
def test_any_front_matter_has_one_kind(text: str) -> None:
    check(read(f"---\ntitle: A\ndate: 2020-01-01\n{text}\n---\n{text}"))
    check(read(text, "a.yml"))


@settings(max_examples=200, deadline=None)
@given(MAPPINGS, st.booleans())
def test_any_mapping_has_one_kind_and_hides_what_is_secured(mapping: dict[str, Any], nested: bool) -> None:
    sealed = {"secured": {"a": [SECRET, {SECRET: SECRET}]}, **mapping}
    if nested:
        sealed["related"] = [{"title": "N", "excerpt": "E", "secured": SECRET}, sealed.get("related")]
    record = read("---\n" + yaml.safe_dump(sealed, allow_unicode=True) + "---\n")
    check(record)
    assert SECRET not in repr(record)
    if record.kind is not Kind.REJECTED:
        assert record.secured == 1 + nested


@settings(max_examples=150, deadline=None)
@given(VALUES, st.text(max_size=30))
def test_reading_any_value_gives_a_reading_or_says_why(value: Any, body: str) -> None:
    context = Context("a.md", DEFAULT_FIELDS, NOW, lambda code, text: None)
    with suppress(FileError):
        assert read_mapping(value, Body((body,), body), context).kind is not Kind.REJECTED


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_a_quoted_title_is_its_plain_text(title: str) -> None:
    record = read("---\n" + yaml.safe_dump({"title": title, "excerpt": "E"}, allow_unicode=True) + "---\n")
    if record.kind is Kind.ARTICLE:
        assert record.found[0].article.title == (plain_text(title) or "A")  # that of news/a.md


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="<>&;-![]()*_`#|~= \n\"'/abpi{}%:", max_size=120))
def test_texts_are_tidy(text: str) -> None:
    plain = plain_text(text)
    assert plain == " ".join(plain.split())
    for paragraph in filter(None, read_markdown(text).text().split("\n\n")):
        assert paragraph == " ".join(paragraph.split())
