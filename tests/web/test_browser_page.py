"""How much of a page is seen, the range of dates, and what axe-core finds, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from tests.web.serving import served
from tests.web.test_browser import Visitor, box, browser, follow, pytestmark, visit

__all__ = ["browser", "pytestmark", "visit"]  # fixtures, and the mark of tests in a browser

WHOLE = """() => [...document.querySelectorAll(".hit")]
  .filter((hit) => hit.getBoundingClientRect().bottom <= innerHeight).length"""


@pytest.fixture(scope="module")
def site(corpus_app: Flask) -> Iterator[str]:
    """The address of a server over the sample archive."""
    with served(corpus_app, close=False) as address:
        yield address


@pytest.mark.parametrize(("width", "height", "full", "compact"), [(1280, 900, 4, 7), (390, 844, 2, 4)])
def test_the_first_window_has_whole_articles(
    visit: Callable[..., Visitor], width: int, height: int, full: int, compact: int
) -> None:
    visitor = visit(width)
    visitor.page.set_viewport_size({"width": width, "height": height})
    for query in ("q=ferry", "q=the+port", "topic=Transport&q=port", ""):
        assert visitor.go(f"/search?{query}").evaluate(WHOLE) >= full, query
        page = visitor.go(f"/search?{query}&compact=1")
        assert page.evaluate(WHOLE) >= min(compact, page.locator(".hit").count()), query
        for row in (".chips", ".tools"):
            heights = page.evaluate(
                "(s) => [...document.querySelectorAll(s)].map((e) => e.clientHeight)", row
            )
            assert all(high < 60 for high in heights)  # one row


def test_words_of_the_navigation_are_whole_where_it_is_narrow(visit: Callable[..., Visitor]) -> None:
    page = visit(320).go("/search?q=ferry")
    lines = page.evaluate(
        """() => [...document.querySelectorAll(".sections a, .tools a")].map((a) => {
          const range = document.createRange();
          range.selectNodeContents(a);
          return new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
        })"""
    )
    assert set(lines) == {1}


@pytest.mark.parametrize("width", [390, 1280])
def test_a_range_is_moved_by_keys_and_by_a_pointer(visit: Callable[..., Visitor], width: int) -> None:
    page = visit(width).go("/search?q=the")
    if width < 900:
        page.locator("#filters > summary").click()
    first = page.get_by_role("slider", name="First period")
    before = page.locator(".total").inner_text()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert first.get_attribute("aria-valuetext") != "January 2019"
    expect(page).to_have_url(re.compile(r"date=2019-\d\d\.\.2023-\d\d"))
    expect(page.locator(".total")).not_to_have_text(before)
    expect(first).to_be_focused()
    expect(first).to_have_value("2")
    last = page.get_by_role("slider", name="Last period")
    place = last.bounding_box()
    assert place
    page.mouse.move(place["x"] + place["width"] - 8, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"date=2019-\d\d\.\.202[01]-\d\d"))
    assert page.locator("a.bar.within").count() > 3


def test_a_bar_without_a_link_is_followed_and_the_list_has_its_period(visit: Callable[..., Visitor]) -> None:
    words = "ferry OR " + " OR ".join(f"harbour{number}" for number in range(60))
    page = visit().go("/search?q=" + words.replace(" ", "+"))
    bar = page.locator("g.bar").first
    period, number = str(bar.locator("title").text_content()).split(" article")[0].split(": ")
    bar.click()
    expect(page).to_have_url(re.compile(r"&date=\d{4}-\d\d$"))
    expect(page.get_by_role("status")).to_contain_text(f"{number} article")
    plain = visit(java_script_enabled=False).go("/search?q=" + words.replace(" ", "+"))
    follow(plain.get_by_role("link", name="Dates as a list"))
    plain.get_by_role("checkbox", name=re.compile(f"^{period} ")).check()
    follow(plain.get_by_role("button", name="Show articles"))
    expect(plain.get_by_role("status")).to_contain_text(f"{number} article")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_year_is_a_click_and_a_value_is_found(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(java_script_enabled=javascript).go("/search?q=the")
    page.get_by_label("Find a topic").fill("electi")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/facet/topic?" in page.url
    page.get_by_role("checkbox", name=re.compile("^Elections")).check()
    follow(page.get_by_role("button", name="Show articles"))
    expect(box(page, "Elections")).to_be_checked()
    expect(page.get_by_role("button", name="Last 30 days")).to_be_disabled()
    follow(page.get_by_role("button", name="2021", exact=True))
    assert re.search(r"/search\?q=the&topic=Elections&date=2021$", page.url)
    expect(page.get_by_role("button", name="2021", exact=True)).to_have_attribute("aria-pressed", "true")


STATES = (
    "/", "/search?q=the&topic=Elections&date=2021&compact=1", "/facet/topic?q=the", "/facet/tag?find=zzz",
)  # fmt: skip


@pytest.mark.parametrize(
    ("width", "options"),
    [
        (1280, {}),
        (390, {"color_scheme": "dark"}),
        (640, {"forced_colors": "active", "reduced_motion": "reduce"}),
    ],
)
def test_axe_finds_nothing(visit: Callable[..., Visitor], width: int, options: dict[str, str]) -> None:
    visitor = visit(width, **options)  # 640 is 1280 at 200%
    for address in STATES:
        page = visitor.go(address)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert faults(page, "forced_colors" in options) == [], address
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, address


def faults(page: Page, forced: bool) -> list[str]:
    """Return what axe-core finds; where colours are forced they are the reader's, not ours."""
    rules = {"color-contrast": {"enabled": not forced}}
    violations = Axe().run(page, options={"rules": rules}).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:150]}" for fault in violations]
