from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

import search_web
from indexer import SearchRequest, load_settings
from indexer.checks import MATCHES
from indexer.errors import RequestError
from indexer.facets import FACETS
from indexer.query.parameters import FILTERS, MAX_FACET_SIZE, MAX_PAGE, ORIGINS, SORTS
from search_web.address import MAX_TEXT, Asked, clean, parse
from search_web.links import NAMES, NOT_SEARCHED, SEARCHED, Links, changed, toggled, with_values
from tests.web.fake import fake_archive
from tests.web.page import Page

SETTINGS = load_settings(Path(__file__).parents[2] / "config.toml")
ASK = fake_archive(SETTINGS).request
with Flask("of links").test_request_context():
    LINKS = Links.of(SETTINGS)

texts = st.text(max_size=30).map(clean)
words = texts.filter(bool)
requests = st.builds(
    lambda query, filters, numbers, **rest: ASK(query, **filters, **numbers, **rest),
    texts,
    st.dictionaries(st.sampled_from(list(FACETS)), st.lists(words, min_size=1, max_size=3), max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "page": st.integers(1, MAX_PAGE),
            "size": st.integers(1, SETTINGS.search.max_page_size),
            "facet_size": st.integers(0, MAX_FACET_SIZE),
        },
    ),
    after=st.none() | words,
    before=st.none() | words,
    featured=st.none() | st.booleans(),
    collapse=st.none() | st.just(True),
    origin=st.none() | st.sampled_from(ORIGINS),
    sort=st.none() | st.sampled_from(list(SORTS)),
    cursor=st.none() | words,
    broaden=st.booleans(),
    match=st.none() | st.sampled_from(MATCHES),
    unfinished=st.booleans(),
    recency_weight=st.none() | st.floats(0, 100),
    recency_half_life_days=st.none() | st.floats(0.01, 100_000),
    quality_weight=st.none() | st.floats(0, 100),
    heat_weight=st.none() | st.integers(0, 100),
)


def args(query_string: str) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(query_string, keep_blank_values=True))


def request_of(query_string: str) -> SearchRequest:
    return parse(args(query_string), ASK).request


@given(requests, st.booleans(), st.booleans())
@example(ASK("", quality_weight=0.010000000000000002, heat_weight=0.00012345678901234567), False, True)
def test_what_is_built_is_read_as_it_was(request: SearchRequest, explain: bool, compact: bool) -> None:
    built = urlencode(LINKS.explained(explain).viewed(compact).pairs(request), errors="replace")
    asked = parse(args(built), ASK)
    assert asked == Asked(request, explain, compact)


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=8), st.text(max_size=20)), max_size=6))
def test_any_address_is_read_or_refused_with_a_sentence(pairs: list[tuple[str, str]]) -> None:
    given_args = MultiDict(pairs)
    refusal = ""
    try:
        asked = parse(given_args, ASK)
    except RequestError as error:
        refusal = str(error)
    if refusal:
        assert refusal.endswith((".", "?"))
    else:
        again = args(
            urlencode(
                LINKS.explained(asked.explain).viewed(asked.compact).pairs(asked.request), errors="replace"
            )
        )
        assert parse(again, ASK) == asked


VARIED = (*FACETS, "sort", "page", "size", "featured", "origin", "collapse", "broaden", "match")


@given(requests, requests, st.sampled_from(VARIED), st.booleans())
def test_addresses_that_differ_in_one_parameter_are_as_each_is_built_alone(
    corpus_app: Flask, request: SearchRequest, other: SearchRequest, name: str, explain: bool
) -> None:
    value = other.value(name)
    if name in FACETS:
        expected = with_values(request, name, value)
    else:  # what the words require is not said where it is as usual
        said = None if name == "match" and value == LINKS.match else value
        expected = changed(request, **{name: said})
    with corpus_app.test_request_context():
        links = LINKS.explained(explain)
        assert links.varying(request, name)(value) == links.search(expected)


@given(requests, st.sampled_from(list(FACETS)), words)
def test_toggling_twice_changes_nothing_but_the_page(request: SearchRequest, facet: str, value: str) -> None:
    if value in request.chosen(facet):
        assert value not in toggled(request, facet, value).chosen(facet)
    else:
        assert toggled(toggled(request, facet, value), facet, value) == changed(request)


def test_a_change_goes_back_to_the_first_page() -> None:
    request = ASK("x", page=7, cursor="c")
    assert with_values(request, "topic", ["A"]).page == 1
    assert with_values(request, "topic", ["A"]).cursor is None


