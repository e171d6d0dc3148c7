"""How much of a page is seen, and what axe-core finds, in a real browser."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page

from indexer import load_settings, reindex
from search_web import create_app
from tests.archives import REAL_ARCHIVES, settings_for
from tests.web.serving import served
from tests.web.test_browser import Visitor, browser, pytestmark, visit

__all__ = ["browser", "pytestmark", "visit"]  # fixtures, and the mark of tests in a browser

FOCUSED = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const row = element.closest(".tools, .nearby, .hit-foot, .reading, .chips");
  return [row ? row.className : "", element.textContent, Math.round(box.left), Math.round(box.right)];
}"""
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


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The page over a real archive, whose titles and notes are longer than those of the sample."""
    settings = load_settings(
        archive=REAL_ARCHIVES / "ai-2020", index=tmp_path_factory.mktemp("real") / "index"
    )
    settings = dataclasses.replace(settings, search=dataclasses.replace(settings.search, time_limit_ms=0))
    reindex(settings)
    app = create_app(settings)
    yield app
    app.extensions["backfile"].close()


@pytest.mark.archives
@pytest.mark.parametrize(("width", "height", "full", "compact"), [(1280, 900, 4, 7), (390, 844, 2, 4)])
def test_the_first_window_has_whole_articles_of_a_real_archive(
    real: Flask, browser: Browser, width: int, height: int, full: int, compact: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    with served(real, close=False) as address:
        page.route("**/*", lambda route: route.continue_() if address in route.request.url else route.abort())
        # The last four have offers beside them, or words that a hit lacks, or both.
        for query in (
            "q=robots", "q=drones+in+agriculture", "q=robots&topic=AI+in+Robotics",
            "q=healthcare", "q=covid+19+vaccine", "q=quantum+computing+breakthroughs+in+medicine",
            "q=robot+dog+boston+dynamics+police",
        ):  # fmt: skip
            for view, least in (("", full), ("&compact=1", compact)):
                page.goto(f"{address}/search?{query}{view}")
                assert page.evaluate(WHOLE) >= least, (query, view)
    page.close()


@pytest.mark.archives
def test_the_keyboard_reaches_all_of_a_row_that_scrolls(real: Flask, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    cut, seen = [], set()
    with served(real, close=False) as address:
        page.route("**/*", lambda route: route.continue_() if address in route.request.url else route.abort())
        page.goto(f"{address}/search?q=quantum+computing+breakthroughs+in+medicine")
        for _ in range(60):
            page.keyboard.press("Tab")
            row, text, left, right = page.evaluate(FOCUSED)
            seen.add(row)
            if left < 0 or right > 390:
                cut.append((row, text))
    page.close()
    assert {"tools", "nearby", "hit-foot"} <= seen
    assert cut == []


def test_a_row_without_links_does_not_scroll(browser: Browser, tmp_path: Path) -> None:
    words = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india")
    settings = settings_for(tmp_path)
    for word in words:
        (settings.archive.path / f"{word}.txt").write_text(f"{word} alone stands here.\n", encoding="utf-8")
    reindex(settings)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    with served(create_app(settings)) as address:
        page.goto(f"{address}/search?q={'+'.join(words)}")
        assert page.locator(".hit-foot .missing").count() == len(words)
        assert faults(page, False) == []
    page.close()


@pytest.mark.parametrize("width", [320, 390])
def test_chips_and_notes_scroll_within_the_page(visit: Callable[..., Visitor], width: int) -> None:
    visitor = visit(width)
    chosen = "&topic=Transport&topic=Elections&topic=Weather&date=2021&date=2020"
    for query in ("the", "the+port+recogn*", "zzz"):
        page = visitor.go(f"/search?q={query}{chosen}")
        assert page.locator(".chip").count() == 5
        assert page.evaluate("document.documentElement.scrollWidth") == width, query


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
