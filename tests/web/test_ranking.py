"""Broadening, blends and how a score is made, in the API and on the page."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from flask.testing import FlaskClient

from indexer import Article
from indexer.config import Settings
from indexer.query.request import Blend
from search_web import create_app
from search_web import formatting as filters
from tests.web.fake import fake_archive
from tests.web.page import Page


def test_the_api_explains_how_a_score_is_made(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=facial+recognition&recency_weight=1&explain=1").json
    for hit in data["hits"]:
        explanation = hit["explanation"]
        assert explanation["score"] == hit["score"]
        assert sum(part["score"] for part in explanation["parts"]) == pytest.approx(hit["score"], rel=1e-5)
        assert {part["kind"] for part in explanation["parts"]} <= {"term", "pair", "recency"}
    assert "explanation" not in client.get("/api/v1/search?q=ferry").json["hits"][0]


def test_the_page_shows_how_a_score_is_made(client: FlaskClient) -> None:
    page = Page(client.get("/search?q=facial+recognition&explain=1").text)
    assert not page.faults
    assert "How the score is made" in page.text_of("summary")
    assert "How the score is made" not in Page(client.get("/search?q=ferry").text).text_of("summary")


def test_the_page_has_a_switch_that_broadens(client: FlaskClient) -> None:
    narrow = Page(client.get("/search?q=ferry+strike").text)
    link = next(link for link in narrow.links() if "broaden=1" in link)
    broad = Page(client.get(link).text)
    assert any("broaden=1" not in link and "q=ferry+strike" in link for link in broad.links())
    found = client.get("/api/v1" + link).json["total"]
    assert found > client.get("/api/v1/search?q=ferry+strike").json["total"]
    assert any("Broadened" in text for text in broad.text_of("span"))
    assert not any("broaden=" in link for link in Page(client.get("/search").text).links())


def test_a_facet_counts_what_choosing_it_finds_when_it_is_broadened(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=ferry+strike&broaden=1").json
    for value in data["facets"]["provider"][:3]:
        address = f"/api/v1/search?q=ferry+strike&broaden=1&provider={value['value']}"
        assert client.get(address).json["total"] == value["count"]


def test_a_blend_stays_in_the_links_of_a_page(client: FlaskClient) -> None:
    links = Page(client.get("/search?q=ferry&heat_weight=0.5").text).links()
    assert any("heat_weight=0.5" in link and "sort=" in link for link in links)


def test_the_settings_half_life_holds_with_filters_and_stays_out_of_links(settings: Settings) -> None:
    ranking = replace(settings.ranking, recency_half_life_days=90.0)
    given = replace(settings, ranking=ranking)
    archive = fake_archive(given, Article("a", "T", tags=("sea",)))
    assert archive.request("t", tag="sea").blend == archive.request("t").blend == Blend(**asdict(ranking))
    page = Page(create_app(given, archive).test_client().get("/search?q=t&tag=sea").text)
    assert not any("half_life" in link for link in page.links())


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(8.003, 2, "8"), (0.004, 2, "0"), (-0.004, 2, "0"), (1.5, 2, "1.5"), (-2.25, 2, "−2.25"), (8.003, 3, "8.003"),
     (14_412, 2, "14,412"), (14_400.0, 2, "14,400"), (0, 3, "0"), (0.9996, 3, "1"), (100, 0, "100")],
)  # fmt: skip
def test_a_number_has_no_digits_that_tell_nothing(value: float, digits: int, shown: str) -> None:
    assert filters.number(value, digits) == shown
