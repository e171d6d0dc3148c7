"""Choices and words that are given before the answer to those before has come, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.web.test_browser import Visitor, box, browser, pytestmark, site, visit

__all__ = ["browser", "pytestmark", "site", "visit"]  # fixtures, and the mark of tests in a browser

LIVE = re.compile(r"/search/live\?")


@contextmanager
def held(page: Page) -> Iterator[None]:
    """Hold all answers back while the block runs."""
    routes: list[Route] = []
    page.route(LIVE, lambda route: routes.append(route))  # noqa: PLW0108  # it is called with what it takes
    yield
    page.unroute(LIVE)
    for route in routes:  # that it was given up is no fault
        with suppress(Error):
            route.continue_()


def pairs(page: Page) -> set[tuple[str, str]]:
    """Return what the address of the page says, but for whether the last word is unfinished."""
    return {pair for pair in parse_qsl(urlsplit(page.url).query) if pair[0] != "unfinished"}


def add_words(page: Page) -> None:
    page.get_by_role("combobox").press("End")
    page.keyboard.type(" report")


CHOICES: dict[str, Callable[[Page], None]] = {
    "topic": lambda page: box(page, "Weather").click(),
    "provider": lambda page: box(page, "Paper 1").click(),
    "sort": lambda page: page.get_by_role("link", name="Newest").press("Enter"),  # suggestions may cover it
    "year": lambda page: page.get_by_role("button", name="2019").click(),
    "words": add_words,
}
SAID = {
    "topic": ("topic", "Weather"),
    "provider": ("provider", "paper1.example"),
    "sort": ("sort", "newest"),
    "year": ("date", "2019"),
    "words": ("q", "ferry report"),
}


@pytest.mark.parametrize("pause", [0, 300])
@pytest.mark.parametrize(
    "order",
    ["topic sort", "sort topic", "topic year", "year provider", "topic words", "words topic", "words sort",
     "topic provider sort words", "words year topic provider"],
)  # fmt: skip
def test_choices_add_up_before_their_answers_come(
    visit: Callable[..., Visitor], order: str, pause: int
) -> None:
    page = visit().go("/search?q=ferry&sort=oldest")
    expect(page.get_by_role("status")).to_contain_text("40 articles")
    wanted = {"q": "ferry", "sort": "oldest"}
    with held(page):
        for name in order.split():
            CHOICES[name](page)
            page.wait_for_timeout(pause)
            wanted |= [SAID[name]]
    expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"“{wanted['q']}”")
    page.wait_for_timeout(300)
    assert pairs(page) == set(wanted.items())
    assert page.get_by_role("combobox").input_value() == wanted["q"]
    if "topic" in wanted:
        expect(box(page, "Weather")).to_be_checked()


def test_what_is_taken_back_before_the_answer_comes_is_not_chosen(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry&topic=Transport")
    with held(page):
        box(page, "Weather").click()
        page.get_by_role("link", name="Oldest").click()
        box(page, "Paper 1").click()
        page.get_by_role("link", name=re.compile("^Remove the filter Topic Transport")).click()
        box(page, "Weather").click()
    expect(page).to_have_url(re.compile("provider="))
    assert pairs(page) == {("q", "ferry"), ("sort", "oldest"), ("provider", "paper1.example")}


def test_words_outlive_a_failure_and_a_choice_after_it(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.go("/search?q=ferry")
    page.route(LIVE, lambda route: route.abort())
    add_words(page)
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute(LIVE)
    box(page, "Weather").click()
    expect(page.get_by_role("status")).to_contain_text("20 articles")
    assert pairs(page) == {("q", "ferry report"), ("topic", "Weather")}
    assert page.get_by_role("combobox").input_value() == "ferry report"


def test_a_page_is_of_what_it_was_chosen_in(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry&page=3")
    with held(page):
        page.get_by_role("link", name="Page 2").click()
        box(page, "Weather").click()
    expect(page.get_by_role("status")).to_have_text("20 articles, page 1 of 2")
    assert pairs(page) == {("q", "ferry"), ("topic", "Weather")}


@pytest.mark.parametrize("width", [390, 1280])
def test_a_facet_is_filtered_as_one_types(visit: Callable[..., Visitor], width: int) -> None:
    visitor = visit(width)
    page = visitor.go("/search?q=ferry")
    page.evaluate("document.getElementById('filters').open = true")
    tags = page.get_by_role("region", name="Tag")
    field = tags.get_by_role("textbox")
    shown = tags.get_by_role("checkbox")
    expect(shown).to_have_count(8)
    loading: list[Route] = []
    page.route("**/find.js?*", lambda route: loading.append(route))  # noqa: PLW0108  # it is called with what it takes
    with page.expect_request("**/find.js?*"):
        field.press_sequentially("TÁG 1")
    loading[0].fallback()  # the script is there only after the letters
    expect(tags.get_by_role("status")).to_have_text("5 / 5")
    expect(shown).to_have_count(5)
    asked = [address for address in visitor.asked if "/facet/tag" in address]
    assert len(asked) < 5
    assert "q=ferry" in asked[-1]
    assert any("/static/find.js?v=" in address for address in visitor.asked)
    field.press_sequentially("3")
    expect(shown).to_have_count(1)
    shown.check()
    expect(page.locator(".chip")).to_contain_text("tag 13")
    expect(box(page, "tag 13")).to_be_checked()
    expect(box(page, "tag 13")).to_be_focused()
    expect(field).to_have_value("")
    field.press_sequentially("zzz")
    expect(tags.get_by_role("status")).to_have_text("Nothing in this list matches.")
    field.fill("")
    expect(box(page, "tag 1")).to_be_visible()
    field.fill("tag 1")
    with page.expect_navigation(url=re.compile(r"/facet/tag\?.*find=tag\+1")):
        field.press("Enter")
