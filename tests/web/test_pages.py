from __future__ import annotations

import dataclasses
import html as entities
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from indexer import Article, reindex
from indexer.archive.records import Rejection
from indexer.article import Image
from indexer.config import Settings
from search_web import create_app
from search_web.address import parse
from search_web.links import Links
from tests.archives import settings_for, write
from tests.sources.articles import Entry, generation_of
from tests.sources.plain import PlainSource
from tests.web.fake import archive_over, fake_archive
from tests.web.page import Page

ADDRESSES = [
    "/",
    "/search",
    "/search?q=ferry",
    "/search?q=recognition&topic=Technology&date=2020&featured=yes&sort=oldest&explain=1",
    "/search?topic=none&date=2020-06&provider=harbourpost.example",
    "/search?q=ferry+zeppelin&topic=Rail&after=2022&origin=file",
    "/search?page=3&size=5&facet_size=3",
    "/search?page=999",
    "/search?q=wildfire+heath&collapse=1&date=2022",
    "/facet/topic?q=the&topic=Rail&compact=1",
    "/facet/tag?find=a&order=name",
    "/help",
    "/about",
]


def get(client: FlaskClient, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status, (address, response.text[:300])
    page = Page(response.text)
    assert page.faults == []
    return page


def total(page: Page) -> int:
    status = page.text_of("p")
    return next(int(m[1].replace(",", "")) for t in status if (m := re.match(r"([\d,]+) articles?", t)))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_sound(client: FlaskClient, address: str) -> None:
    page = get(client, address)
    assert len(page.all("h1")) == 1
    assert page.all("html", lang="en")
    assert len(page.all("main")) == 1
    assert page.all("header")
    assert page.all("footer")
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    labels = {given.get("for") for given in page.all("label")}
    boxes = page.all("input", type="checkbox")
    assert len(boxes) == len([label for label in page.all("label") if "for" not in label])  # each in its own
    for field in page.all("input"):
        assert (
            field in boxes
            or field.get("type") == "hidden"
            or field.get("id") in labels
            or field["aria-label"]
        )
    for _, given in page.tags:
        assert "style" not in given
        assert not any(name.startswith("on") for name in given)
    for script in page.scripts():
        assert script["src"].startswith("/static/")
    assert not page.all("style")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_link_within_the_site_leads_somewhere(client: FlaskClient, address: str) -> None:
    page = get(client, address)
    ids = {given["id"] for _, given in page.tags if "id" in given}
    links = set(page.links())
    for link in sorted(links)[:60]:
        if link.startswith("#"):
            assert link[1:] in ids
        elif link.startswith("/"):
            assert client.get(link, follow_redirects=True).status_code == 200, link


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_search_link_is_as_params_builds_it(
    corpus_app: Flask, client: FlaskClient, address: str
) -> None:
    archive = corpus_app.extensions["backfile"].get()
    page = get(client, address)
    searched = [link for link in page.links() if urlsplit(link).path in ("/search", "/api/v1/search")]
    assert searched
    with corpus_app.test_request_context():
        for link in searched:
            args = MultiDict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
            asked = parse(args, archive.request)
            links = Links.of(archive.settings, asked.explain, asked.compact)
            built = links.api if link.startswith("/api") else links.search
            assert built(asked.request) == link


def test_what_follows_the_typing_is_what_the_page_shows(client: FlaskClient) -> None:
    live = client.get("/search/live?q=ferry+str&topic=Rail")
    whole = client.get("/search?q=ferry+str&topic=Rail&unfinished=1").text
    assert live.mimetype == "text/html"
    assert "<html" not in live.text
    parts = re.split(r"(?=<title|<div class=.desk. )", live.text)
    assert len(parts) == 3
    for part in parts:
        assert part.strip() in whole, part[:80]
    assert re.findall(r'id="(desk|results|filters)"', live.text) == ["desk", "filters", "results"]
    assert "ferry str" in live.text[: live.text.index("</title>")]


def test_the_last_word_of_what_is_typed_is_begun_but_where_the_address_says_otherwise(
    client: FlaskClient,
) -> None:
    def found(address: str) -> str:
        return client.get(address).text.split('<p class="total"')[1].split("</p>")[0]

    assert found("/search/live?q=ferr") == found("/search?q=ferr&unfinished=1") != found("/search?q=ferr")
    assert found("/search/live?q=ferr&unfinished=0") == found("/search?q=ferr")
    assert client.get("/search/live?q=ferr&unfinished=maybe").status_code == 400


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/", "Backfile"),
        ("/search", "All articles – Backfile"),
        ("/search?q=ferry", "“ferry” – Backfile"),
        ("/search?q=ferry&topic=Rail&size=1&page=2", "“ferry” · Rail · page 2 – Backfile"),
        ("/search?topic=Rail&date=2020", "Rail · 2020 – Backfile"),
        ("/search?q=x%E2%80%AEy&from=2020-01-01", "\u2068“x\u202ey” · 1 January 2020\u2069 – Backfile"),
    ],
)
def test_the_title_of_a_window_names_query_filters_and_page(
    client: FlaskClient, address: str, title: str
) -> None:
    page = client.get(address).text
    assert f"<title>{title}</title>" in page
    if "search" in address:
        assert f"<title>{title}</title>" in client.get(address.replace("search", "search/live")).text


