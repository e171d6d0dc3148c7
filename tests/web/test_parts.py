"""The parts of an answer on the page: all of the words, the last one as begun, some of them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient

from indexer import reindex
from indexer.config import Settings
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.page import Page

TITLES = (
    "Harbour ferry late", "Harbour ferry again", "Harbour ferryman retires", "Harbour pier closes", "Bridge opens",
)  # fmt: skip

MORE = "1 more with a longer last word, 1 more has some of the words"  # of "harbour ferry"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An archive in which "harbour ferry" has two articles, one more as begun and one with a word."""
    settings = settings_for(tmp_path_factory.mktemp("parts"))
    for number, title in enumerate(TITLES):
        url = f"https://paper.example/{number}"
        write(
            settings.archive.path,
            f"{number}.md",
            "",
            title=title,
            url=url,
            date=f"2020-06-{number + 1:02}",
            topics=["Sea"],
        )
    reindex(settings)
    return settings


@pytest.fixture
def client(small: Settings) -> Iterator[FlaskClient]:
    yield from _client(small)


def _client(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    app.extensions["backfile"].close()


def _read(client: FlaskClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    page = Page(answer.text)
    assert page.faults == []
    return page


def _titles(client: FlaskClient, address: str) -> list[str]:
    """The headings of the results and the titles of the hits, in order; what matched has no mark."""
    text = client.get(address).text.split('id="results"')[1]
    found = re.findall(r'<h2 class="part"[^>]*>(.*?)</h2>|<h3[^>]*><a href="/article[^>]*>(.*?)</a>', text)
    return [unescape(re.sub("<.*?>", "", part or title)) for part, title in found]


def _head(client: FlaskClient, address: str) -> str:
    return next(iter(re.findall(r'role="status">(.*?)</p>', client.get(address).text)))


def _states(page: Page) -> dict[str, bool]:
    """The labels of the choices of one of several, and whether each is in force."""
    start = next(i for i, (_, given) in enumerate(page.tags) if given.get("id") == "facet-match")
    links = [given for tag, given in page.tags[start:] if tag == "a"][:3]
    return {link["href"]: "aria-current" in link for link in links}


def test_each_part_has_its_heading_and_a_hit_says_what_it_lacks(client: FlaskClient) -> None:
    address = "/search?q=harbour+ferry"
    assert _head(client, address) == (
        "2 articles, 1 more with a longer last word, 1 more with some of the words"
    )
    found = _titles(client, address)
    assert sorted(found[:2]) == ["Harbour ferry again", "Harbour ferry late"]
    assert found[2:] == [
        "1 more, as the last word may go on: ferryman",
        "Harbour ferryman retires",
        "1 more has some of the words",
        "Harbour pier closes",
    ]
    text = client.get(address).text
    assert '<h2 class="unseen">2 articles have all of the words</h2>' in text
    assert '<h2 class="unseen">2 articles have the word</h2>' in client.get("/search?q=ferry").text
    assert '<h2 class="unseen">Results</h2>' in client.get("/search?q=bridge").text
    assert text.count('class="missing"') == 1
    assert '<span class="missing">Without <s dir="auto">ferry</s></span>' in text
    assert "The last word may go on" not in text  # the heading has it
    assert "The numbers are of" not in text


def test_pages_run_through_all_parts(client: FlaskClient) -> None:
    found = [_titles(client, f"/search?q=harbour+ferry&size=1&page={page}") for page in (2, 3, 4)]
    assert [len(titles) for titles in found] == [1, 2, 2]
    assert found[1][0].startswith("1 more, as the last word")
    assert found[2] == ["1 more has some of the words", "Harbour pier closes"]
    assert _head(client, "/search?q=harbour+ferry&size=1&page=4").endswith(", page 4 of 4")
    assert _read(client, "/search?q=harbour+ferry&size=1&page=4").all("ol", start="4")
    assert "There is no page 5" in client.get("/search?q=harbour+ferry&size=1&page=5").text
    assert "finds 4 articles on" in client.get("/search?q=harbour+ferry&size=1&page=5").text


def test_where_nothing_has_all_of_the_words_the_head_says_so(client: FlaskClient) -> None:
    address = "/search?q=harbour+zeppelin"
    assert _head(client, address) == "No article has all of the words; 4 articles have some of them"
    assert len(_titles(client, address)) == 4
    text = client.get(address).text
    assert "The numbers are of articles with some of the words." in text
    assert text.count('Without <s dir="auto">zeppelin</s>') == 4
    links = _read(client, address).links()
    assert "/timeline?q=harbour+zeppelin&match=any" in links
    assert "/overview?q=harbour+zeppelin&match=any" in links
    assert _head(client, "/search?q=harbour+zeppelin&topic=Sea").startswith("No article has all")
    assert _head(client, "/search?q=bridge+zeppelin").endswith("; 1 article has some of them")


def test_a_word_that_is_not_finished(client: FlaskClient) -> None:
    assert _head(client, "/search?q=ferrym") == "No article has the word; 1 article has a longer one"
    assert _titles(client, "/search?q=ferrym")[0] == "1 article, as the last word may go on: ferryman"
    text = client.get("/search?q=harbour+ferrym").text
    assert "1 article has them with a longer last word, 3 more have some of them" in text
    assert "The numbers are of articles with a longer last word." in text
    assert "/overview?q=harbour+ferrym&amp;unfinished=1" in text
    assert _head(client, "/search?q=harbour+ferrym&unfinished=1&size=1").startswith("1 article, 3 more")
    assert "unfinished=1" in client.get("/search?q=harbour+ferrym&unfinished=1").text.split("</form>")[0]


def test_another_order_leads_to_those_with_some_of_the_words(client: FlaskClient) -> None:
    for more in ("sort=newest", "match=all"):
        page = client.get(f"/search?q=harbour+ferry&{more}").text
        assert f'<a href="/search?q=harbour+ferry">{MORE}</a>, by relevance' in page
        assert 'class="part"' not in page
    nothing = client.get("/search?q=harbour+zeppelin&sort=oldest").text
    assert "No article has all of the words</h2>" in nothing
    assert '<a href="/search?q=harbour+zeppelin">4 articles have some of the words</a>' in nothing
    for address in (
        "/search?q=harbour+ferry",
        "/search?q=bridge&sort=newest",
        "/search?q=harbour+ferry&match=any",
    ):
        assert "by relevance" not in client.get(address).text


def test_pages_of_time_lead_to_any_of_the_words(client: FlaskClient) -> None:
    one = f"{MORE}: count them too"
    for path, more in (("timeline", "interval=day"), ("overview", "")):
        page = client.get(f"/{path}?q=harbour+ferry&{more}").text
        assert one in page
        assert f'href="/{path}?q=harbour+ferry&amp;match=any' in page
        assert one not in client.get(f"/{path}?q=harbour+ferry&match=any").text
    word = client.get("/timeline?q=ferrym").text
    assert "1 article with a longer last word: count them too" in word
    assert 'href="/timeline?q=ferrym&amp;unfinished=1' in word
    compared = client.get("/compare?by=query&a=harbour+ferry&b=bridge").text
    assert "/compare?by=query&amp;a=harbour+ferry&amp;b=bridge&amp;match=any" in compared
    assert "some of the words" not in client.get("/overview?q=bridge").text
    assert "4 articles with some of the words" in client.get("/overview?q=harbour+zeppelin").text


def test_what_the_words_require_is_a_choice_and_a_filter_in_force(client: FlaskClient) -> None:
    here = "/search?q=harbour+ferry"
    assert _states(_read(client, here)) == {
        here: True,
        f"{here}&match=all": False,
        f"{here}&match=any": False,
    }
    page = _read(client, f"{here}&match=any")
    assert _states(page) == {here: False, f"{here}&match=all": False, f"{here}&match=any": True}
    assert "Any of them" in page.text_of("span")
    assert page.all("a", href=here)
    assert _head(client, f"{here}&match=any") == "4 articles"
    assert '<span class="chip-label">Any of them</span>' not in client.get("/search?match=any").text
    assert 'id="facet-match"' not in client.get("/search?q=bridge").text
    both = client.get(f"{here}&match=all&topic=Sea").text
    assert f'<a class="chip-all" href="{here.replace("&", "&amp;")}">' in both


@pytest.mark.parametrize("usual", ["all", "any"])
def test_the_choice_starts_from_the_settings(small: Settings, usual: str) -> None:
    settings = dataclasses.replace(small, search=dataclasses.replace(small.search, match=usual))
    here = "/search?q=harbour+ferry"
    for client in _client(settings):
        page = _read(client, here)
        assert _states(page) == {
            f"{here}&match=auto": False,
            here if usual == "all" else f"{here}&match=all": usual == "all",
            here if usual == "any" else f"{here}&match=any": usual == "any",
        }
        assert page.all("a", class_="chip") == []
        assert _head(client, here) == {"all": "2 articles", "any": "4 articles"}[usual]
        asked = client.get(f"{here}&match=auto").text
        assert '<span class="chip-label">All of them, then some</span>' in asked
        if usual == "all":
            assert f'<a href="{here}&amp;match=auto">{MORE}</a>' in client.get(here).text


def test_a_query_of_which_nothing_is_left_finds_nothing(client: FlaskClient) -> None:
    page = client.get("/search?q=%E2%98%83").text
    assert "Nothing is left to search for, so nothing is found." in page
    assert "'☃' is not a word, so it is ignored." in unescape(page)
    assert "Check the spelling" not in page
    assert "No article matches" in page


@pytest.mark.parametrize(
    ("query", "part", "sentence"),
    [
        ("harbour+ferry", "all", ""),
        ("bridge+ope", "begun", "The numbers are of articles with a longer last word."),
        ("zeppelin+ferry", "some", "The numbers are of articles with some of the words."),
        ("zeppelin+ferry&collapse=1", "some", "The numbers are of stories with some of the words."),
    ],
)
@pytest.mark.parametrize("facet", ["topic", "date"])
def test_a_facet_says_which_part_it_counts(
    client: FlaskClient, query: str, part: str, sentence: str, facet: str
) -> None:
    page = _read(client, f"/facet/{facet}?q={query}")
    said = [text for text in page.text_of("p") if text.startswith("The numbers are of")]
    assert said == ([sentence] if sentence else [])
    data = client.get(f"/api/v1/facets/{facet}?q={query}").json
    assert (data["part"], bool(data["values"])) == (part, True)
    assert data["part"] == client.get(f"/api/v1/search?q={query}").json["facet_part"]


def test_parts_count_stories_where_these_are_given(client: FlaskClient) -> None:
    address = "/search?q=harbour+ferry&collapse=1"
    assert _head(client, address).startswith("2 stories, 1 more with a longer last word")
    assert "1 more story has some of the words" in client.get(address).text


def test_the_api_takes_what_the_words_require(client: FlaskClient) -> None:
    data = client.get("/api/v1/search?q=harbour+ferry").json
    assert (data["total"], data["begun_total"], data["some_total"], data["facet_part"]) == (2, 1, 1, "all")
    assert [(hit["part"], hit["missing"]) for hit in data["hits"]] == [
        ("all", []), ("all", []), ("begun", []), ("some", ["ferry"]),
    ]  # fmt: skip
    assert client.get("/api/v1/search?q=harbour+ferry&match=any").json["total"] == 4
    assert client.get("/api/v1/facets/topic?q=harbour+ferry&match=any").json["values"][0]["count"] == 4
    for name in ("timeline", "overview"):
        found = client.get(f"/api/v1/{name}?q=harbour+ferry&match=any").json
        assert (found if name == "overview" else found["series"][0])["total"] == 4
    assert client.get("/api/v1/search?q=a&match=some").status_code == 400
