"""The search box as one types, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.test_browser import Visitor, browser, pytestmark, site, visit

__all__ = ["browser", "pytestmark", "site", "visit"]  # fixtures, and the mark of tests in a browser


def typed(page: Page, text: str) -> None:
    page.get_by_role("combobox").press_sequentially(text, delay=10)


def options(page: Page) -> list[str]:
    expect(page.get_by_role("option").first).to_be_visible()
    return [" ".join(text.split()) for text in page.get_by_role("option").all_inner_texts()]


def test_it_suggests_each_kind_and_marks_what_matched(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    typed(page, "wea")
    assert options(page) == ["Weather Topic · 20"]
    expect(page.locator("mark")).to_have_text("Wea")
    page.get_by_role("combobox").fill("pap")
    expect(page.get_by_role("option")).to_have_count(3)
    assert sorted(options(page)) == [f"Paper {n} Provider · {13 + (n == 0)}" for n in range(3)]
    page.get_by_role("combobox").fill("ferry rep")
    expect(page.get_by_role("option").first).to_contain_text("Ferry report")
    titles = [text for text in options(page) if text.endswith("Article")]
    assert len(titles) >= 4
    assert all("Ferry report" in text for text in titles)


def test_the_keyboard_goes_through_the_list_and_takes_one(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    field = page.get_by_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    typed(page, "paper")
    assert len(options(page)) == 3
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    first = page.get_by_role("option").nth(0)
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    field.press("ArrowUp")  # back in the field, and from there to the last
    assert field.get_attribute("aria-activedescendant") is None
    field.press("ArrowUp")
    expect(page.get_by_role("option").nth(2)).to_have_attribute("aria-selected", "true")
    expect(field).to_be_focused()
    field.press("ArrowUp")
    field.press("ArrowUp")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?provider=paper0\.example$"))


def test_what_is_typed_after_a_choice_is_searched(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    field = page.get_by_role("combobox")
    typed(page, "pap")
    assert len(options(page)) == 3
    field.press("ArrowDown")
    page.route(re.compile(r"/suggest\?"), lambda route: None)  # no answer comes in time
    field.press_sequentially("er")
    assert field.get_attribute("aria-activedescendant") is None
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=paper$"))


def test_escape_closes_and_enter_without_a_choice_searches(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?topic=Weather")
    field = page.get_by_role("combobox")
    typed(page, "ferry")
    assert options(page)
    field.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("ferry")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press("ArrowDown")  # asks again
    assert options(page)
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=ferry&topic=Weather$"))


def test_a_click_on_a_phrase_searches_it_within_the_filters(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?topic=Weather")
    typed(page, "passen")
    phrase = page.get_by_role("option").filter(has_text="Phrase").first
    phrase.click()
    expect(page).to_have_url(re.compile(r"/search\?q=%22.+%22&topic=Weather$"))
    expect(page.get_by_role("status")).to_have_text("20 articles, page 1 of 2")


def test_a_topic_keeps_the_filters_and_the_words_before(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=report&provider=paper0.example&sort=oldest")
    field = page.get_by_role("combobox")
    field.fill("ferry wea")
    assert options(page) == ["ferry Weather Topic"]  # no number: it would be of all providers
    expect(page.locator("form.search [aria-live=polite]")).to_have_text("1 suggestion")
    field.press("ArrowDown")
    field.press("Enter")
    expect(page).to_have_url(
        re.compile(r"/search\?q=ferry&topic=Weather&provider=paper0\.example&sort=oldest$")
    )
    expect(field).to_have_value("ferry")
    expect(field).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("7 articles")


def test_an_answer_that_comes_late_is_not_shown(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/suggest\?q=p$"), hold)
    field = page.get_by_role("combobox")
    with page.expect_request(re.compile(r"/suggest\?q=p$")):
        field.fill("p")
    field.fill("wea")
    assert options(page) == ["Weather Topic · 20"]
    for route in held:
        route.fulfill(json={"suggestions": []})
    page.wait_for_timeout(200)
    assert options(page) == ["Weather Topic · 20"]


def test_a_failure_is_no_more_than_no_suggestion(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/")
    page.route(re.compile(r"/suggest\?"), lambda route: route.fulfill(status=200, body="{"))
    typed(page, "ferry")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.get_by_role("combobox").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=ferry$"))


def test_without_javascript_the_field_is_as_it_was(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).go("/")
    expect(page.get_by_role("searchbox")).to_have_count(1)
    expect(page.get_by_role("combobox")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_fits_and_is_large_enough_for_a_thumb(
    visit: Callable[..., Visitor], width: int, scheme: str
) -> None:
    page = visit(width, color_scheme=scheme).go("/")
    typed(page, "ferry")
    assert options(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for box in (option.bounding_box() for option in page.get_by_role("option").all()):
        assert box is not None
        assert box["height"] >= 40
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