def test_a_fragment_has_a_tag_of_its_own(client: FlaskClient) -> None:
    tag = client.get("/search/live?q=ferry").headers["ETag"]
    assert tag != client.get("/search?q=ferry").headers["ETag"]
    assert client.get("/search/live?q=ferry", headers={"If-None-Match": tag}).status_code == 304


def boxes_of(html: str) -> list[tuple[str, str, bool, int]]:
    """Return name, value, whether it is ticked, and number of the boxes of a page."""
    found = re.findall(
        r'<input type="checkbox" name="(\w+)" value="([^"]*)"( checked)?><bdi>[^<]*</bdi> <small>([\d,]+)',
        html,
    )
    return [(name, entities.unescape(v), bool(on), int(n.replace(",", ""))) for name, v, on, n in found]


def sent(html: str, kind: str, ticked: tuple[str, str] | None = None) -> str:
    """Return the address that the form of the class `kind` asks for, with its boxes as they are, and of the
    facet of `ticked` this one alone."""
    form = html.split(f'<form class="{kind}"')[1].split("</form>", maxsplit=1)[0]
    pairs = [
        (n, entities.unescape(v)) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    ]
    pairs += [(name, value) for name, value, on, _ in boxes_of(form) if on]
    if ticked:
        pairs = [pair for pair in pairs if pair[0] != ticked[0]] + [ticked]
    return "/search?" + urlencode(pairs)


def test_a_box_counts_what_it_finds_alone_in_its_facet(client: FlaskClient) -> None:
    html = client.get("/search?q=the+port&topic=Technology&sort=oldest").text
    found = boxes_of(html)
    assert len(found) > 10
    assert ("topic", "Technology") in [(name, value) for name, value, on, _ in found if on]
    assert sent(html, "facets") == "/search?q=the+port&sort=oldest&topic=Technology"
    for name, value, _, count in found[::3]:
        assert total(get(client, sent(html, "facets", (name, value)))) == count, value


def test_what_is_below_a_value_opens_under_it(client: FlaskClient) -> None:
    closed, opened = (client.get(f"/search{query}").text for query in ("", "?topic=Elections"))
    assert '<details class="branch"><summary><span class="unseen">Below Politics' in closed
    assert 'branch" open' not in closed
    assert '<details class="branch" open><summary><span class="unseen">Below Politics' in opened


def test_a_chosen_value_without_a_box_stays_chosen(client: FlaskClient) -> None:
    html = client.get("/search?topic=Nothing+of+the+kind&tag=none&provider=nowhere.example").text
    asked = parse_qsl(urlsplit(sent(html, "facets")).query)
    assert ("topic", "Nothing of the kind") in asked
    assert ("provider", "nowhere.example") in asked
    page = client.get("/facet/topic?topic=Elections&find=rail").text
    assert sent(page, "facet", None).startswith("/search?topic=Elections")


def test_the_form_carries_the_filters(client: FlaskClient) -> None:
    page = get(client, "/search?q=ferry&topic=Rail&topic=Transport&sort=oldest&page=2&from=2019-05-01")
    hidden = [(f["name"], f["value"]) for f in page.all("input", type="hidden")]
    for pair in [("topic", "Rail"), ("topic", "Transport"), ("sort", "oldest"), ("after", "2019-04-30")]:
        assert pair in hidden
    assert "page" not in dict(hidden)
    assert page.all("input", name="q")[0]["value"] == "ferry"
    assert page.all("input", name="from")[0]["value"] == "2019-05-01"


