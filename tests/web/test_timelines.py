"""The pages of time: bars, peaks and terms lead to the searches that they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from indexer import reindex
from search_web import create_app
from search_web.views.charts import MAX_STOPS
from tests.archives import settings_for, write
from tests.web.page import Page


@pytest.fixture(scope="module")
def strike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Two hundred days with two articles each, a gap of a month, and a strike."""
    settings = settings_for(tmp_path_factory.mktemp("strike"))
    for number in range(200):
        here = date(2020, 1, 1) + timedelta(days=number + (30 if number > 60 else 0))
        for copy in range(14 if number == 30 else 2):
            striking = copy > 1 or number % 10 == 0
            write(
                settings.archive.path, f"{number}-{copy}.md", url=f"https://a.example/{number}/{copy}",
                title=f"{'Strike of <crews> walk' if copy > 1 else 'Strike' if striking else 'Bridge'} {number}",
                date=here.isoformat() if number != 7 else None,
                topics=["Sea"] if striking else ["Land", "Sea"],
            )  # fmt: skip
    reindex(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["backfile"].close()


def get(client: FlaskClient, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, response.text[:300]
    page = Page(response.text)
    assert page.faults == []
    assert len(page.all("h1")) == 1
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    return page


def total(client: FlaskClient, address: str) -> int:
    count: int = client.get("/api/v1" + address).json["total"]
    return count


ADDRESSES = [
    "/timeline",
    "/timeline?q=strike",
    "/timeline?q=strike&q=bridge&q=%22walk+9%22&interval=day&topic=Sea&after=2020-01-10",
    "/timeline?q=strike&interval=week&date=2020-01-15..2020-06&after=2020-01-20",
    "/timeline?q=zzzz",
    "/overview",
    "/overview?q=strike&topic=Sea",
    "/overview?q=zzzz",
    "/compare",
    "/compare?by=topic&a=Sea&b=Land&q=bridge",
    "/compare?by=query&a=strike&b=bridge&interval=month",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_bar_counts_what_its_link_finds(strike: FlaskClient, address: str) -> None:
    page = get(strike, address)
    bars = [given for given in page.all("a") if given.get("class", "").startswith("column")]
    for bar in bars:
        says = re.search(r": ([\d,]+) articles?, [\d.]+% of the archive(, a peak)?$", bar["says"])
        assert says, bar["says"]
        assert total(strike, bar["href"]) == int(says[1]), unquote(bar["href"])
        assert ("tabindex" in bar) == (len(bars) > MAX_STOPS)
    assert bool(bars) == ("zzzz" not in address and address != "/compare")
    for link in page.links():
        if link.startswith("/"):
            assert strike.get(link).status_code in (200, 302), link


def test_what_is_no_data_is_seen(strike: FlaskClient) -> None:
    page = get(strike, "/timeline?q=bridge&interval=week")
    assert page.all("rect", class_="empty")
    assert "no data" in page.text_of("td")
    assert "Where the ground is hatched there is no data" in " ".join(page.text_of("p"))
    assert any("without a date, not drawn" in text for text in page.text_of("p"))


@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_a_peak_and_its_terms_lead_to_their_articles(strike: FlaskClient, interval: str) -> None:
    response = strike.get(f"/timeline?q=strike&interval={interval}")
    assert "<crews>" not in response.text
    (peak,) = strike.get(f"/api/v1/timeline?q=strike&interval={interval}").json["series"][0]["peaks"]
    found = re.search(
        r'<ol class="peaks">.*?href="([^"]+)">([^<]+)</a> (\d+) articles', response.text, re.DOTALL
    )
    assert found
    assert int(found[3]) == peak["count"] == total(strike, found[1].replace("&amp;", "&"))
    terms = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <span class="count">(\d+) of', response.text)
    assert {"crews", "walk"} <= {word for _, word, _ in terms}
    for address, _, count in terms:
        assert total(strike, address.replace("&amp;", "&")) == int(count)


@pytest.mark.parametrize("query", ['"strike of', "12) OR walk", "(strike (walk", 'strike"', "walk OR zzzz"])
def test_a_terms_link_finds_as_many_however_the_query_was_typed(strike: FlaskClient, query: str) -> None:
    response = strike.get("/overview", query_string={"q": query})
    terms = re.findall(r'<li><a href="([^"]+)">[^<]+</a> <span class="count">(\d+) of', response.text)
    assert terms
    for address, count in terms:
        assert total(strike, address.replace("&amp;", "&")) == int(count), address


def test_the_results_lead_to_them_and_they_lead_on(strike: FlaskClient) -> None:
    links = get(strike, "/search?q=strike&topic=Sea&sort=oldest&page=2").links()
    assert "/timeline?q=strike&topic=Sea" in links
    assert "/overview?q=strike&topic=Sea" in links
    page = get(strike, "/timeline?q=strike&q=bridge&topic=Sea")
    fields = [given["value"] for given in page.all("input", type="search", name="q")]
    assert fields == ["strike", "strike", "bridge", ""], "the masthead's, and one for another query"
    assert [given["value"] for given in page.all("input", type="hidden", name="topic")] == ["Sea", "Sea"]
    assert "/timeline?q=strike&q=bridge&topic=Sea&interval=month" in page.links()
    assert "/api/v1/timeline?q=strike&q=bridge&topic=Sea" in page.links()


def test_a_comparison_keeps_the_search_it_comes_from(strike: FlaskClient) -> None:
    assert "/compare?q=strike&topic=Sea" in get(strike, "/timeline?q=strike&topic=Sea").links()
    for sides in ("", "&a=Sea&b=Land"):
        page = get(strike, "/compare?by=topic&interval=month&q=bridge" + sides)
        assert [given["value"] for given in page.all("option") if "selected" in given] == ["topic"]
        assert [given["value"] for given in page.all("input", name="interval")] == ["month"]
    assert [given["value"] for given in get(strike, "/compare").all("option") if "selected" in given] == [
        "provider"
    ]
    for wrong in ("by=colour", "interval=hour"):
        get(strike, f"/compare?{wrong}", 400)


def test_too_many_periods_are_not_drawn(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number, day in enumerate(("2015-01-01", "2020-01-01")):
        write(
            settings.archive.path, f"{number}.md", title="ferry", date=day, url=f"https://a.example/{number}"
        )
    reindex(settings)
    app = create_app(settings)
    page = get(app.test_client(), "/timeline?q=ferry&interval=day")
    assert "There are too many periods to draw; choose a longer interval." in page.text_of("p")
    assert "1 January 2015" in page.text_of("th")
    app.extensions["backfile"].close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("timeline?q=a&interval=hour", "'interval' cannot be 'hour'"),
        ("timeline?" + "&".join(f"q={c}" for c in "abcdef"), "one to 5 queries"),
        ("compare?by=provider&a=x", "takes 'by', 'a' and 'b'"),
        ("compare?by=colour&a=x&b=y", "'by' cannot be 'colour'"),
        ("overview?after=junk", "'junk' is not a date (after)"),
    ],
)
def test_what_cannot_be_asked_is_told_on_page_and_api(strike: FlaskClient, address: str, told: str) -> None:
    get(strike, f"/{address}", 400)
    response = strike.get(f"/api/v1/{address}")
    assert response.status_code == 400
    assert told in response.json["error"]["message"]


@pytest.mark.parametrize("name", ["timeline", "overview", "compare"])
def test_the_api_refuses_what_it_does_not_know(strike: FlaskClient, name: str) -> None:
    response = strike.get(f"/api/v1/{name}?by=topic&a=Sea&b=Land&sort=newest")
    assert response.status_code == 400
    assert "unknown parameter" in response.json["error"]["message"]
