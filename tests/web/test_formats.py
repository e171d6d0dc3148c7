"""The formats of answers: one table for the command line and the API."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer.cli import command_line
from indexer.formats import ANSWERS, CITATIONS, EXPORTS, FORMATS, Format
from indexer.formats.references import Reference


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second format: the names of an answer's parts."""

    def write(data: dict[str, object], *, readable: bool) -> bytes:
        return ("\n" if readable else ",").join(data).encode()

    monkeypatch.setitem(FORMATS, "names", Format("text/names", "names", "names", write))  # type: ignore[arg-type]
    monkeypatch.setattr("search_web.api.ANSWERS", (*ANSWERS, "names"))


_TEXTS = st.text(st.characters() | st.sampled_from('\0\x1f\x7f\\"\u2028\ud800\udfff😀'), max_size=8)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS | st.sampled_from((0.5, -2.0, 1234.5678)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
)


@given(_VALUES, st.booleans())
def test_json_is_written_as_python_writes_it(data: object, readable: bool) -> None:
    layout = {"indent": 2} if readable else {"separators": (",", ":")}
    plain = json.dumps(data, ensure_ascii=False, **layout)  # type: ignore[arg-type]  # keywords of it
    expected = re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", plain)
    assert FORMATS["json"].answer(data, readable=readable) == f"{expected}\n".encode()


def test_what_is_no_number_in_json_is_null() -> None:
    assert FORMATS["json"].answer([float("nan"), float("inf")], readable=False) == b"[null,null]\n"


@pytest.mark.parametrize("name", ANSWERS)
def test_every_format_of_answers_is_an_option_and_a_value_of_format(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/api/v1/search?q=ferry&size=1&format={name}")
    assert answer.content_type.startswith(FORMATS[name].media_type)
    assert f"--{name}" in CliRunner().invoke(command_line(), ["search", "--help"]).stdout


@pytest.mark.parametrize("name", sorted(set(FORMATS) - set(ANSWERS)))
def test_a_format_of_articles_is_none_of_answers(client: FlaskClient, name: str) -> None:
    assert name in EXPORTS or name in CITATIONS
    assert client.get(f"/api/v1/search?format={name}").status_code == 400
    with pytest.raises(TypeError, match="has no place for any answer"):
        FORMATS[name].answer({}, readable=True)


@pytest.mark.parametrize("name", sorted(set(EXPORTS) - set(CITATIONS)))
def test_a_format_of_articles_is_none_of_references(client: FlaskClient, name: str) -> None:
    assert client.get(f"/api/v1/cite?format={name}").status_code == 400
    with pytest.raises(TypeError, match="has no place for a reference"):
        FORMATS[name].cited(Reference("key", "title"))


def test_a_format_of_answers_alone_is_none_of_articles(other: None) -> None:
    with pytest.raises(TypeError, match="names has no place for articles"):
        FORMATS["names"].exported({}, [])


def test_a_format_is_a_row(other: None, client: FlaskClient) -> None:
    answer = client.get("/api/v1/stats?format=names")
    assert answer.content_type.startswith("text/names")
    assert answer.text.split(",")[:2] == ["archive", "generation"]


def test_an_unknown_format_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/v1/story/x?format=jsno")
    assert answer.status_code == 400
    assert "'format' cannot be 'jsno'. Did you mean 'json'?" in answer.json["error"]["message"]


def test_what_utf_8_cannot_write_is_written_by_json() -> None:
    written = FORMATS["json"].answer({"a": "é\udcff"}, readable=False)
    assert written == '{"a":"é\\udcff"}\n'.encode()
    assert json.loads(written) == {"a": "é\udcff"}