def test_chips_remove_their_filter(client: FlaskClient) -> None:
    address = "/search?q=ferry&topic=Transport&from=2019-05-01&featured=no&origin=file&date=2019"
    page = get(client, address)
    chips = [given["href"] for given in page.all("a", class_="chip")]
    assert len(chips) == 5
    assert page.text_of("span").count("1 May 2019") == 1
    without = [dict(parse_qsl(urlsplit(link).query)) for link in chips]
    assert [sorted({"topic", "date", "after", "featured", "origin"} - set(w)) for w in without] == [
        ["topic"], ["date"], ["after"], ["featured"], ["origin"],
    ]  # fmt: skip


def test_all_filters_are_removed_and_nothing_else(client: FlaskClient) -> None:
    kept = "sort=oldest&size=5&broaden=1&heat_weight=0.5&since_generation=1&collapse=1&explain=1&facet_size=3"
    page = get(client, "/search?q=ferry&topic=Transport&from=2019&to=2022&featured=no&origin=file&" + kept)
    (link,) = [given["href"] for given in page.all("a", class_="chip-all")]
    assert dict(parse_qsl(urlsplit(link).query)) == dict(parse_qsl("q=ferry&" + kept))


def test_a_value_chosen_by_its_label_is_ticked(client: FlaskClient) -> None:
    html = client.get("/search?provider=The+Harbour+Post&topic=technology").text
    chosen = [(name, value) for name, value, on, _ in boxes_of(html) if on]
    assert chosen == [("topic", "Technology"), ("provider", "harbourpost.example")]
    assert sent(html, "facets") == "/search?topic=Technology&provider=harbourpost.example"
    page = Page(html)
    assert "The Harbour Post · Technology" not in page.text_of("h1")  # facets come in the address's order
    assert page.text_of("h1") == ["Technology · The Harbour Post"]


def test_dates_are_drawn_and_can_be_chosen(client: FlaskClient) -> None:
    html = client.get("/search?date=2020-06").text
    page = Page(html)
    bars = [given for given in page.all("a") if given.get("class", "").startswith("bar")]
    chosen = [bar for bar in bars if "chosen" in bar["class"]]
    assert [re.sub(r"\d+ articles?", "n", bar["says"]) for bar in chosen] == [
        "June 2020: n, chosen; remove it"
    ]
    assert chosen[0]["href"] == "/search"
    day = next(bar for bar in bars if bar["says"].startswith("25 June 2020: "))
    assert day["href"] == "/search?date=2020-06-25"
    count = int(re.findall(r"(\d+) articles?$", day["says"])[0])
    assert total(get(client, day["href"])) == count
    back = [b for b in get(client, day["href"]).all("a") if "bar chosen" in b.get("class", "")]
    assert back[0]["href"] == "/search?date=2020-06"  # a step out, not all the way


def test_bars_are_no_tab_stops_where_a_list_has_their_periods(client: FlaskClient) -> None:
    page = get(client, "/search?q=the&topic=Transport")
    bars = [given for given in page.all("a") if given.get("class", "").startswith("bar")]
    assert bars
    assert all(bar["tabindex"] == "-1" for bar in bars)
    listed = next(link for link in page.links() if link.startswith("/facet/date"))
    html = client.get(listed).text
    periods = [value for name, value, _, _ in boxes_of(html) if name == "date"]
    assert [bar["href"].rpartition("date=")[2] for bar in bars] == [one for one in periods if one != "none"]
    assert Page(html).text_of("bdi")[0] == bars[0]["says"].partition(":")[0]
    assert page.all("a", class_="skip", href="#results")
    assert page.all("section", id="results", tabindex="-1")


def test_notes_are_shown_and_explained(client: FlaskClient) -> None:
    page = get(client, "/search?q=%22facial+recognition")
    assert any("quote" in text for text in page.text_of("span"))
    explained = get(client, "/search?q=recogn*+-x&explain=1")
    assert {"Field", "Term", "Articles"} <= set(explained.text_of("th"))
    assert "read" in explained.text_of("dt")


