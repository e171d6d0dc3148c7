"""The pictures of the README, taken of the sample archive with Debian's chromium: run it by
`python -m docs.pictures`."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, sync_playwright

from indexer import reindex
from indexer.config import Settings
from indexer.config_file import load_settings
from search_web import create_app
from tests.web.serving import served

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 40" width="190" height="40">'
    '<path d="M2 30c8-8 16 8 24 0s8-4 12 0M8 22l12-20v20z" fill="none" stroke="#0b6e4f" stroke-width="3"/>'
    '<text x="50" y="28" font-family="sans-serif" font-size="22" fill="#0b6e4f">Hafenblatt</text></svg>'
)


class Picture(NamedTuple):
    """A page as a picture: its file, its address, the size of the window, and what is set of it."""

    name: str
    address: str
    width: int
    height: int
    web: dict[str, Any]


def pictures(logo: Path) -> tuple[Picture, ...]:
    """Return all pictures; `logo` is that of the site with a name of its own."""
    own = {"title": "Hafenblatt", "language": "de", "accent": "#0b6e4f", "logo": logo}
    return (
        Picture("search", "/search?q=ferry", 1280, 900, {}),
        Picture("compact", "/search?q=ferry&compact=1", 390, 844, {}),
        Picture("charts", "/timeline?q=ferry&q=wildfire&interval=year", 1280, 1000, {}),
        Picture("own", "/search?q=ferry+strike", 1280, 900, own),
    )


def take(browser: Browser, settings: Settings, picture: Picture) -> None:
    """Write one picture."""
    web = dataclasses.replace(settings.web, images=False, **picture.web)
    with served(create_app(dataclasses.replace(settings, web=web))) as site:
        page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
        page.goto(site + picture.address)
        page.screenshot(path=IMAGES / f"{picture.name}.png")
        page.close()


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        logo = Path(folder, "logo.svg")
        logo.write_text(LOGO, "utf-8")
        settings = load_settings(archive=ROOT / "corpus", index=Path(folder, "index"))
        reindex(settings)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM)
            for picture in pictures(logo):
                take(browser, settings, picture)
            browser.close()


if __name__ == "__main__":
    main()