@pytest.mark.parametrize(
    ("query_string", "sentence"),
    [
        ("page=0", "'page' must be a whole number from 1"),
        ("page=x", "'page' must be a whole number, not 'x'"),
        ("page=٣", "'page' must be a whole number"),
        ("page=-1", "'page' must be a whole number"),
        ("page=" + "9" * 400, "'page' must be a whole number"),
        ("size=1000", "'size' must be a whole number from 1 to 100"),
        ("sort=newset", "Did you mean 'newest'?"),
        ("match=al", "'match' cannot be 'al'"),
        ("origin=files", "Did you mean 'file'?"),
        ("featured=true", "'featured' cannot be 'true'. Choose from: no, yes."),
        ("explain=2", "'explain' cannot be '2'"),
        ("heat_weight=x", "'heat_weight' must be a number such as 0.5, not 'x'"),
        ("heat_weight=101", "'heat_weight' must be a number from 0 to 100, not 101.0"),
        ("broaden=yes", "'broaden' cannot be 'yes'"),
        ("sort=newest&sort=oldest", "'sort' is given 2 times. Give it once."),
        ("q=" + "x" * (MAX_TEXT + 1), f"'q' is longer than {MAX_TEXT} characters. Shorten it."),
        ("from=soon", "'from' cannot be 'soon'. Write a year"),
        ("to=2020-02-30", "'to' cannot be '2020-02-30'"),
        ("from=2020&after=2020", "'after' and 'from' are both given. Give one of them."),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(query_string: str, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        request_of(query_string)
    assert sentence in str(caught.value)


def test_what_is_told_of_all_that_is_found_takes_the_filters_that_the_module_takes(
    client: FlaskClient,
) -> None:
    assert {*SEARCHED} == {"q", "from", "to", *FILTERS, "match", "unfinished"}
    assert {*NOT_SEARCHED} == {*NAMES} - {*SEARCHED}
    for address in ("timeline?", "overview?", "compare?by=query&a=ferry&b=strike&"):
        for name in ("broaden", "collapse", "since_generation", "heat_weight", "page"):
            answer = client.get(f"/api/v1/{address}{name}=1")
            assert answer.status_code == 400
            assert f"unknown parameter '{name}'" in answer.text
    asked = ASK(
        "a", collapse=True, broaden=True, heat_weight=1.0, origin="file", match="any", unfinished=True
    )
    filters = LINKS.of_filters(asked)
    assert filters == [("q", "a"), ("origin", "file"), ("match", "any"), ("unfinished", "1")]


def test_a_page_ignores_what_it_does_not_know() -> None:
    assert request_of("q=a&utm_source=mail&fbclid=1") == ASK("a")


def test_empty_values_are_as_if_not_there() -> None:
    assert request_of("q=&from=&to=&sort=&topic=&page=") == ASK("")


@pytest.mark.parametrize(
    ("query_string", "after", "before"),
    [
        ("from=2020-06-01&to=2020-06-30", "2020-05-31", "2020-07-01"),
        ("from=2020&to=2020-02", "2019-12-31", "2020-03-01"),
        ("from=0001-01-01&to=9999-12-31", None, None),
    ],
)
def test_from_and_to_take_in_the_day_that_they_name(
    query_string: str, after: str | None, before: str | None
) -> None:
    request = request_of(query_string)
    assert (request.after, request.before) == (after, before)


def test_control_characters_become_spaces() -> None:
    assert clean("\x00a\x1bb\ud800c\n") == "a b c"
    assert request_of("q=%00face%0Aboard%07").query == "face board"


def test_only_these_modules_read_arguments_and_write_addresses() -> None:
    folder = Path(search_web.__file__).parent
    for file in [*folder.rglob("*.py"), *folder.glob("templates/*.html")]:
        text = file.read_text(encoding="utf-8")
        if file.name != "address.py":
            assert not re.search(r"\b(request|http)\.args\b", text), file
        if file.name != "links.py":
            assert "urlencode" not in text, file
            assert "search?" not in text or file.name == "endpoints.py", file


def test_the_page_that_refuses_a_value_keeps_the_words_and_the_other_filters(client: FlaskClient) -> None:
    address = "/search?q=robots&topic=Rail&topic=AI&date=2019-13&sort=newest&page=0"
    answer = client.get(address)
    assert answer.status_code == 400
    page = Page(answer.text)
    assert page.faults == []
    kept = [
        (given["name"], given["value"])
        for given in page.all("input")
        if given["type"] in ("search", "hidden")
    ]
    assert kept == [("q", "robots"), ("topic", "Rail"), ("topic", "AI"), ("sort", "newest")]
    twice = Page(client.get("/search?q=a&q=b&topic=Rail").text)
    assert [given["value"] for given in twice.all("input")] == ["", "Rail"]
    assert client.get("/search?page=0&q=" + "x" * 9000).status_code == 400
