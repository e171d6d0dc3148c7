"""The page in a real browser, over a small archive; nothing but our own server is asked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect, sync_playwright

from indexer import reindex
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.serving import served

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="chromium is not here; `make test` installs it"
    ),
]

WIDTHS = (320, 390, 1280)
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over an archive of forty articles."""
    settings = settings_for(tmp_path_factory.mktemp("site"))
    for number in range(40):
        year, month = 2018 + number % 4, 1 + number % 12
        write(
            settings.archive.path,
            f"{number:02}.md",
            "A first paragraph.\n\nA second one.",
            title=f"Ferry report {number}" + (f" {LONG}" if number == 7 else ""),
            excerpt="The harbour's ferry was late again, and nobody had told the passengers.",
            url=f"https://paper{number % 3}.example/story/{number}",
            date=f"{year}-{month:02}-{1 + number % 28:02}T10:00:00Z",
            provider={"name": f"Paper {number % 3}", "domain": f"paper{number % 3}.example"},
            topics=["Transport"] if number % 2 else ["Transport", "Weather"],
            tags=[f"tag {n}" for n in range(number % 15)] + ([LONG] if number == 7 else []),
            images=[{"url": f"https://paper{number % 3}.example/{number}.jpg", "width": 800, "height": 600}],
        )
    reindex(settings)
    with served(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        launched.close()


@dataclass
class Visitor:
    """A window of the browser that remembers what went wrong in it."""

    context: BrowserContext
    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        self.page.goto(self.site + address)
        return self.page


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    visitors: list[Visitor] = []

    def opened(width: int = 1280, **options: object) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 844}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        visitor = Visitor(context, context.new_page(), site)

        def filtered(route: Route) -> None:
            visitor.asked.append(route.request.url)
            if route.request.url.startswith(site):
                route.continue_()
            else:
                route.abort()

        context.route("**/*", filtered)
        visitor.page.on(
            "console",
            lambda message: (
                visitor.complaints.append(message.text)
                if message.type in ("error", "warning") and "net::ERR_FAILED" not in message.text
                else None
            ),
        )
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield opened
    for visitor in visitors:
        visitor.context.close()
        assert visitor.complaints == []  # no error of a script, no violation of the policy


def follow(target: Locator) -> None:
    """Click, and wait for the page that it leads to."""
    with target.page.expect_navigation():
        target.click()


def box(page: Page, name: str) -> Locator:
    """Return the box of a facet's value."""
    return page.get_by_role("checkbox", name=re.compile(f"^{name} "))


def tick(page: Page, name: str, javascript: bool) -> None:
    """Tick a box and wait for what it finds; without JavaScript a button sends it."""
    if javascript:
        follow(box(page, name))
    else:
        box(page, name).check()
        follow(page.get_by_role("button", name="Filter by these"))


def count(page: Page) -> int:
    return int(re.findall(r"([\d,]+) article", page.get_by_role("status").inner_text())[0])


@pytest.mark.parametrize("javascript", [True, False])
def test_a_search_from_the_front_page_to_an_article(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(java_script_enabled=javascript).go("/")
    expect(page.get_by_role("heading", name="Newest articles")).to_be_visible()
    page.get_by_label("Search the archive").fill("ferry report")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile(r"/search\?q=ferry\+report$"))
    assert count(page) == 40
    assert page.locator(".hits mark").first.inner_text().lower() in ("ferry", "report", "ferry report")

    tick(page, "Weather", javascript)
    expect(page.get_by_role("status")).to_contain_text("20 articles")
    follow(page.get_by_role("link", name=re.compile("^Remove the filter Topic Weather")))
    assert count(page) == 40

    follow(page.get_by_role("link", name="Next"))
    assert "page=2" in page.url
    assert page.locator(".hits > li").count() == 10
    page.go_back()
    assert "page=2" not in page.url
    page.go_forward()
    assert "page=2" in page.url

    follow(page.get_by_role("link", name="Oldest"))
    assert "sort=oldest" in page.url
    follow(page.locator(".hit h3 a").first)
    assert "/article/" in page.url
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ferry report")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_bar_chooses_its_month_and_lets_it_go(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(java_script_enabled=javascript).go("/search?q=ferry")
    bar = page.locator("a.bar").first
    label = bar.locator("title").text_content() or ""
    follow(bar)
    assert count(page) == int(re.findall(r": (\d+) article", label)[0])
    assert "date=" in page.url
    follow(page.locator("a.bar.chosen").first)
    assert "date=" not in page.url
    assert count(page) == 40


