"""Each page and state before axe-core, in a real browser: no violation of its rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from indexer import reindex
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.fake import fake_archive
from tests.web.serving import served
from tests.web.test_browser import Visitor, browser, pytestmark, site, visit

__all__ = ["browser", "pytestmark", "site", "visit"]  # fixtures, and the mark of tests in a browser

# Each page, and each state of a page of results.
PAGES = (
    "/",
    "/search?q=ferry+12&topic=Weather&topic=Transport&explain=1",  # some of the words, filters
    "/search?q=fery+xyzzy&match=all",  # nothing, with offers
    "/search?q=zzzzqqqq",  # nothing at all
    "/search?q=ferry+repor",  # the last word as the beginning of a longer one
    "/search?topic=Weather&page=2&collapse=1",
    "/search?q=ferry&page=99",
    "/search?q=ferry&compact=1&since_generation=1",
    "/facet/tag?q=ferry&order=name",
    "/facet/date?find=zzz",
    "/help",
    "/api",
    "/about",
    "/timeline?q=ferry&q=report",
    "/overview?q=ferry",
    "/compare?by=query&a=ferry&b=report",
    "/topics",
    "/authors?order=name&find=zz",
    "/compare",
    "/nowhere",
    "/search?page=0",
)
WINDOWS = [(390, "dark", True), (1280, "light", True), (390, "light", False), (1280, "dark", False)]


def faults(page: Page, *without: str) -> list[str]:
    """What axe-core finds wrong `without` some rules, each with the elements that it is about."""
    options = {"rules": {rule: {"enabled": False} for rule in without}}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url}: {each['id']} {[node['target'] for node in each['nodes'][:3]]}" for each in found]


def unfold(page: Page) -> Page:
    """Open all that can be opened, and show what is for readers without scripts where these did not load."""
    page.evaluate("""() => {
      for (const each of document.querySelectorAll("details")) each.open = true;
      const loaded = document.querySelector("[role=combobox]");
      for (const each of document.querySelectorAll(".apply")) if (!loaded) each.style.display = "block";
    }""")
    return page


@pytest.mark.parametrize(("width", "scheme", "scripts"), WINDOWS)
def test_no_page_has_a_fault(visit: Callable[..., Visitor], width: int, scheme: str, scripts: bool) -> None:
    visitor = visit(width, color_scheme=scheme)
    if not scripts:  # axe itself needs them
        visitor.context.route("**/static/*.js*", lambda route: route.abort())
    found = []
    for address in PAGES if scripts else PAGES[:8]:  # pages of results have most of them
        found += faults(unfold(visitor.go(address)))
    assert visitor.page.locator("[role=combobox]").count() == scripts
    visitor.go("/search?q=ferry").locator(".hit h3 a").first.click()
    visitor.page.wait_for_url("**/article/*")
    assert found + faults(unfold(visitor.page)) == []
    visitor.complaints[:] = [each for each in visitor.complaints if "status of 40" not in each]


@pytest.fixture(scope="module")
def odd_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of an archive without an article, and of one that has no time for its answers."""
    empty, busy = (settings_for(tmp_path_factory.mktemp(name)) for name in ("empty", "busy"))
    write(busy.archive.path, "1.md", title="A ferry", url="https://a.example/1", date="2020-01-01")
    reindex(busy)
    busy = dataclasses.replace(busy, search=dataclasses.replace(busy.search, work_limit=1))
    with served(create_app(empty, fake_archive(empty))) as one, served(create_app(busy)) as other:
        yield one, other


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_no_odd_archive_has_a_fault(
    browser: Browser, odd_sites: tuple[str, str], width: int, scheme: Literal["dark", "light"]
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    states = {
        "/search": "The index holds no article.",
        "/search?q=ferry+OR+harbour": "Cut short after 1 posting",
    }
    for odd, (state, text) in zip(odd_sites, states.items(), strict=True):
        for address in ("/", *states, "/about", "/timeline?q=ferry"):
            page.goto(odd + address)
            if address == state:
                expect(page.get_by_role("main")).to_contain_text(text)
            assert faults(unfold(page)) == []
    context.close()


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
