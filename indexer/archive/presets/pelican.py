"""Pelican: `ARTICLE_URL` and its kin in `pelicanconf.py`, slugs of titles, `Status`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from indexer.archive import values
from indexer.archive.presets.folder import SiteFolder, Values, mapping, text
from indexer.archive.presets.preset import Page, Preset, Rules, fill, hidden_status, is_quick, texts

CONFIGURATION, PUBLISHED = "pelicanconf.py", "publishconf.py"
_NO_PAGES = frozenset(("themes", "plugins", "output"))
_TOKEN = re.compile(r"\{(\w+(?::[^{}]*)?)\}")
_SUBSTITUTIONS = ((r"[^\w\s-]", ""), (r"\A\s*", ""), (r"\s*\Z", ""), (r"[-\s]+", "-"))


@dataclass(frozen=True, slots=True)
class PelicanRules(Rules):
    """See `Rules`. `urls` has the templates by the settings' names."""

    NO_PAGES = _NO_PAGES
    content: str = "content"
    pages: tuple[str, ...] = ("pages",)
    urls: tuple[tuple[str, str], ...] = ()
    slug_source: str = "title"
    substitutions: tuple[tuple[str, str], ...] = _SUBSTITUTIONS
    unicode: bool = False
    of_names: str = r"(?P<date>\d{4}-\d{2}-\d{2}).*"
    author: str = ""
    category: str = "misc"
    folder_is_category: bool = True
    language: str = "en"
    metadata: tuple[tuple[str, str], ...] = ()
    future: bool = True

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Rules`."""
        return (self.content,) if self.content else ()

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under(self.content)
        if found is None:
            return None
        own = page.text("url") or page.text("save_as")
        if own:
            return "/" + own.lstrip("/").removesuffix("index.html")
        is_page = any(found.under(folder) for folder in self.pages if folder.strip("/."))
        kind = "PAGE" if is_page else "ARTICLE"
        language = page.text("lang").lower()
        other = "LANG_" if language and language != self.language.lower() else ""
        template = dict(self.urls).get(f"{kind}_{other}URL", "")
        filled = fill(template, _TOKEN, lambda token: self._value(token, found)) if template else None
        return "/" + filled.lstrip("/").removesuffix("index.html") if filled is not None else None

    def meaning(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """See `Rules`."""
        known = {name.lower() for name in data}
        given = dict(self.metadata)
        if self.author and not {"author", "authors"} & known:
            given["author"] = self.author
        folder = path.removeprefix(f"{self.content}/").rpartition("/")[0].rpartition("/")[2]
        named = folder if self.folder_is_category and folder not in self.pages else ""
        if "category" not in known and "category" not in given and (named or self.category):
            given["category"] = named or self.category
        return {**{name: value for name, value in given.items() if name.lower() not in known}, **data}

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        return hidden_status(page)

    def publication(self, page: Page) -> datetime | None:
        """See `Rules`."""
        return None if self.future else page.time()

    def _value(self, token: str, page: Page) -> str | None:
        name, _, form = token.partition(":")
        match name:
            case "slug":
                return page.text("slug") or self._named(page).get("slug") or self._slug(page)
            case "date":
                time = page.time()
                return _formatted(time, form) if time else None
            case "category":
                return self._slugify(page.text("category"))
            case "author":
                return self._slugify(next(iter(texts(page.get("author") or page.get("authors"))), ""))
            case "lang":
                return page.text("lang") or self.language
        return page.text(name) or None

    def _slug(self, page: Page) -> str | None:
        return self._slugify(page.stem if self.slug_source == "basename" else page.title)

    def _named(self, page: Page) -> Mapping[str, str]:
        """Return what the file's name says by `FILENAME_METADATA`."""
        try:
            found = re.match(self.of_names, page.stem)
        except re.error:
            return {}
        return {key: value for key, value in found.groupdict().items() if value} if found else {}

    def _slugify(self, name: str) -> str | None:
        """Return a name as a part of an address; None where Pelican would spell another script in Latin."""
        if self.unicode:
            slug = unicodedata.normalize("NFKC", name)
        else:
            slug = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
            slug = slug.translate(_QUOTES)
            if not slug.isascii():
                return None
        try:
            for pattern, instead in self.substitutions:
                slug = re.sub(pattern, instead, slug, flags=re.IGNORECASE)
        except re.error:
            return None
        return slug.lower().strip() or None


_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "--", "…": "...", "ß": "ss"})


def _formatted(time: datetime, form: str) -> str | None:
    try:
        return time.strftime(form) if form else time.strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def _recognise(folder: SiteFolder) -> str | None:
    return folder.first(CONFIGURATION)


def _read(folder: SiteFolder) -> Rules:
    config = dict(folder.literals(CONFIGURATION)) if folder.first(CONFIGURATION) else {}
    published = folder.literals(PUBLISHED) if folder.first(PUBLISHED) else {}
    url = text(published.get("SITEURL")) or text(config.get("SITEURL"))
    config |= {name: value for name, value in published.items() if name != "SITEURL"}
    return PelicanRules(
        base_url=url.rstrip("/"),
        main_language=values.language_of(config.get("DEFAULT_LANG")) or "",
        timezone=folder.zone(config.get("TIMEZONE"), "TIMEZONE"),
        content=text(config.get("PATH")).strip("./") if "PATH" in config else "content",
        pages=tuple(texts(config.get("PAGE_PATHS", ["pages"]))),
        urls=tuple(_urls(config)),
        slug_source=text(config.get("SLUGIFY_SOURCE")) or "title",
        substitutions=_substitutions(config),
        unicode=bool(config.get("SLUGIFY_USE_UNICODE", False)),
        of_names=_of_names(config),
        author=text(config.get("AUTHOR")),
        category=text(config.get("DEFAULT_CATEGORY", "misc")),
        folder_is_category=bool(config.get("USE_FOLDER_AS_CATEGORY", True)),
        language=text(config.get("DEFAULT_LANG")) or "en",
        metadata=tuple(
            (name.lower(), value)
            for name, value in mapping(config.get("DEFAULT_METADATA")).items()
            if values.text_of(value)
        ),
        future=bool(config.get("WITH_FUTURE_DATES", True)),
    )


def _urls(config: Values) -> list[tuple[str, str]]:
    defaults = {
        "ARTICLE_URL": "{slug}.html",
        "ARTICLE_LANG_URL": "{slug}-{lang}.html",
        "PAGE_URL": "pages/{slug}.html",
        "PAGE_LANG_URL": "pages/{slug}-{lang}.html",
    }
    return [(name, text(config.get(name, default))) for name, default in defaults.items()]


def _of_names(config: Values) -> str:
    given = text(config.get("FILENAME_METADATA"))
    return given if given and is_quick(given) else r"(?P<date>\d{4}-\d{2}-\d{2}).*"


def _substitutions(config: Values) -> tuple[tuple[str, str], ...]:
    given = config.get("SLUG_REGEX_SUBSTITUTIONS")
    pairs = [tuple(pair) for pair in given if len(pair) == 2] if isinstance(given, list | tuple) else []
    usual = all(isinstance(part, str) for pair in pairs for part in pair)
    usual = usual and all(is_quick(pair[0]) for pair in pairs)
    return tuple(pairs) if pairs and usual else _SUBSTITUTIONS


PRESET = Preset("pelican", "a Pelican site", _recognise, _read, {"content": "content/"})
