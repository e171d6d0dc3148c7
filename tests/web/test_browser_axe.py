"""Each page and state before axe-core, in a real browser: no violation of its rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.test_browser import Visitor, browser, pytestmark, site, visit

__all__ = ["browser", "pytestmark", "site", "visit"]  # fixtures, and the mark of tests in a browser

PAGES = (
    "/",
    "/search?q=ferry+12&topic=Weather&topic=Transport&explain=1",
    "/search?q=fery+xyzzy&match=all",
    "/search?topic=Weather&page=2&collapse=1",
    "/help",
    "/api",
    "/about",
    "/timeline?q=ferry&q=report",
    "/timeline?q=ferry&interval=year&measure=share",
    "/overview?q=ferry",
    "/compare?by=query&a=ferry&b=report",
    "/nowhere",
)
WINDOWS = [(390, "dark"), (1280, "light")]


def faults(page: Page, *without: str) -> list[str]:
    """What axe-core finds wrong `without` some rules, each with the elements that it is about."""
    options = {"rules": {rule: {"enabled": False} for rule in without}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url}: {each['id']} {[node['target'] for node in each['nodes'][:3]]}" for each in found]


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_no_page_has_a_fault(visit: Callable[..., Visitor], width: int, scheme: str) -> None:
    visitor = visit(width, color_scheme=scheme)
    found = []
    for address in PAGES:
        page = visitor.go(address)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        found += faults(page)
    visitor.go("/search?q=ferry").locator(".hit h3 a").first.click()
    visitor.page.wait_for_url("**/article/*")
    assert found + faults(visitor.page) == []
    visitor.complaints[:] = [each for each in visitor.complaints if "status of 404" not in each]


@pytest.mark.parametrize(
    ("width", "options"),
    [
        (390, {"color_scheme": "dark"}),
        (1280, {"color_scheme": "light"}),
        (640, {"forced_colors": "active", "reduced_motion": "reduce"}),  # as 1280 at 200%
    ],
)
def test_no_state_between_pages_has_a_fault(
    visit: Callable[..., Visitor], width: int, options: dict[str, str]
) -> None:
    visitor = visit(width, **options)
    own = ["color-contrast"] if "forced_colors" in options else []  # the colours are the reader's
    page = visitor.go("/")
    field = page.get_by_role("combobox")
    field.fill("ferry wea")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.locator("body.front")).to_have_count(0)
    field.press("ArrowDown")
    outline = page.locator("[aria-selected=true]").evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline == ("solid" if "forced_colors" in options else "none")
    found = faults(page, *own)
    field.press("Enter")
    expect(page.locator(".chip")).to_have_count(1)
    found += faults(page, *own)
    page.route("**/search/live?*", lambda route: route.abort())
    field.fill("report 12")
    expect(page.get_by_role("alert")).to_be_visible()
    field.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert found + faults(page, *own) == []
