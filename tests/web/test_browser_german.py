"""German, whose words are long, in a real browser: nothing overflows, axe-core finds no fault, scripts speak it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from search_web import create_app
from tests.archives import REPOSITORY, settings_for
from tests.web.serving import served
from tests.web.test_browser import browser, pytestmark
from tests.web.test_browser_axe import faults, unfold

__all__ = ["browser", "pytestmark"]  # a fixture, and the mark of tests in a browser

PAGES = (
    "/", "/search?q=ferry+strike&topic=Rail&explain=1", "/search?q=xyzzy&date=2020..2021", "/search?q=brigde",
    "/search?q=ferry&compact=1&since_generation=1&collapse=1", "/search?q=ferry&page=99", "/facet/topic?q=ferry",
    "/topics", "/timeline?q=ferry&q=strike", "/overview?q=ferry", "/compare?by=query&a=ferry&b=strike",
    "/compare", "/help", "/about", "/api", "/nowhere", "/search?date=foo",
)  # fmt: skip
CUT = "[...document.querySelectorAll('.tools')].some(one => one.scrollWidth > one.clientWidth)"


@pytest.fixture(scope="module")
def site(corpus_index: Path) -> Iterator[str]:
    given = settings_for(corpus_index.parent)
    settings = dataclasses.replace(
        given,
        archive=dataclasses.replace(given.archive, path=REPOSITORY / "corpus"),
        index=dataclasses.replace(given.index, path=corpus_index),
        web=dataclasses.replace(given.web, language="de", images=False),
    )
    with served(create_app(settings)) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light")])
def test_german_fits_and_has_no_fault(browser: Browser, site: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal
    page = context.new_page()
    found, wide = [], []
    article = ""
    for address in (*PAGES, ""):
        page.goto(site + (address or article))
        if address == "/":
            article = page.locator(".hit h3 a").first.get_attribute("href") or ""
        assert page.locator("html").get_attribute("lang") == "de"
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(page.url)
        if width == 1280 and page.evaluate(CUT):
            wide.append(f"{page.url}: what can be switched")
        if width != 320:
            found += faults(unfold(page))
    context.close()
    assert (found, wide) == ([], [])


def test_what_can_be_switched_is_one_row(browser: Browser, site: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{site}/search?q=the")
    assert page.locator(".tools a").count() == 12
    assert page.locator(".tools").evaluate("(e) => e.clientHeight") < 50
    page.close()


def test_scripts_speak_german(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/search")
    page.locator("#q").press_sequentially("ferr")
    expect(page.get_by_role("listbox", name="Vorschläge")).to_be_visible()
    page.keyboard.press("Escape")
    context.set_offline(True)
    page.locator(".sorts a", has_text="Älteste").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "Gezeigt werden die früheren Treffer. Noch einmal versuchen"
    )
    context.close()
