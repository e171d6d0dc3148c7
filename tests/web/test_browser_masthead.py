"""The head of a page with a site's own logo or a long name, in a real browser."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from indexer import Article
from indexer.config import Settings
from search_web import create_app
from tests.web.fake import fake_archive
from tests.web.serving import served
from tests.web.test_browser import browser, pytestmark

__all__ = ["browser", "pytestmark"]  # a fixture, and the mark of tests in a browser

LONG = "The Harbour Herald and Evening Post of the Islands, with the Weekly Mercury: the whole archive since 1874"
BOXES = """() => [".nameplate img, .nameplate span", ".sections a", ".search input[type=search]", ".search button"]
  .flatMap((each) => [...document.querySelectorAll(".masthead :is(" + each + ")")])
  .filter((element) => element.offsetParent).map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return [left, right, top, bottom];
  })"""


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("shape", ["200 40", "900 30", "30 120", ""], ids=["wide", "widest", "tall", "name"])
def test_nothing_in_the_head_lies_over_another(
    settings: Settings, tmp_path: Path, browser: Browser, shape: str, language: str
) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shape}"><rect width="999" height="999"/></svg>',
        encoding="utf-8",
    )
    web = dataclasses.replace(settings.web, title=LONG, logo=logo if shape else None, language=language)
    given = dataclasses.replace(settings, web=web)
    page = browser.new_page()
    with served(create_app(given, fake_archive(given, Article("a", "A bridge")))) as address:
        for path in ("/search?q=bridge", "/article/a", "/"):
            for width in (320, 390, 900, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(address + path)
                where = (path, width)
                boxes = page.evaluate(BOXES)
                assert len(boxes) > 5, where
                for place, (left, right, top, bottom) in enumerate(boxes):
                    assert 0 <= left < right <= width, where
                    assert bottom - top >= 8, where
                    for other in boxes[place + 1 :]:
                        beside = right <= other[0] + 0.5 or other[1] <= left + 0.5
                        assert beside or bottom <= other[2] + 0.5 or other[3] <= top + 0.5, where
                assert boxes[-2][1] - boxes[-2][0] >= 150, "the box that is typed into keeps its room"
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_name_takes_few_lines_and_can_be_read_whole(
    settings: Settings, browser: Browser, width: int
) -> None:
    given = dataclasses.replace(settings, web=dataclasses.replace(settings.web, title=LONG))
    page = browser.new_page(viewport={"width": width, "height": 844})
    with served(create_app(given, fake_archive(given, Article("a", "A bridge")))) as address:
        for path, lines in (("/search?q=bridge", 2), ("/", 4)):
            page.goto(address + path)
            name = page.locator(".nameplate span")
            line = name.evaluate("(element) => parseFloat(getComputedStyle(element).lineHeight)")
            high = name.evaluate("(element) => element.clientHeight")
            assert line < high <= (lines + 0.1) * line + 1
            assert name.get_attribute("title") == name.text_content() == LONG
    page.close()