def test_an_empty_result_offers_ways_out_that_find_something(client: FlaskClient) -> None:
    html = client.get("/search?q=zeppelin+ferry&topic=Rail&date=2019").text
    ways = re.findall(r'<li><a href="([^"]+)">Search ([^<]+)</a> <span class="count">(\d+) article', html)
    assert "without “zeppelin”, without filters" in [label for _, label, _ in ways]
    for link, _, count in ways:
        assert total(get(client, link.replace("&amp;", "&"))) == int(count) > 0


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ("from=2020-06-10&to=2020-05-01", "after=2020-04-30&before=2020-06-11"),  # 1 May to 10 June
        ("after=2020-06-10&before=2020-05-01", "after=2020-05-01&before=2020-06-10"),
    ],
)
def test_dates_are_offered_swapped_as_they_were_given(client: FlaskClient, given: str, offered: str) -> None:
    page = get(client, f"/search?{given}")
    assert f"/search?{offered}" in page.links()
    assert client.get(f"/api/v1/search?{given}").json["offers"][0]["url"].endswith(f"/search?{offered}")


def test_pages_are_linked(client: FlaskClient) -> None:
    page = get(client, "/search?page=2")
    assert page.all("a", rel="prev")[0]["href"] == "/search"
    assert page.all("a", rel="next")[0]["href"] == "/search?page=3"
    beyond = get(client, "/search?page=999")
    assert "There is no page 999" in beyond.text_of("h2")
    last = beyond.all("a", rel="prev")[0]["href"]
    assert get(client, last).all("article")


def test_a_cursor_pages_on(client: FlaskClient) -> None:
    cursor = client.get("/api/v1/search?size=10").json["next_cursor"]
    page = get(client, f"/search?cursor={cursor}")
    assert "page 2" in " ".join(page.text_of("p"))
    here = [link for link in page.links() if f"cursor={cursor}" in link and link.startswith("/search")]
    assert any("since_generation=1" in link for link in here), "the link to cite"
    explained = get(client, f"/search?cursor={cursor}&explain=1&since_generation=1")
    assert all(
        any(f"cursor={cursor}" in link and gone not in link for link in explained.links())
        for gone in ("explain=1", "since_generation=1")
    )


def test_the_front_page_leads_unfinished_links_to_the_search(client: FlaskClient) -> None:
    assert client.get("/?q=ferry&utm_source=x").headers["Location"] == "/search?q=ferry"


def test_an_article_shows_all_of_its_fields(client: FlaskClient) -> None:
    query = "has:image+has:related+has:body+has:topic+has:author"
    data = client.get(f"/api/v1/search?q={query}&size=1").json["hits"][0]["article"]
    html = client.get(f"/article/{data['id']}").text
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    text = entities.unescape(text)
    for wanted in [data["title"], data["excerpt"][:60], *data["topics"], *data["tags"], *data["authors"]]:
        assert " ".join(wanted.split()) in text
    page = Page(html)
    assert page.faults == []
    assert page.all("img")[0]["src"] == data["images"][0]["url"]
    assert "Chosen by the editors" in text
    assert {"Earlier", "The same story", "Later", "Related"} & set(page.text_of("h2"))
    other = client.get(f"/api/v1/related/{data['id']}").json["related"][0]["article"]["id"]
    assert "Its editors link to this article" in client.get(f"/article/{other}").text


def test_another_name_of_an_article_leads_to_it(settings: Settings) -> None:
    entries = (Entry(Article("abc", "A title"), aliases=("other",)),)
    client = create_app(settings, fake_archive(settings, entries=entries)).test_client()
    response = client.get("/article/other")
    assert (response.status_code, response.headers["Location"]) == (301, "/article/abc")


def test_images_can_be_switched_off(settings: Settings) -> None:
    article = Article("a", "T", images=(Image("https://x.example/p.jpg"),))
    for images in (True, False):
        given = dataclasses.replace(settings, web=dataclasses.replace(settings.web, images=images))
        client = create_app(given, fake_archive(given, article)).test_client()
        for address in ("/search", "/article/a"):
            response = client.get(address)
            assert ("<img" in response.text) is images
            assert ("https:" in response.headers["Content-Security-Policy"]) is images


