from __future__ import annotations

from flask.testing import FlaskClient

from indexer.errors import BackfileError
from indexer.query.language.syntax import SYNTAX
from search_web import reference
from search_web.links import NAMES
from tests.web.page import Page


def test_help_explains_all_that_there_is(client: FlaskClient) -> None:
    page = Page(client.get("/help").text)
    code = page.text_of("code")
    for row in SYNTAX:
        assert row.example in code
        assert row.meaning in page.text_of("td")
    for name in NAMES:
        assert page.all("tr", id=f"parameter-{name}")
        assert name in code
    for endpoint in reference.ENDPOINTS:
        assert endpoint.path in code
    for kind in BackfileError.__subclasses__():
        if kind.http_status != 500:
            assert kind.code in code
    assert "index_locked" not in code, "no address writes the index"
    assert any(text.startswith("curl 'http") for text in code)


def test_its_examples_are_searches(client: FlaskClient) -> None:
    page = Page(client.get("/help").text)
    examples = [link for link in page.links() if link.startswith("/search?q=")]
    assert len(examples) == len(SYNTAX)
    for link in examples:
        assert client.get(link).status_code == 200
