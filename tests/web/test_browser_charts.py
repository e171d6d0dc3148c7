"""Charts, directories and comparisons in a real browser: with and without scripts, narrow and wide, dark and light."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.test_browser import WIDTHS, Visitor, browser, follow, pytestmark, site, visit
from tests.web.test_browser_axe import faults

__all__ = ["browser", "pytestmark", "site", "visit"]  # fixtures, and the mark of tests in a browser

PAGES = (
    "/timeline?q=ferry&q=report&measure=share",
    "/compare?by=topic&a=Weather&b=Transport",
    "/authors",
    "/tags",
)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(visit: Callable[..., Visitor], width: int) -> None:
    visitor = visit(width, color_scheme="dark")
    for address in PAGES:
        page = visitor.go(address)
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") == width, address
        nameplate = page.locator(".nameplate").bounding_box()
        assert nameplate is not None
        assert nameplate["height"] < 50, "the name of the site stands in one line"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_bar_and_a_cell_lead_to_their_period(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(java_script_enabled=javascript).go("/timeline?q=ferry&interval=year")
    bar = page.locator("a.column").first
    assert bar.locator("title").text_content() == "2018: 10 articles, 100.0% of the archive"
    if javascript:
        bar.focus()
    follow(bar)
    expect(page.get_by_role("status")).to_contain_text("10 articles")
    page.go_back()
    page.locator("summary").filter(has_text="As a table").click()
    follow(page.get_by_role("link", name="10", exact=True).first)
    expect(page.get_by_role("status")).to_contain_text("10 articles")


def test_the_number_of_a_bar_is_seen_where_it_is_looked_at(visit: Callable[..., Visitor]) -> None:
    page = visit(390).go("/timeline?q=ferry&interval=month")
    hidden = page.locator("a.column text:not(.shown)").first
    expect(hidden).to_be_hidden()
    hidden.locator("..").focus()
    expect(hidden).to_be_visible()


def test_a_head_holds_while_its_table_is_scrolled(visit: Callable[..., Visitor]) -> None:
    page = visit(320).go("/compare?by=topic&a=Weather&b=Transport&interval=month")
    page.locator("summary").filter(has_text="As a table").click()
    region = page.get_by_role("region", name="Table")
    region.evaluate("(e) => { e.scrollTop = e.scrollHeight; e.scrollLeft = e.scrollWidth; }")
    outer, head = region.bounding_box(), region.locator("thead th").first.bounding_box()
    assert outer is not None
    assert head is not None
    assert (head["x"], head["y"]) == (pytest.approx(outer["x"], abs=2), pytest.approx(outer["y"], abs=2))


def offered(page: Page) -> list[str]:
    found: list[str] = page.locator("#values option").evaluate_all("(all) => all.map((one) => one.value)")
    return found


def test_a_comparison_suggests_what_its_fields_may_hold(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/compare")
    assert offered(page) == ["paper0.example", "paper1.example", "paper2.example"]
    page.get_by_label("Compare by").select_option("topic")
    expect(page.locator("#values option")).to_have_count(2)
    page.get_by_label("One", exact=True).fill("wea")
    expect(page.locator("#values option")).to_have_count(1)
    assert offered(page) == ["Weather"]
    page.get_by_label("Compare by").select_option("query")
    expect(page.locator("#values option")).to_have_count(0)


def test_without_scripts_the_fields_have_the_largest_values(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).go("/compare?by=topic")
    assert page.locator("#values option").count() == 2


def test_forced_colours_leave_the_charts_readable(visit: Callable[..., Visitor]) -> None:
    page = visit(640, forced_colors="active").go("/timeline?q=ferry&interval=year")
    bar, ground = (
        page.locator(selector).first.evaluate(f"(e) => getComputedStyle(e).{style}")
        for selector, style in (("a.column rect:last-of-type", "fill"), ("body", "backgroundColor"))
    )
    assert bar != ground
    assert faults(page, "color-contrast") == []
