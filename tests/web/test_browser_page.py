"""How much of a page is seen, and what axe-core finds, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page

from tests.web.serving import served
from tests.web.test_browser import Visitor, browser, pytestmark, visit

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
        """() => [...document.querySelectorAll(".sections a, .tools a")].filter((a) => a.offsetParent).map((a) => {
          const range = document.createRange();
          range.selectNodeContents(a);
          return new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
        })"""
    )
    assert set(lines) == {1}


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
