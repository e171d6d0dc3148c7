"""Astro: pages in `src/pages`, and collections that a page with `getCollection("name")` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.archive.presets.folder import SiteFolder, value_in, without_comments
from indexer.archive.presets.jekyll import slugify
from indexer.archive.presets.preset import UNDERSCORE, Page, Preset, Rules

CONFIGURATIONS = (
    "astro.config.mjs",
    "astro.config.ts",
    "astro.config.js",
    "astro.config.cjs",
    "astro.config.mts",
)
_PAGES, _COLLECTIONS = "src/pages", "src/content"
_NO_PAGES = frozenset(("public", "dist", "node_modules"))
_ROUTE = re.compile(r"\[(?:\.\.\.)?(?:slug|id|path|post)\]\.astro")
_SHOWN = re.compile(r"""getCollection\(\s*["'`]([\w-]+)["'`]""")


@dataclass(frozen=True, slots=True)
class AstroRules(Rules):
    """See `Rules`. `routes` are folders of collections, and what their addresses begin with."""

    NO_PAGES = _NO_PAGES
    routes: tuple[tuple[str, str], ...] = ()
    ending: str = "/"

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        of_page = page.under(_PAGES)
        if of_page is not None:
            return self._ended("", of_page.path)
        for folder, route in self.routes:
            found = page.under(folder)
            if found is not None:
                folders = [slugify(part).lower() for part in found.path.rpartition(".")[0].split("/")]
                return self._ended(route, f"{page.text('slug') or '/'.join(folders)}.md")
        return None

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        # What begins with _ is left out of pages and collections.
        return UNDERSCORE if any(part.startswith("_") for part in page.path.split("/")) else None

    def _ended(self, route: str, path: str) -> str:
        stem = path.rpartition(".")[0]
        stem = stem.removesuffix("index").rstrip("/") if stem.rpartition("/")[2] == "index" else stem
        parts = [part for part in f"{route}/{stem}".split("/") if part]
        return "".join(f"/{part}" for part in parts) + (self.ending if parts else "/")


def _recognise(folder: SiteFolder) -> str | None:
    return folder.first(*CONFIGURATIONS)


def _read(folder: SiteFolder) -> Rules:
    name = folder.first(*CONFIGURATIONS)
    script = without_comments(folder.text(name)) if name else ""
    site, base = value_in(script, "site").rstrip("/"), value_in(script, "base").strip("/")
    return AstroRules(
        base_url=f"{site}/{base}".rstrip("/") if site else "",
        routes=tuple(sorted(set(_routes(folder, script)), key=lambda one: (-len(one[0]), one[1]))),
        ending="" if value_in(script, "trailingSlash") == "never" else "/",
    )


def _routes(folder: SiteFolder, script: str) -> Iterator[tuple[str, str]]:
    """Yield the folder of each collection that a page shows, and where that page stands."""
    if "starlight(" in script:
        yield f"{_COLLECTIONS}/docs", ""
    for name in folder.below(_PAGES, lambda _, name: bool(_ROUTE.fullmatch(name))):
        route = name.rpartition("/")[0].removeprefix(_PAGES).strip("/")
        if "[" not in route:
            for collection in _SHOWN.findall(folder.text(name)):
                yield f"{_COLLECTIONS}/{collection}", route


PRESET = Preset("astro", "an Astro site", _recognise, _read, {})
