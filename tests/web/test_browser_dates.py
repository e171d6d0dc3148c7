"""Dates by mouse, touch and keys: bars, a stroke over them, two handles, the usual choices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from tests.web.serving import served
from tests.web.test_browser import Visitor, box, browser, follow, pytestmark, visit

__all__ = ["browser", "pytestmark", "visit"]  # fixtures, and the mark of tests in a browser

Point = tuple[float, float]


@pytest.fixture(scope="module")
def site(corpus_app: Flask) -> Iterator[str]:
    """The address of a server over the sample archive."""
    with served(corpus_app, close=False) as address:
        yield address


class Finger:
    """Touches a page as a screen does."""

    def __init__(self, visitor: Visitor) -> None:
        self._session = visitor.context.new_cdp_session(visitor.page)

    def down(self, at: Point) -> None:
        self._send("touchStart", at)

    def move(self, begin: Point, end: Point) -> None:
        for step in range(1, 11):
            self._send("touchMove", tuple(a + (b - a) * step / 10 for a, b in zip(begin, end, strict=True)))  # type: ignore[arg-type]

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str, *points: Point) -> None:
        touched = [{"x": x, "y": y} for x, y in points]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})


class Mouse(Finger):
    """Does with the mouse what a finger does."""

    def __init__(self, visitor: Visitor) -> None:
        self._mouse = visitor.page.mouse

    def down(self, at: Point) -> None:
        self._mouse.move(*at)
        self._mouse.down()

    def move(self, begin: Point, end: Point) -> None:
        self._mouse.move(*end, steps=10)

    def up(self) -> None:
        self._mouse.up()


def opened(visit: Callable[..., Visitor], width: int, address: str = "/search?q=the") -> Visitor:
    """Return a window that shows the filters of a search; a narrow one is touched."""
    visitor = visit(width, has_touch=width < 900)
    page = visitor.go(address)
    if width < 900:
        page.locator("#filters > summary").click()
    return visitor


def middle(bar: Locator) -> Point:
    found = bar.bounding_box()
    assert found
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def period(bar: Locator) -> str:
    return str(bar.locator("title").text_content()).split(":")[0]


def within(page: Page) -> list[str]:
    """Return the periods of the first row that are drawn in the accent."""
    bars = page.locator("[data-dates]").first.locator(".bar")
    accent = page.locator(".kicker .provider").first.evaluate("(e) => getComputedStyle(e).color")
    return [
        period(bar)
        for bar in bars.all()
        if bar.locator("path").evaluate("(e) => getComputedStyle(e).fill") == accent
    ]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_stroke_over_the_bars_chooses_them(visit: Callable[..., Visitor], width: int) -> None:
    visitor = opened(visit, width)
    page, hand = visitor.page, Finger(visitor) if width < 900 else Mouse(visitor)
    bars = page.locator("[data-dates]").first.locator(".bar")
    names = [period(bar) for bar in bars.all()]
    address, total = page.url, page.locator(".total").inner_text()
    for low, high in ((3, 9), (12, 5)):  # to the right, and to the left
        ends, chosen = (middle(bars.nth(low)), middle(bars.nth(high))), sorted((low, high))
        hand.down(ends[0])
        hand.move(*ends)
        expect(page.locator("[data-drawn]")).to_have_attribute(
            "data-drawn", f"{names[chosen[0]]} – {names[chosen[1]]}"
        )
        page.wait_for_timeout(200)
        assert within(page) == names[chosen[0] : chosen[1] + 1]  # while it is drawn
        assert page.url == address
        hand.up()
        expect(page).to_have_url(re.compile(r"date=20\d\d-\d\d\.\.20\d\d-\d\d$"))
        expect(page.locator(".chip-label")).to_have_text(f"{names[chosen[0]]} – {names[chosen[1]]}")
        expect(page.locator(".total")).not_to_have_text(total)
        expect(page.locator("[data-drawn]")).to_have_count(0)
        page.wait_for_timeout(200)
        assert within(page) == names[chosen[0] : chosen[1] + 1]
        address, total = page.url, page.locator(".total").inner_text()
    assert "/article/" not in page.url
    follow(bars.nth(1))  # a click is no stroke
    expect(page.locator(".chip-label")).to_have_text(names[1])


def test_a_stroke_over_all_of_the_bars_is_no_filter(visit: Callable[..., Visitor]) -> None:
    page = opened(visit, 1280, "/search?q=the&date=2021").page
    chart = page.locator("[data-dates]").first.bounding_box()
    assert chart
    page.mouse.move(chart["x"] + 1, chart["y"] + 30)
    page.mouse.down()
    page.mouse.move(chart["x"] + chart["width"] + 40, chart["y"] - 90, steps=6)  # beyond the bars
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"/search\?q=the$"))


def test_a_stroke_is_given_up(visit: Callable[..., Visitor]) -> None:
    visitor = opened(visit, 1280)
    page, address = visitor.page, visitor.page.url
    bars = page.locator("[data-dates]").first.locator(".bar")
    page.mouse.move(*middle(bars.nth(2)))
    page.mouse.down()
    page.mouse.move(*middle(bars.nth(6)), steps=4)
    expect(page.locator(".bar.drawn")).to_have_count(5)
    page.keyboard.press("Escape")
    expect(page.locator(".bar.drawn")).to_have_count(0)
    page.mouse.move(*middle(bars.nth(8)), steps=2)
    page.mouse.up()
    page.wait_for_timeout(400)
    assert page.locator(".bar.drawn").count() == 0
    assert page.url == address
    page.route(re.compile(r"/search/live\?"), lambda route: route.abort())  # and where no answer comes
    page.mouse.move(*middle(bars.nth(2)))
    page.mouse.down()
    page.mouse.move(*middle(bars.nth(6)), steps=4)
    page.mouse.up()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator(".bar.drawn").count() == 0
    assert page.url == address


def test_a_finger_scrolls_over_the_bars(visit: Callable[..., Visitor]) -> None:
    visitor = opened(visit, 390)
    page, finger, address = visitor.page, Finger(visitor), visitor.page.url
    begin = middle(page.locator("[data-dates]").first.locator(".bar").nth(5))
    finger.down(begin)
    finger.move(begin, (begin[0] + 5, begin[1] - 200))
    finger.up()
    page.wait_for_function("scrollY > 100")
    page.wait_for_timeout(300)
    assert page.locator(".bar.drawn").count() == 0
    assert page.url == address


@pytest.mark.parametrize("width", [390, 1280])
def test_a_range_is_moved_by_keys_and_by_a_pointer(visit: Callable[..., Visitor], width: int) -> None:
    page = visit(width).go("/search?q=the")
    if width < 900:
        page.locator("#filters > summary").click()
    first = page.get_by_role("slider", name="First period")
    before = page.locator(".total").inner_text()
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert first.get_attribute("aria-valuetext") != "January 2019"
    expect(page).to_have_url(re.compile(r"date=2019-\d\d\.\.2023-\d\d"))
    expect(page.locator(".total")).not_to_have_text(before)
    expect(first).to_be_focused()
    expect(first).to_have_value("2")
    last = page.get_by_role("slider", name="Last period")
    place = last.bounding_box()
    assert place
    page.mouse.move(place["x"] + place["width"] - 8, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"date=2019-\d\d\.\.202[01]-\d\d"))
    assert page.locator("a.bar.within").count() > 3


def test_a_bar_without_a_link_is_followed_and_the_list_has_its_period(visit: Callable[..., Visitor]) -> None:
    words = "ferry OR " + " OR ".join(f"harbour{number}" for number in range(60))
    page = visit().go("/search?q=" + words.replace(" ", "+"))
    bar = page.locator("g.bar").first
    period, number = str(bar.locator("title").text_content()).split(" article")[0].split(": ")
    bar.click()
    expect(page).to_have_url(re.compile(r"&date=\d{4}-\d\d$"))
    expect(page.get_by_role("status")).to_contain_text(f"{number} article")
    plain = visit(java_script_enabled=False).go("/search?q=" + words.replace(" ", "+"))
    follow(plain.get_by_role("link", name="Dates as a list"))
    plain.get_by_role("checkbox", name=re.compile(f"^{period} ")).check()
    follow(plain.get_by_role("button", name="Show articles"))
    expect(plain.get_by_role("status")).to_contain_text(f"{number} article")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_year_is_a_click_and_a_value_is_found(visit: Callable[..., Visitor], javascript: bool) -> None:
    page = visit(java_script_enabled=javascript).go("/search?q=the")
    page.get_by_label("Find a topic").fill("electi")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/facet/topic?" in page.url
    page.get_by_role("checkbox", name=re.compile("^Elections")).check()
    follow(page.get_by_role("button", name="Show articles"))
    expect(box(page, "Elections")).to_be_checked()
    follow(page.get_by_role("button", name="2021", exact=True))
    assert re.search(r"/search\?q=the&topic=Elections&date=2021$", page.url)
    expect(page.get_by_role("button", name="2021", exact=True)).to_have_attribute("aria-pressed", "true")


def test_years_are_those_in_which_the_search_finds_something(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/search?q=the")
    years = {period(bar)[-4:] for bar in page.locator("[data-dates]").first.locator(".bar").all()}
    assert set(page.locator(".presets button").all_text_contents()) == years
    page = visit().go("/search?topic=Elections&date=2022")
    years = {period(bar)[-4:] for bar in page.locator("[data-dates]").first.locator(".bar").all()}
    buttons = page.locator(".presets button")
    assert "2022" in buttons.all_text_contents()  # for it is in force
    assert set(buttons.all_text_contents()) == years | {"2022"}
    page = visit().go("/search?q=xyzzyx")
    expect(page.locator(".presets button")).to_have_count(0)
