"""Results that follow the typing, and what is chosen among them, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.test_browser import Visitor, box, browser, pytestmark, site, visit

__all__ = ["browser", "pytestmark", "site", "visit"]  # fixtures, and the mark of tests in a browser

LIVE = re.compile(r"/search/live\?")


def typed(page: Page, text: str) -> None:
    page.get_by_role("combobox").press_sequentially(text, delay=10)


def entries(page: Page) -> int:
    length: int = page.evaluate("history.length")
    return length


@pytest.mark.parametrize("width", [390, 1280])
def test_results_follow_the_typing_and_a_search_that_was_meant_is_one_entry(
    visit: Callable[..., Visitor], width: int
) -> None:
    page = visit(width).go("/search?topic=Weather")
    status, first = page.get_by_role("status"), entries(page)
    expect(status).to_have_text("20 articles, page 1 of 2")
    page.evaluate("window.same = document.querySelector('.total')")
    typed(page, "ferry rep")
    expect(page.get_by_role("heading", level=1)).to_have_text("“ferry rep”")
    expect(page).to_have_url(re.compile(r"/search\?q=ferry\+rep&topic=Weather&unfinished=1$"))
    expect(page).to_have_title(re.compile("^“ferry rep” · Weather – "))
    assert page.locator(".hit mark").count() > 0
    assert page.get_by_role("combobox").evaluate("(e) => e === document.activeElement")
    assert page.evaluate("window.same === document.querySelector('.total')")  # a reader of screens hears it
    assert entries(page) == first
    typed(page, "ort 12")
    expect(page.get_by_role("heading", name="19 more have some of the words")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=ferry\+report\+12&topic=Weather$"))
    assert entries(page) == first + 1
    page.go_back()
    expect(status).to_have_text("20 articles, page 1 of 2")
    expect(page.get_by_role("combobox")).to_have_value("")
    expect(page).to_have_url(re.compile(r"/search\?topic=Weather$"))
    page.go_forward()
    expect(page.get_by_role("combobox")).to_have_value("ferry report 12")
    expect(page.get_by_role("heading", level=1)).to_have_text("“ferry report 12”")


def test_from_the_front_page_on_the_search_page_is_made(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.go("/")
    typed(page, "ferry ")
    expect(page).to_have_url(re.compile(r"/search\?q=ferry$"))
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("“ferry”")
    assert page.locator("body.front, .strapline").count() == 0
    typed(page, "12")
    expect(page.get_by_role("status")).to_have_text("1 article, 39 more with some of the words, page 1 of 4")
    assert sum("/search/live?" in asked for asked in visitor.asked) >= 1
    with page.expect_navigation(url="**/article/*"):
        page.locator(".hit h3 a").first.click()
    page.go_back()
    expect(page.get_by_role("combobox")).to_have_value("ferry 12")
    page.go_back()
    expect(page.get_by_role("heading", name="Newest articles")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_value("")


def test_what_is_chosen_changes_the_page_in_place(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry")
    page.evaluate("window.same = true")
    page.evaluate("document.getElementById('filters').open = true")
    weather = box(page, "Weather")
    weather.focus()
    first = entries(page)
    top: float = weather.evaluate("(e) => e.getBoundingClientRect().top")
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("20 articles, page 1 of 2")
    expect(weather).to_be_checked()
    expect(weather).to_be_focused()
    assert page.locator("details[open]").count() == 1
    assert abs(weather.evaluate("(e) => e.getBoundingClientRect().top") - top) < 1  # it lies where it lay
    expect(page.locator("form.search input[name=topic]")).to_have_value("Weather")
    page.get_by_role("link", name="Oldest").click()
    expect(page).to_have_url(re.compile(r"/search\?q=ferry&topic=Weather&sort=oldest$"))
    page.get_by_label("From").fill("2019-01-01")
    page.get_by_role("button", name="Set dates").click()
    expect(page).to_have_url(re.compile("after=2018-12-31|from=2019-01-01"))
    page.get_by_role("link", name="Clear the date").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("status")).to_have_text("20 articles, page 2 of 2")
    expect(page).to_have_title(re.compile("^“ferry” · Weather · page 2 – "))
    expect(page.get_by_role("region", name="Results")).to_be_focused()
    expect(page.locator(".headline")).to_be_in_viewport()
    assert page.locator("a[type='application/json']").get_attribute("href", timeout=100).endswith("page=2")  # type: ignore[union-attr]
    assert entries(page) == first + 5
    for _ in range(5):
        page.go_back()
    expect(page.get_by_role("status")).to_have_text("40 articles, page 1 of 4")
    expect(page).to_have_url(re.compile(r"/search\?q=ferry$"))
    assert page.evaluate("window.same")


def test_a_box_that_moves_within_its_list_keeps_the_focus(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry")
    ticked = page.locator(".facets .facet").filter(has_text="All ").last.get_by_role("checkbox").last
    value = ticked.get_attribute("value")
    ticked.scroll_into_view_if_needed()
    top: float = ticked.evaluate("(e) => e.getBoundingClientRect().top")
    ticked.focus()
    page.keyboard.press("Space")
    expect(page.locator(".chip")).to_have_count(1)
    moved = page.locator(f"#filters input[value='{value}']:checked")
    expect(moved).to_be_focused()
    assert abs(moved.evaluate("(e) => e.getBoundingClientRect().top") - top) < 1


def test_an_answer_that_comes_late_is_not_shown(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=ferry")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/search/live\?q=weather"), hold)
    field = page.get_by_role("combobox")
    with page.expect_request(re.compile(r"/search/live\?q=weather")):
        field.fill("weather")
    field.fill("report 12")
    expect(page.get_by_role("heading", level=1)).to_have_text("“report 12”")
    for route in held:
        route.abort()
    page.wait_for_timeout(200)
    expect(page.get_by_role("heading", level=1)).to_have_text("“report 12”")
    assert page.get_by_role("alert").count() == 0


@pytest.mark.parametrize("status", [429, 502, 0])
def test_a_failure_is_one_line_and_the_page_stays(visit: Callable[..., Visitor], status: int) -> None:
    visitor = visit()
    page = visitor.go("/search?q=ferry")
    body = '<main><div class="failure"><p class="standfirst">Too many. Wait.</p></div></main>'
    answers = {429: {"status": 429, "body": body}, 502: {"status": 502, "body": "<h1>Bad gateway</h1>"}}

    def fail(route: Route) -> None:
        route.fulfill(**answers[status]) if status else route.abort()  # type: ignore[arg-type]

    page.route(LIVE, fail)
    page.get_by_role("combobox").fill("ferry 12")
    told = {
        429: "Too many. Wait.",
        502: "The archive could not answer (status 502).",
        0: "The archive cannot be reached.",
    }[status]
    expect(page.get_by_role("alert")).to_have_text(f"{told} These are the earlier results. Try again")
    expect(page.get_by_role("status")).to_have_text("40 articles, page 1 of 4")
    expect(page.get_by_role("combobox")).to_have_value("ferry 12")
    assert page.url.endswith("/search?q=ferry")
    page.unroute(LIVE)
    expect(page.get_by_role("option")).to_have_count(0)  # which would cover it
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("status")).to_have_text("1 article, 39 more with some of the words, page 1 of 4")
    expect(page.get_by_role("alert")).to_have_count(0)
    visitor.complaints[:] = [each for each in visitor.complaints if "Failed to load resource" not in each]


def test_who_is_offline_or_waits_too_long_is_told(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.go("/search?q=ferry")
    visitor.context.set_offline(True)
    weather = box(page, "Weather")
    weather.click()
    expect(page.get_by_role("alert")).to_contain_text("You are offline. These are the earlier results.")
    expect(weather).not_to_be_checked()  # for it is not in force
    assert page.url.endswith("/search?q=ferry")
    visitor.complaints.clear()
    visitor.context.set_offline(False)
    visitor.page.clock.install()
    visitor.go("/search?q=ferry")
    page.route(LIVE, lambda route: None)
    weather.click()
    expect(page.locator("#desk")).to_have_attribute("aria-busy", "true")
    page.clock.fast_forward(10_000)
    expect(page.get_by_role("alert")).to_contain_text("The archive did not answer in time.")
    expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")


def test_letters_of_a_word_that_is_being_composed_are_not_searched(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.go("/search")
    field = page.get_by_role("combobox")
    field.focus()
    session = visitor.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "fer", "selectionStart": 3, "selectionEnd": 3})
    page.wait_for_timeout(500)
    assert not any("suggest" in asked or "live" in asked for asked in visitor.asked)
    session.send("Input.insertText", {"text": "ferry"})
    expect(page.get_by_role("heading", level=1)).to_have_text("“ferry”")
    expect(page.get_by_role("option").first).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_results_stay_where_they_are_while_one_types(visit: Callable[..., Visitor], width: int) -> None:
    page = visit(width).go("/search?q=f")
    page.get_by_role("combobox").press("End")
    tops, notes = set(), []
    for letter in "erry report 12 and the passengers":
        with page.expect_response(LIVE):
            typed(page, letter)
        expect(page.locator("#desk")).not_to_have_attribute("aria-busy", "true")
        tops.add(page.evaluate("document.getElementById('results').getBoundingClientRect().top"))
        notes.append(page.locator(".reading").inner_text())
    assert len(tops) == 1
    assert "too common" in "".join(notes)
    assert "stands for" not in "".join(notes)  # a pattern that nobody typed
