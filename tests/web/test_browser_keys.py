"""The whole page of results by the keyboard alone, in a real browser: each stop is seen, and none is lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.web.serving import served
from tests.web.test_browser import Visitor, browser, pytestmark, visit

__all__ = ["browser", "pytestmark", "visit"]  # fixtures, and the mark of tests in a browser

MAX_STOPS = 120  # of a page

# What is wrong with the element that has the focus: not there, not in the window, covered, or not told apart.
FAULT = """() => {
  const focused = document.activeElement, style = getComputedStyle(focused);
  if (focused === document.body) return "nothing has the focus";
  const box = focused.getBoundingClientRect(), name = focused.outerHTML.slice(0, 120);
  if (!box.width || !box.height) return "no size: " + name;
  if (box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1)
    return "out of sight: " + name;
  if (style.outlineStyle !== "solid" || parseFloat(style.outlineWidth) < 2)
    return "no outline: " + name;
  const x = Math.max(0, box.left) + 4, y = Math.min(Math.max(0, box.top) + 4, innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const whole = top && (focused.contains(top) || top.contains(focused) || top.closest("label")?.contains(focused));
  return whole || focused.type === "range" ? "" : "covered by " + top?.outerHTML.slice(0, 80) + ": " + name;
}"""


@pytest.fixture(scope="module")
def site(corpus_app: Flask) -> Iterator[str]:
    """The address of a server over the sample archive."""
    with served(corpus_app, close=False) as address:
        yield address


def is_seen(page: Page) -> None:
    assert page.evaluate(FAULT) == ""


def reach(target: Locator, key: str = "Tab") -> None:
    """Press Tab until `target` has the focus; each stop on the way is seen."""
    page = target.page
    for _ in range(MAX_STOPS):
        if target.evaluate("(e) => e === document.activeElement"):
            is_seen(page)
            return
        page.keyboard.press(key)
        if page.evaluate("document.activeElement !== document.body"):  # else it went around the window
            is_seen(page)
    raise AssertionError(f"{target} is no stop")


def found(page: Page, pattern: str, without: str = "nothing") -> None:
    """Wait for an address that has a pattern, `without` another; the focus is then where it can be seen."""
    expect(page).to_have_url(re.compile(f"^(?!.*{without}).*{pattern}"))
    expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")
    is_seen(page)


def search(page: Page) -> None:
    """Skip to the results, take a suggestion, search."""
    keys = page.keyboard
    reach(page.get_by_role("link", name="Skip to the results"))
    keys.press("Enter")
    expect(page.get_by_role("region", name="Results")).to_be_focused()
    is_seen(page)
    keys.press("Tab")
    expect(page.locator(".hits a").first).to_be_focused()

    keys.press("/")  # suggestions: into the list, out of it, one taken
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    keys.type("elec")
    expect(page.get_by_role("option").first).to_be_visible()
    found(page, r"/search\?q=elec&unfinished=1")
    keys.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    keys.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("elec")
    keys.press("ArrowDown")
    topic = page.get_by_role("option").filter(has_text=re.compile("^Elections.*Topic"))
    expect(topic).to_be_visible()
    while topic.get_attribute("aria-selected") != "true":
        keys.press("ArrowDown")
    keys.press("Enter")
    found(page, r"/search\?topic=Elections$")
    expect(field).to_be_focused()
    keys.type("the")
    keys.press("Enter")
    found(page, r"/search\?q=the&topic=Elections$")
    keys.press("Escape")  # of a closed list: the browser empties the field
    keys.type("the")
    keys.press("Enter")


def order(page: Page) -> None:
    """Take a filter back, and choose an order and a view."""
    keys = page.keyboard
    reach(page.get_by_role("link", name=re.compile("^Remove the filter Topic Elections")))
    keys.press("Enter")
    found(page, r"/search\?q=the")
    reach(page.get_by_role("main").get_by_role("link", name="Newest"))
    keys.press("Enter")
    found(page, r"/search\?q=the&sort=newest")
    expect(page.get_by_role("main").get_by_role("link", name="Newest")).to_be_focused()
    reach(page.get_by_role("main").get_by_role("link", name="Compact"), "Shift+Tab")
    keys.press("Enter")
    found(page, r"&compact=1")
    expect(page.get_by_role("main").get_by_role("link", name="Compact")).to_be_focused()


def dates(page: Page, width: int) -> None:
    """Move a handle, choose a year, take it back, write a day."""
    keys = page.keyboard
    if width < 900:
        reach(page.locator("#filters > summary"))
        keys.press("Enter")
        expect(page.locator("#filters > aside")).to_be_visible()
    reach(page.get_by_role("slider", name="First period"))
    keys.press("ArrowRight")
    found(page, r"&date=20\d\d-\d\d\.\.20\d\d-\d\d")
    expect(page.get_by_role("slider", name="First period")).to_be_focused()
    keys.press("Home")
    found(page, "/search", without="date=")
    reach(page.get_by_role("button", name="2021", exact=True))
    keys.press("Enter")
    found(page, "&date=2021")
    expect(page.get_by_role("button", name="2021", exact=True)).to_be_focused()
    reach(page.get_by_role("link", name="Clear the date"), "Shift+Tab")
    keys.press("Enter")
    found(page, "/search", without="date=")
    reach(page.get_by_label("From"))
    keys.type("01012021")
    reach(page.get_by_role("button", name="Set dates"))
    keys.press("Enter")
    found(page, "(from=2021-01-01|after=2020-12-31)")


def topics(page: Page) -> None:
    """Open a topic, tick one below it and take it back."""
    keys = page.keyboard
    branch = page.locator(".branch > summary").first
    reach(branch)
    keys.press("Enter")
    below = page.locator(".branch[open] [type=checkbox]").first
    expect(below).to_be_visible()
    reach(below)
    value = str(below.get_attribute("value"))
    keys.press("Space")
    found(page, "topic=")
    ticked = page.locator(f"#filters [type=checkbox][value='{value}']")
    expect(ticked).to_be_checked()
    expect(ticked).to_be_focused()
    keys.press("Space")
    found(page, "/search", without="topic=")
    expect(ticked).to_be_focused()


def turn(page: Page) -> None:
    """Go a page on and back."""
    keys = page.keyboard
    reach(page.get_by_role("link", name="Next"))
    keys.press("Enter")
    found(page, "&page=2")
    expect(page.get_by_role("region", name="Results")).to_be_focused()
    reach(page.get_by_role("link", name="Previous"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("page=2"))
    expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")
    assert page.evaluate("document.activeElement !== document.body")


def list_of_all(page: Page) -> None:
    """Find a topic in the list of all and go to an article."""
    keys = page.keyboard
    reach(page.get_by_label("Find a topic"))
    keys.type("electi")
    with page.expect_navigation():
        keys.press("Enter")
    assert "/facet/topic?" in page.url
    reach(page.get_by_role("link", name="A to Z"))
    reach(page.get_by_role("checkbox", name=re.compile("^Elections")))
    keys.press("Space")
    reach(page.get_by_role("button", name="Show articles"))
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".chip")).to_have_count(2)
    reach(page.locator(".hit h3 a").first)
    with page.expect_navigation(url="**/article/*"):
        keys.press("Enter")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_page_by_keys(visit: Callable[..., Visitor], width: int) -> None:
    page = visit(width).go("/search?q=the")
    search(page)
    order(page)
    dates(page, width)
    topics(page)
    turn(page)
    list_of_all(page)
