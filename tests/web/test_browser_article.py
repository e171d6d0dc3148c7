"""The page of an article in a real browser: a body with all that bodies have, and none; by keyboard, without
JavaScript, before axe-core."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from indexer import reindex
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.serving import served
from tests.web.test_browser import Visitor, browser, follow, pytestmark, visit
from tests.web.test_browser_axe import faults

__all__ = ["browser", "pytestmark", "visit"]

CAUSES = ("passengers waited", "a storm came", "sailors went on strike", "the engine failed", "ice lay on the pier",
          "the crew slept", "fog hid the lights")  # fmt: skip
WIDE = " | ".join(f"Column {number}" for number in range(20))
BODY = f"""# Head

A paragraph with **bold**, a [link](https://other.example/x), `code` and [](https://other.example/empty).

#### Deep

- one
  1. two

> said

| {WIDE} |
|{"---|" * 20}
| {WIDE} |

```
{"a long line of code " * 20}
```

[![](/linked.png)](/page) ![](/alone.png) {"Donaudampfschifffahrt" * 6}

<details><summary>More</summary>Hidden ferry</details>

<dl><dt>Term</dt><dd>Meaning</dd></dl>

## Again
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = settings_for(tmp_path_factory.mktemp("articles"))
    for number in range(15):
        write(
            settings.archive.path,
            f"{number:02}.md",
            BODY if number % 2 else "",
            title=f"Ferry report {number}",
            excerpt=f"The harbour's ferry was late, and {' '.join(CAUSES[number % 5 : number % 5 + 3])} {number}.",
            url=f"https://post.example/{number}",
            date=f"2020-01-{number + 1:02}T10:00:00Z",
            provider={"name": "The Post", "domain": "post.example"},
            topics=["Transport"],
        )
    write(settings.archive.path, "bare.md", title="Ferry, and no more", date="2019-01-01")
    reindex(settings)
    with served(create_app(settings)) as address:
        yield address


def ordered(visitor: Visitor, title: str) -> None:
    """Open an article from the list of results, in which the oldest comes first."""
    page = visitor.go("/search?q=ferry&sort=oldest&size=5")
    while not page.get_by_role("link", name=title, exact=True).count():
        follow(page.get_by_role("link", name="Next"))
    follow(page.get_by_role("link", name=title, exact=True))


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("title", ["Ferry report 7", "Ferry report 8", "Ferry, and no more"])
def test_the_page_of_an_article_has_no_fault(
    visit: Callable[..., Visitor], width: int, scheme: str, title: str
) -> None:
    visitor = visit(width, color_scheme=scheme)
    ordered(visitor, title)
    page = visitor.page
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not page.locator("main a:not([href])").count()


@pytest.mark.parametrize("javascript", [True, False])
def test_hits_are_gone_through_with_and_without_javascript(
    visit: Callable[..., Visitor], javascript: bool
) -> None:
    visitor = visit(java_script_enabled=javascript)
    ordered(visitor, "Ferry report 3")  # the last of the first page
    page = visitor.page
    expect(page.get_by_text("Hit 5 of 16")).to_be_visible()
    expect(page.locator(".body mark", has_text="ferry")).to_have_count(1)
    follow(page.get_by_role("link", name="Next hit"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry report 4")
    follow(page.get_by_role("link", name="Back to the results"))
    assert "page=2" in page.url
    page.go_back()
    follow(page.get_by_role("link", name="Previous hit"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry report 3")
    assert "page=" not in page.url
    field = page.get_by_label("Link to this page")
    assert field.input_value() == page.url.partition("?")[0]
    assert page.get_by_role("button", name="Copy").count() == javascript


def test_the_link_is_copied(visit: Callable[..., Visitor]) -> None:
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    ordered(visitor, "Ferry report 3")
    visitor.page.get_by_role("button", name="Copy").click()
    expect(visitor.page.get_by_role("status")).to_have_text("Copied")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert copied == visitor.page.url.partition("?")[0]


def test_what_is_too_wide_is_scrolled_by_keyboard(visit: Callable[..., Visitor]) -> None:
    visitor = visit(390)
    ordered(visitor, "Ferry report 7")
    page = visitor.page
    for target in (page.get_by_role("group", name="Table"), page.locator(".body pre")):
        target.focus()
        page.keyboard.press("ArrowRight")
        expect(target).not_to_have_js_property("scrollLeft", 0)
        assert target.evaluate("(e) => getComputedStyle(e).outlineStyle") == "solid"


def test_an_article_without_a_body_leaves_no_blank_beside_it(visit: Callable[..., Visitor]) -> None:
    visitor = visit(1280)
    ordered(visitor, "Ferry report 8")
    boxes = [visitor.page.locator(name).bounding_box() for name in (".story", ".about", ".beside", "main")]
    story, about, beside, main = (box for box in boxes if box)
    assert about["y"] >= story["y"] + story["height"]
    assert beside["y"] >= about["y"] + about["height"]
    assert min(story["width"], about["width"], beside["width"]) > 0.9 * main["width"] - 32
    columns = {
        round(box["x"])
        for part in visitor.page.locator(".beside .cards > li").all()
        if (box := part.bounding_box())
    }
    assert len(columns) > 1


def test_pages_of_results_do_not_load_what_only_articles_need(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.go("/search?q=ferry")
    assert not [address for address in visitor.asked if "/static/article." in address]
    ordered(visitor, "Ferry report 3")
    assert len([address for address in visitor.asked if "/static/article." in address]) == 2