def test_two_dates_and_their_removal(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry")
    page.get_by_label("From").fill("2019-01-01")
    page.get_by_label("Until").fill("2019-12-31")
    follow(page.get_by_role("button", name="Set dates"))
    assert count(page) == 10
    assert page.get_by_label("From").input_value() == "2019-01-01"
    follow(page.get_by_role("link", name="Clear the date"))
    assert count(page) == 40


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_phone_the_filters_are_behind_a_button(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(390, java_script_enabled=javascript).go("/search?q=ferry")
    expect(box(page, "Weather")).to_be_hidden()
    page.locator("#filters > summary").click()
    expect(box(page, "Weather")).to_be_visible()
    tick(page, "Weather", javascript)
    expect(page.get_by_role("status")).to_contain_text("20 articles")
    wide = visit(1280, java_script_enabled=javascript).go("/search?q=ferry")
    expect(box(wide, "Weather")).to_be_visible()
    expect(wide.locator("#filters > summary")).to_be_hidden()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width, color_scheme=scheme)
    long = visitor.go(f"/search?q={LONG}")
    article = long.locator(".hit h3 a").first.get_attribute("href") or ""
    for address in ("/", "/search?explain=1&q=ferry+recogn*", f"/search?q={LONG}{LONG}&tag={LONG}",
                    f"/search?q=ferry+{LONG}{LONG}", f"/search?q=ferry+{LONG[:9]}", article, "/help",
                    "/timeline?q=ferry&q=report", f"/overview?q={LONG}", f"/compare?by=query&a=ferry&b={LONG}",
                    "/about", "/nowhere", "/search?page=0"):  # fmt: skip
        page = visitor.go(address)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, address
        if address in ("/nowhere", "/search?page=0"):
            visitor.complaints[:] = [c for c in visitor.complaints if "status of 40" not in c]


def test_colours_follow_the_reader_and_contrast(visit: Callable[..., Visitor]) -> None:
    papers = {}
    for scheme in ("light", "dark"):
        page = visit(color_scheme=scheme).go("/search?q=ferry&topic=Weather")
        papers[scheme] = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        pairs = page.evaluate(CONTRASTS)
        page = visit(color_scheme=scheme).go("/search?q=ferry+12")
        pairs += page.evaluate(CONTRASTS)
        assert any(text.startswith("Without") for text, *_ in pairs)
        assert len(pairs) > 30
        for text, ink, paper, size in pairs:
            assert contrast(ink, paper) >= (3 if size >= 24 else 4.5), (scheme, text, ink, paper)
    assert papers["light"] > 0.8
    assert papers["dark"] < 0.05


CONTRASTS = """() => {
  const seen = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest("svg, .plate") || !element.getClientRects().length) continue;
    let paper = "rgba(0, 0, 0, 0)";
    for (let up = element; up && paper === "rgba(0, 0, 0, 0)"; up = up.parentElement)
      paper = getComputedStyle(up).backgroundColor;
    const style = getComputedStyle(element);
    seen.push([element.textContent.trim().slice(0, 40), style.color, paper, parseFloat(style.fontSize)]);
  }
  return seen;
}"""


def luminance(colour: str) -> float:
    channels = [int(c) / 255 for c in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_targets_are_large_enough_for_a_thumb(visit: Callable[..., Visitor]) -> None:
    visitor = visit(390)
    for address in (
        "/",
        "/search?q=ferry&topic=Weather&topic=Transport&page=2",
        "/search?q=ferry+12&match=all",
    ):
        page = visitor.go(address)
        page.locator("#filters > summary").click()
        small = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input:not([type=hidden], label *, [type=range]), .value, li label, summary")]
              .filter((e) => e.getClientRects().length && !e.closest("svg, .skip, table"))
              .map((e) => [e.textContent.trim() || e.name, e.getBoundingClientRect().height])
              .filter(([, height]) => height < 39.5)"""
        )
        assert small == []


def test_pictures_that_fail_leave_the_page_as_it_was(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.go("/search?q=ferry")
    page.locator(".hits > li").last.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert any("paper" in address for address in visitor.asked)
    boxes = [plate.bounding_box() for plate in page.locator(".hit-plate").all()]
    assert {(round(box["width"]), round(box["height"])) for box in boxes if box} == {(144, 108)}
    assert page.locator(".plate img.failed").count() > 0
    for image in page.locator(".hit-plate img").all():
        assert image.get_attribute("loading") == "lazy"


def test_the_keyboard_alone_is_enough(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry")
    focused = "document.activeElement.textContent.trim() || document.activeElement.name"
    order = []
    for _ in range(8):
        page.keyboard.press("Tab")
        order.append(page.evaluate(focused))
    assert order == [
        "Skip to the content", "Skip to the results", "Backfile", "Archive", "Browse", "Help", "About", "q",
    ]  # fmt: skip
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("report")
    with page.expect_navigation(url="**/search?q=report"):
        page.keyboard.press("Enter")
    page.locator("a.bar").first.focus()
    with page.expect_navigation(url="**date=*"):
        page.keyboard.press("Enter")


def test_the_order_of_reading_is_the_order_of_looking(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry&topic=Weather")
    places = page.evaluate(
        """() => [".search", ".headline", ".chips", "#filters", ".hits", ".pager", ".colophon"].map(
          (s) => [...document.querySelectorAll("*")].indexOf(document.querySelector(s)))"""
    )
    assert places == sorted(places)
    tree = page.get_by_role("main")
    expect(tree.get_by_role("navigation", name="Sort")).to_be_visible()
    expect(tree.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(tree.get_by_role("complementary", name="Filters")).to_be_visible()
    expect(page.get_by_role("search")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_part_has_its_heading_before_its_hits_and_these_say_what_they_lack(
    visit: Callable[..., Visitor], width: int
) -> None:
    page = visit(width).go("/search?q=ferry+12")
    expect(page.get_by_role("status")).to_have_text("1 article, 39 more with some of the words, page 1 of 4")
    lists = page.get_by_role("region", name="Results").locator("ol.hits")
    assert [one.get_by_role("article").count() for one in lists.all()] == [1, 9]
    assert lists.last.get_attribute("start") == "2"
    heading = page.get_by_role("heading", name="39 more have some of the words", level=2)
    box, first = heading.bounding_box(), lists.last.bounding_box()
    assert box
    assert first
    assert box["y"] + box["height"] <= first["y"]
    lacking = lists.last.get_by_role("article").first.get_by_text("Without")
    expect(lacking).to_have_text("Without 12")
    line = lacking.locator("s").evaluate("(e) => getComputedStyle(e).textDecorationLine")
    assert line == "line-through"
    follow(page.get_by_role("link", name="Page 4"))
    expect(page.get_by_role("heading", name="39 more have some of the words", level=2)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_words_are_a_choice_among_the_filters(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(java_script_enabled=javascript).go("/search?q=ferry+12")
    words = page.get_by_role("region", name="Words")
    follow(words.get_by_role("link", name="All of them only"))
    expect(page.get_by_role("status")).to_have_text("1 article")
    follow(page.get_by_role("link", name="39 more have some of the words"))
    follow(page.get_by_role("region", name="Words").get_by_role("link", name="Any of them"))
    expect(page.get_by_role("status")).to_have_text("40 articles, page 1 of 4")
    follow(page.get_by_role("link", name="Remove the filter Words Any of them"))
    assert page.url.endswith("/search?q=ferry+12")


def test_nothing_is_fetched_from_elsewhere_but_pictures(visit: Callable[..., Visitor], site: str) -> None:
    visitor = visit()
    for address in ("/", "/help", "/about"):
        visitor.go(address)
    foreign = [address for address in visitor.asked if not address.startswith(site)]
    assert all(address.endswith(".jpg") for address in foreign)
    assert visitor.context.cookies() == []


def test_chromium_is_where_it_is_looked_for() -> None:
    assert CHROMIUM is not None
    assert Path(CHROMIUM).exists()
