"""Every text of a hostile archive, and every parameter, in a real browser: no script of theirs runs, no dialog
opens, nobody else is asked, and nothing of theirs turns the direction of what stands beside it."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, Route

from indexer import open_archive, reindex
from indexer.config import Settings
from indexer.facets import FACETS
from indexer.query.parameters import PARAMETERS
from search_web import create_app
from search_web.languages import isolated
from search_web.reference.endpoints import ENDPOINTS
from tests.archives import EXPLORES, drawn, settings_for, write
from tests.web.serving import served
from tests.web.test_browser import browser, pytestmark

__all__ = ["browser", "pytestmark"]  # the browser's fixture, and where there is none, no test

MARK = "hurt()"
PICTURE = "https://evil.example/x.png"  # as HTML of a body has it
ATTACKS = (
    f"<script>{MARK}</script>",
    f"\"'><img src=x onerror={MARK}>",
    f"</title></script></style></textarea><svg onload={MARK}>",
    f"javascript:{MARK}//",
    f"{{{{ {MARK} }}}} ${{{MARK}}} #{{{MARK}}}",
    f"'-{MARK}-' \\\"-{MARK}//",
    f"<a href=javascript:{MARK}>x</a><iframe srcdoc='<script>parent.{MARK}</script>'>",
    f"&lt;script&gt;{MARK}&lt;/script&gt; \\u003cscript\\u003e{MARK}",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'><base href=https://evil.example/>",
    f"<link rel=stylesheet href=https://evil.example/x.css><img src={PICTURE}>",
    "\u202e\u2066gnp.exe \u0000\ufeff\ud7ff\U0001f3f4",
)
URLS = (
    f"javascript:{MARK}",
    f"JaVa\tScript:{MARK}",
    f"data:text/html,<script>{MARK}</script>",
    "https://good.example@evil.example/",
    "https://good.example\\@evil.example/",
    f'https://good.example/"onmouseover={MARK}',
    "//good.example/x",
    f"vbscript:{MARK}",
    "https://good.example/\u202e/x",
    "file:///etc/passwd",
    "https://good.example/x'onclick='hurt()",
)
PAGES = ("/", "/search", "/timeline", "/overview", "/compare", "/help", "/about")
# Pages at which each parameter is tried; and parameters that only some addresses take.
NAMES = (*PARAMETERS, "interval", "by", "a", "b", "utm_source")


def hostile(folder: Path) -> Settings:
    settings = settings_for(folder)
    for number, attack in enumerate(ATTACKS):
        url = URLS[number % len(URLS)]
        kept = attack.replace("\0", "")
        write(
            settings.archive.path,
            f"{number} {''.join(c for c in kept if c.isalnum() or c in ' <>&')[:40]}.md",
            f"# Ferry {kept}\n\n{kept} harbour {kept}\n\n[there]({url}) ![{kept}]({url}) <{url}>\n\n| {kept} |\n|---|\n| {kept} |\n\n"
            f"<a href='{url}' id='{kept}' onclick={MARK}>ferry</a>\n\n    {kept}\n\n```{kept}\n{kept}\n```\n\n- {kept}\n",
            title=f"Ferry {kept}", excerpt=f"{kept} ferry {kept}", url=url, date=f"2020-0{number % 9 + 1}-11T10:00:00Z",
            provider={"name": f"Outlet {kept}", "domain": kept, "logo": url}, topics=[kept, f"Rail {kept}"],
            tags=[kept], authors=[kept], category=kept, type=kept, lang=kept,
            images=[{"url": url, "title": kept, "width": 800, "height": 600}],
            related=[{"title": f"Related {kept}", "webUrl": url, "excerpt": kept, "publishedDateTime": "2020-01-01"}],
        )  # fmt: skip
    write(settings.archive.path, "broken <img src=x onerror=hurt()>.md", title="<script>hurt()</script>")
    report = reindex(settings)
    assert report.added >= len(ATTACKS)
    return settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return hostile(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[str]:
    with served(create_app(settings)) as address:
        yield address


class Watched:
    """A page that knows what was hurt: a script that ran, a dialog, a request to elsewhere, a page left."""

    def __init__(self, browser: Browser, site: str, *, images: bool = True) -> None:
        self.site = site
        self.images = images
        self.harm: list[str] = []
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(15_000)
        self.context.expose_function("hurt", lambda: self.harm.append("a script ran"))
        self.context.route("**/*", self._route)
        self.page: Page = self.context.new_page()
        self.page.on(
            "dialog", lambda dialog: (self.harm.append(f"dialog {dialog.message}"), dialog.dismiss())
        )
        self.page.on("pageerror", lambda error: self.harm.append(f"error {error}"))
        self.page.on("popup", lambda popup: self.harm.append(f"popup {popup.url}"))

    def _route(self, route: Route) -> None:
        # A thumbnail, or a picture in a body, is what the settings allow; it is asked of no one in a test.
        if route.request.url.startswith(self.site):
            route.continue_()
        else:
            allowed = route.request.url.startswith("https://good.example/") or route.request.url == PICTURE
            image = self.images and allowed and route.request.resource_type == "image"
            if not image:
                self.harm.append(f"asked {route.request.url}")
            route.abort()

    def visit(self, address: str) -> None:
        self.page.goto(self.site + address)
        assert self.page.url.startswith(self.site), address
        assert self.harm == [], address
        found = self.page.evaluate(
            """() => ({
                scripts: [...document.scripts].filter((s) => s.type !== "application/ld+json"
                    && !s.src.startsWith(location.origin + "/static/")).length,
                handlers: [...document.querySelectorAll("*")].filter((e) =>
                    [...e.attributes].some((a) => a.name.startsWith("on"))).length,
                frames: document.querySelectorAll("iframe, object, embed, base, meta[http-equiv]").length,
                links: [...document.querySelectorAll("a[href], area[href], form[action]")].map((e) =>
                    new URL(e.getAttribute("href") ?? e.getAttribute("action"), location.href).href),
            })"""
        )
        assert (found["scripts"], found["handlers"], found["frames"]) == (0, 0, 0), address
        for link in found["links"]:
            allowed = link == PICTURE or link.startswith((self.site + "/", "https://good.example/"))
            assert allowed, (address, link)


@pytest.fixture
def watched(browser: Browser, site: str) -> Iterator[Watched]:
    made = Watched(browser, site)
    yield made
    made.context.close()
    assert made.harm == []


def test_no_text_of_a_hostile_archive_does_anything(watched: Watched, settings: Settings) -> None:
    for address in (
        "/",
        "/search",
        "/search?explain=1",
        "/search?q=ferry",
        "/search?collapse=1&size=100",
        "/about",
    ):
        watched.visit(address)
    with open_archive(settings) as archive:
        articles = [hit.article for hit in archive.search("", size=100)]
        for article in articles:
            watched.visit(f"/article/{article.id}?q=ferry+hurt+script+harbour")
        for name in FACETS:
            for value in archive.facet(name):
                watched.visit("/search?" + urlencode({name: value.value, "facet_size": 100}))
        topics = [value.value for value in archive.facet("topic")]
    assert len(articles) >= len(ATTACKS)
    for one, other in pairwise(topics):
        watched.visit("/compare?" + urlencode({"by": "topic", "a": one, "b": other}))
    watched.visit("/timeline?q=ferry&q=harbour")
    watched.visit("/overview?q=ferry")


def test_without_thumbnails_nobody_else_is_asked(browser: Browser, settings: Settings) -> None:
    without = dataclasses.replace(settings, web=dataclasses.replace(settings.web, images=False))
    with served(create_app(without)) as site:
        watched = Watched(browser, site, images=False)
        for address in ("/", "/search?q=ferry&size=100", "/about"):
            watched.visit(address)
        for link in watched.page.context.request.get(f"{site}/api/v1/search?size=5").json()["hits"]:
            watched.visit(f"/article/{link['article']['id']}")
        watched.context.close()
        assert watched.harm == []


def test_no_parameter_of_an_address_does_anything(watched: Watched) -> None:
    for number, name in enumerate(NAMES):
        # In CI all attacks as one, and one of them alone; each alone where there is time.
        attacks = ATTACKS if EXPLORES else (" ".join(ATTACKS), ATTACKS[number % len(ATTACKS)])
        for place, attack in enumerate(attacks):
            page = PAGES[(number + place) % len(PAGES)]
            watched.visit(f"{page}?" + urlencode({"q": "ferry", name: attack.encode("utf-8", "replace")}))
    for attack in ATTACKS:
        watched.visit("/search?" + urlencode([("q", attack), ("topic", attack), ("sort", "newest")]))
        watched.visit("/article/" + quote(attack, safe=""))
        watched.visit("/" + quote(attack, safe=""))


def test_what_is_typed_does_nothing(watched: Watched) -> None:
    watched.visit("/")
    field = watched.page.get_by_role("combobox").first
    for attack in ATTACKS[:4]:
        field.fill("")
        field.press_sequentially(attack[:14])
        watched.page.wait_for_timeout(300)
    field.fill("ferry")
    field.press_sequentially(" ")
    watched.page.wait_for_timeout(500)
    assert watched.harm == []


def test_no_answer_of_the_api_is_a_page(watched: Watched) -> None:
    """As a browser opens it: data stays data, whatever it says."""
    for endpoint in ENDPOINTS:
        path = endpoint.path.replace("{id}", quote(ATTACKS[0], safe="")).replace(
            "{name}", quote(ATTACKS[1], safe="")
        )
        for attack in ATTACKS:
            asked = path + "?" + urlencode({"q": attack, "title": attack, "by": attack, "x": attack})
            answer = watched.context.request.get(watched.site + asked)
            assert answer.headers["content-type"].startswith("application/json"), asked
            assert answer.headers["x-content-type-options"] == "nosniff"
            json.loads(answer.text())
        watched.page.goto(watched.site + asked)
        assert watched.harm == []


def test_nothing_turns_what_stands_beside_it(watched: Watched) -> None:
    watched.visit("/search?q=" + quote("\u202eferry"))
    assert watched.page.title().endswith(" – Backfile")
    before = watched.page.title().removesuffix(" – Backfile")
    assert before == isolated(before)[:0] + before
    assert depth_of(before) == 0
    turned = watched.page.evaluate(
        """() => {
            const marks = /[\\u202a-\\u202e\\u2066-\\u2069]/, found = [];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                if (!marks.test(walk.currentNode.data)) continue;
                let kept = false;
                for (let e = walk.currentNode.parentElement; e && !kept; e = e.parentElement) {
                    const style = getComputedStyle(e);
                    kept = style.unicodeBidi.includes("isolate") || e.childNodes.length === 1 && style.display !== "inline";
                    if (style.display !== "inline") break;
                }
                if (!kept) found.push(walk.currentNode.parentElement.outerHTML.slice(0, 200));
            }
            return found;
        }"""
    )
    assert turned == []


def depth_of(text: str) -> int:
    """Return how many isolates are still open at the end; -1 where more are ended than begun."""
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        depth += (kind in ("LRI", "RLI", "FSI")) - (kind == "PDI")
        if depth < 0:
            return -1
    return depth


@drawn(200)
@given(st.text(st.sampled_from("ab \u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), max_size=12))
def test_what_is_isolated_ends_as_it_began(text: str) -> None:
    found = isolated(text)
    assert depth_of(found) == 0
    if found != text:
        assert found[0] == "\u2068"
        assert all(depth_of(found[: length + 1]) > 0 for length in range(len(found) - 1))
    assert found.isascii() is text.isascii()