def test_a_long_facet_has_a_page_of_its_own(settings: Settings) -> None:
    given = dataclasses.replace(settings, search=dataclasses.replace(settings.search, facet_size=20))
    article = Article("a", "T", tags=tuple(f"tag {i}" for i in range(312)))
    other = Article("b", "T", tags=("Été", "tag 5"))
    client = create_app(given, fake_archive(given, article, other)).test_client()
    page = get(client, "/search?q=t")
    assert len(page.all("input", name="tag")) == 8
    assert "All 313" in page.text_of("a")
    assert "/facet/tag?q=t" in page.links()
    assert page.all("input", name="find", form="all-tag")
    whole = get(client, "/facet/tag?q=t")
    assert len(whole.all("input", type="checkbox")) == 200
    assert whole.all("a", rel="next")[0]["href"] == "/facet/tag?q=t&part=2"
    assert "1 to 200 of 313" in whole.text_of("legend")
    assert whole.all("input", type="checkbox")[0]["value"] == "tag 5"  # the one with the largest number
    second = get(client, "/facet/tag?q=t&part=2&tag=tag+5")
    assert len(second.all("input", type="checkbox")) == 113
    assert ("tag", "tag 5") in [(f["name"], f["value"]) for f in second.all("input", type="hidden")]
    ordered = get(client, "/facet/tag?q=t&order=name").all("input", type="checkbox")
    assert ordered[0]["value"] == "Été"
    found = get(client, "/facet/tag?q=t&find=ete")
    assert [box["value"] for box in found.all("input", type="checkbox")] == ["Été"]
    assert len(client.get("/facet/tag?q=t").data) < 60_000
    assert "Nothing in this list matches." in get(client, "/facet/tag?find=zzz").text_of("p")
    beyond = get(client, "/facet/tag?part=999")
    assert "201 to 313 of 313" in beyond.text_of("legend")


def test_dates_have_a_list_of_their_own(client: FlaskClient) -> None:
    html = client.get("/facet/date?q=the&order=name&date=2021&after=2019-12").text
    values = [value for _, value, _, _ in boxes_of(html)]
    assert values == sorted(values)
    assert "By date" in Page(html).text_of("a")
    found = boxes_of(client.get("/facet/date?q=the&find=june+2021").text)
    assert [(name, value) for name, value, _, _ in found] == [("date", "2021-06")]
    assert total(get(client, "/search?q=the&date=2021-06")) == found[0][3]


def test_a_list_that_is_not_there_is_told(client: FlaskClient) -> None:
    assert "Did you mean 'topic'?" in entities.unescape(client.get("/facet/topics").text)
    assert client.get("/facet/date").status_code == 200
    assert client.get("/facet/topic?order=size").status_code == 400


def test_what_changes_nothing_is_not_shown(settings: Settings) -> None:
    plain = [Article(str(n), f"T {n}", type="post", tags=(f"tag {n}",)) for n in range(20)]
    rich = Article("x", "T", type="post", quality=3, heat=2, featured=True)
    for articles, shown in (plain, False), ([*plain, rich], True):
        page = get(create_app(settings, fake_archive(settings, *articles)).test_client(), "/search?q=t")
        assert [word in page.text_of("a") for word in ("Quality", "Popularity")] == [shown, shown]
        assert ("Featured" in page.text_of("h3")) is shown
        assert not {"Entries", "Type"} & set(page.text_of("h3"))  # all articles are alike in these
        assert "Tag" in page.text_of("h3")
    client = create_app(settings, fake_archive(settings, *plain)).test_client()
    assert "Popularity" in get(client, "/search?sort=heat").text_of("a")  # as it is in force


def test_each_view_and_number_is_a_link(client: FlaskClient) -> None:
    page = get(client, "/search?q=the+port&compact=1&size=20")
    assert page.all("div", class_="desk compact")
    current = [given["href"] for given in page.all("a", aria_current="true")] or [
        given["href"] for name, given in page.tags if name == "a" and given.get("aria-current") == "true"
    ]
    assert "/search?q=the+port&size=20&compact=1" in current
    links = page.links()
    assert {"/search?q=the+port&size=20", "/search?q=the+port&size=50&compact=1"} <= set(links)
    searched = [link for link in links if link.startswith("/search?q=the+port&") and "size" in link]
    assert sum("compact=1" in link for link in searched) >= len(searched) - 1


def test_nothing_indexed_is_told(settings: Settings) -> None:
    client = create_app(settings, fake_archive(settings)).test_client()
    assert "No article matches" in get(client, "/").text_of("h2")
    assert "None." in get(client, "/about").text_of("p")


def test_about_lists_what_was_rejected(client: FlaskClient) -> None:
    page = get(client, "/about")
    stats = client.get("/api/v1/stats").json
    assert len(stats["rejections"]) == stats["rejected"] == 3
    for rejection in stats["rejections"]:
        assert rejection["file"] in page.text_of("code")
        assert rejection["reason"] in page.text_of("td")


