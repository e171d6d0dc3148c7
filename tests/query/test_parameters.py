"""The tables of facets and parameters: each name has what it needs, wherever it is used."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from typing import get_type_hints

import pytest

from indexer import Article, load_settings
from indexer.article import ORIGIN_FILE, ORIGIN_RELATED
from indexer.config import RankingSettings
from indexer.errors import RequestError
from indexer.facets import FACETS, VALUE_FACETS, ChosenValues
from indexer.index.schema import build_schema
from indexer.query.language.syntax import FIELD_KINDS, FieldKind
from indexer.query.parameters import (
    INTERVALS,
    KEYWORDS,
    ORIGINS,
    PARAMETERS,
    SORTS,
    FilterOptions,
    Kind,
    Role,
    SearchOptions,
    names_of,
)
from indexer.query.request import BLENDS, Blend, SearchRequest, build_request
from tests.archives import REPOSITORY


def test_a_facet_is_a_field_of_an_article_of_the_schema_and_of_the_query_language() -> None:
    attributes = {field.name for field in dataclasses.fields(Article)}
    for name, facet in FACETS.items():
        assert (facet.name, facet.title) == (name, name.capitalize())
        assert facet.attribute in attributes
    assert {*VALUE_FACETS} <= {*build_schema().names()}
    assert {*VALUE_FACETS} == {name for name, kind in FIELD_KINDS.items() if kind is FieldKind.VALUE}
    assert {*get_type_hints(ChosenValues)} == {*FACETS}


def test_a_facet_is_read_from_front_matter_by_its_names() -> None:
    fields = load_settings(REPOSITORY / "config.toml").archive.fields
    assert {f.attribute: f.names for f in FACETS.values()}.items() <= fields.items()


def test_a_parameter_is_a_keyword_and_a_field_of_a_request() -> None:
    assert {*get_type_hints(SearchOptions)} == {*KEYWORDS}
    assert {*get_type_hints(FilterOptions)} == {*names_of(Role.FILTER, Role.WORDS)}
    fields = {field.name for field in dataclasses.fields(SearchRequest)}
    fields -= {"query", "filters", "blend", "days_included"}
    assert fields | {*FACETS} | {*BLENDS} == {*KEYWORDS}
    assert {*BLENDS} == {field.name for field in dataclasses.fields(RankingSettings)}
    assert ORIGINS == (ORIGIN_FILE, ORIGIN_RELATED)


@pytest.mark.parametrize("name", KEYWORDS)
def test_each_parameter_refuses_what_is_of_another_kind(name: str) -> None:
    with pytest.raises(RequestError, match=f"'{name}'"):
        build_request(**{name: object()})


@pytest.mark.parametrize("name", [n for n, p in PARAMETERS.items() if p.kind in (Kind.WHOLE, Kind.DECIMAL)])
def test_the_limits_of_the_table_hold(name: str) -> None:
    parameter = PARAMETERS[name]
    cast = int if parameter.kind is Kind.WHOLE else float
    high = 100 if name == "size" else parameter.high
    for good in (parameter.low, high):
        assert build_request(**{name: cast(good)}).value(name) == good
    for bad in (parameter.low - 1, high + 1):
        with pytest.raises(RequestError, match=re.escape(f"'{name}' must be a")):
            build_request(**{name: cast(bad)})


def test_what_differs_from_another_request_is_in_the_order_of_the_table() -> None:
    given = {"broaden": True, "author": "A", "sort": "oldest", "topic": ["B"], "heat_weight": 2.0}
    request = build_request("ferry", **given)
    found = request.differing(SearchRequest())
    assert found == {
        "q": "ferry", "topic": ("B",), "author": ("A",), "sort": "oldest", "broaden": True, "heat_weight": 2.0,
    }  # fmt: skip
    assert list(found) == [name for name in PARAMETERS if name in found]
    assert request.differing(request) == {}
    assert SearchRequest().differing(request)["topic"] == ()


def test_every_choice_has_its_words() -> None:
    assert all(sort.label and sort.phrase for sort in SORTS.values())
    assert [interval.longest for interval in INTERVALS.values()] == sorted(
        interval.longest for interval in INTERVALS.values()
    )
    for parameter in PARAMETERS.values():
        assert parameter.help[-1] == "."
        assert parameter.example
        if parameter.states is not None:
            usual = SearchRequest().value(parameter.name)
            default = load_settings().search.match if parameter.name == "match" else usual
            assert default in parameter.states.labels
            assert {*parameter.choices} <= {*parameter.states.labels}


def test_the_tables_need_no_library_but_that_of_the_article_model() -> None:
    code = (
        "import sys; before = {*sys.modules}\n"
        "import indexer.facets, indexer.query.parameters, indexer.query.request, indexer.formats\n"
        "print(sorted({n.split('.')[0] for n in {*sys.modules} - before} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['indexer', 'orjson']"


def test_a_blend_is_anything_but_zero() -> None:
    assert not Blend(recency_half_life_days=3)
    assert Blend(heat_weight=0.1)
