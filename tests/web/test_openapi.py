"""The API against its OpenAPI document: what Schemathesis draws, what answers hold, what was released."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from indexer import Archive
from search_web.gate import MAX_REQUEST
from search_web.reference.endpoints import ENDPOINTS, SHAPES, Endpoint
from search_web.reference.openapi import document
from tests.archives import EXPLORES
from tests.web.compatibility import RELEASED, broken, current

EXAMPLES = 2_000 if EXPLORES else 25  # of each address
PLAIN: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "date": str,
    "date-time": str,
    "string and integer": list,
    "any": object,
}


@pytest.fixture(scope="module")
def schema(corpus_app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", corpus_app)


def test_the_document_is_one(schema: Any) -> None:
    schema.validate()
    assert schema.raw_schema["openapi"].startswith("3.1")
    paths = {endpoint.path for endpoint in ENDPOINTS}
    assert schema.raw_schema["paths"].keys() == paths
    drawn = {operation.ok().path for operation in schema.get_all_operations()}
    assert drawn == paths - {"/api/v1/openapi.json"}  # where it comes from


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.below)
def test_nothing_that_is_drawn_breaks_the_document(schema: Any, corpus: Archive, endpoint: Endpoint) -> None:
    ids = [hit.article.id for hit in corpus.search("has:related", size=5)]
    statuses: dict[int, int] = {}

    @settings(
        max_examples=EXAMPLES,
        derandomize=not EXPLORES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[endpoint.path]["GET"].as_strategy(), dice=st.randoms(use_true_random=False))
    def ask(case: Any, dice: random.Random) -> None:
        if "id" in case.path_parameters and dice.random() < 0.7:
            case.path_parameters["id"] = dice.choice(ids)
        if dice.random() < 0.8:  # of thirty parameters one is refused nearly always
            some = dice.sample(sorted(case.query), min(2, len(case.query)))
            for name in set(case.query) - {*some, *endpoint.needs}:
                del case.query[name]
        response = case.call(headers={"Accept-Encoding": "identity"})
        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
        # See the next test.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    ask()
    assert statuses.get(200, 0) >= EXAMPLES // 10, statuses


# What a request that fits the schema may be refused for, and where the document says so.
SAID = {
    "the cursor cannot be read": "The `next_cursor` of an answer, unchanged",
    "there is no generation": "One that is to come, or no longer known, is refused.",
    "there is no day": "The date must exist.",
    "there is nothing to relate to": "One of title, excerpt, text and url must be given.",
    "the index has no article at": "An address alone must be one that the archive has.",
    "'after' and 'from' are both given": "not together with `after`",
    "'before' and 'to' are both given": "not together with `before`",
    "is not a date (date)": "with `by=date` as in `date`",
    "a feed cannot be sorted by": "they refuse another order",
    "a search takes at most 50 values": "A search takes at most 50 values of all facets.",
}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.below)
def test_what_fits_the_document_is_answered_or_it_says_why_not(
    schema: Any, corpus: Archive, endpoint: Endpoint
) -> None:
    key = next(iter(corpus.search("has:related", size=1))).article.id
    operation = json.dumps([schema.raw_schema["info"], schema.raw_schema["paths"][endpoint.path]])

    @settings(
        max_examples=EXAMPLES * 2,
        derandomize=not EXPLORES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=schema[endpoint.path]["GET"].as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
        dice=st.randoms(use_true_random=False),
    )
    def ask(case: Any, dice: random.Random) -> None:
        if "id" in case.path_parameters:
            case.path_parameters["id"] = key
        some = dice.sample(sorted(case.query), min(3, len(case.query)))
        for name in set(case.query) - {*some, *endpoint.needs}:
            del case.query[name]
        response = case.call(headers={"Accept-Encoding": "identity"})
        if response.status_code == 400:
            message = response.json()["error"]["message"]
            assert any(why in message and words in operation for why, words in SAID.items()), message
        else:
            assert response.status_code == 200, response.text

    ask()


def test_an_address_that_is_too_long_is_refused_in_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=" + "a" * MAX_REQUEST)
    assert (answer.status_code, answer.json["error"]["code"]) == (414, "address_too_long")
    assert answer.json["error"]["message"] == "An address takes 60,000 characters at most. Shorten it."
    assert "An address takes 60,000 characters at most" in client.get("/search?q=" + "a" * MAX_REQUEST).text
    assert "414" in current()["paths"]["/api/v1/search"]["get"]["responses"]


@pytest.mark.parametrize("path", ["/search", "/facets/topic", "/article/x", "/openapi.json"])
def test_other_methods_are_refused_with_those_that_are_not(client: FlaskClient, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = client.open(f"/api/v1{path}", method=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert answer.json["error"]["code"] == "method_not_allowed"


def faults(value: Any, type_: str, where: str) -> Iterator[str]:
    """What of a value is otherwise than its type says; a value that no table has is a fault."""
    if type_.endswith("[]") and isinstance(value, list):
        for one in value:
            yield from faults(one, type_[:-2], f"{where}[]")
    elif type_.endswith("{}") and isinstance(value, dict):
        for name, one in value.items():
            yield from faults(one, type_[:-2], f"{where}.{name}")
    elif type_ in SHAPES:
        yield from faults_of_object(value, type_, where)
    elif type_.endswith(" or null"):
        yield from () if value is None else faults(value, type_.removesuffix(" or null"), where)
    elif not fits(value, type_):
        yield f"{where} is {value!r}, no {type_}"


def fits(value: Any, type_: str) -> bool:
    if type_ not in PLAIN:
        return value in type_.split("|")
    return isinstance(value, PLAIN[type_]) and isinstance(value, bool) <= (type_ in ("boolean", "any"))


def faults_of_object(value: dict[str, Any], name: str, where: str) -> Iterator[str]:
    values = SHAPES[name].values
    yield from (f"{where}.{each} has no row" for each in value.keys() - values.keys())
    for each, row in values.items():
        if each in value:
            yield from faults(value[each], row.type, f"{where}.{each}")
        elif row.always:
            yield f"{where}.{each} is missing"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.below)
def test_answers_hold_what_the_tables_say_and_nothing_else(
    client: FlaskClient, corpus: Archive, endpoint: Endpoint
) -> None:
    if not endpoint.answer:
        return
    key = next(iter(corpus.search("has:related", size=1))).article.id
    example = endpoint.example.replace("{id}", key).removesuffix("&format=csv")
    more = {
        "/search": (
            "q=the+ferry+xyzzy&explain=1&fields=title,related", "q=ferries&since_generation=1&explain=1",
            "q=wildfire+heath&collapse=1", "q=fery&match=all", "q=%E2%98%83", "date=2020..2021&topic=none",
        ),
        "/facets/{name}": ("q=xyzzy+ferry",),
        "/related/{id}": ("fields=title,related",),
        "/suggest": ("q=the", "q=por&kind=title", "q=ferry+wea"),
        "/timeline": ("q=xyzzy", "q=ferry&interval=month"),
        "/overview": ("q=xyzzy", "q=ferry+zeppelin"),
    }  # fmt: skip
    for address in (example, *(f"{example.split('?')[0]}?{each}" for each in more.get(endpoint.below, ()))):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert list(faults(answer.json, endpoint.answer, address)) == []


def test_the_document_has_the_limits_of_the_settings_and_the_prefix(corpus_app: Flask) -> None:
    made = corpus_app.test_client().get("/api/v1/openapi.json", base_url="http://a.example/news").json
    assert made["servers"] == [{"url": "/news"}]
    (size,) = [p for p in made["paths"]["/api/v1/search"]["get"]["parameters"] if p["name"] == "size"]
    assert size["schema"]["maximum"] == corpus_app.config["BACKFILE"].search.max_page_size
    assert document(corpus_app.config["BACKFILE"])["servers"] == [{"url": "/"}]


def test_what_was_released_still_holds() -> None:
    assert broken(json.loads(RELEASED.read_text(encoding="utf-8")), current()) == []


Change = Callable[[dict[str, Any]], object]


def _parameter(document: dict[str, Any], name: str) -> dict[str, Any]:
    parameters = document["paths"]["/api/v1/search"]["get"]["parameters"]
    return next(one for one in parameters if one["name"] == name)  # type: ignore[no-any-return]


def _hit(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["Hit"]  # type: ignore[no-any-return]


def _parameters(document: dict[str, Any]) -> list[Any]:
    return document["paths"]["/api/v1/search"]["get"]["parameters"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda d: d["paths"].pop("/api/v1/stats"), "/api/v1/stats: removed"),
        (lambda d: _parameters(d).remove(_parameter(d, "sort")), "/api/v1/search, parameter sort: removed"),
        (lambda d: _parameter(d, "sort")["schema"]["enum"].remove("heat"), "parameter sort: no longer heat"),
        (lambda d: _parameter(d, "size")["schema"].update(maximum=50), "size: maximum is 50, not 100"),
        (lambda d: _parameter(d, "page")["schema"].update(minimum=2), "page: minimum is 2, not 1"),
        (lambda d: _parameter(d, "q")["schema"].update(type="integer"), "q: type is integer, not string"),
        (lambda d: _parameter(d, "q")["schema"].update(enum=["a"]), "q: no longer any text"),
        (lambda d: _parameter(d, "topic").update(explode=False), "topic: explode is False, not True"),
        (lambda d: _parameter(d, "fields")["schema"]["items"]["enum"].remove("url"), "fields: no longer url"),
        (lambda d: _parameter(d, "q").update(required=True), "/api/v1/search, parameter q: required"),
        (
            lambda d: _parameters(d).append({"name": "key", "in": "query", "required": True, "schema": {}}),
            "/api/v1/search, parameter key: required",
        ),
        (lambda d: _hit(d)["properties"].pop("score"), "/api/v1/search, status 200.hits[].score: removed"),
        (lambda d: _hit(d)["required"].remove("score"), "status 200.hits[].score: not always there"),
        (
            lambda d: _hit(d)["properties"]["score"].update(type="string"),
            "hits[].score: type is string, not number",
        ),
        (lambda d: _hit(d)["properties"]["part"]["enum"].remove("begun"), "hits[].part: never begun"),
        (
            lambda d: d["components"]["schemas"]["FacetValue"]["properties"].pop("label"),
            "status 200.facets{}[].label: removed",
        ),
        (
            lambda d: d["components"]["schemas"]["SearchAnswer"]["properties"].update(
                next_cursor={"type": "string"}
            ),
            "next_cursor: type is string, not None",
        ),
        (
            lambda d: d["components"]["schemas"]["Failure"]["properties"].pop("code"),
            "/api/v1/search, status 400.error.code: removed",
        ),
        (
            lambda d: d["paths"]["/api/v1/search"]["get"]["responses"]["200"].update(content={"text/csv": {}}),
            "/api/v1/search, status 200: application/json removed",
        ),
        (
            lambda d: d["paths"]["/api/v1/search"]["get"]["responses"].pop("304"),
            "/api/v1/search, status 304: removed",
        ),
    ],
)  # fmt: skip
def test_what_breaks_a_client_is_named(change: Change, line: str) -> None:
    new = copy.deepcopy(current())
    change(new)
    assert any(found.endswith(line) for found in broken(current(), new)), broken(current(), new)


def test_what_is_added_breaks_nothing() -> None:
    new = copy.deepcopy(current())
    new["paths"]["/api/v1/more"] = new["paths"]["/api/v1/stats"]
    _parameters(new).append({"name": "more", "in": "query", "schema": {"type": "string"}})
    _parameter(new, "sort")["schema"]["enum"].append("length")
    _parameter(new, "size")["schema"]["maximum"] = 1000
    _hit(new)["properties"]["more"] = {"type": "string"}
    _hit(new)["properties"]["part"]["enum"].append("near")
    assert broken(current(), new) == []
