"""Hexo: `_config.yml` beside `source/`, posts in `source/_posts`, `permalink:` with its placeholders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexer.archive import values
from indexer.archive.presets.folder import SiteFolder, flag, mapping, text
from indexer.archive.presets.preset import UNDERSCORE, Page, Preset, Rules, date_part, fill, texts

CONFIGURATIONS = ("_config.yml", "_config.yaml", "_config.json")
# Keys of the starter's configuration that Jekyll has none of; two of them make it Hexo's.
_KEYS = frozenset((
    "source_dir", "public_dir", "tag_dir", "category_dir", "new_post_name", "skip_render",
    "post_asset_folder", "default_layout", "titlecase", "external_link", "filename_case", "render_drafts",
    "index_generator", "default_category", "category_map", "relative_link",
))  # fmt: skip
_NO_PAGES = frozenset(("scaffolds", "themes", "node_modules", "public", "_data"))
_TOKEN = re.compile(r":(\w+)")
_SIGNS = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+")
_DATE_PARTS = {
    "year": lambda t: f"{t.year:04}",
    "month": lambda t: f"{t.month:02}",
    "i_month": lambda t: str(t.month),
    "day": lambda t: f"{t.day:02}",
    "i_day": lambda t: str(t.day),
    "hour": lambda t: f"{t.hour:02}",
    "minute": lambda t: f"{t.minute:02}",
    "second": lambda t: f"{t.second:02}",
    "timestamp": lambda t: str(int(t.timestamp())),
}
_NAME_PARTS = {
    "year": r"\d{4}",
    "month": r"\d{2}",
    "day": r"\d{2}",
    "i_month": r"\d{1,2}",
    "i_day": r"\d{1,2}",
}


@dataclass(frozen=True, slots=True)
class HexoRules(Rules):
    """See `Rules`."""

    NO_PAGES = _NO_PAGES
    permalink: str = ":year/:month/:day/:title/"
    source: str = "source"
    post_name: str = ":title.md"
    default_category: str = "uncategorized"
    category_map: tuple[tuple[str, str], ...] = ()
    filename_case: str = "0"
    html_endings: bool = True
    future: bool = True
    defaults: tuple[tuple[str, str], ...] = ()

    @property
    def root(self) -> str:
        """See `Rules`."""
        return self.source

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under(self.source)
        if found is None:
            return None
        own = page.text("permalink")
        post = found.under("_posts")
        if post is None:
            return self._page(found, own)
        if own:
            return own if own.startswith("/") else f"/{own}"
        filled = fill(self.permalink, _TOKEN, lambda name: self._value(name, post))
        return self._pretty("/" + filled.lstrip("/")) if filled is not None else None

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under(self.source)
        if found is None:
            return None
        inside = found.under("_posts") or found
        return UNDERSCORE if any(part.startswith("_") for part in inside.path.split("/")) else None

    def publication(self, page: Page) -> datetime | None:
        """See `Rules`."""
        return None if self.future else page.time()

    def redirects(self, page: Page) -> list[str]:
        """See `Rules`."""
        return [*super(HexoRules, self).redirects(page), *texts(page.get("alias"))]

    def _page(self, page: Page, own: str) -> str | None:
        if any(part.startswith("_") for part in page.path.split("/")):
            return None
        if own:
            return own if own.startswith("/") else f"/{own}"
        folder = f"/{page.folder}/" if page.folder else "/"
        return self._pretty(folder if page.stem == "index" else f"{folder}{page.stem}.html")

    def _pretty(self, address: str) -> str:
        if address.endswith("/index.html"):
            return address.removesuffix("index.html")
        return address if self.html_endings else address.removesuffix(".html")

    def _value(self, name: str, post: Page) -> str | None:
        slug = self._slug(post)
        parts: dict[str, Callable[[], str | None]] = {
            "title": lambda: slug,
            "name": lambda: slug.rpartition("/")[2],
            "post_title": lambda: slugize(post.title).lower(),
            "id": lambda: post.text("id") or None,
            "category": lambda: self._category(post),
            "hash": lambda: None,  # of the time in the zone of who built the site
        }
        if name in parts:
            return parts[name]()
        part = date_part(post.time(), name, _DATE_PARTS)
        return part or post.text(name) or dict(self.defaults).get(name) or None

    def _slug(self, post: Page) -> str:
        """Return a post's name: of its path what `new_post_name` calls its title, else all of it."""
        path = post.path.rpartition(".")[0]
        pattern = self.post_name.rpartition(".")[0] or self.post_name
        parts = (
            "(?P<title>.+?)"
            if part == ":title"
            else _NAME_PARTS.get(part[1:], ".+?")
            if part[:1] == ":"
            else re.escape(part)
            for part in re.split(r"(:\w+)", pattern)
        )
        found = re.fullmatch("".join(parts), path) if pattern.count(":title") == 1 else None
        return found["title"] if found else path

    def _category(self, post: Page) -> str | None:
        """Return a post's category with those above it; None where it has several, of which Hexo takes the
        one that the site's posts came to last."""
        given = post.get("categories") or post.get("category")
        lists = [texts(given)]
        if isinstance(given, list) and any(isinstance(one, list) for one in given):
            lists = list(filter(None, map(texts, given)))
        if len(lists) > 1:
            return None
        known = dict(self.category_map)
        lower = str.lower if self.filename_case == "1" else str.upper if self.filename_case == "2" else str
        slugs = [lower(slugize(known.get(name, name))) for names in lists for name in names]
        return "/".join(slugs) or self.default_category


def slugize(name: str) -> str:
    """Return a name without accents, with a hyphen for each run of signs and spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return _SIGNS.sub("-", unicodedata.normalize("NFC", plain)).strip("-")


def _recognise(folder: SiteFolder) -> str | None:
    name = folder.first(*CONFIGURATIONS)
    if name is None:
        return None
    package = folder.first("package.json")
    if package and '"hexo"' in folder.text(package):
        return name
    laid_out = folder.has_folder("scaffolds") or folder.has_folder("source/_posts")
    return name if laid_out or len(folder.values(name).keys() & _KEYS) > 1 else None


def _read(folder: SiteFolder) -> Rules:
    name = folder.first(*CONFIGURATIONS)
    config = folder.values(name) if name else {}
    pretty = mapping(config.get("pretty_urls"))
    return HexoRules(
        base_url=text(config.get("url")).rstrip("/"),
        main_language=values.language_of(config.get("language")) or "",
        timezone=folder.zone(config.get("timezone"), "timezone"),
        permalink=text(config.get("permalink")) or ":year/:month/:day/:title/",
        source=text(config.get("source_dir")).strip("./") or "source",
        post_name=text(config.get("new_post_name")) or ":title.md",
        default_category=text(config.get("default_category")) or "uncategorized",
        category_map=_pairs(config.get("category_map")),
        filename_case=text(config.get("filename_case")),
        html_endings=flag(pretty.get("trailing_html"), True),
        future=flag(config.get("future"), True),
        defaults=_pairs(config.get("permalink_defaults")),
    )


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    found = ((name, values.text_of(one)) for name, one in mapping(value).items())
    return tuple((name, one) for name, one in found if one)


PRESET = Preset("hexo", "a Hexo site", _recognise, _read, {"source": "source/", "_posts": "source/_posts/"})
