"""The page of an article: the search that led to it, its place in time, what goes with it."""

from __future__ import annotations

import dataclasses
import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from indexer import open_archive, reindex
from indexer.config import Settings
from search_web import create_app
from search_web.views.articles import MAX_SHOWN
from tests.archives import settings_for, write
from tests.web.page import Page

COUNT = 25


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An archive of reports that all have `ferry`, half of them `strike` too, and a related article."""
    given = settings_for(tmp_path)
    for number in range(COUNT):
        write(
            given.archive.path,
            f"{number:02}.md",
            "The **ferry** is late.\n\n- strike\n" if number % 2 else "",
            title=f"Ferry report {number}",
            excerpt=f"Of the ferry, number {number}.",
            url=f"https://post.example/{number}",
            date=f"2020-01-{number + 1:02}T10:00:00Z",
            topics=["Transport"],
        )
    return given


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    reindex(settings)
    return create_app(settings).test_client()


def hits(page: Page) -> list[str]:
    """Return the addresses of the hits of a page of results, in order."""
    return list(dict.fromkeys(link for link in page.links() if link.startswith("/article/")))


def beside(page: Page, relation: str) -> str:
    """Return where the link to the previous or next hit leads."""
    return next(iter(given["href"] for given in page.all("a", rel=relation)), "")


def test_a_reader_can_go_through_all_hits_and_back(client: FlaskClient) -> None:
    """Through the border between those with all words and those with some, and through pages."""
    address = "/search?q=ferry+strike&size=10"
    listed: list[str] = []
    for number in (1, 2, 3):
        listed += hits(Page(client.get(f"{address}&page={number}").text))
    assert len(listed) == COUNT
    passed = [listed[0]]
    before = ""
    for number in range(1, COUNT + 1):
        text = client.get(passed[-1]).text
        page = Page(text)
        assert page.faults == []
        assert f"Hit {number} of {COUNT}" in text
        assert beside(page, "prev") == before
        back = next(link for link in page.links() if link.startswith("/search?q=ferry+strike"))
        assert passed[-1] in hits(Page(client.get(back).text))
        assert "Back to the results for <q" in text
        before, following = passed[-1], beside(page, "next")
        if following:
            passed.append(following)
    assert passed == listed


def test_the_filters_and_the_view_stay(client: FlaskClient) -> None:
    address = "/search?q=ferry&topic=Transport&match=any&sort=oldest&page=2&compact=1&explain=1"
    page = Page(client.get(address).text)
    article = Page(client.get(hits(page)[3]).text)
    back = next(link for link in article.links() if link.startswith("/search?q=ferry&topic"))
    assert parse_qs(urlsplit(back).query) == parse_qs(urlsplit(address).query)
    given = {each["name"]: each["value"] for each in article.all("input", type="hidden")}
    assert given["topic"] == "Transport"
    assert article.all("input", type="search")[0]["value"] == "ferry"


def test_what_was_searched_for_is_marked(client: FlaskClient) -> None:
    address = hits(Page(client.get("/search?q=%22ferry+report%22+is+strike&sort=newest&match=any").text))[1]
    text = client.get(address).text
    assert re.search("<h1[^>]*><mark>Ferry</mark> <mark>report</mark> 23</h1>", text)
    assert "Of the <mark>ferry</mark>" not in text  # a phrase is one
    assert "<li><mark>strike</mark></li>" in text
    assert "<mark" not in client.get(address.partition("?")[0]).text


def test_all_articles_are_a_search_too_and_the_front_page_is_none(client: FlaskClient) -> None:
    assert all(link.endswith("?page=1") for link in hits(Page(client.get("/search").text)))
    assert all("?" not in link for link in hits(Page(client.get("/").text)))
    assert f"Hit 1 of {COUNT}" in client.get(hits(Page(client.get("/search").text))[0]).text


def test_another_name_of_an_article_keeps_the_search(client: FlaskClient) -> None:
    answer = client.get("/article/https://post.example/3?q=ferry&sort=oldest")
    assert answer.status_code == 301
    assert answer.headers["Location"].endswith("?q=ferry&sort=oldest")
    assert "Hit 4 of 25" in client.get(answer.headers["Location"]).text


def test_a_hit_that_moved_or_went_is_told(settings: Settings, client: FlaskClient) -> None:
    address = "/search?q=ferry&sort=newest&size=5&page=2"
    moved, gone = hits(Page(client.get(address).text))[:2]
    name = re.findall(r"report (\d+)", client.get(gone).text)[0]
    write(settings.archive.path, f"{name}.md", title="Something else", url=f"https://post.example/{name}")
    for day in range(1, 6):
        write(settings.archive.path, f"new{day}.md", title=f"Ferry news {day}", date=f"2021-01-{day:02}")
    reindex(settings)
    text = client.get(moved).text
    assert "Hit 11 of 29" in text
    assert "page=3" in next(link for link in Page(text).links() if link.startswith("/search?q=ferry"))
    text = client.get(gone).text
    assert "This search does not find the article now" in text
    assert not Page(text).all("a", rel="next")
    back = next(link for link in Page(text).links() if link.startswith("/search?q=ferry"))
    assert parse_qs(urlsplit(back).query) == parse_qs(urlsplit(address).query)


def test_a_wrong_search_is_refused_as_on_the_page_of_results(client: FlaskClient) -> None:
    address = hits(Page(client.get("/search").text))[0].partition("?")[0]
    assert client.get(f"{address}?page=x").status_code == 400
    assert client.get(f"{address}?utm_source=x").status_code == 200


def test_an_article_has_its_place_in_time(client: FlaskClient) -> None:
    text = client.get("/article/https://post.example/3", follow_redirects=True).text
    found = html.unescape(" ".join(re.sub("<[^>]+>", " ", text).split()))
    assert "In order of time, article 4 of 25 of the topic Transport" in found
    assert "Earlier Ferry report 2" in found
    assert "Later Ferry report 4" in found
    first = client.get("/article/https://post.example/0", follow_redirects=True).text
    assert 'class="step before"' not in first
    assert 'class="step after"' in first


def test_an_article_without_a_date_or_alone_has_no_place_in_time(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    write(
        given.archive.path,
        "a.md",
        title="Undated",
        excerpt="A text.",
        topics=["One"],
        url="https://a.example/1",
    )
    write(
        given.archive.path,
        "b.md",
        title="Alone",
        date="2020-01-01",
        topics=["Two"],
        url="https://a.example/2",
    )
    write(given.archive.path, "c.md", title="Without facets", date="2020-01-01", url="https://a.example/3")
    reindex(given)
    client = create_app(given).test_client()
    for number in (1, 2, 3):
        assert "in-time" not in client.get(f"/article/https://a.example/{number}", follow_redirects=True).text


def test_what_goes_with_it_is_in_order_of_time_five_at_once(client: FlaskClient) -> None:
    page = Page(client.get("/article/https://post.example/12", follow_redirects=True).text)
    text = client.get("/article/https://post.example/12", follow_redirects=True).text
    sections = re.findall(r'<section aria-labelledby="related-(\w+)">(.*?)</section>', text, re.DOTALL)
    assert {name for name, _ in sections} <= {"before", "same", "after"}
    assert page.faults == []
    for name, section in sections:
        numbers = [int(number) for number in re.findall(r"<h3[^>]*><a [^>]*>Ferry report (\d+)<", section)]
        assert numbers == sorted(numbers)
        assert 12 not in numbers
        hidden = sum(
            map(
                len,
                [
                    re.findall("<h3", part)
                    for part in re.findall(
                        r'<details class="more all">.*?</ul>\s*</details>', section, re.DOTALL
                    )
                ],
            )
        )
        assert len(numbers) - hidden <= MAX_SHOWN
        if hidden:
            assert f"All {len(numbers)}<" in section
            assert (section.index("more all") < section.index("Ferry report")) == (name == "before")
        assert section.count('class="more why"') == len(numbers)


def test_editors_links_are_shown_at_both_ends(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    nested = [
        {"title": "The older pier", "webUrl": "https://a.example/pier", "publishedDateTime": "2019-01-01"}
    ]
    write(
        given.archive.path,
        "a.md",
        title="A ferry",
        date="2020-01-01",
        url="https://a.example/ferry",
        related=nested,
    )
    reindex(given)
    client = create_app(given).test_client()
    ferry, pier = (
        client.get(f"/article/https://a.example/{name}", follow_redirects=True).text
        for name in ("ferry", "pier")
    )
    assert "Linked by the editors" in ferry
    assert "The older pier" in ferry
    assert "Its editors link here" in pier
    assert "A ferry" in pier


def test_the_link_to_copy_is_that_of_the_article_alone(client: FlaskClient, settings: Settings) -> None:
    with open_archive(settings) as archive:
        key = archive.article("https://post.example/3").id
    page = Page(client.get(f"/article/{key}?q=ferry").text)
    (field,) = page.all("input", id="address")
    assert field["value"] == f"http://localhost/article/{key}"
    assert "readonly" in field


def test_a_time_limit_leaves_the_place_out(settings: Settings, client: FlaskClient) -> None:
    limited = dataclasses.replace(settings, search=dataclasses.replace(settings.search, work_limit=1))
    address = hits(Page(client.get("/search?q=ferry+strike").text))[0]
    answer = create_app(limited).test_client().get(address)
    assert answer.status_code == 200
    assert "Hit 1 of" not in answer.text
    assert "does not find the article" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_copy_of_another_month_stands_under_words_that_are_true_of_it(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    text = {
        "title": "The old ferry leaves the harbour",
        "excerpt": "It sails to the island for the last time.",
    }
    for name, date in (("a", "2020-01-01"), ("b", "2020-02-22")):
        write(
            given.archive.path,
            f"{name}.md",
            url=f"https://{name}.example/1",
            date=f"{date}T10:00:00Z",
            **text,
        )
    for number in range(8):
        write(given.archive.path, f"{number}.md", title=f"Bread {number}", url=f"https://c.example/{number}")
    reindex(given)
    related = create_app(given).test_client()
    key = related.get("/api/v1/search?q=ferry&sort=oldest").json["hits"][0]["article"]["id"]
    [copy] = related.get(f"/api/v1/related/{key}").json["related"]
    assert (copy["part"], copy["days"]) == ("same", 52)
    notes = {"en": "Nearly the same text, or much", "de": "Fast derselbe Text, oder großenteils"}
    for language, note in notes.items():
        web = dataclasses.replace(given.web, language=language)
        page = create_app(dataclasses.replace(given, web=web)).test_client().get(f"/article/{key}").text
        assert note in page
