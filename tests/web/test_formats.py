"""The formats of answers: one table for the command line and the API."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.cli import command_line
from indexer.formats import FORMATS, Format


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second format: the names of an answer's parts."""

    def write(data: dict[str, object], *, readable: bool) -> bytes:
        return ("\n" if readable else ",").join(data).encode()

    monkeypatch.setitem(FORMATS, "names", Format("text/names", "names", write))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_an_option_and_a_value_of_format(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/api/v1/search?q=ferry&size=1&format={name}")
    assert answer.content_type.startswith(FORMATS[name].media_type)
    assert f"--{name}" in CliRunner().invoke(command_line(), ["search", "--help"]).stdout


def test_a_format_is_a_row(other: None, client: FlaskClient) -> None:
    answer = client.get("/api/v1/stats?format=names")
    assert answer.content_type.startswith("text/names")
    assert answer.text.split(",")[:2] == ["archive", "generation"]


def test_an_unknown_format_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/v1/story/x?format=jsno")
    assert answer.status_code == 400
    assert "'format' cannot be 'jsno'. Did you mean 'json'?" in answer.json["error"]["message"]


def test_what_utf_8_cannot_write_is_written_by_json() -> None:
    written = FORMATS["json"].write({"a": "é\udcff"}, readable=False)
    assert written == '{"a":"é\\udcff"}\n'.encode()
    assert json.loads(written) == {"a": "é\udcff"}