def test_about_lists_no_more_than_a_reader_can_bear(settings: Settings) -> None:
    bad = tuple(Rejection(f"{n}.md", "no title") for n in range(50_000))
    client = create_app(settings, fake_archive(settings, rejections=bad)).test_client()
    page = get(client, "/about")
    assert page.text_of("td").count("no title") == 200
    assert any("The first 200 of 50,000;" in text for text in page.text_of("p"))


def test_a_page_is_kept_until_the_index_changes(settings: Settings) -> None:
    first = generation_of([Article("a", "T", published_at=datetime(2020, 1, 1, tzinfo=UTC))])
    source = PlainSource(settings, first)
    client = create_app(settings, archive_over(settings, source)).test_client()
    for address in ("/search?q=t", "/article/a", "/about", "/api/v1/stats", "/api/v1/search"):
        page = client.get(address)
        assert page.headers["Cache-Control"] == "no-cache"
        again = client.get(address, headers={"If-None-Match": page.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert "Content-Security-Policy" in again.headers
    tag = client.get("/search?q=t").headers["ETag"]
    source.add(dataclasses.replace(first, number=2))
    assert client.get("/search?q=t", headers={"If-None-Match": tag}).status_code == 200


def test_head_is_answered_without_a_body(client: FlaskClient) -> None:
    for address in ("/", "/search?q=ferry", "/help", "/api/v1/stats", "/healthz"):
        response = client.head(address)
        assert (response.status_code, response.data) == (200, b"")


def test_an_article_page_shows_its_providers_logo(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    write(
        root,
        "o.md",
        taxonomy="organization",
        name="The Post",
        domain="p.example",
        images=[{"url": "https://p.example/l.png"}],
    )
    write(
        root,
        "a.md",
        title="light",
        url="https://p.example/1",
        provider={"name": "p.example", "domain": "p.example"},
    )
    reindex(settings)
    app = create_app(settings)
    client = app.test_client()
    key = client.get("/api/v1/search").get_json()["hits"][0]["article"]["id"]
    page = client.get(f"/article/{key}").get_data(as_text=True)
    assert 'src="https://p.example/l.png"' in page
    assert "The Post" in page
    app.extensions["backfile"].close()


def test_stories_are_a_choice_and_are_shown_with_their_members(client: FlaskClient) -> None:
    plain = get(client, "/search?q=wildfire+heath")
    (link,) = {link for link in plain.links() if "collapse=1" in link and "wildfire" in link and "sort" not in link
               and "page" not in link and link.count("&") == 1}  # fmt: skip
    page = get(client, link)
    data = client.get(f"/api/v1{link}").json
    assert any(text.startswith(f"{data['total']} stories") for text in page.text_of("p"))
    assert "Also in 3 outlets" in page.text_of("summary")
    (hit,) = [hit for hit in data["hits"] if hit["story"]["articles"] == 4]
    own, (shown,) = (
        hit["article"]["id"],
        [
            each
            for each in client.get(link).text.split('<article class="hit">')
            if "Also in 3 outlets" in each
        ],
    )
    for member in hit["story"]["members"]:
        listed = shown.split("Also in 3 outlets")[1].split("</details>")[0]
        assert (f"/article/{member['id']}" in listed) == (member["id"] != own)
    address = f"/article/{hit['article']['id']}"
    article = get(client, address)
    assert "Also published by" in article.text_of("h2")
    article = Page(client.get(address).text.split('<aside class="beside"')[1].split("</aside>")[0])
    beside = [link for link in article.links() if link.startswith("/article/")]
    assert len(beside) == len(set(beside)), "a copy stands once"
    others = [member["id"] for member in hit["story"]["members"] if member["id"] != hit["article"]["id"]]
    assert {f"/article/{other}" for other in others} <= set(article.links())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/2020/ferry/", "/2020/ferry/ on its site"),
        ("javascript:alert(1)", "javascript:alert(1) (not a web address, so no link)"),
    ],
)
def test_an_address_that_is_no_link_is_shown_as_such(settings: Settings, url: str, shown: str) -> None:
    article = Article(id="a" * 16, title="The ferry", url=url)
    client = create_app(settings, fake_archive(settings, article)).test_client()
    found = get(client, f"/article/{article.id}")
    assert shown in found.text_of("dd")
    hits = get(client, "/search?q=ferry")
    for page in (found, hits):
        assert not [link for link in page.all("a") if url in str(link)]
