"""Zola: `content/`, `path` and `slug`, page bundles, languages by endings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from indexer.archive import values
from indexer.archive.paths import date_of_folders
from indexer.archive.presets.folder import SiteFolder, flag, mapping, text
from indexer.archive.presets.preset import Page, Preset, Rules

CONFIGURATIONS = ("zola.toml", "config.toml")
_NO_PAGES = frozenset(("templates", "static", "sass", "themes", "public"))
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))?\s?[_-](.+)")
_UNSAFE = re.compile(r"[<>:/|?*#\\()\[\]\n\t]")


@dataclass(frozen=True, slots=True)
class ZolaRules(Rules):
    """See `Rules`."""

    NO_PAGES = _NO_PAGES
    slugs: str = "on"  # `on`, `safe` or `off`
    dates_of_names: bool = False  # whether an address has the date that a name begins with
    default_language: str = "en"
    languages: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Rules`."""
        return ("content",)

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under("content")
        if found is None:
            return None
        stem, _, suffix = found.stem.rpartition(".")
        language = f"/{suffix}" if stem and suffix in self.languages else ""
        stem = stem if language else found.stem
        path = page.text("path")
        if path:
            return f"/{path.strip('/')}/"
        folders = [part for part in found.folder.split("/") if part]
        if stem == "_index":
            return "".join((language, *(f"/{part}" for part in folders), "/"))
        if stem == "index" and folders:
            stem = folders.pop()
        slug = self._slug(page.text("slug") or self._name(stem))
        return "".join((language, *(f"/{part}" for part in folders), f"/{slug}/")) if slug else None

    def meaning(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """See `Rules`."""
        own = data.get("path")  # of a post without a date, it often begins with one
        day = date_of_folders(own) if isinstance(own, str) and "date" not in data else None
        return {**data, "date": day.date().isoformat()} if day else data

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        return "render" if values.flag_of(page.get("render")) is False else None

    def redirects(self, page: Page) -> list[str]:
        """See `Rules`."""
        return [f"/{one.lstrip('/')}" for one in super(ZolaRules, self).redirects(page)]

    def _name(self, stem: str) -> str:
        dated = None if self.dates_of_names else _DATED.fullmatch(stem)
        return dated[1] if dated else stem

    def _slug(self, name: str) -> str | None:
        """Return a name as a part of an address; None where Zola would spell another script in Latin."""
        if self.slugs == "off":
            return name
        if self.slugs == "safe":
            return _UNSAFE.sub("", name).strip().replace(" ", "_") or None
        plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
        return re.sub("[^a-z0-9]+", "-", plain.lower()).strip("-") or None if plain.isascii() else None


def _recognise(folder: SiteFolder) -> str | None:
    name = folder.first(*CONFIGURATIONS)  # Hugo's has `baseURL`
    return name if name and (name == "zola.toml" or "base_url" in folder.values(name)) else None


def _read(folder: SiteFolder) -> Rules:
    name = folder.first(*CONFIGURATIONS)
    config = folder.values(name) if name else {}
    slugify = mapping(config.get("slugify"))
    return ZolaRules(
        base_url=text(config.get("base_url")).rstrip("/"),
        main_language=values.language_of(config.get("default_language")) or "",
        slugs=text(slugify.get("paths")) or "on",
        dates_of_names=flag(slugify.get("paths_keep_dates")),
        default_language=text(config.get("default_language")) or "en",
        languages=tuple(mapping(config.get("languages"))),
    )


PRESET = Preset("zola", "a Zola site", _recognise, _read, {"content": "content/"})
