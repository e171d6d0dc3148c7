"""The directories of facets: what the archive has of each, as a page and from the API."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import open_archive, reindex
from indexer.analysis import fold_key
from indexer.facets import FACETS, VALUE_FACETS
from indexer.query.assist.directory import MAX_PERIODS
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.page import Page

ROW = re.compile(
    r'<li>\s*<p><a href="([^"]+)" dir="auto">([^<]+)</a>.*?<p class="figure">([\d,]+)<.*?<p class="dates">([^<]*)</p>'
    r'\s*(?:<a class="small-chart" href="([^"]+)" aria-label="([^"]+)">)?',
    re.DOTALL,
)


def rows(client: FlaskClient, address: str) -> list[tuple[str, ...]]:
    response = client.get(address)
    assert response.status_code == 200
    page = Page(response.text)
    assert page.faults == []
    return [tuple(map(html.unescape, row)) for row in ROW.findall(response.text)]


@pytest.mark.parametrize("facet", VALUE_FACETS)
@pytest.mark.parametrize("query", ["", "?order=name", "?find=a", "?find=a&order=name&page=2"])
def test_a_row_says_what_its_links_find(client: FlaskClient, facet: str, query: str) -> None:
    address = "/" + FACETS[facet].plural.lower()
    found = rows(client, address + query)
    answer = client.get(f"/api/v1/directory/{facet}{query}").json
    assert [label for _, label, *_ in found] == [value["label"] for value in answer["values"]]
    whole = client.get(f"/api/v1/facets/{facet}?facet_size=10000").json
    if query == "":
        assert answer["distinct"] == whole["distinct"]
        assert [v["count"] for v in answer["values"]] == sorted(
            (v["count"] for v in answer["values"]), reverse=True
        )
    for (url, label, count, dates, time_url, says), value in list(zip(found, answer["values"], strict=True))[
        ::7
    ]:
        overview = client.get(f"/api/v1/overview?{url.partition('?')[2]}").json
        assert overview["total"] == int(count.replace(",", "")) == value["count"]
        assert (overview["first_date"], overview["last_date"]) == (value["first_date"], value["last_date"])
        assert overview["undated"] == value["undated"]
        assert (value["first_date"] or "no date")[:4] in dates
        timeline = client.get(f"/api/v1/timeline?{url.partition('?')[2]}&interval={answer['interval']}").json
        assert sum(value["counts"]) == sum(filter(None, timeline["series"][0]["counts"]))
        if says:
            most = max(value["counts"])
            assert says.startswith(f"{label} over time: most ")
            assert says.endswith(f"{most:,} article{'s' if most > 1 else ''}")
            assert client.get(time_url).status_code == 200


def test_a_directory_has_pages(client: FlaskClient) -> None:
    pages, address = [], "/authors?order=name&size=10"
    while address:
        pages.append(rows(client, address))
        links = re.findall(r'rel="next" href="([^"]+)"', client.get(address).text)
        address = html.unescape(links[0]) if links else ""
    labels = [label for page in pages for _, label, *_ in page]
    assert len(pages) > 1
    assert all(len(page) == 10 for page in pages[:-1])
    assert labels == sorted(labels, key=fold_key)
    assert len(labels) == client.get("/api/v1/directory/author").json["distinct"]
    assert rows(client, "/authors?page=99") == []
    assert 'rel="prev"' in client.get("/authors?page=99").text


def test_the_pages_lead_to_directories_and_back(client: FlaskClient) -> None:
    assert client.get("/browse").headers["Location"] == "/topics"
    assert "/browse" in Page(client.get("/search").text).links()
    page = Page(client.get("/topics").text)
    assert {"/providers", "/authors", "/facet/topic", "/compare?by=topic", "/timeline"} <= set(page.links())
    assert "/api/v1/directory/topic?find=a" in Page(client.get("/topics?find=a").text).links()
    assert [given["value"] for given in page.all("input", name="find")] == [""]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/api/v1/directory/colour", "there is no directory of 'colour'"),
        ("/api/v1/directory/date", "there is no directory of 'date'"),
        ("/api/v1/directory/topic?order=age", "'order' cannot be 'age'"),
        ("/api/v1/directory/topic?size=501", "'size' must be a whole number from 1 to 500"),
        ("/api/v1/directory/topic?page=0", "'page' must be a whole number from 1"),
        ("/api/v1/directory/topic?q=port", "unknown parameter 'q'"),
        ("/topics?page=0", "&#39;page&#39; must be a whole number from 1"),
    ],
)
def test_what_cannot_be_listed_is_refused(client: FlaskClient, address: str, said: str) -> None:
    response = client.get(address)
    assert response.status_code in (400, 404)
    assert said in (response.json["error"]["message"] if "/api/" in address else response.text)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[FlaskClient]:
    """An archive without a topic, of two articles a hundred years apart, one of them without an author."""
    settings = settings_for(tmp_path)
    for number, day in enumerate(("1900-05-01", "2020-05-01", None)):
        write(
            settings.archive.path, f"{number}.md", title=f"ferry {number}", excerpt="on time", date=day,
            url=f"https://a.example/{number}", authors=["Ann & Bea"] if number else [],
        )  # fmt: skip
    reindex(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["backfile"].close()


def test_what_is_missing_is_said(empty: FlaskClient) -> None:
    assert "None on this page." in empty.get("/topics").text
    assert empty.get("/browse").headers["Location"] == "/types"
    page = empty.get("/authors").text
    assert "Ann &amp; Bea" in page
    assert '1 author in the archive; <a href="/search?author=none">1 article has none</a>' in page
    assert "1 May 2020, 1 without a date" in page
    assert "Nothing in this list matches." in empty.get("/authors?find=zzzz").text


def test_of_very_many_years_the_last_are_drawn(empty: FlaskClient) -> None:
    answer = empty.get("/api/v1/directory/type").json
    assert (answer["interval"], len(answer["periods"]), answer["periods"][-1]) == (
        "year",
        MAX_PERIODS,
        "2020",
    )
    (value,) = answer["values"]
    assert (value["count"], value["undated"], sum(value["counts"])) == (3, 1, 1)
    assert value["first_date"] == "1900-05-01"


def test_a_short_archive_has_fine_periods(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number in range(40):
        write(
            settings.archive.path, f"{number}.md", title=f"ferry {number}", url=f"https://a.example/{number}",
            date=f"2020-{1 + number // 20:02}-{1 + number % 20:02}", topics=["Sea"] if number else [],
        )  # fmt: skip
    reindex(settings)
    with open_archive(settings) as archive:
        directory = archive.directory("topic")
        assert directory.interval == "day"
        assert directory.periods[0].name == "2020-01-01"
        assert directory.values[0].counts[:3] == (0, 1, 1)
        timeline = archive.timeline("", topic="Sea", interval="day")
        counted = {
            period.name: count
            for period, count in zip(timeline.periods, timeline.series[0].counts, strict=True)
        }
        drawn = zip(directory.periods, directory.values[0].counts, strict=True)
        assert {period.name: count for period, count in drawn if count} == {
            n: c for n, c in counted.items() if c
        }


def test_a_request_without_time_lists_nothing(client: FlaskClient) -> None:
    settings = client.application.config["BACKFILE"]
    with open_archive(settings) as archive:
        limited = archive.limited(1)
        assert limited.deadline is not None
        while not limited.deadline.cuts():
            pass
        directory = limited.directory("provider")
    assert directory.values == ()
    assert directory.timed_out


def test_two_domains_of_one_name_have_distinct_labels_wherever_they_are_listed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for number, domain in enumerate(("bbc.com", "bbc.co.uk", "other.example")):
        name = "Other" if number > 1 else "BBC"
        write(settings.archive.path, f"{number}.md", title="Ferry", provider={"name": name, "domain": domain},
              url=f"https://{domain}/1", date="2020-01-01", topics=["Sea"])  # fmt: skip
    reindex(settings)
    client = create_app(settings).test_client()
    for address in ("/search?q=ferry", "/facet/provider?q=ferry", "/providers", "/overview?q=ferry"):
        text = client.get(address).text
        assert "BBC (bbc.com)" in text, address
        assert "BBC (bbc.co.uk)" in text, address
        assert "Other (" not in text, address
    both = client.get("/search?provider=bbc.com&provider=bbc.co.uk").text
    assert '<span class="chip-label">BBC (bbc.com)</span>' in both
    values = client.get("/api/v1/facets/provider").json["values"]
    assert {value["label"] for value in values} == {"BBC", "Other"}  # for programs that have the value


def test_a_directory_of_nothing_has_nothing_to_search_or_sort(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    write(settings.archive.path, "a.md", title="Ferry", date="2020-01-01", topics=["Sea"])
    reindex(settings)
    client = create_app(settings).test_client()
    assert 'name="find"' not in client.get("/authors").text
    assert 'name="find"' in client.get("/authors?find=x").text
    assert 'name="find"' in client.get("/topics").text
